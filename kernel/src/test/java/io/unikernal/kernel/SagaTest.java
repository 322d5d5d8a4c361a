package io.unikernal.kernel;

import static io.unikernal.kernel.Def.attempt;
import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.compensate;
import static io.unikernal.kernel.Def.constant;
import static io.unikernal.kernel.Def.each;
import static io.unikernal.kernel.Def.eval;
import static io.unikernal.kernel.Def.head;
import static io.unikernal.kernel.Def.input;
import static io.unikernal.kernel.Def.retry;
import static io.unikernal.kernel.Def.set;
import static io.unikernal.kernel.Def.slot;
import static io.unikernal.kernel.Def.timeout;
import static io.unikernal.model.Value.integer;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Fault.Code;
import io.unikernal.model.Frame;
import io.unikernal.model.Rec;
import io.unikernal.model.Step;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is done is undone when a later step fails. */
class SagaTest extends SimulatedKernel {
  private final List<String> done = new ArrayList<>();
  private int ops;

  private io.unikernal.model.Operation noting(String what) {
    return def.called(
        "op" + ops++ + ".x",
        new Fakes.Worker((request, _) -> {
          done.add(what + " " + ((Value.Text) request.body().value()).value());
          return request.body().value();
        }));
  }

  /** A call whose compensation notes the value of the step and the code of the error. */
  private Step step(String name, int index) {
    return new Step.Call(
        compensate(head(name, index), undo(name, index)), noting("do"), constant(text(name)));
  }

  private Step undo(String name, int index) {
    return new Step.Call(
        head("undo_" + name, 30),
        noting("undo"),
        eval(frame -> {
          var value = ((Value.Text) frame.get(Frame.FIRST_STEP + index)).value();
          var code = ((Value.Text) ((Rec) frame.get(Frame.ERROR)).get("code")).value();
          return text(value + " after " + code);
        }));
  }

  private Step failing(int index) {
    return call(
        "fail", index, def.called("bad" + index + ".x", Fakes.Worker.failing(Code.REJECTED, 99)));
  }

  @Test
  void whatIsDoneIsUndoneTheLastFirstAndTheFaultGoesOn() {
    def.pipeline("p", List.of(step("a", 0), step("b", 1), failing(2), step("c", 3)), List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(done)
        .containsExactly("do a", "do b", "undo b after REJECTED", "undo a after REJECTED");
  }

  @Test
  void whatSucceedsIsNotUndone() {
    def.pipeline("p", List.of(step("a", 0), step("b", 1)), List.of());
    def.route(in(), "p");
    running(_ -> web.send(text("x")).reply());
    assertThat(done).containsExactly("do a", "do b");
  }

  @Test
  void anOutputThatFailsUndoesAll() {
    def.pipeline(
        "p",
        List.of(step("a", 0)),
        Def.fails(io.unikernal.model.Fault.of(Code.INVALID, "test")),
        List.of());
    def.route(in(), "p");
    running(_ -> web.send(text("x")).fault());
    assertThat(done).containsExactly("do a", "undo a after INVALID");
  }

  @Test
  void aCompensationThatFailsIsReportedAndDoesNotStopTheOthers() {
    var broken =
        new Step.Call(compensate(head("b", 1), failing(20)), noting("do"), constant(text("b")));
    def.pipeline("p", List.of(step("a", 0), broken, failing(2)), List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(done).containsExactly("do a", "do b", "undo a after REJECTED");
    assertThat(attempts()).singleElement().extracting(a -> a.step()).isEqualTo("compensate of b");
  }

  @Test
  void theEndOfTheTimeUndoesToo() {
    var slow = def.called("slow.x", Fakes.Worker.slow(world, Duration.ofHours(1)));
    def.pipeline("p", List.of(step("a", 0), call("slow", 1, slow)), List.of());
    def.route(in(), "p", timeout(millis(300)));
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.TIMEOUT));
    assertThat(done).containsExactly("do a", "undo a after TIMEOUT");
  }

  @Test
  void aCallerThatGoesAwayUndoesTooAndCannotStopIt() {
    var slow = def.called("slow.x", Fakes.Worker.slow(world, Duration.ofHours(1)));
    var slowUndo =
        new Step.Call(
            compensate(
                head("a", 0),
                call("pause", 29, def.called("pause.x", Fakes.Worker.slow(world, millis(500)))),
                undo("a", 0)),
            noting("do"),
            constant(text("a")));
    def.pipeline("p", List.of(slowUndo, call("slow", 1, slow)), List.of());
    def.route(in(), "p", timeout(millis(300)));
    running(_ -> {
      var sent = web.send(text("x"));
      world.sleep(millis(100));
      sent.cancel.orElseThrow().run();
      assertThat(sent.fault().code()).isEqualTo(Code.CANCELLED);
    });
    assertThat(done).containsExactly("do a", "undo a after CANCELLED");
  }

