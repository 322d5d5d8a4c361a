package io.unikernal.kernel.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A target of so many workers takes a base time while each has at most one call, and longer in
 * proportion to what is more. Many clients call as fast as they may. A good limit is a little more
 * than the workers: all of them are busy, and calls take hardly longer than the base time.
 */
class AdaptiveRoomTest {
  private static final Duration BASE = Duration.ofMillis(50);
  private static final int CLIENTS = 300;

  private final SimWorld world = new SimWorld(7);
  private final AdaptiveRoom room = new AdaptiveRoom();
  private int workers;
  private int running;
  private long done;
  private boolean isOver;

  private void client(Bulkhead bulkhead) {
    while (!isOver) {
      try {
        bulkhead.run(
            new FakeAsked("x"),
            0,
            () -> {
              running++;
              double load = Math.max(1, (double) running / workers);
              double noise = 1 + 0.2 * world.random();
              world.sleep(Duration.ofNanos((long) (BASE.toNanos() * load * noise)));
              running--;
              done++;
              return Optional.of(Value.text("done"));
            });
      } catch (InterruptedException e) {
        return;
      } catch (Refused e) {
        // waited too long: again
      }
    }
  }

  private record Seen(double limit, double callsPerSecond) {}

  /** What it settles at: the last quarter of a time. */
  private Seen settled(Duration time) throws InterruptedException {
    world.sleep(time.multipliedBy(3).dividedBy(4));
    long before = done;
    double sum = 0;
    int samples = 200;
    for (int i = 0; i < samples; i++) {
      world.sleep(time.dividedBy(4L * samples));
      sum += room.size();
    }
    return new Seen(sum / samples, (done - before) / (time.toMillis() / 4000.0));
  }

  @ParameterizedTest
  @CsvSource({"3", "10", "40"})
  void itFindsALimitThatKeepsTheTargetBusyAndQuick(int count) {
    workers = count;
    world.run(() -> {
      var bulkhead = new Bulkhead(world, room, FakeAsked.waiting(CLIENTS));
      for (int i = 0; i < CLIENTS; i++) {
        world.start("client", () -> client(bulkhead));
      }
      var seen = settled(Duration.ofSeconds(80));
      assertThat(seen.limit()).isBetween(0.8 * count, count + 7.0);
      double best = count * 1000.0 / BASE.toMillis() / 1.1;
      assertThat(seen.callsPerSecond()).isGreaterThan(0.85 * best);
      isOver = true;
    });
  }

  @Test
  void itFollowsATargetThatLosesWorkers() {
    workers = 30;
    world.run(() -> {
      var bulkhead = new Bulkhead(world, room, FakeAsked.waiting(CLIENTS));
      for (int i = 0; i < CLIENTS; i++) {
        world.start("client", () -> client(bulkhead));
      }
      settled(Duration.ofSeconds(40));
      workers = 6;
      var seen = settled(Duration.ofSeconds(80));
      assertThat(seen.limit()).isBetween(4.0, 13.0);
      isOver = true;
    });
  }
}
