package io.unikernal.kernel.resilience;

import io.unikernal.model.Policy;
import io.unikernal.spi.World;
import java.util.BitSet;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Leaves alone for a while what fails. Closed: counts the last calls. Open: calls nothing. Half
 * open: lets a few through, and one that fails opens it again. What began before the state changed
 * says nothing about the state after it.
 */
public final class Breaker {
  /** How a call ended, as the breaker sees it. */
  public enum Verdict {
    ANSWERED,
    FAILED,
    /** It says nothing about what was called: the caller's own mistake, or nobody waited. */
    UNKNOWN
  }

  private enum State {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  /** A call that was let through. */
  public record Pass(long era, long begun) {}

  private final World world;
  private final Policy.CircuitBreaker policy;
  private final ReentrantLock lock = new ReentrantLock();
  private State state = State.CLOSED;

  /** Counts the changes of state. */
  private long era;

  private long openUntil;
  private int probing;
  private int probed;
  private final BitSet failed = new BitSet();
  private final BitSet slow = new BitSet();
  private int counted;
  private int next;

  Breaker(World world, Policy.CircuitBreaker policy) {
    this.world = world;
    this.policy = policy;
  }

  public Policy.CircuitBreaker policy() {
    return policy;
  }

  /**
   * Begins a call; {@link #leave} ends it.
   *
   * @throws Refused while it is open, or enough probes are under way
   */
  public Pass enter(String what) {
    lock.lock();
    try {
      long now = world.nanos();
      if (state == State.OPEN && now - openUntil >= 0) {
        change(State.HALF_OPEN);
      }
      switch (state) {
        case CLOSED -> {}
        case OPEN -> throw refused(what, openUntil - now);
        case HALF_OPEN -> {
          if (probing + probed >= policy.probes()) {
            throw refused(what, 0);
          }
          probing++;
        }
      }
      return new Pass(era, now);
    } finally {
      lock.unlock();
    }
  }

  private static Refused refused(String what, long waitNanos) {
    return Refused.overloaded(
        "`%s` has been failing and is left alone for now".formatted(what), Math.max(1, waitNanos));
  }

  public void leave(Pass pass, Verdict verdict) {
    lock.lock();
    try {
      if (pass.era() != era) {
        return;
      }
      boolean isSlow =
          policy
              .slow()
              .filter(limit -> world.nanos() - pass.begun() > limit.after().toNanos())
              .isPresent();
      switch (state) {
        case CLOSED -> count(verdict, isSlow);
        case OPEN -> {}
        case HALF_OPEN -> probe(verdict, isSlow);
      }
    } finally {
      lock.unlock();
    }
  }

  private void count(Verdict verdict, boolean isSlow) {
    if (verdict == Verdict.UNKNOWN) {
      return;
    }
    failed.set(next, verdict == Verdict.FAILED);
    slow.set(next, isSlow);
    next = (next + 1) % policy.window();
    counted = Math.min(counted + 1, policy.window());
    if (counted == policy.window() && isTooMuch()) {
      open();
    }
  }

  private boolean isTooMuch() {
    double window = policy.window();
    return failed.cardinality() / window >= policy.failureRate()
        || policy.slow().filter(s -> slow.cardinality() / window >= s.rate()).isPresent();
  }

  private void probe(Verdict verdict, boolean isSlow) {
    probing--;
    if (verdict == Verdict.FAILED || isSlow && verdict == Verdict.ANSWERED) {
      open();
    } else if (verdict == Verdict.ANSWERED && ++probed >= policy.probes()) {
      change(State.CLOSED);
    }
  }

  private void open() {
    change(State.OPEN);
    openUntil = world.nanos() + policy.openFor().toNanos();
  }

  private void change(State to) {
    state = to;
    era++;
    probing = 0;
    probed = 0;
    counted = 0;
    next = 0;
    failed.clear();
    slow.clear();
  }

  /** For people. */
  String text() {
    lock.lock();
    try {
      return switch (state) {
        case CLOSED -> "closed, %d of the last %d failed".formatted(failed.cardinality(), counted);
        case OPEN -> {
          long left = openUntil - world.nanos();
          yield left <= 0
              ? "open, the next call is a probe"
              : "open for another " + Durations.text(java.time.Duration.ofNanos(left));
        }
        case HALF_OPEN ->
            "%s, %d of %d probes answered"
                .formatted(
                    state.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    probed,
                    policy.probes());
      };
    } finally {
      lock.unlock();
    }
  }
}