  @Test
  void compensationsHaveATimeOfTheirOwnAndWhatItLeavesIsReported() {
    var stuck =
        new Step.Call(
            compensate(
                head("b", 1),
                call(
                    "stuck",
                    29,
                    def.called("st.x", Fakes.Worker.slow(world, Duration.ofHours(1))))),
            noting("do"),
            constant(text("b")));
    def.pipeline("p", List.of(step("a", 0), stuck, failing(2)), List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(world.elapsed()).isEqualTo(Duration.ofSeconds(5));
    assertThat(attempts())
        .extracting(a -> a.step())
        .containsExactly("compensate of b", "compensate of a");
  }

  @Test
  void aFailureThatIsCaughtUndoesOnlyWhatWasDoneInTheTry() {
    def.pipeline(
        "p",
        List.of(
            step("a", 0),
            attempt(
                "safe",
                1,
                List.of(step("b", 2), failing(3)),
                List.of(),
                List.of(set("caught", 4, text("caught"))))),
        List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("caught")));
    assertThat(done).containsExactly("do a", "do b", "undo b after REJECTED");
  }

  @Test
  void whatABlockDidIsUndoneWhenAStepAfterItFails() {
    def.pipeline(
        "p",
        List.of(
            attempt("safe", 0, List.of(step("a", 1)), List.of(), List.of(set("c", 4, text("c")))),
            new Step.Parallel(head("both", 5), List.of(step("b", 6), step("c", 7))),
            failing(8)),
        List.of());
    def.route(in(), "p");
    running(_ -> web.send(text("x")).fault());
    assertThat(done.subList(3, 6))
        .contains("undo b after REJECTED", "undo c after REJECTED")
        .last()
        .isEqualTo("undo a after REJECTED");
  }

  @Test
  void aBranchThatIsDoneIsUndoneWhenAnotherFails() {
    var late =
        call(
            "late",
            7,
            def.called(
                "late.x",
                new Fakes.Worker((_, _) -> {
                  world.sleep(millis(50));
                  throw Fakes.fault(Code.REJECTED);
                })));
    def.pipeline(
        "p", List.of(new Step.Parallel(head("both", 5), List.of(step("b", 6), late))), List.of());
    def.route(in(), "p");
    running(_ -> web.send(text("x")).fault());
    assertThat(done).containsExactly("do b", "undo b after REJECTED");
  }

  @Test
  void eachItemThatIsDoneIsUndoneWithItsOwnValue() {
    var item =
        new Step.Call(compensate(head("it", 1), undo("it", 1)), noting("do"), slot(Def.ITEM));
    var last =
        new Step.Call(
            Def.when(
                head("fail", 2),
                eval(frame -> Value.Bool.of(frame.get(Def.ITEM + 1).equals(integer(2))))),
            def.called("bad.x", Fakes.Worker.failing(Code.REJECTED, 9)),
            input());
    var items = new Value.Items(List.of(text("1"), text("2"), text("3")));
    def.pipeline(
        "p",
        List.of(each(head("all", 0), constant(items), 1, true, List.of(item, last))),
        List.of());
    def.route(in(), "p");
    running(_ -> web.send(text("x")).fault());
    assertThat(done)
        .containsExactly(
            "do 1",
            "do 2",
            "do 3",
            "undo 3 after REJECTED",
            "undo 2 after REJECTED",
            "undo 1 after REJECTED");
  }

  @Test
  void anAttemptThatIsRepeatedIsUndoneBefore() {
    var flaky = call("flaky", 1, def.called("fl.x", Fakes.Worker.failing(Code.DISCONNECTED, 1)));
    def.pipeline("p", List.of(step("a", 0), flaky), List.of());
    def.route(in(), "p", retry(3, millis(10)));
    running(_ -> web.send(text("x")).reply());
    assertThat(done).containsExactly("do a", "undo a after DISCONNECTED", "do a");
  }

  @Test
  void aPipelineThatAStepCalledIsUndoneWithTheRest() {
    def.pipeline("inner", List.of(step("a", 0)), List.of());
    def.pipeline(
        "outer", List.of(new Step.Run(head("part", 0), "inner", input()), failing(1)), List.of());
    def.route(in(), "outer");
    running(_ -> web.send(text("x")).fault());
    assertThat(done).containsExactly("do a", "undo a after REJECTED");
  }
}
