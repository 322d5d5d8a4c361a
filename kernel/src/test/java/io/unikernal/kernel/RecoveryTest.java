package io.unikernal.kernel;

import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.eval;
import static io.unikernal.kernel.Def.head;
import static io.unikernal.kernel.Def.rate;
import static io.unikernal.kernel.Def.retry;
import static io.unikernal.kernel.Def.timeout;
import static io.unikernal.model.Value.integer;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Capability;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Outcome;
import io.unikernal.model.Rec;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** What a route does with a message that failed for good. */
class RecoveryTest extends SimulatedKernel {
  private final Fakes.Worker dead = Fakes.Worker.echo();

  private Rec letter() {
    return (Rec) dead.calls.getLast().body().value();
  }

  private static Value errorCode(Rec letter) {
    return ((Rec) letter.get("error")).get("code");
  }

  @Test
  void aMessageThatFailedForGoodIsADeadLetterAndItsSourceNeedNotSendItAgain() {
    def.deadLetters(def.called("dead.keep", dead));
    def.route(
        in(),
        def.called("db.save", Fakes.Worker.failing(Code.DISCONNECTED, 9)),
        retry(3, millis(10)));
    var status =
        running(_ ->
            assertThat(web.send(text("x")).await()).isEqualTo(new Outcome.Dropped("dead letter")));
    assertThat(status.routes().getFirst().counts()).isEqualTo(new Ledger.Counts(1, 0, 0, 1, 0, 0));
    assertThat(letter().get("input")).isEqualTo(text("x"));
    assertThat(letter().get("attempts")).isEqualTo(integer(3));
    assertThat(letter().get("route")).isEqualTo(text("web.in -> db.save"));
    assertThat(errorCode(letter())).isEqualTo(text("DISCONNECTED"));
    assertThat(heard(Listener.Event.DeadLettered.class))
        .singleElement()
        .extracting(event -> event.to())
        .isEqualTo("dead.keep");
    assertThat(failures()).hasSize(1);
  }

  @Test
  void whoWaitsForAnAnswerGetsTheFaultAllTheSame() {
    def.deadLetters(def.called("dead.keep", dead));
    def.route(
        def.receives("web.in", web, Capability.REPLIES),
        def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 9)));
    var status =
        running(kernel -> {
          assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED);
          Assertions.assertThatThrownBy(
                  () -> kernel.call("web.in", text("y"), Deadline.NONE, Optional.empty()))
              .isInstanceOf(FaultException.class);
        });
    assertThat(status.routes().getFirst().counts()).isEqualTo(new Ledger.Counts(2, 0, 0, 2, 0, 0));
  }

  @Test
  void aDeadLetterThatCannotBeDeliveredIsAFailureOfWhichTheSourceIsTold() {
    def.deadLetters(def.called("dead.keep", Fakes.Worker.failing(Code.DISCONNECTED, 9)));
    def.route(in(), def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 9)));
    var status =
        running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(status.routes().getFirst().counts()).isEqualTo(new Ledger.Counts(1, 0, 1, 0, 0, 0));
    assertThat(attempts()).singleElement().extracting(a -> a.step()).isEqualTo("dead_letter");
  }

  @Test
  void theDeliveryOfADeadLetterHasATimeOfItsOwn() {
    def.deadLetters(def.called("dead.keep", Fakes.Worker.slow(world, Duration.ofHours(1))));
    def.route(in(), def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 9)));
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(world.elapsed()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void theEndOfTheTimeIsAFailureForGood() {
    def.deadLetters(def.called("dead.keep", dead));
    def.route(
        in(),
        def.called("db.save", Fakes.Worker.slow(world, Duration.ofHours(1))),
        timeout(millis(100)));
    running(_ -> assertThat(web.send(text("x")).await()).isInstanceOf(Outcome.Dropped.class));
    assertThat(errorCode(letter())).isEqualTo(text("TIMEOUT"));
  }

  @Test
  void whatIsInvalidIsADeadLetterAndWhatALimitRefusesIsNone() {
    def.deadLetters(def.called("dead.keep", dead));
    var in =
        def.operation(
            "web.in",
            io.unikernal.model.Operation.Direction.RECEIVES,
            Type.Int.ANY_INT,
            Type.Simple.NULL,
            web);
    def.route(in, def.called("db.save", Fakes.Worker.echo()), rate(1, Duration.ofSeconds(1)));
    running(_ -> {
      assertThat(web.send(text("x")).await()).isInstanceOf(Outcome.Dropped.class);
      assertThat(web.send(integer(1)).fault().code()).isEqualTo(Code.OVERLOADED);
    });
    assertThat(dead.calls).hasSize(1);
    assertThat(errorCode(letter())).isEqualTo(text("INVALID"));
  }

  @Test
  void whatNobodyWantsAnyMoreIsNoDeadLetter() {
    def.deadLetters(def.called("dead.keep", dead));
    def.route(in(), def.called("db.save", Fakes.Worker.slow(world, Duration.ofHours(1))));
    var status =
        running(_ -> {
          var sent = web.send(text("x"));
          world.sleep(millis(10));
          sent.cancel.orElseThrow().run();
          assertThat(sent.fault().code()).isEqualTo(Code.CANCELLED);
        });
    assertThat(dead.calls).isEmpty();
    assertThat(status.routes().getFirst().counts().failed()).isEqualTo(1);
  }

  @Test
  void onErrorOfARouteRunsWithTheMessageAndTheErrorAndTheFaultGoesOn() {
    var alerts = Fakes.Worker.echo();
    def.onError(
        new Step.Call(
            head("alert", 5),
            def.called("alerts.send", alerts),
            eval(frame -> {
              var error = (Rec) frame.get(Frame.ERROR);
              return text(frame.get(Frame.INPUT) + " " + error.get("operation"));
            })));
    def.pipeline(
        "p",
        java.util.List.of(
            call("save", 0, def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 9)))),
        java.util.List.of());
    def.route(in(), "p");
    running(_ -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.REJECTED));
    assertThat(alerts.calls)
        .singleElement()
        .extracting(call -> call.body().value())
        .isEqualTo(text(text("x") + " " + text("db.save")));
  }
}
