package io.unikernal.kernel;

import static io.unikernal.kernel.Def.attempt;
import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.constant;
import static io.unikernal.kernel.Def.each;
import static io.unikernal.kernel.Def.eval;
import static io.unikernal.kernel.Def.filter;
import static io.unikernal.kernel.Def.head;
import static io.unikernal.kernel.Def.input;
import static io.unikernal.kernel.Def.set;
import static io.unikernal.kernel.Def.slot;
import static io.unikernal.kernel.Def.timeout;
import static io.unikernal.model.Value.integer;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Expression;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.Frame;
import io.unikernal.model.Outcome;
import io.unikernal.model.Rec;
import io.unikernal.model.Step;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Steps that hold others, or steer the way of a message. */
class StepsTest extends SimulatedKernel {
  private static Value list(long... items) {
    return new Value.Items(java.util.Arrays.stream(items).mapToObj(Value::integer).toList());
  }

  private static Expression isInput(Value value) {
    return eval(frame -> Value.Bool.of(frame.get(Frame.INPUT).equals(value)));
  }

  private static Expression errorCode() {
    return eval(frame -> ((Rec) frame.get(Frame.ERROR)).get("code"));
  }

  private static Step.Case when(Expression when, Value value) {
    return new Step.Case(
        Optional.of(when), List.of(set("s", 5, value)), slot(Frame.FIRST_STEP + 5));
  }

  @Test
  void chooseTakesTheFirstCaseThatIsTrueAndGivesItsValue() {
    def.pipeline(
        "p",
        List.of(
            new Step.Choose(
                head("size", 0),
                List.of(
                    when(isInput(integer(1)), text("one")),
                    when(constant(Value.Bool.TRUE), text("more")),
                    when(isInput(integer(2)), text("never"))))),
        List.of());
    def.route(in(), "p");
    running(_ -> {
      assertThat(web.send(integer(1)).reply()).isEqualTo(text("one"));
      assertThat(web.send(integer(2)).reply()).isEqualTo(text("more"));
    });
  }

