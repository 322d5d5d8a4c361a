package io.unikernal.kernel;

import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.constant;
import static io.unikernal.kernel.Def.filter;
import static io.unikernal.kernel.Def.input;
import static io.unikernal.kernel.Def.reply;
import static io.unikernal.kernel.Def.retry;
import static io.unikernal.kernel.Def.timeout;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Body;
import io.unikernal.model.Capability;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.Outcome;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A source that is answered while its message goes on. */
class ReplyTest extends SimulatedKernel {
  private io.unikernal.model.Operation waiting() {
    return def.receives("web.in", web, Capability.REPLIES);
  }

  private io.unikernal.model.Operation slow(Fakes.Worker worker) {
    return def.called("db.save", worker);
  }

  private static Ledger.Counts counts(Status status) {
    return status.routes().getFirst().counts();
  }

  @Test
  void theCallerIsAnsweredAtTheReplyAndTheRestGoesOn() {
    var worker = Fakes.Worker.slow(world, Duration.ofSeconds(3));
    def.pipeline(
        "p", List.of(reply(0, constant(text("soon"))), call("save", 1, slow(worker))), List.of());
    def.route(waiting(), "p");
    var status =
        running(_ -> {
          assertThat(web.send(text("x")).reply()).isEqualTo(text("soon"));
          assertThat(world.elapsed()).isZero();
          world.sleep(Duration.ofSeconds(5));
        });
    assertThat(worker.calls).hasSize(1);
    assertThat(worker.interrupted).isZero();
    assertThat(web.all.getFirst().outcomes).hasSize(1);
    assertThat(counts(status)).isEqualTo(new Ledger.Counts(1, 1, 0, 0, 0, 0));
  }

  @Test
  void aDrainWaitsForTheRest() {
    var worker = Fakes.Worker.slow(world, millis(800));
    def.pipeline(
        "p", List.of(reply(0, constant(text("soon"))), call("save", 1, slow(worker))), List.of());
    def.route(waiting(), "p");
    running(_ -> web.send(text("x")).reply());
    assertThat(worker.interrupted).isZero();
    assertThat(world.elapsed()).isBetween(millis(800), millis(810));
  }

  @Test
  void aCallerThatGoesAwayAfterItsAnswerStopsNothing() {
    var worker = Fakes.Worker.slow(world, millis(800));
    def.pipeline(
        "p", List.of(reply(0, constant(text("soon"))), call("save", 1, slow(worker))), List.of());
    def.route(waiting(), "p");
    running(_ -> {
      var sent = web.send(text("x"));
      sent.reply();
      sent.cancel.orElseThrow().run();
    });
    assertThat(worker.interrupted).isZero();
  }

  @Test
  void theCallersDeadlineEndsWithTheAnswer() {
    var worker = Fakes.Worker.slow(world, millis(800));
    def.pipeline(
        "p", List.of(reply(0, constant(text("soon"))), call("save", 1, slow(worker))), List.of());
    def.route(waiting(), "p");
    running(_ -> {
      var message =
          Fakes.Sent.message("web.in", Body.of(text("x")))
              .withDeadline(Deadline.after(millis(100), world.nanos()));
      assertThat(web.send(new Fakes.Sent(message)).reply()).isEqualTo(text("soon"));
    });
    assertThat(worker.interrupted).isZero();
    assertThat(worker.calls.getFirst().deadline()).isEqualTo(Deadline.NONE);
  }

  @Test
  void theTimeLimitOfTheRouteBeginsAnewWithTheAnswer() {
    var first = Fakes.Worker.slow(world, millis(200));
    var worker = Fakes.Worker.slow(world, Duration.ofHours(1));
    def.pipeline(
        "p",
        List.of(
            call("read", 0, def.called("db.read", first)),
            reply(1, constant(text("soon"))),
            call("save", 2, slow(worker))),
        List.of());
    def.route(waiting(), "p", timeout(millis(300)));
    var status =
        running(_ -> {
          assertThat(web.send(text("x")).reply()).isEqualTo(text("soon"));
          world.sleep(Duration.ofSeconds(2));
        });
    assertThat(failures())
        .singleElement()
        .extracting(f -> f.fault().code())
        .isEqualTo(Code.TIMEOUT);
    assertThat(worker.calls.getFirst().deadline()).isEqualTo(new Deadline(millis(500).toNanos()));
    assertThat(counts(status)).isEqualTo(new Ledger.Counts(1, 0, 1, 0, 0, 0));
  }

