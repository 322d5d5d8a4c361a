package io.unikernal.kernel;

import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.rate;
import static io.unikernal.kernel.Def.retry;
import static io.unikernal.kernel.Def.timeout;
import static io.unikernal.model.Value.integer;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Body;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.FaultException;
import io.unikernal.model.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class PolicyTest extends SimulatedKernel {

  @Test
  void aTimeoutOfARouteInterruptsTheWorkAndNamesWhatWasCalled() {
    var slow = Fakes.Worker.slow(world, Duration.ofSeconds(9));
    def.route(in(), def.called("db.save", slow), timeout(millis(1500)));
    running(_ -> {
      var fault = web.send(text("x")).fault();
      assertThat(fault.code()).isEqualTo(Code.TIMEOUT);
      assertThat(fault.message()).isEqualTo("`db.save` did not answer within 1s500ms");
      assertThat(fault.retryable()).isTrue();
    });
    assertThat(slow.interrupted).isEqualTo(1);
    assertThat(world.elapsed()).isEqualTo(millis(1500));
  }

  @Test
  void anAnswerInTimeLeavesNoTimerBehind() {
    var quick = Fakes.Worker.slow(world, millis(10));
    def.route(in(), def.called("db.save", quick), timeout(millis(1500)));
    running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("x")));
  }

  @Test
  void theCallersDeadlineCountsWhenItIsEarlier() {
    var slow = Fakes.Worker.slow(world, Duration.ofSeconds(9));
    def.route(in(), def.called("db.save", slow), timeout(millis(1500)));
    running(kernel ->
        Assertions.assertThatThrownBy(() ->
                kernel.call(
                    "web.in",
                    text("x"),
                    Deadline.after(millis(200), world.nanos()),
                    Optional.empty()))
            .isInstanceOfSatisfying(
                FaultException.class,
                e ->
                    assertThat(e.fault().message())
                        .isEqualTo("`db.save` did not answer within 200ms")));
    assertThat(world.elapsed()).isEqualTo(millis(200));
  }

  @Test
  void aMessageAfterItsDeadlineIsNotBegun() {
    var worker = Fakes.Worker.echo();
    def.route(in(), def.called("db.save", worker));
    running(_ -> {
      world.sleep(millis(5));
      var late =
          new Fakes.Sent(
              Fakes.Sent.message("web.in", Body.of(text("x"))).withDeadline(new Deadline(1)));
      assertThat(web.send(late).fault().code()).isEqualTo(Code.TIMEOUT);
    });
    assertThat(worker.calls).isEmpty();
  }

  @Test
  void aRetryTriesAgainAfterGrowingPauses() {
    var flaky = Fakes.Worker.failing(Code.DISCONNECTED, 3);
    def.route(in(), def.called("db.save", flaky), retry(4, millis(100)));
    running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("x")));
    assertThat(flaky.calls).hasSize(4);
    assertThat(world.elapsed()).isEqualTo(millis(100 + 200 + 400));
    assertThat(attempts()).extracting(a -> a.attempt()).containsExactly(1, 2, 3);
  }

  @Test
  void aRetryEndsAfterItsLastAttempt() {
    var broken = Fakes.Worker.failing(Code.DISCONNECTED, 99);
    def.route(in(), def.called("db.save", broken), retry(3, millis(100)));
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.DISCONNECTED));
    assertThat(broken.calls).hasSize(3);
    assertThat(attempts()).last().extracting(a -> a.delay()).isEqualTo(Duration.ZERO);
  }

  @Test
  void whatAnotherAttemptCannotHelpIsNotTriedAgain() {
    var refusing = Fakes.Worker.failing(Code.REJECTED, 99);
    def.route(in(), def.called("db.save", refusing), retry(3, millis(100)));
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(refusing.calls).hasSize(1);
  }

  @Test
  void aRetryNeverSleepsPastTheDeadline() {
    var broken = Fakes.Worker.failing(Code.DISCONNECTED, 99);
    def.route(in(), def.called("db.save", broken), timeout(millis(250)), retry(9, millis(100)));
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.DISCONNECTED));
    assertThat(broken.calls).hasSize(2);
    assertThat(world.elapsed()).isEqualTo(millis(100));
  }

  @Test
  void aTimeoutOfAStepCountsForEachAttempt() {
    var slowOnce =
        new Fakes.Worker((request, number) -> {
          world.sleep(number == 1 ? Duration.ofHours(1) : millis(10));
          return request.body().value();
        });
    var save = def.called("db.save", slowOnce);
    def.pipeline(
        "p", List.of(call("save", 0, save, timeout(millis(200)), retry(3, millis(50)))), List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("x")));
    assertThat(world.elapsed()).isEqualTo(millis(200 + 50 + 10));
    assertThat(attempts())
        .singleElement()
        .extracting(a -> a.fault().message())
        .isEqualTo("`db.save` did not answer within 200ms");
  }

  @Test
  void aRateLimitAnswersOverloadedAndSaysWhenToComeBack() {
    def.route(
        in(),
        def.called("db.save", Fakes.Worker.echo()),
        new Policy.RateLimit(10, Duration.ofSeconds(1), 2, Def.HERE));
    running(_ -> {
      web.send(text("1")).reply();
      web.send(text("2")).reply();
      var fault = web.send(text("3")).fault();
      assertThat(fault.code()).isEqualTo(Code.OVERLOADED);
      assertThat(fault.message()).isEqualTo("`web.in` takes at most 10 in 1s");
      assertThat(fault.details().fields()).containsEntry("retry_after_ms", integer(100));
      world.sleep(millis(100));
      web.send(text("4")).reply();
      assertThat(web.send(text("5")).fault().code()).isEqualTo(Code.OVERLOADED);
    });
  }

  @Test
  void theBurstOfARateLimitIsItsLimitUnlessItSaysOtherwise() {
    def.route(in(), def.called("db.save", Fakes.Worker.echo()), rate(3, Duration.ofMinutes(1)));
    running(_ -> {
      for (int i = 0; i < 3; i++) {
        web.send(integer(i)).reply();
      }
      assertThat(web.send(integer(4)).fault().code()).isEqualTo(Code.OVERLOADED);
    });
  }

  @Test
  void aRateLimitOfASystemCountsEachAttempt() {
    var broken = Fakes.Worker.failing(Code.DISCONNECTED, 99);
    var save = def.called("db.save", broken);
    def.systemPolicy("db", rate(2, Duration.ofHours(1)));
    def.route(in(), save, retry(5, millis(10)));
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.OVERLOADED));
    assertThat(broken.calls).hasSize(2);
  }

  @Test
  void anOverloadedCalleeIsAskedAgainWhenItSaysThereWillBeRoom() {
    def.systemPolicy("db", rate(1, Duration.ofSeconds(2)));
    var save = def.called("db.save", Fakes.Worker.echo());
    def.route(in(), save, retry(2, millis(10)));
    running(_ -> {
      web.send(text("1")).reply();
      web.send(text("2")).reply();
    });
    assertThat(world.elapsed()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void theRetryOfASystemIsForTheCallsOfStepsTooUnlessTheStepHasItsOwn() {
    var broken = Fakes.Worker.failing(Code.DISCONNECTED, 99);
    var save = def.called("db.save", broken);
    def.systemPolicy("db", retry(3, millis(10)), timeout(Duration.ofSeconds(5)));
    def.pipeline("two", List.of(call("first", 0, save), call("second", 1, save)), List.of());
    def.pipeline("own", List.of(call("only", 0, save, retry(2, millis(10)))), List.of());
    def.route(in(), "two");
    def.route(def.receives("web.other", new Fakes.Push()), "own");
    running(kernel -> {
      assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.DISCONNECTED);
      assertThat(broken.calls).hasSize(3);
      broken.calls.clear();
      Assertions.assertThatThrownBy(
              () -> kernel.call("web.other", text("x"), Deadline.NONE, Optional.empty()))
          .isInstanceOf(FaultException.class);
      assertThat(broken.calls).hasSize(2);
    });
  }

  @Test
  void theTimeLimitOfASystemIsForEachCallOfAStep() {
    var slow = Fakes.Worker.slow(world, Duration.ofSeconds(9));
    var save = def.called("db.save", slow);
    def.systemPolicy("db", timeout(millis(200)));
    def.pipeline("p", List.of(call("only", 0, save)), List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.TIMEOUT));
    assertThat(world.elapsed()).isEqualTo(millis(200));
  }

  /** A limit of an operation is for all who call it: not each place by itself. */
  @Test
  void aPolicyThatStandsInTwoPlacesIsOneLimit() {
    var save = def.called("db.save", Fakes.Worker.echo());
    var limit = rate(2, Duration.ofMinutes(1));
    def.pipeline("first", List.of(call("a", 0, save, limit)), List.of());
    def.pipeline("second", List.of(call("b", 0, save, limit)), List.of());
    def.route(in(), "first");
    def.route(def.receives("web.other", new Fakes.Push()), "second");
    running(kernel -> {
      web.send(text("1")).reply();
      var second = kernel.call("web.other", text("2"), Deadline.NONE, Optional.empty());
      assertThat(second.body()).isEqualTo(text("2"));
      assertThat(web.send(text("3")).fault().code()).isEqualTo(Code.OVERLOADED);
    });
  }

  @Test
  void theFaultsThatAreTriedAgainAreThoseThatTheRetryNames() {
    assertThat(callsWhenOnlyRejectionsAreTriedAgain(Code.REJECTED)).isEqualTo(3);
  }

  @Test
  void aFaultThatTheRetryDoesNotNameIsNotTriedAgainThoughItMayPass() {
    assertThat(callsWhenOnlyRejectionsAreTriedAgain(Code.DISCONNECTED)).isEqualTo(1);
  }

  private int callsWhenOnlyRejectionsAreTriedAgain(Code failing) {
    var broken = Fakes.Worker.failing(failing, 99);
    var onRejected =
        new Policy.Retry(
            3,
            Policy.Backoff.CONSTANT,
            millis(10),
            millis(10),
            0,
            Set.of(Code.REJECTED),
            Optional.empty(),
            Def.HERE);
    def.route(in(), def.called("db.save", broken), onRejected);
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(failing));
    return broken.calls.size();
  }

  @Test
  void jitterOnlyShortens() {
    var broken = Fakes.Worker.failing(Code.DISCONNECTED, 99);
    def.route(
        in(),
        def.called("db.save", broken),
        new Policy.Retry(20, Policy.Backoff.LINEAR, millis(100), millis(500), 0.5, Def.HERE));
    running(_ -> web.send(text("x")).fault());
    for (var attempt : attempts().subList(0, 19)) {
      long full = Math.min(500, 100L * attempt.attempt());
      assertThat(attempt.delay()).isBetween(millis(full / 2), millis(full));
    }
  }

  @Test
  void aWrongAnswerIsRejectedWithPlaceAndRuleButNoValue() {
    var type =
        new io.unikernal.model.Type.Record(
            "Quote",
            List.of(
                io.unikernal.model.Type.Field.of(
                    "total", new io.unikernal.model.Type.Decimal(12, 2))));
    var quote =
        def.operation(
            "pricing.quote",
            io.unikernal.model.Operation.Direction.CALLED,
            io.unikernal.model.Type.Simple.ANY,
            type,
            new Fakes.Worker((_, _) -> {
              var fields = new java.util.LinkedHashMap<String, io.unikernal.model.Value>();
              fields.put("total", text("lots"));
              return new io.unikernal.model.Value.Dict(fields);
            }));
    def.route(in(), quote);
    running(_ -> {
      Fault fault = web.send(text("x")).fault();
      assertThat(fault.code()).isEqualTo(Code.REJECTED);
      assertThat(fault.message())
          .startsWith("`pricing.quote` answered what its type does not allow: total: must be ")
          .doesNotContain("lots");
    });
  }
}
