package io.unikernal.kernel;

import static io.unikernal.kernel.Def.breaker;
import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.most;
import static io.unikernal.kernel.Def.retry;
import static io.unikernal.kernel.Def.timeout;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Fault;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.Outcome;
import io.unikernal.model.Policy;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Breakers, limits of calls at once, and the budget of retries. */
class ResilienceTest extends SimulatedKernel {

  /** What it fails with, if it does. */
  private Optional<Code> send() throws InterruptedException {
    return switch (web.send(text("x")).await()) {
      case Outcome.Failed(var fault) -> Optional.of(fault.code());
      case Outcome.Done _, Outcome.Dropped _ -> Optional.empty();
    };
  }

  @Test
  void aBreakerOpensAtItsShareOfFailuresAndLetsProbesThroughLater() {
    var flaky = Fakes.Worker.failing(Code.DISCONNECTED, 4);
    def.route(in(), def.called("db.save", flaky), breaker(0.5, 4, Duration.ofSeconds(10), 2));
    running(kernel -> {
      for (int i = 0; i < 4; i++) {
        assertThat(send()).contains(Code.DISCONNECTED);
      }
      var open = web.send(text("x")).fault();
      assertThat(open.code()).isEqualTo(Code.OVERLOADED);
      assertThat(open.message()).isEqualTo("`db.save` has been failing and is left alone for now");
      assertThat(open.details().fields().get(Fault.RETRY_AFTER_MS))
          .isEqualTo(Value.integer(10_000));
      assertThat(flaky.calls).hasSize(4);
      assertThat(kernel.status().policies())
          .singleElement()
          .satisfies(one -> {
            assertThat(one.place()).isEqualTo("route web.in -> db.save");
            assertThat(one.state()).isEqualTo("open for another 10s");
          });
      world.sleep(Duration.ofSeconds(10));
      assertThat(send()).isEmpty();
      assertThat(kernel.status().policies().getFirst().state())
          .isEqualTo("half open, 1 of 2 probes answered");
      assertThat(send()).isEmpty();
      assertThat(kernel.status().policies().getFirst().state())
          .isEqualTo("closed, 0 of the last 0 failed");
    });
  }

  @Test
  void aProbeThatFailsOpensAgain() {
    var broken = Fakes.Worker.failing(Code.TIMEOUT, 99);
    def.route(in(), def.called("db.save", broken), breaker(1, 2, Duration.ofSeconds(10), 2));
    running(_ -> {
      send();
      send();
      world.sleep(Duration.ofSeconds(10));
      assertThat(send()).contains(Code.TIMEOUT);
      assertThat(send()).contains(Code.OVERLOADED);
    });
    assertThat(broken.calls).hasSize(3);
  }

  @Test
  void theCallersMistakesOpenNoBreaker() {
    for (var code : Set.of(Code.INVALID, Code.MALFORMED, Code.FORBIDDEN, Code.NOT_FOUND)) {
      var test = new ResilienceTest();
      var picky = Fakes.Worker.failing(code, 99);
      test.def.route(test.in(), test.def.called("db.save", picky), breaker(0.1, 2, millis(100), 1));
      test.running(_ -> {
        for (int i = 0; i < 10; i++) {
          assertThat(test.send()).contains(code);
        }
      });
      assertThat(picky.calls).hasSize(10);
    }
  }

  @Test
  void whatAnotherPolicyRefusesIsNoFailureOfTheTarget() {
    var worker = Fakes.Worker.echo();
    def.systemPolicy("db", Def.rate(1, Duration.ofHours(1)));
    def.route(in(), def.called("db.save", worker), breaker(0.1, 2, Duration.ofHours(1), 1));
    running(_ -> {
      assertThat(send()).isEmpty();
      for (int i = 0; i < 5; i++) {
        assertThat(web.send(text("x")).fault().message()).startsWith("`db` takes at most 1");
      }
    });
  }

