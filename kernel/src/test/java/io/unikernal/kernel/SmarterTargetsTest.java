package io.unikernal.kernel;

import static io.unikernal.kernel.Def.SLOTS;
import static io.unikernal.kernel.Def.member;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.kernel.routing.HedgeBudget;
import io.unikernal.model.Effect;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.SmartTarget.By;
import io.unikernal.model.SmartTarget.Canary;
import io.unikernal.model.SmartTarget.Choose;
import io.unikernal.model.SmartTarget.Hedge;
import io.unikernal.model.SmartTarget.Member;
import io.unikernal.model.Value;
import io.unikernal.spi.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Second copies, copies for comparison, members on trial, and members whose system is down. */
class SmarterTargetsTest extends SimulatedKernel {
  private int ops;

  private Operation op(Fakes.Worker worker) {
    return def.called("op" + ops++ + ".x", worker, Effect.READS);
  }

  private Fakes.Worker after(long millis, String answer) {
    return new Fakes.Worker((_, _) -> {
      world.sleep(millis(millis));
      return text(answer);
    });
  }

  private void choose(
      By by, Optional<Hedge> hedge, Optional<Member> shadow, List<Canary> canaries, Member... of) {
    def.route(in(), Optional.empty(), of(by, hedge, shadow, canaries, of));
  }

  private static Choose of(
      By by, Optional<Hedge> hedge, Optional<Member> shadow, List<Canary> canaries, Member... of) {
    return new Choose(
        List.of(of),
        by,
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        Optional.empty(),
        Optional.empty(),
        hedge,
        shadow,
        canaries,
        SLOTS);
  }

  private void hedged(Hedge hedge, Member... members) {
    choose(By.ROUND_ROBIN, Optional.of(hedge), Optional.empty(), List.of(), members);
  }

  private static Hedge in(long millis) {
    return new Hedge.After(millis(millis));
  }

  @Test
  void aSecondCopyGoesToAnotherMemberAfterTheTimeAndTheLoserIsCancelled() {
    var slow = after(10_000, "slow");
    var quick = after(30, "quick");
    hedged(in(200), member(op(slow)), member(op(quick)));
    var status =
        running(_ -> {
          long begun = world.nanos();
          assertThat(web.send(text("x")).reply()).isEqualTo(text("quick"));
          assertThat(Duration.ofNanos(world.nanos() - begun)).isEqualTo(millis(230));
        });
    assertThat(slow.interrupted).isEqualTo(1);
    assertThat(status.targets().choices().getFirst().hedged()).isEqualTo(1);
    assertThat(status.targets().choices().getFirst().hedgesWon()).isEqualTo(1);
    // The one that was beaten has taken so long at least: it counts once, and not as a failure.
    var reports = status.targets().members();
    assertThat(reports.get(0).report().calls()).isEqualTo(1);
    assertThat(reports.get(0).report().errors()).isZero();
    assertThat(reports.get(0).report().p50()).isBetween(millis(210), millis(250));
    assertThat(reports.get(1).report().calls()).isEqualTo(1);
    assertThat(reports.get(1).report().inFlight()).isZero();
  }

  @Test
  void aCopyThatIsSlowerIsCancelledAndNotCounted() {
    var first = after(300, "first");
    var second = after(10_000, "second");
    hedged(in(200), member(op(first)), member(op(second)));
    var status = running(_ -> assertThat(web.send(text("x")).reply()).isEqualTo(text("first")));
    assertThat(second.calls).hasSize(1);
    assertThat(second.interrupted).isEqualTo(1);
    assertThat(status.targets().choices().getFirst().hedgesWon()).isZero();
    assertThat(status.targets().members().get(1).report().calls()).isZero();
  }

