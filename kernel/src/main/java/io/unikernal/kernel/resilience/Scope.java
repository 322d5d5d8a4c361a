package io.unikernal.kernel.resilience;

import io.unikernal.model.Fault;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of work on one thread that others may stop by an interrupt. An interrupt never leaks:
 * once {@link #close} has returned, none of this scope's can come any more, and the thread's flag
 * is set only if an outer scope, or somebody else, asked for it.
 *
 * <p>Lost can be only the interrupt of a stranger in the very moment of our own; the work then ends
 * with our reason.
 */
public final class Scope implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final @Nullable Scope outer;
  private @Nullable Thread thread;

  /** Written under the lock, by the thread of the scope alone, which may read it without. */
  private boolean closed;

  private volatile @Nullable Fault reason;

  private Scope(@Nullable Scope outer, @Nullable Thread thread) {
    this.outer = outer;
    this.thread = thread;
  }

  /** Work of the current thread. */
  public static Scope open() {
    return new Scope(null, Thread.currentThread());
  }

  /** Work of a thread that is not started yet: it calls {@link #enter}. */
  public static Scope unbound() {
    return new Scope(null, null);
  }

  /** A part of this work, on the same thread. */
  public Scope inner() {
    return new Scope(this, Thread.currentThread());
  }

  /** Binds an unbound scope to the current thread; a stop that came before counts. */
  public void enter() {
    lock.lock();
    try {
      thread = Thread.currentThread();
      if (reason != null) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Interrupts the work unless it is over or stopped already; the first reason stays. */
  public boolean stop(Fault why) {
    lock.lock();
    try {
      if (closed || reason != null) {
        return false;
      }
      reason = why;
      if (thread != null) {
        thread.interrupt();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Why this very scope was stopped. */
  public Optional<Fault> reason() {
    return Optional.ofNullable(reason);
  }

  /** Why this or one around it was stopped. */
  public Optional<Fault> anyReason() {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      if (scope.reason != null) {
        return scope.reason();
      }
    }
    return Optional.empty();
  }

  /** Called by the thread of the scope when its work is over; again does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    if (reason != null) {
      boolean _ = Thread.interrupted();
      // An outer scope sets its reason before it interrupts, so ours cannot hide its interrupt.
      if (outer != null && outer.anyReason().isPresent()) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
