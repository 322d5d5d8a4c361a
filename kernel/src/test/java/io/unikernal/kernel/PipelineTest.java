package io.unikernal.kernel;

import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.eval;
import static io.unikernal.kernel.Def.head;
import static io.unikernal.kernel.Def.slot;
import static io.unikernal.kernel.Def.timeout;
import static io.unikernal.model.Value.integer;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Fault.Code;
import io.unikernal.model.Frame;
import io.unikernal.model.Message;
import io.unikernal.model.Rec;
import io.unikernal.model.Step;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineTest extends SimulatedKernel {
  private final Fakes.Worker alerts = Fakes.Worker.echo();

  private Step alert() {
    return new Step.Call(
        head("alert", 20),
        def.called("alerts.send", alerts),
        eval(frame -> {
          var error = (Rec) frame.get(Frame.ERROR);
          return text(error.get("code") + " at " + error.get("step"));
        }));
  }

  private List<Value> alerted() {
    return alerts.calls.stream().map(Message::body).map(body -> body.value()).toList();
  }

  private static Value errorText(String code, String step) {
    return text(text(code) + " at " + text(step));
  }

  @Test
  void stepsSeeTheValuesOfThoseBefore() {
    var add =
        new Fakes.Worker((request, _) -> integer(((Value.Int) request.body().value()).value() + 1));
    var op = def.called("math.add", add);
    def.pipeline(
        "p",
        List.of(
            call("first", 0, op),
            new Step.Call(head("second", 1), op, slot(Frame.FIRST_STEP)),
            new Step.Set(head("third", 2), slot(Frame.FIRST_STEP + 1))),
        List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(integer(1)).reply()).isEqualTo(integer(3)));
  }

  @Test
  void aStepWhoseConditionIsNotTrueIsSkippedAndItsValueAbsent() {
    var worker = Fakes.Worker.echo();
    var op = def.called("db.save", worker);
    def.pipeline(
        "p",
        List.of(
            new Step.Call(
                Def.when(head("maybe", 0), Def.constant(Value.Bool.FALSE)), op, Def.input())),
        List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(Value.Absent.ABSENT));
    assertThat(worker.calls).isEmpty();
  }

  @Test
  void aFaultRunsTheHandlersOfStepAndPipelineAndGoesOn() {
    var broken = def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 9));
    var step = new Step.Call(Def.onError(head("save", 0), alert()), broken, Def.input());
    def.pipeline("p", List.of(step), List.of(alert()));
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(alerted())
        .containsExactly(errorText("REJECTED", "save"), errorText("REJECTED", "save"));
    assertThat(failures()).singleElement().extracting(f -> f.step()).isEqualTo("save");
  }

  @Test
  void aHandlerThatFailsIsReportedAndReplacesNothing() {
    var broken = def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 9));
    var silent = def.called("log.write", Fakes.Worker.failing(Code.DISCONNECTED, 9));
    def.pipeline("p", List.of(call("save", 0, broken)), List.of(call("note", 10, silent), alert()));
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(alerted()).hasSize(1);
    assertThat(attempts()).singleElement().extracting(a -> a.step()).isEqualTo("note");
  }

  @Test
  void aTimeoutAroundAPipelineStillRunsItsHandlers() {
    var slow = def.called("db.save", Fakes.Worker.slow(world, Duration.ofHours(1)));
    def.pipeline("p", List.of(call("save", 0, slow)), List.of(alert()));
    def.route(in(), "p", timeout(millis(300)));
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.TIMEOUT));
    assertThat(alerted()).containsExactly(errorText("TIMEOUT", ""));
    assertThat(world.elapsed()).isEqualTo(millis(300));
  }

  @Test
  void handlersHaveALimitOfTheirOwn() {
    var broken = def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 9));
    var stuck = def.called("log.write", Fakes.Worker.slow(world, Duration.ofHours(1)));
    def.pipeline("p", List.of(call("save", 0, broken)), List.of(call("note", 10, stuck)));
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(world.elapsed()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void branchesRunAtOnceAndTheirValuesAreThereAfterwards() {
    var a = def.called("a.x", Fakes.Worker.slow(world, millis(100)));
    var b = def.called("b.x", Fakes.Worker.slow(world, millis(100)));
    def.pipeline(
        "p",
        List.of(
            new Step.Parallel(head("both", 0), List.of(call("left", 1, a), call("right", 2, b)))),
        List.of());
    def.route(in(), "p");
    running(_ ->
        assertThat(web.send(text("x")).reply())
            .isInstanceOfSatisfying(
                Value.Dict.class,
                dict ->
                    assertThat(dict.fields())
                        .containsExactly(
                            java.util.Map.entry("left", text("x")),
                            java.util.Map.entry("right", text("x")))));
    assertThat(world.elapsed()).isEqualTo(millis(100));
  }

  @Test
  void theFirstBranchToFailStopsTheOthersWhereverTheyRun() {
    for (int losing = 0; losing < 2; losing++) {
      var slow = Fakes.Worker.slow(world, Duration.ofHours(1));
      var failing =
          new Fakes.Worker((_, _) -> {
            world.sleep(millis(50));
            throw Fakes.fault(Code.REJECTED);
          });
      var local = new Def();
      var source = new Fakes.Push();
      var from = local.receives("web.in", source);
      var ops =
          List.of(
              local.called("a.x", losing == 0 ? slow : failing),
              local.called("b.x", losing == 0 ? failing : slow));
      local.pipeline(
          "p",
          List.of(
              new Step.Parallel(
                  head("both", 0),
                  List.of(call("left", 1, ops.get(0)), call("right", 2, ops.get(1))))),
          List.of());
      local.route(from, "p");
      var before = world.elapsed();
      world.run(() -> {
        try (var kernel = Kernel.open(local.plan(), local.adapters(), world, events::add)) {
          kernel.start();
          assertThat(source.send(text("x")).fault().code()).isEqualTo(Code.REJECTED);
        }
      });
      assertThat(slow.interrupted).isEqualTo(1);
      assertThat(world.elapsed().minus(before)).isEqualTo(millis(50));
    }
    assertThat(failures()).extracting(f -> f.step()).containsExactly("right", "left");
  }

  @Test
  void aTimeoutAroundBranchesStopsThemAll() {
    var a = Fakes.Worker.slow(world, Duration.ofHours(1));
    var b = Fakes.Worker.slow(world, Duration.ofHours(1));
    def.pipeline(
        "p",
        List.of(
            new Step.Parallel(
                head("both", 0, timeout(millis(70))),
                List.of(
                    call("left", 1, def.called("a.x", a)),
                    call("right", 2, def.called("b.x", b))))),
        List.of());
    def.route(in(), "p");
    running(_ ->
        assertThat(web.send(text("x")).fault().message())
            .isEqualTo("`both` did not answer within 70ms"));
    assertThat(a.interrupted + b.interrupted).isEqualTo(2);
    assertThat(world.elapsed()).isEqualTo(millis(70));
  }

  @Test
  void aBranchThatDoesNotEndIsLeftAfterAWhile() {
    var stubborn =
        new Fakes.Worker((_, _) -> {
          for (int i = 0; i < 20; i++) {
            try {
              world.sleep(Duration.ofSeconds(1));
            } catch (InterruptedException _) {
              // goes on regardless
            }
          }
          return text("late");
        });
    var failing =
        new Fakes.Worker((_, _) -> {
          world.sleep(millis(50));
          throw Fakes.fault(Code.REJECTED);
        });
    def.pipeline(
        "p",
        List.of(
            new Step.Parallel(
                head("both", 0),
                List.of(
                    call("left", 1, def.called("a.x", failing)),
                    call("right", 2, def.called("b.x", stubborn))))),
        List.of());
    def.route(in(), "p");
    running(_ -> {
      assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED);
      assertThat(world.elapsed()).isEqualTo(millis(12_050));
    });
  }

  @Test
  void aPipelineMayBeAStepOfAnother() {
    var broken = def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 9));
    def.pipeline("inner", List.of(call("save", 0, broken)), List.of());
    def.pipeline(
        "outer", List.of(new Step.Run(head("part", 0), "inner", Def.input())), List.of(alert()));
    def.route(in(), "outer");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(alerted()).containsExactly(errorText("REJECTED", "part"));
    assertThat(failures()).singleElement().extracting(f -> f.step()).isEqualTo("save");
  }
}
