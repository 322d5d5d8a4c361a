package io.unikernal.kernel;

import static io.unikernal.kernel.Def.cache;
import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.once;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Capability;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.Outcome;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers that are given without the work: cache and idempotency. */
class AnswersTest extends SimulatedKernel {
  private final Fakes.Worker counter =
      new Fakes.Worker((_, number) -> {
        world.sleep(millis(100));
        return text("answer " + number);
      });

  @Test
  void anAnswerIsKeptForItsTimeAndForItsInput() {
    def.route(in(), def.called("db.get", counter), cache(Duration.ofSeconds(10), Duration.ZERO));
    running(_ -> {
      assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 1"));
      assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 1"));
      assertThat(web.send(text("b")).reply()).isEqualTo(text("answer 2"));
      world.sleep(Duration.ofSeconds(10));
      assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 3"));
    });
  }

  @Test
  void nobodyGetsAnAnswerThatWasKeptForAnother() {
    def.route(in(), def.called("db.get", counter), cache(Duration.ofSeconds(10), Duration.ZERO));
    // Each differs from the first in one thing that an answer may depend on.
    var senders =
        List.of(
            "ann:a,b:acme", "bob:a,b:acme", "ann:a:acme", "ann:a,b:other", "second/ann:a,b:acme");
    runningKnown(
        new MemoryState(world),
        _ -> {
          for (int round = 0; round < 2; round++) {
            for (int i = 0; i < senders.size(); i++) {
              assertThat(web.send(Known.sent(senders.get(i), text("a"))).reply())
                  .as(senders.get(i))
                  .isEqualTo(text("answer " + (i + 1)));
            }
          }
          assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 6"));
        });
    assertThat(counter.calls).hasSize(6);
  }

  @Test
  void theKeyOfASenderIsNoKeyOfAnother() {
    def.route(
        def.receives("web.in", web, Capability.REPLIES),
        def.called("db.save", counter),
        once(Duration.ofHours(1)));
    var senders = List.of("ann", "bob", "second/ann");
    runningKnown(
        new MemoryState(world),
        _ -> {
          for (int round = 0; round < 2; round++) {
            for (int i = 0; i < senders.size(); i++) {
              assertThat(web.send(Known.sent(senders.get(i), text("a"))).reply())
                  .as(senders.get(i))
                  .isEqualTo(text("answer " + (i + 1)));
            }
          }
        });
    assertThat(counter.calls).hasSize(3);
  }

  @Test
  void equalMessagesAtOnceShareOneCall() {
    def.route(in(), def.called("db.get", counter), cache(Duration.ofSeconds(10), Duration.ZERO));
    running(_ -> {
      var sent = new ArrayList<Fakes.Sent>();
      for (int i = 0; i < 50; i++) {
        sent.add(web.send(text("a")));
      }
      for (var one : sent) {
        assertThat(one.reply()).isEqualTo(text("answer 1"));
      }
    });
    assertThat(counter.calls).hasSize(1);
  }

  @Test
  void aFailureIsNotKeptAndTheNextWhoWaitsCallsItself() {
    var flaky =
        new Fakes.Worker((_, number) -> {
          world.sleep(millis(100));
          if (number == 1) {
            throw Fakes.fault(Code.DISCONNECTED);
          }
          return text("answer " + number);
        });
    def.route(in(), def.called("db.get", flaky), cache(Duration.ofSeconds(10), Duration.ZERO));
    running(_ -> {
      var sent = List.of(web.send(text("a")), web.send(text("a")), web.send(text("a")));
      int failed = 0;
      for (var one : sent) {
        failed += one.await() instanceof Outcome.Failed ? 1 : 0;
      }
      assertThat(failed).isEqualTo(1);
    });
    assertThat(flaky.calls).hasSize(2);
  }

  @Test
  void anOldAnswerIsGivenWhileOneNewOneIsGot() {
    def.route(
        in(), def.called("db.get", counter), cache(Duration.ofSeconds(10), Duration.ofSeconds(20)));
    running(_ -> {
      web.send(text("a")).reply();
      world.sleep(Duration.ofSeconds(10));
      var before = world.elapsed();
      assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 1"));
      assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 1"));
      assertThat(world.elapsed()).isEqualTo(before);
      world.sleep(millis(100));
      assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 2"));
    });
    assertThat(counter.calls).hasSize(2);
  }

  @Test
  void aDrainWaitsForANewAnswerThatIsBeingGot() {
    def.route(
        in(), def.called("db.get", counter), cache(Duration.ofSeconds(10), Duration.ofSeconds(20)));
    running(_ -> {
      web.send(text("a")).reply();
      world.sleep(Duration.ofSeconds(10));
      web.send(text("a")).reply();
    });
    assertThat(counter.calls).hasSize(2);
    assertThat(counter.interrupted).isZero();
  }

  @Test
  void aStepMayHaveACacheOfItsOwn() {
    def.pipeline(
        "p",
        List.of(
            call("get", 0, def.called("db.get", counter), cache(Duration.ofMinutes(1), millis(0)))),
        List.of());
    def.route(in(), "p");
    running(_ -> {
      assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 1"));
      assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 1"));
    });
  }

