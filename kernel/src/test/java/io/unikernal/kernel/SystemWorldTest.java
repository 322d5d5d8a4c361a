package io.unikernal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.spi.World;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SystemWorldTest {
  private final SystemWorld world = new SystemWorld();

  @Test
  void aTimerFiresOnceAndNeverEarly() throws Exception {
    var fired = new LinkedBlockingQueue<Long>();
    long begun = System.nanoTime();
    world.after(Duration.ofMillis(35), () -> fired.add(System.nanoTime()));
    long at = fired.take();
    assertThat(at - begun).isGreaterThanOrEqualTo(Duration.ofMillis(35).toNanos());
    assertThat(fired.poll(50, TimeUnit.MILLISECONDS)).isNull();
    assertThat(world.pendingTimers()).isZero();
  }

  @Test
  void aCancelledTimerDoesNotFire() throws Exception {
    var fired = new AtomicInteger();
    var timer = world.after(Duration.ofMillis(20), fired::incrementAndGet);
    assertThat(timer.cancel()).isTrue();
    assertThat(timer.cancel()).isFalse();
    Thread.sleep(60);
    assertThat(fired).hasValue(0);
  }

  @Test
  void timersBeyondOneTurnOfTheWheelWaitForTheirRound() throws Exception {
    var fired = new CountDownLatch(1);
    var later = world.after(Duration.ofNanos(TimerWheel.TICK_NANOS * 513), fired::countDown);
    world.after(Duration.ofNanos(TimerWheel.TICK_NANOS), () -> {});
    assertThat(fired.await(100, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(later.cancel()).isTrue();
  }

  @Test
  void thousandsOfTimersMayBeSetAndCancelledAtOnce() throws Exception {
    var fired = new AtomicInteger();
    var cancelled = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    int each = 20_000;
    for (int t = 0; t < 4; t++) {
      threads.add(
          world.start(
              "timers",
              () -> {
                for (int i = 0; i < each; i++) {
                  var time = i % 10 == 0 ? Duration.ofMillis(i % 40) : Duration.ofSeconds(5);
                  World.Timer timer = world.after(time, fired::incrementAndGet);
                  if (i % 10 != 0 && timer.cancel()) {
                    cancelled.incrementAndGet();
                  }
                }
              }));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertThat(cancelled).hasValue(4 * each * 9 / 10);
    long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (fired.get() < 4 * each / 10 && System.nanoTime() < until) {
      Thread.sleep(5);
    }
    assertThat(fired).hasValue(4 * each / 10);
    assertThat(world.pendingTimers()).isZero();
  }

  @Test
  void aThreadRunsOnTheCarrierItIsGiven() throws Exception {
    assertThat(SystemWorld.carrierSupported()).isTrue();
    try (var loop = Executors.newSingleThreadExecutor()) {
      var turns = new AtomicInteger();
      Executor carrier =
          turn -> {
            turns.incrementAndGet();
            loop.execute(turn);
          };
      var virtual = new AtomicReference<Boolean>();
      var thread =
          world.start("message", carrier, () -> virtual.set(Thread.currentThread().isVirtual()));
      thread.join();
      assertThat(virtual.get()).isTrue();
      assertThat(thread.getName()).isEqualTo("message");
      assertThat(turns).hasValue(1);
    }
  }

  @Test
  void workOfACarrierThatIsClosedRunsElsewhere() throws Exception {
    Executor closed =
        _ -> {
          throw new RejectedExecutionException();
        };
    var ran = new CountDownLatch(1);
    world.start("message", closed, ran::countDown);
    assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void blockingWorkRunsOnAPlatformThreadAndGivesItsResultOrItsException() throws Exception {
    assertThat(world.blocking(() -> Thread.currentThread().isVirtual())).isFalse();
    assertThatThrownBy(() ->
            world.blocking(() -> {
              throw new IOException("disk");
            }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk");
  }

  @Test
  void blockingWorkMayAskForMoreOfItself() throws Exception {
    assertThat(world.<Integer>blocking(() -> world.blocking(() -> 7))).isEqualTo(7);
  }

  @Test
  void interruptingTheCallerInterruptsTheWork() throws Exception {
    var begun = new CountDownLatch(1);
    var workInterrupted = new CountDownLatch(1);
    var caller = new AtomicReference<Throwable>();
    var thread =
        world.start(
            "caller",
            () -> {
              try {
                world.blocking(() -> {
                  begun.countDown();
                  try {
                    Thread.sleep(60_000);
                  } catch (InterruptedException e) {
                    workInterrupted.countDown();
                  }
                  return 0;
                });
              } catch (Exception e) {
                caller.set(e);
              }
            });
    begun.await();
    thread.interrupt();
    assertThat(workInterrupted.await(5, TimeUnit.SECONDS)).isTrue();
    thread.join();
    assertThat(caller.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void workBeyondThePoolAndItsQueueIsOverloaded() throws Exception {
    var pool = new BlockingPool(1, 1);
    var release = new CountDownLatch(1);
    var began = new CountDownLatch(1);
    var first = world.start("first", () -> blocked(pool, began, release));
    began.await();
    var second = world.start("second", () -> blocked(pool, new CountDownLatch(1), release));
    long until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    Optional<Fault> refused = Optional.empty();
    while (refused.isEmpty() && System.nanoTime() < until) {
      try {
        Thread.sleep(5);
        world.start("fill", () -> blocked(pool, new CountDownLatch(1), release));
        pool.run(() -> 1);
      } catch (FaultException e) {
        refused = Optional.of(e.fault());
      }
    }
    release.countDown();
    assertThat(refused).map(Fault::code).contains(Fault.Code.OVERLOADED);
    first.join();
    second.join();
  }

  private static void blocked(BlockingPool pool, CountDownLatch began, CountDownLatch release) {
    try {
      pool.run(() -> {
        began.countDown();
        release.await();
        return 0;
      });
    } catch (Exception _) {
      // refused: what the test is about
    }
  }

  @Test
  void idsAreDifferentAndOfVersionFour() {
    var seen = new HashSet<java.util.UUID>();
    for (int i = 0; i < 1_000; i++) {
      var id = world.uuid();
      assertThat(id.version()).isEqualTo(4);
      assertThat(id.variant()).isEqualTo(2);
      assertThat(seen.add(id)).isTrue();
    }
  }

  /**
   * An event loop that waited for a lock behind a message which only that loop can carry would wait
   * for ever. Method: more loops than cores ask for ids, themselves and by the messages they carry.
   */
  @Test
  void anEventLoopNeverWaitsForAnIdBehindItsOwnMessages() throws Exception {
    int loopCount = 8;
    int rounds = 50_000;
    var done = new CountDownLatch(2 * loopCount * rounds);
    Runnable ask =
        () -> {
          if (world.uuid().version() == 4) {
            done.countDown();
          }
        };
    var loops = new ArrayList<java.util.concurrent.ExecutorService>();
    for (int i = 0; i < loopCount; i++) {
      loops.add(
          Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("loop").factory()));
    }
    for (var loop : loops) {
      loop.execute(() -> carry(loop, ask, rounds));
    }
    boolean all = done.await(20, TimeUnit.SECONDS);
    assertThat(all).as("%d of %d asked in vain", done.getCount(), 2 * loopCount * rounds).isTrue();
    loops.forEach(java.util.concurrent.ExecutorService::shutdown);
  }

  /** A message, and after it the next one, so that both kinds of work are mixed. */
  private void carry(Executor loop, Runnable ask, int left) {
    var _ = world.start("message", loop, ask);
    ask.run();
    if (left > 1) {
      loop.execute(() -> carry(loop, ask, left - 1));
    }
  }
}
