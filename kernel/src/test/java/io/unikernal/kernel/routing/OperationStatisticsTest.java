package io.unikernal.kernel.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.sim.SimWorld;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OperationStatisticsTest {
  private final SimWorld world = new SimWorld(1);
  private final OperationStatistics statistics = new OperationStatistics(world);

  private void call(long millis, boolean isGood) throws InterruptedException {
    long begun = statistics.begin();
    world.sleep(Duration.ofMillis(millis));
    statistics.end(begun, isGood);
  }

  @Test
  void everyCallIsCountedAndTimesAreThoseOfAll() {
    world.run(() -> {
      for (int i = 0; i < 20_000; i++) {
        call(i % 10 == 9 ? 100 : 10, i % 4 != 0);
      }
    });
    var report = statistics.report();
    assertThat(report.calls()).isEqualTo(20_000);
    assertThat(report.errors()).isEqualTo(5_000);
    assertThat(report.p50()).isBetween(Duration.ofMillis(10), Duration.ofMillis(12));
    assertThat(report.p95()).isBetween(Duration.ofMillis(100), Duration.ofMillis(110));
  }

  @Test
  void whatHappenedLongAgoCountsLess() {
    world.run(() -> {
      for (int i = 0; i < 500; i++) {
        call(100, true);
      }
      world.sleep(Duration.ofMinutes(20));
      for (int i = 0; i < 100; i++) {
        call(10, true);
      }
    });
    assertThat(statistics.report().p95()).isLessThan(Duration.ofMillis(15));
    assertThat(statistics.report().calls()).isEqualTo(600);
  }

  @Test
  void withoutCallsItHasNoTimes() {
    assertThat(statistics.report())
        .isEqualTo(
            new OperationStatistics.Report(0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO));
  }
}
