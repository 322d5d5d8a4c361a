package io.unikernal.kernel;

import static io.unikernal.kernel.Def.constant;
import static io.unikernal.kernel.Def.eval;
import static io.unikernal.kernel.Def.head;
import static io.unikernal.kernel.Def.input;
import static io.unikernal.kernel.Def.slot;
import static io.unikernal.kernel.Def.timeout;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Body;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.Frame;
import io.unikernal.model.Outcome;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.Step;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@code batch} and {@code window}. */
class GatheringTest extends SimulatedKernel {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final List<List<Long>> batches = new ArrayList<>();
  private final List<Duration> times = new ArrayList<>();
  private final Fakes.Worker many =
      new Fakes.Worker((request, _) -> {
        batches.add(
            ((Value.Items) request.body().value())
                .items().stream().map(one -> ((Value.Int) one).value()).toList());
        times.add(world.elapsed());
        return Value.integer(batches.size());
      });

  private static Step.Batch batch(
      Optional<Integer> count, Optional<Long> bytes, Duration within, Optional<Expression> key) {
    return new Step.Batch(head("batch", 0), count, bytes, within, key, input());
  }

  private static Step.Batch batch(int count) {
    return batch(Optional.of(count), Optional.empty(), SECOND, Optional.empty());
  }

  private static Step.Window window(
      Duration every, Duration slide, Optional<Expression> at, Duration late, int count) {
    return new Step.Window(
        head("window", 0), every, slide, at, late, count, Optional.empty(), input());
  }

  private static final Optional<Expression> MODULO_2 =
      Optional.of(eval(frame -> Value.integer(((Value.Int) frame.get(Frame.INPUT)).value() % 2)));

  /** The message is its own time, in seconds since the beginning of the world. */
  private static final Optional<Expression> AT =
      Optional.of(
          eval(frame ->
              new Value.Timestamp(
                  Instant.parse("2026-01-01T00:00:00Z")
                      .plusSeconds(((Value.Int) frame.get(Frame.INPUT)).value()))));

  private void pipeline(Step hold, Policy... policies) {
    pipeline(List.of(hold), policies);
  }

  private void pipeline(List<Step> first, Policy... policies) {
    var steps = new ArrayList<>(first);
    steps.add(new Step.Call(head("many", 1), def.called("bus.many", many), slot(Frame.FIRST_STEP)));
    def.pipeline("p", steps, List.of());
    def.route(in(), "p", policies);
  }

  private List<Fakes.Sent> send(long... numbers) {
    var sent = new ArrayList<Fakes.Sent>();
    for (long number : numbers) {
      sent.add(web.send(Value.integer(number)));
    }
    return sent;
  }

  @Test
  void aBatchGoesOnAtItsCountAndEachMessageIsSettledAsItWas() {
    pipeline(batch(3));
    var status =
        running(_ -> {
          var sent = send(1, 2, 3);
          for (var one : sent) {
            assertThat(one.reply()).isEqualTo(Value.integer(1));
          }
          assertThat(world.elapsed()).isZero();
        });
    assertThat(batches).hasSize(1);
    assertThat(batches.getFirst()).containsExactlyInAnyOrder(1L, 2L, 3L);
    assertThat(status.targets().held()).containsExactly(new Status.HeldStatus("batch", 0, 1));
  }

  @Test
  void whatIsLeftGoesOnAfterItsTimeAndADrainWaitsForNoTime() {
    pipeline(batch(3));
    running(kernel -> {
      var sent = send(1, 2);
      sent.getLast().reply();
      assertThat(world.elapsed()).isEqualTo(SECOND);
      send(3);
      world.sleep(millis(10));
      assertThat(kernel.status().targets().held().getFirst().waiting()).isEqualTo(1);
    });
    assertThat(batches).hasSize(2);
    assertThat(batches.getLast()).containsExactly(3L);
    assertThat(times.getLast()).isEqualTo(SECOND.plusMillis(10));
  }

