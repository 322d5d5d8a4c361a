package io.unikernal.kernel;

import static io.unikernal.kernel.Def.SLOTS;
import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.constant;
import static io.unikernal.kernel.Def.filter;
import static io.unikernal.kernel.Def.head;
import static io.unikernal.kernel.Def.input;
import static io.unikernal.kernel.Def.member;
import static io.unikernal.kernel.Def.timeout;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Expression;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.Operation;
import io.unikernal.model.Route;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.Step;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Targets of several members. */
class TargetsTest extends SimulatedKernel {
  private int ops;

  private Operation op(Fakes.Worker worker) {
    return def.called("op" + ops++ + ".x", worker);
  }

  private Fakes.Worker after(long millis, String answer) {
    return new Fakes.Worker((_, _) -> {
      world.sleep(millis(millis));
      return text(answer);
    });
  }

  private Fakes.Worker fails(long millis, Code code) {
    return new Fakes.Worker((_, _) -> {
      world.sleep(millis(millis));
      throw Fakes.fault(code);
    });
  }

  private void route(SmartTarget target) {
    def.route(in(), Optional.empty(), target);
  }

  private SmartTarget.Choose choose(
      SmartTarget.By by, Optional<Expression> prefer, SmartTarget.Member... members) {
    return new SmartTarget.Choose(
        List.of(members),
        by,
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        Optional.empty(),
        prefer,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        SLOTS);
  }

  @Test
  void oneOfTheMembersIsChosenForEachMessage() {
    var a = after(10, "a");
    var b = after(10, "b");
    route(choose(SmartTarget.By.ROUND_ROBIN, Optional.empty(), member(op(a)), member(op(b))));
    running(_ -> {
      for (int i = 0; i < 4; i++) {
        web.send(text("x")).reply();
      }
    });
    assertThat(a.calls).hasSize(2);
    assertThat(b.calls).hasSize(2);
  }

  @Test
  void aMemberThatKeepsFailingIsLeftOutEvenIfItIsPreferredAndThatIsHeard() {
    var bad = fails(10, Code.DISCONNECTED);
    var good = after(10, "good");
    var preferred = member(op(bad));
    route(
        choose(
            SmartTarget.By.ROUND_ROBIN,
            Optional.of(constant(text(preferred.name()))),
            preferred,
            member(op(good))));
    running(_ -> {
      for (int i = 0; i < 8; i++) {
        web.send(text("x")).await();
      }
    });
    assertThat(bad.calls).hasSize(5);
    assertThat(good.calls).hasSize(3);
    assertThat(heard(Listener.Event.TargetLeftOut.class))
        .containsExactly(new Listener.Event.TargetLeftOut("web.in -> several", preferred.name()));
  }

