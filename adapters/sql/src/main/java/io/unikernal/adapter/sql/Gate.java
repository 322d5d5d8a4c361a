package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Lets a bounded number through, first come first served, until it is closed. */
final class Gate {
  /** More than ever wait at once: wakes all of them. */
  private static final int EVERYBODY = 1 << 20;

  private final int places;
  private final Semaphore free;
  private volatile boolean closed;

  Gate(int places) {
    this.places = places;
    free = new Semaphore(places, true);
  }

  void enter(Duration wait) throws InterruptedException {
    boolean entered = free.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
    if (closed) {
      throw closedFault().toException();
    }
    if (!entered) {
      throw Fault.of(
              Fault.Code.OVERLOADED,
              places == 1
                  ? "the database's one connection for this is busy"
                  : "all " + places + " connections to the database are busy",
              "shorten what holds them, or raise `pool`")
          .toException();
    }
  }

  void leave() {
    free.release();
  }

  void close() {
    closed = true;
    free.release(EVERYBODY);
  }

  boolean isClosed() {
    return closed;
  }

  static Fault closedFault() {
    return Fault.of(Fault.Code.DISCONNECTED, "the system is closed").withRetryable(false);
  }
}