  @Test
  void aBatchNeverGetsLargerThanItsBytes() {
    pipeline(batch(Optional.empty(), Optional.of(6L), SECOND, Optional.empty()));
    running(_ -> {
      for (long number : new long[] {100, 200, 3, 123_456_789}) {
        send(number);
        world.sleep(millis(1));
      }
    });
    assertThat(batches).containsExactly(List.of(100L, 200L), List.of(3L), List.of(123_456_789L));
  }

  @Test
  void valuesWithOneKeyComeTogether() {
    pipeline(batch(Optional.of(2), Optional.empty(), SECOND, MODULO_2));
    running(_ -> {
      send(1, 2, 3, 4).getLast().reply();
      world.sleep(SECOND);
    });
    assertThat(batches).hasSize(2);
    assertThat(batches)
        .allSatisfy(batch -> assertThat(batch.get(0) % 2).isEqualTo(batch.get(1) % 2));
  }

  @Test
  void aBatchThatFailsFailsAllItsMessagesAndNoOther() {
    var bad = Fakes.Worker.failing(Code.REJECTED, 1);
    def.pipeline(
        "p",
        List.of(
            batch(2),
            new Step.Call(head("bad", 1), def.called("bad.x", bad), slot(Frame.FIRST_STEP))),
        List.of());
    def.route(in(), "p");
    running(_ -> {
      for (var one : send(1, 2)) {
        assertThat(one.fault().code()).isEqualTo(Code.REJECTED);
      }
      for (var one : send(3, 4)) {
        assertThat(one.await()).isInstanceOf(Outcome.Done.class);
      }
    });
    assertThat(bad.calls).hasSize(2);
  }

  @Test
  void aMessageThatGoesAwayLeavesItsBatchAndTheOthersStay() {
    pipeline(batch(2));
    running(_ -> {
      var gone = send(1).getFirst();
      world.sleep(millis(10));
      gone.cancel.orElseThrow().run();
      assertThat(gone.fault().code()).isEqualTo(Code.CANCELLED);
      for (var one : send(2, 3)) {
        one.reply();
      }
    });
    assertThat(batches).hasSize(1);
    assertThat(batches.getFirst()).containsExactlyInAnyOrder(2L, 3L);
  }

  @Test
  void aBatchThatNobodyWaitsForAnyMoreIsStopped() {
    var slow = Fakes.Worker.slow(world, Duration.ofHours(1));
    def.pipeline(
        "p",
        List.of(
            batch(2),
            new Step.Call(head("slow", 1), def.called("slow.x", slow), slot(Frame.FIRST_STEP))),
        List.of());
    def.route(in(), "p", timeout(Duration.ofSeconds(5)));
    running(_ -> {
      for (var one : send(1, 2)) {
        assertThat(one.fault().code()).isEqualTo(Code.TIMEOUT);
      }
      world.sleep(millis(1));
      assertThat(slow.interrupted).isEqualTo(1);
    });
    assertThat(world.elapsed()).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void aFilterBehindDropsTheWholeBatch() {
    def.pipeline("p", List.of(batch(2), Def.filter(1, constant(Value.Bool.FALSE))), List.of());
    def.route(in(), "p");
    var status =
        running(_ -> {
          for (var one : send(1, 2)) {
            assertThat(one.await()).isEqualTo(new Outcome.Dropped("filter"));
          }
        });
    assertThat(status.routes().getFirst().counts().dropped()).isEqualTo(2);
  }

  @Test
  void aWindowEndsAtItsEndByTheClock() {
    pipeline(window(Duration.ofSeconds(10), Duration.ofSeconds(10), Optional.empty(), SECOND, 100));
    running(_ -> {
      world.sleep(Duration.ofSeconds(4));
      send(1, 2);
      world.sleep(Duration.ofSeconds(7));
      send(3);
      world.sleep(Duration.ofSeconds(10));
    });
    assertThat(batches).hasSize(2);
    assertThat(batches.getFirst()).containsExactlyInAnyOrder(1L, 2L);
    assertThat(batches.getLast()).containsExactly(3L);
    assertThat(times).containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(20));
  }