  @Test
  void aFailureAfterTheReplyIsCountedAndHeardAndTheCallerIsNotToldTwice() {
    def.pipeline(
        "p",
        List.of(
            reply(0, constant(text("soon"))),
            call("save", 1, slow(Fakes.Worker.failing(Code.REJECTED, 9)))),
        List.of());
    def.route(waiting(), "p");
    var status = running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("soon")));
    assertThat(web.all.getFirst().outcomes).hasSize(1);
    assertThat(failures()).singleElement().extracting(f -> f.step()).isEqualTo("save");
    assertThat(counts(status)).isEqualTo(new Ledger.Counts(1, 0, 1, 0, 0, 0));
  }

  @Test
  void aFailureAfterTheReplyBecomesADeadLetterEvenWhenTheKernelStops() {
    var dead = Fakes.Worker.echo();
    def.deadLetters(def.called("dead.keep", dead));
    def.pipeline(
        "p",
        List.of(
            reply(0, constant(text("soon"))),
            call("save", 1, slow(Fakes.Worker.slow(world, Duration.ofHours(1))))),
        List.of());
    def.route(waiting(), "p");
    var status = running(_ -> web.send(text("x")).reply());
    assertThat(dead.calls).hasSize(1);
    assertThat(counts(status)).isEqualTo(new Ledger.Counts(1, 0, 0, 1, 0, 0));
  }

  @Test
  void anAttemptThatIsRepeatedAnswersOnce() {
    def.pipeline(
        "p",
        List.of(
            reply(0, constant(text("soon"))),
            call("save", 1, slow(Fakes.Worker.failing(Code.DISCONNECTED, 2)))),
        List.of());
    def.route(waiting(), "p", retry(5, millis(10)));
    var status =
        running(_ -> {
          web.send(text("x")).reply();
          world.sleep(Duration.ofSeconds(1));
        });
    assertThat(web.all.getFirst().outcomes).hasSize(1);
    assertThat(counts(status)).isEqualTo(new Ledger.Counts(1, 1, 0, 0, 0, 0));
  }

  @Test
  void aFilterAfterTheReplyDropsWhatIsAnswered() {
    def.pipeline(
        "p",
        List.of(reply(0, constant(text("soon"))), filter(1, constant(Value.Bool.FALSE))),
        List.of());
    def.route(waiting(), "p");
    var status = running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("soon")));
    assertThat(counts(status)).isEqualTo(new Ledger.Counts(1, 0, 0, 0, 1, 0));
  }

  @Test
  void aSourceThatDoesNotTakeTheAnswerEndsTheWay() {
    var worker = Fakes.Worker.echo();
    def.pipeline(
        "p", List.of(reply(0, constant(text("soon"))), call("save", 1, slow(worker))), List.of());
    def.route(waiting(), "p");
    var sent =
        new Fakes.Sent(Fakes.Sent.message("web.in", Body.of(text("x")))) {
          @Override
          public void settle(Outcome outcome) {
            super.settle(outcome);
            throw new IllegalStateException("the connection is gone");
          }
        };
    var status =
        running(_ -> {
          web.send(sent);
          world.sleep(millis(1));
        });
    assertThat(sent.outcomes).hasSize(1);
    assertThat(worker.calls).isEmpty();
    assertThat(counts(status)).isEqualTo(new Ledger.Counts(1, 0, 1, 0, 0, 0));
  }

  @Test
  void aCallFromOutsideIsAnsweredAtTheReplyToo() {
    var worker = Fakes.Worker.slow(world, millis(800));
    def.pipeline("p", List.of(reply(0, input()), call("save", 1, slow(worker))), List.of());
    def.route(waiting(), "p");
    running(kernel -> {
      var answer = kernel.call("web.in", text("x"), Deadline.NONE, Optional.empty());
      assertThat(answer.body()).isEqualTo(text("x"));
      assertThat(world.elapsed()).isZero();
    });
    assertThat(worker.calls).hasSize(1);
    assertThat(worker.interrupted).isZero();
  }
}