  @Test
  void slowCallsOpenABreakerToo() {
    var slow = Fakes.Worker.slow(world, Duration.ofSeconds(3));
    def.route(
        in(),
        def.called("db.save", slow),
        new Policy.CircuitBreaker(
            0.9,
            Optional.of(new Policy.Slow(0.5, Duration.ofSeconds(2))),
            2,
            Duration.ofSeconds(10),
            1,
            Def.HERE));
    running(_ -> {
      send();
      send();
      assertThat(send()).contains(Code.OVERLOADED);
    });
  }

  @Test
  void aStepTimesOutInsideItsBreakerAndRetriesOutsideOfIt() {
    var slow = Fakes.Worker.slow(world, Duration.ofHours(1));
    var op = def.called("db.save", slow);
    def.pipeline(
        "p",
        List.of(
            call(
                "s",
                0,
                op,
                timeout(millis(100)),
                retry(9, millis(1)),
                breaker(1, 3, Duration.ofMinutes(10), 1))),
        List.of());
    def.route(in(), "p");
    running(_ -> assertThat(send()).contains(Code.OVERLOADED));
    assertThat(slow.calls).hasSize(3);
  }

  @Test
  void noMoreRunAtOnceThanTheLimitAndTheOthersWaitInTheirOrder() {
    var order = new ArrayList<String>();
    var running = new int[2];
    var worker =
        new Fakes.Worker((request, _) -> {
          running[1] = Math.max(running[1], ++running[0]);
          order.add(((Value.Text) request.body().value()).value());
          world.sleep(millis(100));
          running[0]--;
          return request.body().value();
        });
    def.route(in(), def.called("db.save", worker), most(2, 4));
    running(_ -> {
      var sent = new ArrayList<Fakes.Sent>();
      for (int i = 0; i < 6; i++) {
        sent.add(web.send(text("m" + i)));
        world.sleep(millis(1));
      }
      var refused = web.send(text("m6")).fault();
      assertThat(refused.code()).isEqualTo(Code.OVERLOADED);
      assertThat(refused.message())
          .isEqualTo("`web.in` runs at most 2 at once, and 4 more may wait");
      for (var one : sent) {
        one.reply();
      }
    });
    assertThat(running[1]).isEqualTo(2);
    assertThat(order).containsExactly("m0", "m1", "m2", "m3", "m4", "m5");
  }

  @Test
  void theMoreImportantGoesFirstAndTheLeastIsRefusedWhenTheQueueIsFull() {
    var order = new ArrayList<String>();
    var worker =
        new Fakes.Worker((request, _) -> {
          order.add(((Value.Text) request.body().value()).value());
          world.sleep(millis(100));
          return request.body().value();
        });
    var byLetter =
        new Policy.Concurrency(
            Optional.of(1),
            2,
            Optional.of(
                Def.rule(value -> Value.integer('z' - ((Value.Text) value).value().charAt(0)))),
            Def.HERE);
    def.route(in(), def.called("db.save", worker), byLetter);
    running(_ -> {
      var sent = new ArrayList<Fakes.Sent>();
      for (String name : List.of("c1", "c2", "b1", "c3", "a1", "b2")) {
        sent.add(web.send(text(name)));
        world.sleep(millis(1));
      }
      // a1 took the place of c2, and b2 found only those that are as important.
      for (int refused : List.of(1, 3, 5)) {
        assertThat(sent.get(refused).fault().code()).isEqualTo(Code.OVERLOADED);
      }
      for (int taken : List.of(0, 2, 4)) {
        sent.get(taken).reply();
      }
    });
    assertThat(order).containsExactly("c1", "a1", "b1");
  }

  @Test
  void whoGoesAwayWhileItWaitsLeavesTheQueue() {
    var worker = Fakes.Worker.slow(world, Duration.ofSeconds(1));
    def.route(in(), def.called("db.save", worker), most(1, 1));
    running(_ -> {
      var first = web.send(text("1"));
      world.sleep(millis(1));
      var second = web.send(text("2"));
      world.sleep(millis(1));
      second.cancel.orElseThrow().run();
      assertThat(second.fault().code()).isEqualTo(Code.CANCELLED);
      var third = web.send(text("3"));
      first.reply();
      third.reply();
    });
    assertThat(worker.calls).hasSize(2);
  }

