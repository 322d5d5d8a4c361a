package io.unikernal.kernel.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Fault;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ScopeTest {
  private static final Fault WHY = Fault.of(Fault.Code.CANCELLED, "test");

  @Test
  void aStopAfterTheEndInterruptsNobody() {
    var scope = Scope.open();
    scope.close();
    assertThat(scope.stop(WHY)).isFalse();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void anInterruptDoesNotOutliveItsScope() {
    var scope = Scope.open();
    assertThat(scope.stop(WHY)).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    scope.close();
    assertThat(Thread.interrupted()).isFalse();
    assertThat(scope.reason()).contains(WHY);
  }

  @Test
  void theStopOfAnOuterScopeOutlivesTheInner() {
    var outer = Scope.open();
    var inner = outer.inner();
    inner.stop(WHY);
    outer.stop(WHY);
    inner.close();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    outer.close();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void aStopBeforeTheThreadRunsCounts() {
    var scope = Scope.unbound();
    scope.stop(WHY);
    scope.enter();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    scope.close();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void anInterruptOfAStrangerStays() {
    var scope = Scope.open();
    Thread.currentThread().interrupt();
    scope.close();
    assertThat(Thread.interrupted()).isTrue();
  }

  /** Work ends and its time runs out in the same moment, thousands of times. */
  @Test
  void noInterruptLeaksToTheNextWork() throws Exception {
    var scopes = new SynchronousQueue<Scope>();
    var leaks = new AtomicInteger();
    var stopper =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                while (true) {
                  scopes.take().stop(WHY);
                }
              } catch (InterruptedException _) {
                // the test is over
              }
            });
    var worker =
        Thread.ofVirtual()
            .start(() -> {
              for (int i = 0; i < 20_000; i++) {
                try (var outer = Scope.open()) {
                  try (var scope = outer.inner()) {
                    scopes.offer(scope);
                    for (int spin = i % 64; spin > 0; spin--) {
                      Thread.onSpinWait();
                    }
                  }
                  if (Thread.currentThread().isInterrupted()) {
                    leaks.incrementAndGet();
                  }
                }
              }
            });
    worker.join();
    stopper.interrupt();
    assertThat(leaks).hasValue(0);
  }
}