  @Test
  void whatIsTheCallersFaultSaysNothingAgainstAMember() {
    var strict = fails(10, Code.INVALID);
    route(choose(SmartTarget.By.ADAPTIVE, Optional.empty(), member(op(strict))));
    running(_ -> {
      for (int i = 0; i < 8; i++) {
        assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.INVALID);
      }
    });
    assertThat(heard(Listener.Event.TargetLeftOut.class)).isEmpty();
  }

  @Test
  void allMembersAreCalledAtOnceAndTheirAnswersComeInTheirOrder() {
    route(
        new SmartTarget.All(
            List.of(member(op(after(200, "a"))), member(op(after(100, "b")))), SLOTS));
    running(_ ->
        assertThat(web.send(text("x")).reply())
            .isEqualTo(new Value.Items(List.of(text("a"), text("b")))));
    assertThat(world.elapsed()).isEqualTo(millis(200));
  }

  @Test
  void oneOfAllThatFailsCancelsTheOthersAndIsTheFault() {
    var slow = after(10_000, "a");
    route(
        new SmartTarget.All(
            List.of(member(op(slow)), member(op(fails(50, Code.REJECTED)))), SLOTS));
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(slow.interrupted).isEqualTo(1);
    assertThat(world.elapsed()).isEqualTo(millis(50));
  }

  @Test
  void theFirstSuccessIsTheAnswerAndTheOthersAreCancelled() {
    var slow = after(10_000, "slow");
    route(
        new SmartTarget.First(
            List.of(
                member(op(slow)),
                member(op(fails(10, Code.DISCONNECTED))),
                member(op(after(100, "quick")))),
            SLOTS));
    running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("quick")));
    assertThat(slow.interrupted).isEqualTo(1);
    assertThat(world.elapsed()).isLessThan(millis(110));
    assertThat(attempts()).hasSize(1);
  }

  @Test
  void aLoserThatDoesNotEndIsNotWaitedForButADrainDoes() {
    var stubborn =
        new Fakes.Worker((_, _) -> {
          for (int i = 0; i < 3; i++) {
            try {
              world.sleep(Duration.ofMillis(500));
            } catch (InterruptedException _) {
              // goes on regardless
            }
          }
          return text("late");
        });
    route(
        new SmartTarget.First(
            List.of(member(op(stubborn)), member(op(after(100, "quick")))), SLOTS));
    running(_ -> {
      assertThat(web.send(text("x")).reply()).isEqualTo(text("quick"));
      assertThat(world.elapsed()).isEqualTo(millis(100));
    });
    assertThat(stubborn.running).isZero();
    assertThat(world.elapsed()).isGreaterThan(millis(1_000));
  }

  @Test
  void ifAllFailTheMostTellingFaultHasTheOthersInItsDetails() {
    route(
        new SmartTarget.First(
            List.of(
                member(op(fails(10, Code.DISCONNECTED))),
                member(op(fails(20, Code.REJECTED))),
                member(op(fails(30, Code.TIMEOUT)))),
            SLOTS));
    running(_ -> {
      var fault = web.send(text("x")).fault();
      assertThat(fault.code()).isEqualTo(Code.REJECTED);
      var others = (Value.Items) fault.details().field("others");
      assertThat(others.items())
          .extracting(one -> one.field("code"))
          .containsExactly(text("DISCONNECTED"), text("TIMEOUT"));
    });
  }

  @Test
  void aFallbackGoesOnToTheNextAndEachAttemptIsHeard() {
    var third = after(10, "third");
    route(
        new SmartTarget.Fallback(
            List.of(
                member(op(fails(10, Code.DISCONNECTED))),
                member(op(fails(10, Code.INTERNAL))),
                member(op(third)),
                member(op(after(10, "never")))),
            SLOTS));
    running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("third")));
    assertThat(attempts()).extracting(a -> a.step()).containsExactly("op0.x", "op1.x");
  }

  @Test
  void whatIsTheCallersFaultIsNotTriedElsewhere() {
    for (var code : List.of(Code.INVALID, Code.FORBIDDEN, Code.UNAUTHENTICATED, Code.TOO_LARGE)) {
      var local = new TargetsTest();
      var next = local.after(10, "never");
      local.route(
          new SmartTarget.Fallback(
              List.of(member(local.op(local.fails(10, code))), member(local.op(next))), SLOTS));
      local.running(_ -> assertThat(local.web.send(text("x")).fault().code()).isEqualTo(code));
      assertThat(next.calls).isEmpty();
    }
  }

  @Test
  void theEndOfTheTimeOfTheWholeIsNotTriedElsewhere() {
    var next = after(10, "never");
    def.route(
        in(),
        Optional.empty(),
        new SmartTarget.Fallback(List.of(member(op(after(9_000, "a"))), member(op(next))), SLOTS),
        timeout(millis(100)));
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.TIMEOUT));
    assertThat(next.calls).isEmpty();
  }

  @Test
  void thePoliciesOfAMemberGuardItsCallAlone() {
    var stuck = after(9_000, "a");
    route(
        new SmartTarget.Fallback(
            List.of(member(op(stuck), timeout(millis(100))), member(op(after(10, "b")))), SLOTS));
    running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("b")));
    assertThat(world.elapsed()).isEqualTo(millis(110));
  }

  @Test
  void aMemberMayBeATargetOfSeveralItself() {
    var inner =
        new SmartTarget.Fallback(
            List.of(member(op(fails(10, Code.DISCONNECTED))), member(op(after(10, "b")))), SLOTS);
    route(new SmartTarget.All(List.of(member(op(after(10, "a"))), member("", inner)), SLOTS));
    running(_ ->
        assertThat(web.send(text("x")).reply())
            .isEqualTo(new Value.Items(List.of(text("a"), text("b")))));
  }

  @Test
  void aMemberMayBeAPipelineAndOneThatDropsAnswersNothing() {
    def.pipeline("drops", List.of(filter(0, constant(Value.Bool.FALSE))), List.of());
    route(
        new SmartTarget.All(
            List.of(
                member("drops", new Route.Target.ToPipeline("drops")), member(op(after(10, "b")))),
            SLOTS));
    running(_ ->
        assertThat(web.send(text("x")).reply())
            .isEqualTo(new Value.Items(List.of(Value.Absent.ABSENT, text("b")))));
  }

  @Test
  void aStepMayCallATargetOfSeveral() {
    var target =
        new SmartTarget.Fallback(
            List.of(member(op(fails(1, Code.DISCONNECTED))), member(op(Fakes.Worker.echo()))),
            new SmartTarget.Slots(io.unikernal.model.Frame.FIRST_STEP + 20, Def.ANSWERED));
    def.pipeline(
        "p",
        List.of(
            new Step.Routed(head("got", 0), target, input()),
            call("save", 1, op(Fakes.Worker.failing(Code.REJECTED, 9)))),
        List.of());
    def.route(in(), "p");
    running(_ -> web.send(text("x")).fault());
    assertThat(failures()).singleElement().extracting(f -> f.step()).isEqualTo("save");
  }

  @Test
  void aStepWhoseMembersAllFailIsTheStepThatFailed() {
    var target =
        new SmartTarget.Fallback(
            List.of(
                member(op(fails(1, Code.DISCONNECTED))), member(op(fails(1, Code.DISCONNECTED)))),
            SLOTS);
    def.pipeline("p", List.of(new Step.Routed(head("got", 0), target, input())), List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.DISCONNECTED));
    assertThat(failures()).singleElement().extracting(f -> f.step()).isEqualTo("got");
  }
}