  @Test
  void aCopyThatFailsDoesNotEndTheFirstAndAFirstThatFailsEarlyIsNotRepeated() {
    var slow = after(500, "slow");
    var bad =
        new Fakes.Worker((_, _) -> {
          world.sleep(millis(10));
          throw Fakes.fault(Code.DISCONNECTED);
        });
    hedged(in(200), member(op(slow)), member(op(bad)));
    running(_ -> {
      assertThat(web.send(text("x")).reply()).isEqualTo(text("slow"));
      assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.DISCONNECTED);
    });
    assertThat(slow.calls).hasSize(1);
    assertThat(bad.calls).hasSize(2);
  }

  @Test
  void copiesAreAShareOfTheCallsHoweverSlowAllMembersAre() {
    hedged(in(10), member(op(after(100, "a"))), member(op(after(100, "b"))));
    var status =
        running(_ -> {
          for (int i = 0; i < 200; i++) {
            web.send(text("x")).reply();
          }
        });
    assertThat(status.targets().choices().getFirst().hedged())
        .isBetween(20L, 1 + 200L / HedgeBudget.CALLS_PER_COPY);
  }

  @Test
  void aPercentileIsThatOfTheMembersOwnTimesOnceTheyAreKnown() {
    var number = new int[1];
    var mostly =
        new Fakes.Worker((_, _) -> {
          world.sleep(millis(++number[0] == 60 ? 5_000 : 20));
          return text("a");
        });
    var other = after(20, "b");
    var members = new Member[] {member(op(mostly)), member(op(other))};
    choose(By.COST, Optional.of(new Hedge.AtPercentile(95)), Optional.empty(), List.of(), members);
    running(_ -> {
      for (int i = 0; i < 300 && number[0] < 60; i++) {
        web.send(text("x")).reply();
      }
      assertThat(number[0]).isEqualTo(60);
      assertThat(world.elapsed()).isLessThan(Duration.ofSeconds(20));
    });
    assertThat(mostly.interrupted).isEqualTo(1);
  }

  @Test
  void whatMayNotBeRunTwiceIsNeverHedged() {
    var pay = def.called("pay.x", Fakes.Worker.echo());
    hedged(in(10), member(pay));
    assertThatThrownBy(() -> running(_ -> {})).hasMessageContaining("a hedge of pay.x");
  }

  private void shadowed(Fakes.Worker real, Fakes.Worker shadow) {
    choose(
        By.ADAPTIVE,
        Optional.empty(),
        Optional.of(member(op(shadow))),
        List.of(),
        member(op(real)));
  }

  @Test
  void aShadowGetsACopyAndIsComparedAndNobodyWaitsForIt() {
    shadowed(
        after(10, "real"),
        new Fakes.Worker((_, number) -> {
          world.sleep(millis(500));
          return text(number == 1 ? "other" : "real");
        }));
    var status =
        running(_ -> {
          assertThat(web.send(text("x")).reply()).isEqualTo(text("real"));
          assertThat(world.elapsed()).isEqualTo(millis(10));
          assertThat(web.send(text("x")).reply()).isEqualTo(text("real"));
          world.sleep(Duration.ofSeconds(1));
        });
    var counts = status.targets().choices().getFirst().shadow().orElseThrow().counts();
    assertThat(counts.equal()).isEqualTo(1);
    assertThat(counts.differed()).isEqualTo(1);
    assertThat(heard(Listener.Event.ShadowDiffered.class))
        .containsExactly(
            new Listener.Event.ShadowDiffered(
                "web.in -> several", "op0.x", "it differs in the whole answer", 0));
  }

  @Test
  void aShadowThatFailsOrHangsHarmsNothingAndEndsWithTheKernel() {
    var hangs = after(1_000_000, "never");
    shadowed(after(10, "real"), hangs);
    var status =
        running(_ -> {
          for (int i = 0; i < 100; i++) {
            assertThat(web.send(text("x")).reply()).isEqualTo(text("real"));
          }
        });
    assertThat(hangs.interrupted).isEqualTo(hangs.calls.size());
    assertThat(hangs.calls.size()).isLessThanOrEqualTo(64);
    var counts = status.targets().choices().getFirst().shadow().orElseThrow().counts();
    assertThat(counts.skipped()).isEqualTo(100 - hangs.calls.size());
    assertThat(world.elapsed()).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void differencesAreToldOfByTheirPathsAndNotMoreThanOnceASecond() {
    var one = new LinkedHashMap<String, Value>();
    one.put("sku", text("a"));
    one.put("price", Value.integer(1));
    var other = new LinkedHashMap<>(one);
    other.put("price", Value.integer(2));
    other.put("note", text("x"));
    shadowed(
        new Fakes.Worker((_, _) -> new Value.Dict(one)),
        new Fakes.Worker((_, _) -> new Value.Dict(other)));
    running(_ -> {
      for (int i = 0; i < 12; i++) {
        web.send(text("x")).reply();
        world.sleep(millis(100));
      }
    });
    var told = heard(Listener.Event.ShadowDiffered.class);
    assertThat(told).hasSize(2);
    assertThat(told.get(0).what()).isEqualTo("it differs in price, note");
    assertThat(told.get(1).more()).isEqualTo(9);
  }

  private Fakes.Worker canary(Fakes.Worker canary, int messages, Fakes.Worker real) {
    choose(
        By.ADAPTIVE,
        Optional.empty(),
        Optional.empty(),
        List.of(new Canary(member(op(canary)), 20)),
        member(op(real)));
    states =
        running(_ -> {
          for (int i = 0; i < messages; i++) {
            web.send(text("x")).await();
          }
        });
    return canary;
  }

  private Status states = new Status(List.of(), List.of());

  private Optional<String> rolledBack() {
    return states.targets().choices().getFirst().canaries().getFirst().rolledBack();
  }

  private Fakes.Worker sometimesFails(double rate) {
    return new Fakes.Worker((_, _) -> {
      world.sleep(millis(10));
      if (world.random() < rate) {
        throw Fakes.fault(Code.INTERNAL);
      }
      return text("ok");
    });
  }

  @Test
  void aCanaryAsGoodAsTheMembersKeepsItsShare() {
    var canary = canary(sometimesFails(0.05), 3_000, sometimesFails(0.05));
    assertThat(rolledBack()).isEmpty();
    assertThat(canary.calls.size()).isBetween(500, 700);
  }

  @Test
  void aCanaryThatFailsMoreOftenIsRolledBackAndThatIsHeardOnce() {
    var canary = canary(sometimesFails(0.3), 3_000, sometimesFails(0.02));
    assertThat(rolledBack().orElseThrow()).contains("of its calls failed");
    assertThat(canary.calls.size()).isLessThan(150);
    assertThat(heard(Listener.Event.CanaryRolledBack.class)).hasSize(1);
  }

  @Test
  void aCanaryThatIsMuchSlowerIsRolledBack() {
    var slow =
        new Fakes.Worker((_, _) -> {
          world.sleep(millis(20 + (long) (world.random() * 40)));
          return text("ok");
        });
    var usual =
        new Fakes.Worker((_, _) -> {
          world.sleep(millis(10 + (long) (world.random() * 20)));
          return text("ok");
        });
    var canary = canary(slow, 3_000, usual);
    assertThat(rolledBack().orElseThrow()).contains("times as long");
    assertThat(canary.calls.size()).isLessThan(150);
  }

  @Test
  void aMemberWhoseSystemIsDownIsLeftOutBeforeItsCallsFail() {
    var a = after(10, "a");
    var b = after(10, "b");
    var first = member(op(a));
    choose(By.ROUND_ROBIN, Optional.empty(), Optional.empty(), List.of(), first, member(op(b)));
    running(kernel -> {
      web.send(text("x")).reply();
      def.health.put("op0", new Health.Down("as the test wants"));
      world.sleep(Duration.ofSeconds(15));
      a.calls.clear();
      for (int i = 0; i < 10; i++) {
        assertThat(web.send(text("x")).reply()).isEqualTo(text("b"));
      }
      assertThat(a.calls).isEmpty();
      var report = kernel.status().targets().members().getFirst().report();
      assertThat(report.isDown()).isTrue();
      assertThat(report.share()).isZero();
      def.health.put("op0", Health.UP);
      world.sleep(Duration.ofSeconds(40));
      for (int i = 0; i < 10; i++) {
        web.send(text("x")).reply();
      }
    });
    assertThat(a.calls.size()).isBetween(1, 5);
  }

  @Test
  void whoAsksHearsWhyAMemberWasChosen() {
    choose(
        By.ADAPTIVE,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        member(op(after(10, "a"))),
        member(op(after(10, "b"))));
    var heard = new ArrayList<Listener.Event.TargetChosen>();
    var curious =
        new Listener() {
          @Override
          public void on(Event event) {
            if (event instanceof Event.TargetChosen chosen) {
              heard.add(chosen);
            }
          }

          @Override
          public boolean hearsDecisions() {
            return true;
          }
        };
    world.run(() -> {
      var kernel = Kernel.open(def.plan(), def.adapters(), world, curious);
      kernel.start();
      assertThat(web.send(text("x")).await()).isInstanceOf(Outcome.Done.class);
      kernel.drain(Duration.ofSeconds(1));
    });
    var decision = heard.getFirst().decision();
    assertThat(decision.why()).isEqualTo("adaptive");
    var scores = decision.candidates();
    assertThat(scores).extracting(one -> one.name()).containsExactly("op0.x", "op1.x");
    var least = scores.get(0).score() < scores.get(1).score() ? "op0.x" : "op1.x";
    assertThat(decision.chosen()).isEqualTo(least);
  }

  /** Nothing is made for those who do not ask. */
  @Test
  void aListenerThatDoesNotAskHearsOfNoDecision() {
    choose(By.ADAPTIVE, Optional.empty(), Optional.empty(), List.of(), member(op(after(1, "a"))));
    running(_ -> web.send(text("x")).reply());
    assertThat(heard(Listener.Event.TargetChosen.class)).isEmpty();
  }
}
