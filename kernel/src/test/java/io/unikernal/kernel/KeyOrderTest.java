package io.unikernal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.kernel.step.Passage;
import io.unikernal.kernel.step.Saboteurs;
import io.unikernal.model.Body;
import io.unikernal.model.Deadline;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Principal;
import io.unikernal.model.Route;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages with equal keys are handled one after the other, as they came; others beside them. */
class KeyOrderTest extends SimulatedKernel {
  private static final int SEEDS = Boolean.getBoolean("unikernal.long") ? 5_000 : 200;
  private static final Expression FIRST_LETTER =
      Def.eval(frame -> Value.text(letter(frame.get(Frame.INPUT))));

  private static String letter(Value value) {
    return value instanceof Value.Text(var text) ? text.substring(0, 1) : "";
  }

  private static Route.Handling byLetter(int lanes) {
    return new Route.Handling(
        List.of(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.of(new Route.Order(FIRST_LETTER, lanes)));
  }

  private Fakes.Worker working(List<String> done, Duration time) {
    return new Fakes.Worker((request, _) -> {
      world.sleep(time);
      done.add(((Value.Text) request.body().value()).value());
      return Value.Null.NULL;
    });
  }

  @Test
  void equalKeysWaitForEachOtherAndOthersDoNot() {
    def.handling = byLetter(64);
    var done = new ArrayList<String>();
    var worker = working(done, millis(100));
    def.route(in(), def.called("db.work", worker));
    running(kernel -> {
      long begun = world.nanos();
      var sent = new ArrayList<Fakes.Sent>();
      for (String text : List.of("a1", "a2", "b1", "c1", "a3", "b2")) {
        sent.add(web.send(Value.text(text)));
      }
      world.sleep(millis(50));
      assertThat(worker.running).isEqualTo(3);
      for (var one : sent) {
        assertThat(one.await()).isInstanceOf(Outcome.Done.class);
      }
      assertThat(Duration.ofNanos(world.nanos() - begun)).isEqualTo(millis(300));
      assertThat(done).containsSubsequence("a1", "a2", "a3").containsSubsequence("b1", "b2");
    });
  }

  @Test
  void oneLaneIsOneAfterTheOther() {
    def.handling = byLetter(1);
    var done = new ArrayList<String>();
    var worker = working(done, millis(10));
    def.route(in(), def.called("db.work", worker));
    running(kernel -> {
      var sent = List.of(web.send(Value.text("a")), web.send(Value.text("b")));
      world.sleep(millis(5));
      assertThat(worker.running).isEqualTo(1);
      for (var one : sent) {
        one.await();
      }
      assertThat(done).containsExactly("a", "b");
    });
  }

  @Test
  void whoWaitsForItsTurnMayGoAwayOrRunOutOfTime() {
    def.handling = byLetter(64);
    var done = new ArrayList<String>();
    def.route(in(), def.called("db.work", working(done, millis(100))));
    running(kernel -> {
      web.send(Value.text("a1"));
      var gone = web.send(Value.text("a2"));
      var late =
          web.send(
              new Fakes.Sent(
                  new Message(
                      "late",
                      "web.in",
                      new LinkedHashMap<>(),
                      Body.of(Value.text("a3")),
                      Principal.ANONYMOUS,
                      Deadline.after(millis(50), world.nanos()),
                      Trace.NONE)));
      var last = web.send(Value.text("a4"));
      world.sleep(millis(10));
      gone.cancel.orElseThrow().run();
      assertThat(gone.fault().code()).isEqualTo(Fault.Code.CANCELLED);
      assertThat(late.fault().code()).isEqualTo(Fault.Code.TIMEOUT);
      assertThat(late.fault().message()).contains("same key");
      assertThat(last.await()).isInstanceOf(Outcome.Done.class);
      assertThat(done).containsExactly("a1", "a4");
    });
  }

  @Test
  void aMessageThatFailsLetsTheNextGo() {
    def.handling = byLetter(64);
    var target =
        new Fakes.Worker((_, number) -> {
          world.sleep(millis(10));
          if (number == 1) {
            throw Fakes.fault(Fault.Code.REJECTED);
          }
          return Value.Null.NULL;
        });
    def.route(in(), def.called("db.work", target));
    running(kernel -> {
      var first = web.send(Value.text("a1"));
      var unreadable =
          web.send(
              sent(
                  Body.lazy(() -> {
                    throw Fakes.fault(Fault.Code.MALFORMED);
                  })));
      var second = web.send(Value.text("a2"));
      assertThat(first.fault().code()).isEqualTo(Fault.Code.REJECTED);
      assertThat(unreadable.fault().code()).isEqualTo(Fault.Code.MALFORMED);
      assertThat(second.await()).isInstanceOf(Outcome.Done.class);
    });
  }

  @Test
  void theOrderGoesOnWhenTheDefinitionChanges() {
    def.handling = byLetter(64);
    var done = new ArrayList<String>();
    def.route(in(), def.called("db.work", working(done, millis(100))));
    var next = new Def();
    next.handling = byLetter(64);
    next.route(
        next.receives("web.in", new Fakes.Push()),
        next.called("db.work", working(done, millis(1))));
    running(kernel -> {
      web.send(Value.text("a1"));
      web.send(Value.text("a2"));
      world.sleep(millis(10));
      kernel.change(next.plan(), next.adapters(), Set.of("web"), Duration.ofSeconds(5));
      var last = web.send(Value.text("a3"));
      var other = web.send(Value.text("b1"));
      other.await();
      last.await();
      assertThat(done).containsExactly("b1", "a1", "a2", "a3");
    });
  }

  private static Fakes.Sent sent(Body body) {
    return new Fakes.Sent(Fakes.Sent.message("web.in", body));
  }

  /** What is wrong with the order in a run of this seed, if anything is. */
  private static List<String> wrong(long seed, Kernel.PassageMaker passages) {
    var chance = new SplittableRandom(seed);
    var world = new SimWorld(seed);
    var def = new Def();
    var web = new Fakes.Push();
    var wrong = new ArrayList<String>();
    Map<String, Integer> last = new LinkedHashMap<>();
    Map<String, Integer> running = new LinkedHashMap<>();
    def.handling = byLetter(1 + chance.nextInt(8));
    def.route(
        def.receives("web.in", web),
        def.called(
            "db.work",
            new Fakes.Worker((request, _) -> {
              var value = request.body().value();
              String key = letter(value);
              int number = Integer.parseInt(((Value.Text) value).value().substring(1));
              if (running.merge(key, 1, Integer::sum) > 1) {
                wrong.add("two at once of " + key);
              }
              if (last.getOrDefault(key, -1) >= number) {
                wrong.add(value + " came after " + last.get(key));
              }
              last.put(key, number);
              try {
                world.sleep(Duration.ofMillis(chance.nextInt(50)));
                if (chance.nextInt(5) == 0) {
                  throw Fakes.fault(Fault.Code.REJECTED);
                }
              } finally {
                running.merge(key, -1, Integer::sum);
              }
              return Value.Null.NULL;
            })));
    world.run(() -> {
      var kernel = Kernel.open(def.plan(), def.adapters(), world, Listener.SILENT, passages);
      kernel.start();
      var all = new ArrayList<Fakes.Sent>();
      for (int i = 0; i < 40; i++) {
        var text = Value.text("abcde".charAt(chance.nextInt(5)) + "" + i);
        int decoding = chance.nextInt(30);
        all.add(web.send(sent(Body.lazy(() -> read(world, text, decoding)))));
        if (chance.nextInt(3) == 0) {
          world.sleep(Duration.ofMillis(chance.nextInt(20)));
        }
        if (chance.nextInt(10) == 0) {
          all.getLast().cancel.ifPresent(Runnable::run);
        }
      }
      for (var one : all) {
        one.await();
      }
      assertThat(kernel.drain(Duration.ofSeconds(5)).isBalanced()).isTrue();
    });
    return wrong;
  }

  private static Value read(SimWorld world, Value text, int millis) {
    try {
      world.sleep(Duration.ofMillis(millis));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return text;
  }

  @Test
  void noSeedBreaksTheOrder() {
    for (long seed = 0; seed < SEEDS; seed++) {
      assertThat(wrong(seed, Passage::new)).as("seed " + seed).isEmpty();
    }
  }

  enum Saboteur {
    KEEPS_NO_ORDER(Saboteurs::keepsNoOrder),
    ORDERS_WHAT_IS_READ(Saboteurs::ordersWhatIsRead),
    ENDS_TURNS_EARLY(Saboteurs::endsTurnsEarly);

    private final Kernel.PassageMaker passages;

    Saboteur(Kernel.PassageMaker passages) {
      this.passages = passages;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBrokenOrderIsFound(Saboteur saboteur) {
    for (long seed = 0; seed < SEEDS; seed++) {
      if (!wrong(seed, saboteur.passages).isEmpty()) {
        return;
      }
    }
    throw new AssertionError(saboteur + " was not found");
  }
}