  @Test
  void chooseWithoutATrueCaseGivesNothing() {
    def.pipeline(
        "p",
        List.of(new Step.Choose(head("size", 0), List.of(when(isInput(integer(1)), text("one"))))),
        List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(integer(9)).reply()).isEqualTo(Value.Absent.ABSENT));
  }

  @Test
  void catchRecoversAndSeesTheError() {
    var broken = def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 9));
    def.pipeline(
        "p",
        List.of(
            attempt(
                "safe",
                0,
                List.of(call("save", 1, broken)),
                List.of(),
                List.of(new Step.Set(head("why", 2), errorCode())))),
        List.of());
    def.route(in(), "p");
    var status = running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("REJECTED")));
    assertThat(status.routes().getFirst().counts()).isEqualTo(new Ledger.Counts(1, 1, 0, 0, 0, 0));
    assertThat(attempts()).singleElement().extracting(a -> a.step()).isEqualTo("safe");
  }

  @Test
  void catchTakesOnlyTheCodesItNames() {
    var broken = def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 9));
    def.pipeline(
        "p",
        List.of(
            attempt(
                "safe",
                0,
                List.of(call("save", 1, broken)),
                List.of(Code.TIMEOUT, Code.DISCONNECTED),
                List.of(set("why", 2, text("caught"))))),
        List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(failures()).singleElement().extracting(f -> f.step()).isEqualTo("save");
  }

  @Test
  void catchSeesWhatWasDoneBeforeTheFailureAndNothingOfAnEarlierAttempt() {
    var first =
        new Fakes.Worker((_, number) -> {
          if (number == 2) {
            throw Fakes.fault(Code.DISCONNECTED);
          }
          return integer(number);
        });
    var broken = def.called("db.save", Fakes.Worker.failing(Code.DISCONNECTED, 9));
    var safe =
        new Step.Try(
            head("safe", 0),
            List.of(call("read", 1, def.called("db.read", first)), call("save", 2, broken)),
            slot(Frame.FIRST_STEP + 2),
            new Step.Catch(
                List.of(),
                List.of(
                    new Step.Set(
                        head("seen", 3),
                        eval(frame ->
                            Value.Bool.of(
                                frame.get(Frame.FIRST_STEP + 1) != Value.Absent.ABSENT)))),
                slot(Frame.FIRST_STEP + 3)));
    var outer =
        new Step.ForEach(
            head("twice", 10),
            constant(list(1, 2)),
            Def.ITEM,
            Def.ITEM + 1,
            1,
            true,
            List.of(safe),
            slot(Frame.FIRST_STEP));
    def.pipeline("p", List.of(outer), List.of());
    def.route(in(), "p");
    running(_ ->
        assertThat(web.send(text("x")).reply())
            .isEqualTo(new Value.Items(List.of(Value.Bool.TRUE, Value.Bool.FALSE))));
  }

  @Test
  void theEndOfTheTimeOfTheWholeIsNeverCaught() {
    var slow = def.called("db.save", Fakes.Worker.slow(world, Duration.ofHours(1)));
    var late = Fakes.Worker.echo();
    def.pipeline(
        "p",
        List.of(
            attempt(
                "safe",
                0,
                List.of(call("save", 1, slow)),
                List.of(),
                List.of(call("late", 2, def.called("b.late", late))))),
        List.of());
    def.route(in(), "p", timeout(millis(300)));
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.TIMEOUT));
    assertThat(late.calls).isEmpty();
    assertThat(world.elapsed()).isEqualTo(millis(300));
  }

  @Test
  void aTimeLimitOfAStepWithinIsCaught() {
    var slow = def.called("db.save", Fakes.Worker.slow(world, Duration.ofHours(1)));
    def.pipeline(
        "p",
        List.of(
            attempt(
                "safe",
                0,
                List.of(call("save", 1, slow, timeout(millis(50)))),
                List.of(Code.TIMEOUT),
                List.of(set("late", 2, text("late"))))),
        List.of());
    def.route(in(), "p", timeout(millis(300)));
    running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("late")));
    assertThat(world.elapsed()).isEqualTo(millis(50));
  }

  @Test
  void aCallerThatGoesAwayIsNeverCaught() {
    var slow = def.called("db.save", Fakes.Worker.slow(world, Duration.ofHours(1)));
    var late = Fakes.Worker.echo();
    def.pipeline(
        "p",
        List.of(
            attempt(
                "safe",
                0,
                List.of(call("save", 1, slow)),
                List.of(),
                List.of(call("late", 2, def.called("b.late", late))))),
        List.of());
    def.route(in(), "p");
    running(_ -> {
      var sent = web.send(text("x"));
      world.sleep(millis(10));
      sent.cancel.orElseThrow().run();
      assertThat(sent.fault().code()).isEqualTo(Code.CANCELLED);
    });
    assertThat(late.calls).isEmpty();
  }

  @Test
  void aFilterEndsThePipelineWithoutAFaultAndIsCounted() {
    var worker = Fakes.Worker.echo();
    def.pipeline(
        "p",
        List.of(filter(0, isInput(text("keep"))), call("save", 1, def.called("db.save", worker))),
        List.of());
    def.route(in(), "p", Def.retry(3, millis(10)));
    var status =
        running(_ -> {
          assertThat(web.send(text("drop")).await()).isEqualTo(new Outcome.Dropped("filter"));
          assertThat(web.send(text("keep")).reply()).isEqualTo(text("keep"));
        });
    assertThat(worker.calls).hasSize(1);
    assertThat(status.routes().getFirst().counts()).isEqualTo(new Ledger.Counts(2, 1, 0, 0, 1, 0));
    assertThat(failures()).isEmpty();
    assertThat(attempts()).isEmpty();
  }

  @Test
  void aFilterInATryIsNothingToCatch() {
    def.pipeline(
        "p",
        List.of(
            attempt(
                "safe",
                0,
                List.of(filter(1, constant(Value.Bool.FALSE))),
                List.of(),
                List.of(set("caught", 2, text("caught"))))),
        List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).await()).isInstanceOf(Outcome.Dropped.class));
  }

  @Test
  void aPipelineThatDropsAnswersNothingToTheStepThatCalledIt() {
    def.pipeline(
        "inner", List.of(filter(0, constant(Value.Bool.FALSE)), set("s", 1, text("s"))), List.of());
    def.pipeline("outer", List.of(new Step.Run(head("part", 0), "inner", input())), List.of());
    def.route(in(), "outer");
    running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(Value.Absent.ABSENT));
  }

  @Test
  void waitLetsTimePassAndGivesTheValueBefore() {
    def.pipeline("p", List.of(Def.wait(0, Duration.ofSeconds(5))), List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("x")));
    assertThat(world.elapsed()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aWaitThatEndsAfterTheDeadlineFailsAtOnce() {
    def.pipeline("p", List.of(Def.wait(0, Duration.ofSeconds(5))), List.of());
    def.route(in(), "p", timeout(Duration.ofSeconds(3)));
    running(_ -> {
      var fault = web.send(text("x")).fault();
      assertThat(fault.code()).isEqualTo(Code.TIMEOUT);
      assertThat(fault.message()).startsWith("there is no time left to wait 5s");
    });
    assertThat(world.elapsed()).isZero();
  }

  @Test
  void forEachRunsAsManyAtOnceAsItMayAndKeepsTheOrder() {
    var slow =
        new Fakes.Worker((request, _) -> {
          long number = ((Value.Int) request.body().value()).value();
          world.sleep(millis(100 - number * 10));
          return integer(number * number);
        });
    var op = def.called("math.square", slow);
    def.pipeline(
        "p",
        List.of(
            each(
                head("all", 0),
                input(),
                2,
                true,
                List.of(new Step.Call(head("one", 1), op, slot(Def.ITEM))))),
        List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(list(1, 2, 3, 4)).reply()).isEqualTo(list(1, 4, 9, 16)));
    assertThat(world.elapsed()).isBetween(millis(150), millis(160));
  }

  @Test
  void forEachMayGiveItsValuesAsTheyAreDone() {
    var slow =
        new Fakes.Worker((request, _) -> {
          world.sleep(millis(100 * ((Value.Int) request.body().value()).value()));
          return request.body().value();
        });
    var op = def.called("math.slow", slow);
    def.pipeline(
        "p",
        List.of(
            each(
                head("all", 0),
                input(),
                3,
                false,
                List.of(new Step.Call(head("one", 1), op, slot(Def.ITEM))))),
        List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(list(3, 1, 2)).reply()).isEqualTo(list(1, 2, 3)));
  }

  @Test
  void aFilterInForEachDropsTheItem() {
    var odd = eval(frame -> Value.Bool.of(((Value.Int) frame.get(Def.ITEM)).value() % 2 == 1));
    var parts = new ArrayList<Step>();
    for (int concurrency = 1; concurrency <= 3; concurrency++) {
      var steps = List.of(filter(1, odd), new Step.Set(head("it", 2), slot(Def.ITEM)));
      def.pipeline(
          "p" + concurrency,
          List.of(each(head("odd", 0), input(), concurrency, true, steps)),
          List.of());
      parts.add(new Step.Run(head("part" + concurrency, concurrency), "p" + concurrency, input()));
    }
    def.pipeline("both", List.of(new Step.Parallel(head("all", 0), parts)), List.of());
    def.route(in(), "both");
    running(_ -> {
      var each = ((Value.Dict) web.send(list(1, 2, 3, 4, 5)).reply()).fields();
      assertThat(each).hasSize(3);
      assertThat(each.values()).containsOnly(list(1, 3, 5));
    });
  }

  @Test
  void theItemsOfAMapHaveAKeyAndAValue() {
    var map = new LinkedHashMap<String, Value>();
    map.put("a", integer(1));
    map.put("b", integer(2));
    var joined =
        eval(frame -> {
          var item = ((Value.Dict) frame.get(Def.ITEM)).fields();
          return text(item.get("key") + "=" + item.get("value") + frame.get(Def.ITEM + 1));
        });
    def.pipeline(
        "p",
        List.of(
            each(head("all", 0), input(), 1, true, List.of(new Step.Set(head("it", 1), joined)))),
        List.of());
    def.route(in(), "p");
    running(_ -> {
      var values = (Value.Items) web.send(new Value.Dict(map)).reply();
      assertThat(values.items())
          .containsExactly(
              text(text("a") + "=" + integer(1) + integer(0)),
              text(text("b") + "=" + integer(2) + integer(1)));
    });
  }

  @Test
  void theFirstItemThatFailsStopsTheOthersAndTheRestIsNotBegun() {
    var worker =
        new Fakes.Worker((request, _) -> {
          if (request.body().value().equals(integer(2))) {
            world.sleep(millis(50));
            throw Fakes.fault(Code.REJECTED);
          }
          world.sleep(Duration.ofHours(1));
          return text("never");
        });
    var op = def.called("a.x", worker);
    def.pipeline(
        "p",
        List.of(
            each(
                head("all", 0),
                input(),
                3,
                true,
                List.of(new Step.Call(head("one", 1), op, slot(Def.ITEM))))),
        List.of());
    def.route(in(), "p");
    running(
        _ -> assertThat(web.send(list(1, 2, 3, 4, 5, 6)).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(worker.calls).hasSize(3);
    assertThat(worker.interrupted).isEqualTo(2);
    assertThat(world.elapsed()).isEqualTo(millis(50));
  }

  @Test
  void forEachOfSomethingElseIsInvalid() {
    def.pipeline(
        "p",
        List.of(each(head("all", 0), input(), 1, true, List.of(set("it", 1, text("x"))))),
        List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.INVALID));
  }
}