  @Test
  void nobodyWaitsLongerThanHalfAMinute() {
    var worker = Fakes.Worker.slow(world, Duration.ofMinutes(5));
    def.route(in(), def.called("db.save", worker), most(1, 1));
    running(_ -> {
      var first = web.send(text("1"));
      world.sleep(millis(1));
      assertThat(web.send(text("2")).fault().code()).isEqualTo(Code.OVERLOADED);
      assertThat(world.elapsed()).isEqualTo(Duration.ofSeconds(30).plusMillis(1));
      first.reply();
    });
  }

  @Test
  void aBudgetBoundsSecondAttemptsToItsShareAndAReserve() {
    var broken = Fakes.Worker.failing(Code.DISCONNECTED, 9999);
    def.route(
        in(),
        def.called("db.save", broken),
        new Policy.Retry(
            4,
            Policy.Backoff.CONSTANT,
            millis(1),
            millis(1),
            0,
            Set.of(),
            Optional.of(0.1),
            Def.HERE));
    running(_ -> {
      for (int i = 0; i < 200; i++) {
        send();
      }
    });
    assertThat(broken.calls.size() - 200).isEqualTo(10 + 20);
  }

  @Test
  void theTimeOfARouteReachesWhatIsCalledThroughAllPolicies() {
    var worker = Fakes.Worker.echo();
    def.pipeline(
        "p",
        List.of(
            call(
                "s",
                0,
                def.called("db.save", worker),
                retry(2, millis(1)),
                most(1, 0),
                breaker(1, 3, millis(1), 1))),
        List.of());
    def.route(in(), "p", timeout(millis(700)));
    running(_ -> web.send(text("x")).reply());
    assertThat(worker.calls.getFirst().deadline().nanos()).isEqualTo(millis(700).toNanos());
  }

  @Test
  void aBreakerOfASystemIsOneForAllItsOperations() {
    var broken = Fakes.Worker.failing(Code.DISCONNECTED, 99);
    def.systemPolicy("db", breaker(1, 2, Duration.ofMinutes(1), 1));
    var get = def.called("db.get", broken);
    var put = def.called("db.put", broken);
    def.pipeline(
        "p",
        List.of(
            Def.attempt(
                "t", 0, List.of(call("get", 1, get)), List.of(), List.of(Def.wait(2, millis(1)))),
            call("put", 3, put)),
        List.of());
    def.route(in(), "p");
    running(_ -> {
      assertThat(send()).contains(Code.DISCONNECTED);
      assertThat(send()).contains(Code.OVERLOADED);
    });
    assertThat(broken.calls).hasSize(2);
  }

  @Test
  void anOpenBreakerOfAMemberLeavesTheMessageToTheNext() {
    var eu = Fakes.Worker.failing(Code.DISCONNECTED, 99);
    var us = Fakes.Worker.echo();
    def.route(
        in(),
        Optional.empty(),
        new io.unikernal.model.SmartTarget.Fallback(
            List.of(
                Def.member(def.called("eu.x", eu), breaker(1, 1, Duration.ofMinutes(1), 1)),
                Def.member(def.called("us.x", us))),
            Def.SLOTS));
    running(_ -> {
      assertThat(send()).isEmpty();
      assertThat(send()).isEmpty();
    });
    assertThat(eu.calls).hasSize(1);
    assertThat(us.calls).hasSize(2);
  }

  @Test
  void aPipelineHasItsOwnLimitWhereverItIsCalledFrom() {
    var worker = Fakes.Worker.slow(world, Duration.ofSeconds(1));
    def.pipeline(
        "inner", List.of(call("s", 0, def.called("db.save", worker))), List.of(), most(1, 0));
    def.pipeline(
        "outer",
        List.of(new io.unikernal.model.Step.Run(Def.head("r", 0), "inner", Def.input())),
        List.of());
    def.route(in(), "outer");
    running(_ -> {
      var first = web.send(text("1"));
      world.sleep(millis(1));
      assertThat(web.send(text("2")).fault().message())
          .isEqualTo("`inner` runs at most 1 at once, and 0 more may wait");
      first.reply();
    });
  }
}