  @Test
  void slidingWindowsOverlapAndAMessageWaitsForAllOfItsOwn() {
    pipeline(window(Duration.ofSeconds(10), Duration.ofSeconds(5), Optional.empty(), SECOND, 100));
    running(_ -> {
      world.sleep(Duration.ofSeconds(6));
      var sent = send(1).getFirst();
      sent.reply();
      assertThat(world.elapsed()).isEqualTo(Duration.ofSeconds(15));
    });
    assertThat(batches).containsExactly(List.of(1L), List.of(1L));
    assertThat(times).containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(15));
  }

  @Test
  void aFullWindowEndsAtOnce() {
    pipeline(window(Duration.ofSeconds(10), Duration.ofSeconds(10), Optional.empty(), SECOND, 2));
    running(_ -> {
      send(1, 2).getLast().reply();
      assertThat(world.elapsed()).isZero();
    });
    assertThat(batches).hasSize(1);
  }

  /** By what the messages say: 3 and 8 belong together, 12 opens the next, 14 ends the first. */
  @Test
  void byTheirOwnTimeWindowsWaitForLateMessagesAndWhatComesLaterStillGoesOnAlone() {
    pipeline(
        window(Duration.ofSeconds(10), Duration.ofSeconds(10), AT, Duration.ofSeconds(3), 100));
    running(_ -> {
      world.sleep(Duration.ofSeconds(100)); // a replay: all of it is long ago
      for (long number : new long[] {3, 12, 8, 14, 9, 15}) {
        send(number);
        world.sleep(millis(1));
      }
      assertThat(batches).containsExactly(List.of(3L, 8L), List.of(9L));
      world.sleep(Duration.ofSeconds(20));
    });
    assertThat(batches).containsExactly(List.of(3L, 8L), List.of(9L), List.of(12L, 14L, 15L));
  }

  @Test
  void aMessageFromTheFutureDoesNotEndTheWindowsOfTheOthers() {
    pipeline(window(Duration.ofSeconds(10), Duration.ofSeconds(10), AT, Duration.ZERO, 100));
    running(_ -> {
      send(1);
      world.sleep(millis(1));
      send(1_000_000);
      world.sleep(millis(1));
      send(2);
      world.sleep(Duration.ofSeconds(11));
    });
    assertThat(batches).containsExactlyInAnyOrder(List.of(1L, 2L), List.of(1_000_000L));
  }

  /** A queue with an order. */
  private static final class Ordered implements Endpoint.PullSource {
    final ArrayDeque<Fakes.Sent> waiting = new ArrayDeque<>();
    final List<Fakes.Sent> all = new ArrayList<>();

    void put(long number) {
      var sent = new Fakes.Sent(Fakes.Sent.message("q.in", Body.of(Value.integer(number))));
      waiting.add(sent);
      all.add(sent);
    }

    @Override
    public List<Delivery> receive(int max) {
      var some = new ArrayList<Delivery>();
      while (!waiting.isEmpty() && some.size() < max) {
        some.add(waiting.remove());
      }
      return some;
    }
  }

  @Test
  void aSourceWithAnOrderFillsBatchesAndTheyKeepItEvenBeyondWhatIsAskedForAtOnce() {
    var queue = new Ordered();
    for (long i = 0; i < 200; i++) {
      queue.put(i);
    }
    var slow =
        new Fakes.Worker((request, number) -> {
          world.sleep(millis(number == 1 ? 500 : 10)); // the second must not overtake the first
          batches.add(
              ((Value.Items) request.body().value())
                  .items().stream().map(one -> ((Value.Int) one).value()).toList());
          return Value.Null.NULL;
        });
    def.pipeline(
        "p",
        List.of(
            batch(100),
            new Step.Call(head("slow", 1), def.called("slow.x", slow), slot(Frame.FIRST_STEP))),
        List.of());
    def.route(
        def.receives("q.in", queue), Optional.empty(), new Route.Target.ToPipeline("p"), true);
    running(_ -> {
      for (var one : queue.all) {
        one.await();
      }
      assertThat(world.elapsed()).isEqualTo(millis(510));
    });
    assertThat(batches).hasSize(2);
    assertThat(batches.stream().flatMap(List::stream)).isSorted().hasSize(200);
  }
}
