package io.unikernal.kernel;

import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.model.Capability;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Operation;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A kernel whose definition changes while messages come. */
class ChangesTest extends SimulatedKernel {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private final Def next = new Def();
  private final Fakes.Push webAfter = new Fakes.Push();
  private final List<Value> calledAfterTheEnd = new ArrayList<>();

  private static Operation in(Def of, Fakes.Push web) {
    return of.operation(
        "web.in",
        Operation.Direction.RECEIVES,
        Type.Simple.ANY,
        Type.Simple.ANY,
        web,
        Capability.REPLIES);
  }

  private Fakes.Worker answering(String what, Duration time) {
    return new Fakes.Worker((_, _) -> {
      world.sleep(time);
      return text(what);
    });
  }

  private void change(Kernel kernel, String... alike) throws InterruptedException {
    kernel.change(next.plan(), next.adapters(), Set.of(alike), LIMIT);
  }

  private static Fault refused(Kernel kernel, Def to, String... alike) {
    return catchThrowableOfType(
            FaultException.class,
            () -> kernel.change(to.plan(), to.adapters(), Set.of(alike), LIMIT))
        .fault();
  }

  @Test
  void messagesOnTheirWayEndByTheOldPlanAndOthersGoByTheNew() {
    def.route(in(def, web), def.called("old.work", answering("old", Duration.ofSeconds(3))));
    next.route(in(next, webAfter), next.called("new.work", answering("new", millis(10))));
    running(kernel -> {
      var first = web.send(text("a"));
      world.sleep(millis(100));
      change(kernel, "web");
      // The server is as it was, so that it is not opened again, and hands over to the new plan.
      var second = web.send(text("b"));
      assertThat(second.reply()).isEqualTo(text("new"));
      assertThat(def.closed).isEmpty();
      assertThat(kernel.isChanging()).isTrue();
      assertThat(first.reply()).isEqualTo(text("old"));
      world.sleep(millis(50));
      assertThat(def.closed).containsExactly("old");
      assertThat(kernel.isChanging()).isFalse();
      assertThat(webAfter.sink).isEmpty();
    });
    assertThat(def.closed).containsExactly("old", "web");
    assertThat(next.closed).containsExactly("new");
  }

  @Test
  void aSystemThatChangedIsOpenedBesideItsOldSelf() {
    def.route(in(def, web), def.called("db.work", answering("old", Duration.ofSeconds(1))));
    next.route(in(next, webAfter), next.called("db.work", answering("new", millis(10))));
    running(kernel -> {
      var first = web.send(text("a"));
      world.sleep(millis(100));
      change(kernel, "web");
      assertThat(next.contexts).hasSize(1);
      assertThat(def.closed).isEmpty();
      assertThat(web.send(text("b")).reply()).isEqualTo(text("new"));
      assertThat(first.reply()).isEqualTo(text("old"));
    });
  }

  @Test
  void whatCannotBeOpenedChangesNothing() {
    def.route(in(def, web), def.called("db.work", answering("old", millis(10))));
    next.route(in(next, webAfter), next.called("new.work", answering("new", millis(10))));
    next.called("other.work", answering("other", millis(10)));
    next.opening =
        context ->
            context.name().equals("new")
                ? Optional.of(Fault.of(Fault.Code.DISCONNECTED, "no such host"))
                : Optional.empty();
    running(kernel -> {
      assertThat(refused(kernel, next, "web").message()).contains("`new`", "no such host");
      assertThat(next.closed).containsExactly("other");
      assertThat(def.closed).isEmpty();
      assertThat(web.send(text("a")).reply()).isEqualTo(text("old"));
      assertThat(kernel.status().systems()).extracting("name").containsExactly("web", "db");
    });
  }

  @Test
  void theBooksOfARouteGoOnAndThoseOfOneThatIsGoneStay() {
    def.route(in(def, web), def.called("db.work", answering("old", millis(10))));
    def.route(
        def.receives("more.in", new Fakes.Push()), def.called("db.more", Fakes.Worker.echo()));
    next.route(in(next, webAfter), next.called("db.work", answering("new", millis(10))));
    var status =
        running(kernel -> {
          web.send(text("a")).await();
          kernel.call("more.in", text("x"), io.unikernal.model.Deadline.NONE, Optional.empty());
          change(kernel, "web");
          web.send(text("b")).await();
        });
    assertThat(status.routes()).extracting(Status.RouteStatus::name).hasSize(3);
    assertThat(status.routes().getFirst().counts().delivered()).isEqualTo(2);
    assertThat(status.routes().getLast().counts().delivered()).isEqualTo(1);
  }