  @Test
  void theSecondMessageWithAKeyGetsTheFirstsAnswer() {
    def.route(
        def.receives("web.in", web, Capability.REPLIES),
        def.called("db.save", counter),
        once(Duration.ofHours(1)));
    running(_ -> {
      assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 1"));
      assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 1"));
      var sent = List.of(web.send(text("b")), web.send(text("b")));
      for (var one : sent) {
        assertThat(one.reply()).isEqualTo(text("answer 2"));
      }
      world.sleep(Duration.ofHours(1));
      assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 3"));
    });
  }

  @Test
  void aFailureFreesTheKey() {
    var flaky = Fakes.Worker.failing(Code.DISCONNECTED, 1);
    def.route(in(), def.called("db.save", flaky), once(Duration.ofHours(1)));
    running(_ -> {
      assertThat(web.send(text("a")).fault().code()).isEqualTo(Code.DISCONNECTED);
      assertThat(web.send(text("a")).reply()).isEqualTo(text("a"));
    });
    assertThat(flaky.calls).hasSize(2);
  }

  @Test
  void anotherMessageUnderTheSameKeyIsRefused() {
    def.route(
        in(),
        def.called("db.save", counter),
        new io.unikernal.model.Policy.Idempotency(
            Def.rule(_ -> text("same")), Duration.ofHours(1), "", Def.HERE));
    running(_ -> {
      web.send(text("a")).reply();
      assertThat(web.send(text("b")).fault().code()).isEqualTo(Code.INVALID);
    });
    assertThat(counter.calls).hasSize(1);
  }

  @Test
  void aMessageWithoutAKeyIsDone() {
    def.route(
        in(),
        def.called("db.save", counter),
        new io.unikernal.model.Policy.Idempotency(
            Def.rule(_ -> Value.Absent.ABSENT), Duration.ofHours(1), "", Def.HERE));
    running(_ -> {
      web.send(text("a")).reply();
      web.send(text("a")).reply();
    });
    assertThat(counter.calls).hasSize(2);
  }

  @Test
  void whatASourceWithoutAnswersSendsAgainIsDroppedAndCounted() {
    def.route(in(), def.called("db.save", counter), once(Duration.ofHours(1)));
    var status =
        running(_ -> {
          web.send(text("a")).await();
          assertThat(web.send(text("a")).await()).isEqualTo(new Outcome.Dropped("duplicate"));
        });
    assertThat(status.routes().getFirst().counts().dropped()).isEqualTo(1);
  }

  @Test
  void whoWaitsForAnAnswerGetsItAgainAndIsCountedAsDelivered() {
    var from = def.receives("web.in", web, Capability.REPLIES);
    def.route(from, def.called("db.save", counter), once(Duration.ofHours(1)));
    var status =
        running(_ -> {
          web.send(text("a")).reply();
          assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 1"));
        });
    assertThat(status.routes().getFirst().counts().delivered()).isEqualTo(2);
  }

  @Test
  void aRestartForgetsNoKeyAndAKilledKernelLeavesItToTheNext() {
    var from = def.receives("web.in", web, Capability.REPLIES);
    def.route(from, def.called("db.save", counter), once(Duration.ofHours(1)));
    var state = new MemoryState(world);
    world.run(() -> {
      for (int i = 0; i < 2; i++) {
        try (var kernel =
            Kernel.open(def.plan(), def.adapters(), new Site(world, events::add, state))) {
          kernel.start();
          assertThat(web.send(text("a")).reply()).isEqualTo(text("answer 1"));
        }
      }
      // A kernel that was killed has left a key that is begun and not done.
      state
          .table("idempotency")
          .put(
              "route web.in -> db.save\nanonymous\nb",
              ("b" + "0".repeat(64) + "another run")
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8),
              java.time.Instant.MAX);
      try (var kernel =
          Kernel.open(def.plan(), def.adapters(), new Site(world, events::add, state))) {
        kernel.start();
        assertThat(web.send(text("b")).reply()).isEqualTo(text("answer 2"));
        assertThat(web.send(text("b")).reply()).isEqualTo(text("answer 2"));
      }
    });
  }

  @Test
  void aPolicyOfASystemTellsItsOperationsApart() {
    var other = new Fakes.Worker((_, _) -> text("other"));
    var get = def.called("db.get", counter);
    var put = def.called("db.put", other);
    def.systemPolicy("db", cache(Duration.ofMinutes(1), Duration.ZERO), once(Duration.ofHours(1)));
    def.pipeline(
        "p",
        List.of(
            new io.unikernal.model.Step.Call(Def.head("get", 0), get, Def.input()),
            new io.unikernal.model.Step.Call(Def.head("put", 1), put, Def.input())),
        List.of());
    def.route(in(), "p");
    running(_ -> {
      assertThat(web.send(text("a")).reply()).isEqualTo(text("other"));
      assertThat(web.send(text("a")).reply()).isEqualTo(text("other"));
    });
    assertThat(counter.calls).hasSize(1);
    assertThat(other.calls).hasSize(1);
  }

  @Test
  void aTextIsAnotherInputThanTheNumberThatItLooksLike() {
    def.route(in(), def.called("db.get", counter), cache(Duration.ofMinutes(1), Duration.ZERO));
    running(_ -> {
      web.send(text("1")).reply();
      assertThat(web.send(Value.integer(1)).reply()).isEqualTo(text("answer 2"));
    });
  }
}
