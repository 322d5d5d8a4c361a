package io.unikernal.adapter.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.adapter.Bench;
import io.unikernal.adapter.ManualWorld;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class TimerSourceTest {
  private final ManualWorld world = new ManualWorld(false);
  private final Bench bench = new Bench(new TimerAdapter(), world);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private OpenSystem system;

  @BeforeEach
  void begin() throws Exception {
    system = bench.open(Path.of("."), Bench.config());
  }

  @AfterEach
  void end() {
    system.close();
    threads.close();
  }

  private Endpoint.PullSource source(Object... options) {
    return (Endpoint.PullSource) bench.bind(system, "tick", options);
  }

  private Future<List<Delivery>> receive(Endpoint.PullSource source) throws InterruptedException {
    var future = threads.submit(() -> source.receive(10));
    world.awaitTimers(1);
    return future;
  }

  private static String tick(List<Delivery> deliveries) {
    assertThat(deliveries).hasSize(1);
    var body = (Rec) deliveries.getFirst().message().body().value();
    return ((Value.Timestamp) body.get("scheduled_at")).value()
        + " #"
        + ((Value.Int) body.get("sequence")).value();
  }

  @Test
  void ticksComeAtTheirDistanceWithTheirNumber() throws Exception {
    var source = source(TimerAdapter.EVERY, Duration.ofSeconds(10));
    var first = receive(source);
    world.advance(Duration.ofSeconds(9));
    assertThat(first.isDone()).isFalse();
    world.advance(Duration.ofSeconds(1));
    assertThat(tick(first.get())).isEqualTo("2026-01-01T00:00:10Z #1");
    var second = receive(source);
    world.advance(Duration.ofSeconds(10));
    assertThat(tick(second.get())).isEqualTo("2026-01-01T00:00:20Z #2");
  }

  @Test
  void ticksThatWereMissedBecomeOne() throws Exception {
    var source = source(TimerAdapter.EVERY, Duration.ofSeconds(10));
    world.advance(Duration.ofSeconds(35));
    assertThat(tick(source.receive(10))).isEqualTo("2026-01-01T00:00:30Z #3");
    var next = receive(source);
    world.advance(Duration.ofSeconds(5));
    assertThat(tick(next.get())).isEqualTo("2026-01-01T00:00:40Z #4");
  }

  @Test
  void cronTicksThatWereMissedBecomeOne() throws Exception {
    var source = source(TimerAdapter.CRON, "*/5 * * * *");
    world.advance(Duration.ofMinutes(16));
    assertThat(tick(source.receive(10))).isEqualTo("2026-01-01T00:15:00Z #3");
    var next = receive(source);
    world.advanceTo(Instant.parse("2026-01-01T00:20:00Z"));
    assertThat(tick(next.get())).isEqualTo("2026-01-01T00:20:00Z #4");
  }

  @Test
  void aClockThatIsSetBackDoesNotStopTheTicks() throws Exception {
    var source = source(TimerAdapter.EVERY, Duration.ofSeconds(10));
    var first = receive(source);
    world.advance(Duration.ofSeconds(10));
    first.get();
    world.jump(Duration.ofHours(-5));
    var second = receive(source);
    world.advance(Duration.ofSeconds(10));
    assertThat(tick(second.get())).isEqualTo("2025-12-31T19:00:20Z #2");
  }

  @Test
  void closingEndsTheWait() throws Exception {
    var waiting = receive(source(TimerAdapter.EVERY, Duration.ofDays(1)));
    system.close();
    system.close();
    assertThat(waiting.get()).isEmpty();
  }

  @Test
  void theRuleRefusesWhatIsNoTime() {
    assertThat(bench.shape("t", TimerAdapter.EVERY, Duration.ofSeconds(1)))
        .isInstanceOf(Result.Shaped.class);
    assertThat(Bench.problems(bench.shape("t"))).hasSize(1);
    assertThat(Bench.problems(bench.shape("t", TimerAdapter.EVERY, Duration.ZERO))).hasSize(1);
    assertThat(Bench.problems(bench.shape("t", TimerAdapter.CRON, "* * * * 99")))
        .containsExactly("`weekday` must be from 0 to 7 (at character 9)");
    assertThat(
            Bench.problems(
                bench.shape("t", TimerAdapter.CRON, "* * * * *", TimerAdapter.ZONE, "Mars/Base")))
        .hasSize(1);
    assertThat(
            Bench.problems(
                bench.shape(
                    "t",
                    TimerAdapter.CRON,
                    "* * * * *",
                    TimerAdapter.EVERY,
                    Duration.ofSeconds(1))))
        .hasSize(1);
  }
}