  @Test
  void aChangeWaitsForTheOneBeforeToEnd() {
    def.route(in(def, web), def.called("old.work", answering("old", Duration.ofSeconds(3))));
    next.route(in(next, webAfter), next.called("new.work", answering("new", millis(10))));
    running(kernel -> {
      web.send(text("a"));
      world.sleep(millis(100));
      change(kernel, "web");
      assertThat(refused(kernel, next, "web", "new").message()).contains("still on their way");
      world.sleep(Duration.ofSeconds(4));
      change(kernel, "web", "new");
    });
  }

  @Test
  void whatTakesTooLongIsStopped() {
    var slow = answering("old", Duration.ofMinutes(5));
    def.route(in(def, web), def.called("old.work", slow));
    next.route(in(next, webAfter), next.called("new.work", answering("new", millis(10))));
    running(kernel -> {
      var first = web.send(text("a"));
      world.sleep(millis(100));
      change(kernel, "web");
      assertThat(first.fault().code()).isEqualTo(Fault.Code.CANCELLED);
      assertThat(first.fault().message()).contains("the definition changed");
      assertThat(world.elapsed()).isBetween(LIMIT, LIMIT.plusSeconds(1));
    });
    assertThat(slow.interrupted).isEqualTo(1);
  }

  @Test
  void aKernelThatStopsMakesNoChangeAndOneThatChangesCanBeStopped() {
    def.route(in(def, web), def.called("old.work", answering("old", Duration.ofMinutes(5))));
    next.route(in(next, webAfter), next.called("new.work", answering("new", millis(10))));
    running(kernel -> {
      web.send(text("a"));
      world.sleep(millis(100));
      change(kernel, "web");
      kernel.drain(millis(100));
      assertThat(refused(kernel, next, "web").message()).contains("the kernel is closed");
    });
    assertThat(def.closed).contains("old", "web");
    assertThat(next.closed).containsExactly("new");
  }

  /** Messages all the time, and changes at moments of chance: the same counts as without them. */
  @Test
  void nothingIsLostAndNothingIsDoneTwiceOverManyChanges() {
    for (long seed = 1; seed <= 40; seed++) {
      new ChangesTest().changing(seed);
    }
  }

  private void changing(long seed) {
    var random = new SplittableRandom(seed);
    var done = new ArrayList<Value>();
    var sent = new ArrayList<Fakes.Sent>();
    def.route(in(def, web), def.called("work0.do", doing(def, done, random)));
    var status =
        running(kernel -> {
          world.start(
              "changes",
              () -> {
                for (int i = 1; i <= 12; i++) {
                  changeAtChance(kernel, i, done, random);
                }
              });
          for (int i = 0; i < 400; i++) {
            sent.add(web.send(text("m" + i)));
            sleep(random.nextInt(20));
          }
          for (var one : sent) {
            one.await();
          }
          world.sleep(Duration.ofSeconds(5));
        });
    assertThat(done).as("seed " + seed).hasSize(400).doesNotHaveDuplicates();
    assertThat(sent).allSatisfy(one -> assertThat(one.outcomes).hasSize(1));
    // The books of each route that was: together they hold all messages.
    long delivered = status.routes().stream().mapToLong(route -> route.counts().delivered()).sum();
    assertThat(delivered).isEqualTo(400);
    assertThat(status.routes()).hasSizeGreaterThan(2);
    assertThat(calledAfterTheEnd).isEmpty();
  }

  private Fakes.Worker doing(Def of, List<Value> done, SplittableRandom random) {
    return new Fakes.Worker((request, _) -> {
      world.sleep(Duration.ofMillis(random.nextInt(300)));
      if (of.closed.stream().anyMatch(name -> name.startsWith("work"))) {
        calledAfterTheEnd.add(request.body().value());
      }
      done.add(request.body().value());
      return text("done");
    });
  }

  private void changeAtChance(
      Kernel kernel, int number, List<Value> done, SplittableRandom random) {
    sleep(random.nextInt(400));
    var to = new Def();
    to.route(in(to, webAfter), to.called("work" + number % 3 + ".do", doing(to, done, random)));
    try {
      kernel.change(to.plan(), to.adapters(), Set.of("web"), LIMIT);
    } catch (FaultException e) {
      assertThat(e.fault().code()).isEqualTo(Fault.Code.REJECTED);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void sleep(int millis) {
    try {
      world.sleep(Duration.ofMillis(millis));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
