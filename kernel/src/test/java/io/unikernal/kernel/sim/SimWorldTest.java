package io.unikernal.kernel.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class SimWorldTest {

  private static List<String> story(long seed) {
    var world = new SimWorld(seed);
    var lock = new ReentrantLock();
    world.run(() -> {
      for (int t = 0; t < 4; t++) {
        world.start(
            "worker" + t,
            () -> {
              try {
                for (int i = 0; i < 10; i++) {
                  world.sleep(Duration.ofMillis((long) (world.random() * 50)));
                  lock.lock();
                  try {
                    world.sleep(Duration.ofMillis(5));
                    world.log("step " + i + " " + world.uuid());
                  } finally {
                    lock.unlock();
                  }
                }
              } catch (InterruptedException e) {
                world.log("interrupted");
              }
            });
      }
    });
    return world.trace();
  }

  @Test
  void theSameSeedGivesTheSameTrace() {
    for (int i = 0; i < 20; i++) {
      assertThat(story(42)).isEqualTo(story(42));
    }
  }

  @Test
  void otherSeedsGiveOtherTraces() {
    var traces = new HashSet<List<String>>();
    for (long seed = 0; seed < 50; seed++) {
      traces.add(story(seed));
    }
    assertThat(traces).hasSize(50);
  }

  @Test
  void timePassesOnlyWhenAllWait() {
    var world = new SimWorld(1);
    world.run(() -> world.sleep(Duration.ofDays(2)));
    assertThat(world.elapsed()).isEqualTo(Duration.ofDays(2));
  }

  @Test
  void aTimerFiresInItsOrderUnlessCancelled() {
    var world = new SimWorld(1);
    world.run(() -> {
      world.after(Duration.ofSeconds(2), () -> world.log("second"));
      world.after(Duration.ofSeconds(1), () -> world.log("first"));
      assertThat(world.after(Duration.ofSeconds(1), () -> world.log("never")).cancel()).isTrue();
      world.sleep(Duration.ofSeconds(3));
    });
    assertThat(world.trace()).hasSize(2);
    assertThat(world.trace().getFirst()).startsWith("1000000 ").endsWith("first");
  }

  @Test
  void anInterruptEndsASleep() {
    var world = new SimWorld(1);
    world.run(() -> {
      var sleeper =
          world.start(
              "sleeper",
              () -> {
                try {
                  world.sleep(Duration.ofHours(1));
                } catch (InterruptedException e) {
                  world.log("interrupted");
                }
              });
      world.sleep(Duration.ofSeconds(1));
      sleeper.interrupt();
    });
    assertThat(world.elapsed()).isEqualTo(Duration.ofSeconds(1));
    assertThat(world.trace()).singleElement().asString().contains("sleeper: interrupted");
  }

  @Test
  void aDeadlockIsReportedWithWhoWaitsWhere() {
    var world = new SimWorld(1);
    assertThatThrownBy(() -> world.run(() -> new CountDownLatch(1).await()))
        .isInstanceOf(SimWorld.Stuck.class)
        .hasMessageContaining("deadlock")
        .hasMessageContaining("main")
        .hasMessageContaining("SimWorldTest");
  }

  @Test
  void aFailureOfTheTestEndsTheRun() {
    var world = new SimWorld(1);
    assertThatThrownBy(() ->
            world.run(() -> {
              throw new AssertionError("wrong");
            }))
        .isInstanceOf(AssertionError.class)
        .hasMessage("wrong");
  }

  @Test
  void workOutsideTakesRealTimeAndNoVirtualOne() {
    var world = new SimWorld(3);
    var order = new java.util.ArrayList<String>();
    world.run(() -> {
      world.start(
          "other",
          () -> {
            try {
              world.sleep(Duration.ofMillis(1));
              order.add("other");
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      world.sleep(Duration.ofMillis(1).minusNanos(1));
      var answer =
          world.outside(() -> {
            var real = new CountDownLatch(1);
            Thread.ofPlatform().start(real::countDown);
            real.await();
            Thread.sleep(20);
            return "done";
          });
      order.add(answer);
      assertThat(world.elapsed()).isEqualTo(Duration.ofMillis(1).minusNanos(1));
      assertThatThrownBy(() ->
              world.outside(() -> {
                throw new java.io.IOException("gone");
              }))
          .isInstanceOf(java.io.IOException.class)
          .hasMessage("gone");
    });
    assertThat(order).containsExactly("done", "other");
  }
}
