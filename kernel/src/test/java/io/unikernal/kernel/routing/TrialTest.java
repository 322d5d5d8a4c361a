package io.unikernal.kernel.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.sim.SimWorld;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Canaries, percentiles and the budget of second copies, without a kernel around. */
class TrialTest {
  private final SimWorld world = new SimWorld(3);

  /** How many calls of a canary it took until it was rolled back; -1 if it never was. */
  private static int calls(long seed, double canaryFails, double membersFail, double slower) {
    var world = new SimWorld(seed);
    var members = new Trial.Tally(world);
    var trial = new Trial(world, members);
    for (int i = 0; i < 20_000; i++) {
      members.add(millis(world, 1), world.random() >= membersFail);
      if (i % 10 == 0 && trial.book(millis(world, slower), world.random() >= canaryFails)) {
        return i / 10 + 1;
      }
    }
    return -1;
  }

  private static long millis(SimWorld world, double factor) {
    return (long) (1e6 * factor * 10 * Math.exp(0.5 * (world.random() + world.random() - 1)));
  }

  @Test
  void aCanaryThatIsAsGoodIsNotRolledBackHoweverOftenOneLooks() {
    int rolledBack = 0;
    for (long seed = 0; seed < 200; seed++) {
      rolledBack += calls(seed, 0.05, 0.05, 1) >= 0 ? 1 : 0;
    }
    assertThat(rolledBack).isLessThanOrEqualTo(2);
  }

  @Test
  void oneThatFailsMoreOrIsSlowerIsRolledBackSoon() {
    for (long seed = 0; seed < 50; seed++) {
      assertThat(calls(seed, 0.25, 0.02, 1)).as("failing, seed " + seed).isBetween(1, 200);
      assertThat(calls(seed, 0.02, 0.02, 2)).as("slow, seed " + seed).isBetween(1, 60);
    }
  }

  @Test
  void aTrifleIsNoReasonHoweverSureItIs() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(calls(seed, 0.01, 0.0, 1.1)).as("seed " + seed).isEqualTo(-1);
    }
  }

  /** Three looks in a row: one burst of failures among good calls ends nothing. */
  @Test
  void oneBurstIsNotEnough() {
    var members = new Trial.Tally(world);
    var trial = new Trial(world, members);
    for (int i = 0; i < 1_000; i++) {
      members.add(1_000_000, true);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(trial.book(1_000_000, i < 90 || i >= 95)).isFalse();
    }
    for (int i = 0; i < 300; i++) {
      assertThat(trial.book(1_000_000, true)).isFalse();
    }
    assertThat(trial.ended()).isEmpty();
  }

  @Test
  void anEndedTrialEndsOnce() {
    var members = new Trial.Tally(world);
    var trial = new Trial(world, members);
    int ends = 0;
    for (int i = 0; i < 200; i++) {
      members.add(1_000_000, true);
      ends += trial.book(1_000_000, false) ? 1 : 0;
    }
    assertThat(ends).isEqualTo(1);
  }

  @Test
  void aPercentileIsAtMostATwelfthTooLargeAndOldCallsAreForgotten() {
    var histogram = new Histogram(0);
    for (int i = 1; i <= 1_000; i++) {
      histogram.add(i * 1_000_000L, 0);
    }
    for (int percent : new int[] {50, 90, 95, 99}) {
      assertThat(histogram.percentile(percent) / 1e6)
          .isBetween(percent * 10.0, percent * 10.0 * 13 / 12);
    }
    long later = Histogram.HALF_LIFE.multipliedBy(60).toNanos();
    for (int i = 0; i < 10; i++) {
      histogram.add(5_000_000, later);
    }
    assertThat(histogram.calls(later)).isBetween(9.9, 10.1);
    assertThat(histogram.percentile(99) / 1e6).isBetween(5.0, 5.5);
  }

  @Test
  void nothingIsKnownOfTooFewCalls() {
    var statistics = new Statistics(world);
    world.run(() -> {
      for (int i = 0; i < 19; i++) {
        statistics.end(statistics.begin(), true);
      }
      assertThat(statistics.percentile(95)).isEmpty();
      statistics.end(statistics.begin(), true);
      assertThat(statistics.percentile(95)).isPresent();
      world.sleep(Duration.ofMinutes(10));
      assertThat(statistics.percentile(95)).isEmpty();
    });
  }

  @Test
  void theBudgetIsAShareOfTheCallsAndNoMoreThanItsMostIsSavedUp() {
    var budget = new HedgeBudget();
    assertThat(budget.take()).isTrue();
    assertThat(budget.take()).isFalse();
    for (int i = 0; i < HedgeBudget.CALLS_PER_COPY; i++) {
      budget.fill();
    }
    assertThat(budget.take()).isTrue();
    assertThat(budget.take()).isFalse();
    for (int i = 0; i < 10_000; i++) {
      budget.fill();
    }
    for (int i = 0; i < HedgeBudget.COPIES_MAX; i++) {
      assertThat(budget.take()).isTrue();
    }
    assertThat(budget.take()).isFalse();
  }
}
