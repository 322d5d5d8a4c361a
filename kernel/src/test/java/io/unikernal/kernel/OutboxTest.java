package io.unikernal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.Letters.Filter;
import io.unikernal.model.Body;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Label;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Principal;
import io.unikernal.model.Reply;
import io.unikernal.model.Route;
import io.unikernal.model.Route.Durable;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OutboxTest extends SimulatedKernel {
  private static final Durable SHORT = new Durable(3, Duration.ofHours(1), 100);
  private final MemoryState state = new MemoryState(world);

  private Operation source() {
    return def.operation(
        "web.in", Operation.Direction.RECEIVES, Type.Simple.ANY, Type.Simple.NULL, web);
  }

  private void durable(Durable durable) {
    def.handling = new Route.Handling(List.of(), Optional.empty(), true, Optional.of(durable));
  }

  private Kernel open() throws InterruptedException {
    return Kernel.open(def.plan(), def.adapters(), new Site(world, events::add, state));
  }

  private Status stored(Scenario body) {
    var status = new Status[1];
    world.run(() -> {
      var kernel = open();
      kernel.start();
      body.run(kernel);
      status[0] = kernel.drain(Duration.ofSeconds(1));
    });
    assertThat(status[0].isBalanced()).as(status[0].toString()).isTrue();
    assertThat(world.pendingTimers()).isZero();
    assertThat(world.liveThreads()).isZero();
    return status[0];
  }

  private static Ledger.Counts books(Status status) {
    return status.routes().getFirst().counts();
  }

  @Test
  void theSourceIsAnsweredBeforeTheTargetAndTheMessageIsDelivered() {
    var target = Fakes.Worker.slow(world, Duration.ofSeconds(10));
    durable(SHORT);
    def.route(source(), def.called("db.save", target));
    var status =
        stored(_ -> {
          var sent = web.send(Value.text("x"));
          assertThat(sent.await()).isInstanceOf(Outcome.Done.class);
          Reply reply = ((Outcome.Done) sent.await()).reply();
          assertThat(reply.isTakenOver()).isTrue();
          assertThat(world.elapsed()).isLessThan(Duration.ofSeconds(1));
          world.sleep(Duration.ofSeconds(11));
          assertThat(target.calls.getFirst().id()).isEqualTo(reply.headers().get(Reply.MESSAGE_ID));
          assertThat(target.calls.getFirst().body().value()).isEqualTo(Value.text("x"));
        });
    assertThat(books(status)).isEqualTo(new Ledger.Counts(1, 1, 0, 0, 0, 0, 0));
    assertThat(state.journals()).isEmpty();
  }

  @Test
  void aTargetThatIsDownGetsItsMessageWhenItIsUp() {
    var target = Fakes.Worker.failing(Fault.Code.DISCONNECTED, 2);
    durable(SHORT);
    def.route(source(), def.called("db.save", target));
    var status =
        stored(_ -> {
          web.send(Value.text("x")).await();
          world.sleep(Duration.ofSeconds(10));
        });
    assertThat(target.calls).hasSize(3);
    assertThat(books(status)).isEqualTo(new Ledger.Counts(1, 1, 0, 0, 0, 0, 0));
  }

  @Test
  void whatFailsEveryAttemptIsADeadLetterThatCanBeReplayed() {
    var target = Fakes.Worker.failing(Fault.Code.DISCONNECTED, 3);
    durable(SHORT);
    def.route(source(), def.called("db.save", target));
    var status =
        stored(kernel -> {
          web.send(Value.text("x")).await();
          world.sleep(Duration.ofSeconds(10));
          var letter = kernel.letters().list(Filter.ALL, world.now(), 10).getFirst();
          assertThat(letter.route()).isEqualTo("web.in -> db.save");
          assertThat(letter.code()).isEqualTo("disconnected");
          assertThat(letter.fields().field("body")).isEqualTo(Value.text("x"));
          assertThat(letter.attempts()).isEqualTo(3);
          assertThat(kernel.replay(letter)).isEmpty();
          assertThat(kernel.letters().size()).isZero();
          assertThat(target.calls).hasSize(4);
          assertThat(kernel.replay(letter)).as("it is gone").isEmpty();
          assertThat(target.calls).hasSize(4);
        });
    assertThat(books(status)).isEqualTo(new Ledger.Counts(2, 1, 0, 1, 0, 0, 0));
    assertThat(target.calls.getFirst().id()).isEqualTo(target.calls.getLast().id());
  }

  @Test
  void aLetterStaysUntilItsReplayIsDelivered() {
    var target = Fakes.Worker.failing(Fault.Code.REJECTED, 2);
    durable(SHORT);
    def.route(source(), def.called("db.save", target));
    stored(kernel -> {
      web.send(Value.text("x")).await();
      world.sleep(Duration.ofSeconds(1));
      assertThat(target.calls).as("no attempt helps against a refusal").hasSize(1);
      var letter = kernel.letters().list(Filter.ALL, world.now(), 10).getFirst();
      assertThat(kernel.replay(letter)).map(Fault::code).hasValue(Fault.Code.REJECTED);
      var again = kernel.letters().list(Filter.ALL, world.now(), 10).getFirst();
      assertThat(again.number()).isEqualTo(letter.number());
      assertThat(again.attempts()).isEqualTo(2);
      assertThat(kernel.replay(again)).isEmpty();
      assertThat(kernel.letters().size()).isZero();
    });
  }

  @Test
  void twoReplaysAtOnceCarryALetterOnce() {
    var target =
        new Fakes.Worker((request, number) -> {
          world.sleep(Duration.ofSeconds(1));
          if (number == 1) {
            throw Fakes.fault(Fault.Code.REJECTED);
          }
          return request.body().value();
        });
    durable(SHORT);
    def.route(source(), def.called("db.save", target));
    stored(kernel -> {
      web.send(Value.text("x")).await();
      world.sleep(Duration.ofSeconds(2));
      var letter = kernel.letters().list(Filter.ALL, world.now(), 10).getFirst();
      var refused = new ArrayList<Fault>();
      for (int i = 0; i < 5; i++) {
        world.start("replay", () -> kernel.replay(letter).ifPresent(refused::add));
      }
      world.sleep(Duration.ofSeconds(3));
      assertThat(target.calls).hasSize(2);
      assertThat(refused).hasSize(4);
    });
  }

  @Test
  void aStoredMessageIsDeliveredByTheNextKernel() {
    var target = Fakes.Worker.failing(Fault.Code.DISCONNECTED, 1);
    durable(SHORT);
    def.route(source(), def.called("db.save", target));
    var first =
        stored(_ -> {
          web.send(Value.text("x")).await();
          world.sleep(Duration.ofMillis(10));
        });
    assertThat(books(first)).isEqualTo(new Ledger.Counts(1, 0, 0, 0, 0, 0, 1));
    var second = stored(_ -> world.sleep(Duration.ofSeconds(10)));
    assertThat(books(second)).isEqualTo(new Ledger.Counts(1, 1, 0, 0, 0, 0, 0));
  }

  @Test
  void anOrderedRouteKeepsItsOrderAndAPoisonMessageBlocksItForItsAttemptsOnly() {
    var target =
        new Fakes.Worker((request, _) -> {
          if (request.body().value().equals(Value.integer(2))) {
            throw Fakes.fault(Fault.Code.TIMEOUT);
          }
          return request.body().value();
        });
    durable(SHORT);
    def.route(
        source(),
        Optional.empty(),
        new Route.Target.ToOperation(def.called("db.save", target)),
        true);
    var status =
        stored(_ -> {
          for (int i = 0; i < 5; i++) {
            web.send(Value.integer(i)).await();
          }
          world.sleep(Duration.ofMinutes(1));
        });
    assertThat(target.calls.stream().map(call -> ((Value.Int) call.body().value()).value()))
        .containsExactly(0L, 1L, 2L, 2L, 2L, 3L, 4L);
    assertThat(books(status)).isEqualTo(new Ledger.Counts(5, 4, 0, 1, 0, 0, 0));
  }

  @Test
  void aSourceIsToldToWaitWhenTheOutboxIsFull() {
    var target = Fakes.Worker.slow(world, Duration.ofHours(1));
    durable(new Durable(3, Duration.ofHours(5), 2));
    def.route(source(), def.called("db.save", target));
    stored(_ -> {
      web.send(Value.integer(1)).await();
      web.send(Value.integer(2)).await();
      assertThat(web.send(Value.integer(3)).fault().code()).isEqualTo(Fault.Code.OVERLOADED);
      assertThat(state.journal("dead letters").size()).isZero();
    });
  }

  @Test
  void aMessageWithAnIdIsTakenOnceEvenAfterARestart() {
    var target = Fakes.Worker.echo();
    durable(SHORT);
    def.route(source(), def.called("db.save", target));
    stored(_ -> web.send(withId("a")).await());
    var status =
        stored(_ -> {
          assertThat(web.send(withId("a")).await()).isEqualTo(new Outcome.Dropped("duplicate"));
          web.send(withId("b")).await();
          world.sleep(Duration.ofSeconds(1));
        });
    assertThat(target.calls.stream().map(Message::id)).containsExactlyInAnyOrder("a", "b");
    assertThat(books(status).dropped()).isEqualTo(1);
  }

  @Test
  void aResentMessageIsCarriedAsWhoSentIt() {
    var target = Fakes.Worker.failing(Fault.Code.DISCONNECTED, 4);
    durable(SHORT);
    def.route(source(), def.called("db.save", target));
    var ann =
        new Principal(
            "ann",
            Set.of("admin", "user"),
            "second",
            Value.Dict.EMPTY.with("tenant", Value.text("acme")));
    runningKnown(
        state,
        _ -> {
          web.send(Known.sent("second/ann:admin,user:acme", Value.text("x"))).await();
          world.sleep(Duration.ofMillis(10));
        });
    assertThat(target.calls).as("the first kernel still has it in memory").hasSize(1);
    // The next reads it from the store, fails with it, and replays what lies there then.
    runningKnown(
        state,
        kernel -> {
          world.sleep(Duration.ofSeconds(10));
          var letter = kernel.letters().list(Filter.ALL, world.now(), 10).getFirst();
          assertThat(kernel.replay(letter)).isPresent();
          var again = kernel.letters().list(Filter.ALL, world.now(), 10).getFirst();
          assertThat(kernel.replay(again)).isEmpty();
        });
    assertThat(target.calls).hasSize(5);
    assertThat(target.calls).extracting(Message::principal).containsOnly(ann);
    assertThat(target.calls)
        .extracting(call -> call.trace().traceId())
        .containsOnly(target.calls.getFirst().trace().traceId());
  }

  @Test
  void aLetterThatIsNotSentAgainKeepsNoClaims() {
    var fields = new TreeMap<String, Type>();
    fields.put("mail", new Type.Labelled(Label.PII, Type.Text.ANY_TEXT));
    var labelled = Type.record(fields);
    durable(SHORT);
    def.route(
        def.operation("web.in", Operation.Direction.RECEIVES, labelled, Type.Simple.NULL, web),
        def.called("db.save", Fakes.Worker.failing(Fault.Code.REJECTED, 9)));
    runningKnown(
        state,
        kernel -> {
          var body = Value.Dict.EMPTY.with("mail", Value.text("ann@example.org"));
          web.send(Known.sent("ann:admin:acme", body)).await();
          world.sleep(Duration.ofSeconds(1));
          var letter = kernel.letters().list(Filter.ALL, world.now(), 10).getFirst();
          assertThat(letter.fields().fieldText("sender")).isEqualTo("ann");
          assertThat(letter.isMasked()).isTrue();
          assertThat(letter.fields().field("claims")).isEqualTo(Value.Absent.ABSENT);
        });
  }

  @Test
  void whoProvedNothingIsAnonymousAgain() {
    var target = Fakes.Worker.failing(Fault.Code.DISCONNECTED, 1);
    durable(SHORT);
    def.route(source(), def.called("db.save", target));
    runningKnown(
        state,
        _ -> {
          web.send(Known.sent("", Value.text("x"))).await();
          world.sleep(Duration.ofMillis(10));
        });
    runningKnown(state, _ -> world.sleep(Duration.ofSeconds(10)));
    assertThat(target.calls).hasSize(2);
    assertThat(target.calls.getLast().principal()).isSameAs(Principal.ANONYMOUS);
  }

  private static Fakes.Sent withId(String id) {
    return new Fakes.Sent(
        new Message(
            id,
            "web.in",
            new LinkedHashMap<>(),
            Body.of(Value.text(id)),
            Principal.ANONYMOUS,
            io.unikernal.model.Deadline.NONE,
            Trace.NONE));
  }

  @Test
  void aStoreThatRefusesIsToldToTheSourceAndNothingIsLost() {
    var target = Fakes.Worker.echo();
    durable(SHORT);
    def.route(source(), def.called("db.save", target));
    var refusing = new RefusingState(state);
    var status = new Status[1];
    world.run(() -> {
      var kernel = Kernel.open(def.plan(), def.adapters(), new Site(world, events::add, refusing));
      kernel.start();
      refusing.refuses = true;
      assertThat(web.send(Value.text("x")).fault().code()).isEqualTo(Fault.Code.OVERLOADED);
      refusing.refuses = false;
      web.send(Value.text("y")).await();
      refusing.refuses = true; // it is delivered, and cannot be removed
      world.sleep(Duration.ofSeconds(5));
      assertThat(target.calls).hasSize(1);
      refusing.refuses = false;
      world.sleep(Duration.ofSeconds(5));
      status[0] = kernel.drain(Duration.ofSeconds(1));
    });
    assertThat(target.calls).hasSize(1);
    assertThat(books(status[0])).isEqualTo(new Ledger.Counts(2, 1, 1, 0, 0, 0, 0));
    assertThat(state.journals()).isEmpty();
  }

  @Test
  void labelledValuesAreMaskedInALetterAndItIsNotReplayed() {
    var fields = new TreeMap<String, Type>();
    fields.put("mail", new Type.Labelled(Label.PII, Type.Text.ANY_TEXT));
    fields.put("name", Type.Text.ANY_TEXT);
    var type = Type.record(fields);
    var from = def.operation("web.in", Operation.Direction.RECEIVES, type, Type.Simple.NULL, web);
    durable(SHORT);
    def.route(from, def.called("db.save", Fakes.Worker.failing(Fault.Code.REJECTED, 9)));
    stored(kernel -> {
      var body = new LinkedHashMap<String, Value>();
      body.put("mail", Value.text("ann@example.org"));
      body.put("name", Value.text("Ann"));
      web.send(new Value.Dict(body)).await();
      world.sleep(Duration.ofSeconds(1));
      var letter = kernel.letters().list(Filter.ALL, world.now(), 10).getFirst();
      assertThat(letter.fields().toString()).doesNotContain("ann@").contains("***", "Ann");
      assertThat(kernel.replay(letter)).map(Fault::code).hasValue(Fault.Code.REJECTED);
      assertThat(kernel.letters().remove(letter.number())).isTrue();
    });
  }

  @Test
  void aRouteThatIsNotDurableKeepsItsDeadLettersWhenItSaysSo() {
    def.handling = new Route.Handling(List.of(), Optional.empty(), true, Optional.empty());
    def.route(source(), def.called("db.save", Fakes.Worker.failing(Fault.Code.REJECTED, 1)));
    var status =
        stored(kernel -> {
          web.send(Value.text("x")).await();
          var letter = kernel.letters().list(Filter.ALL, world.now(), 10).getFirst();
          assertThat(kernel.replay(letter)).isEmpty();
        });
    assertThat(books(status)).isEqualTo(new Ledger.Counts(2, 1, 0, 1, 0, 0, 0));
  }

  @Test
  void aMessageThatEndsTheKernelAgainAndAgainIsADeadLetterAtLast() {
    var target =
        new Fakes.Worker((_, _) -> {
          throw new KernelEnds();
        });
    durable(SHORT);
    def.route(source(), def.called("db.save", target));
    var from = state.journal("outbox web.in -> db.save");
    var poison =
        new Kept(
            new Message(
                "p",
                "web.in",
                new LinkedHashMap<>(),
                Body.of(Value.text("poison")),
                Principal.ANONYMOUS,
                io.unikernal.model.Deadline.NONE,
                Trace.NONE),
            world.now(),
            3,
            true,
            0);
    from.append(poison.write());
    stored(kernel -> {
      world.sleep(Duration.ofSeconds(1));
      assertThat(target.calls).isEmpty();
      var letter = kernel.letters().list(Filter.ALL, world.now(), 10).getFirst();
      assertThat(letter.code()).isEqualTo("internal");
    });
  }

  private static final class KernelEnds extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Throws what a full disk does. */
  static FaultException full() {
    return Fault.of(Fault.Code.OVERLOADED, "the disk is full").toException();
  }
}
