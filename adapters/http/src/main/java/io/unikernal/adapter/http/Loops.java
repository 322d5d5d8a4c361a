package io.unikernal.adapter.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The event loops of all open systems of one adapter: made for the first, ended with the last. Any
 * thread.
 */
final class Loops {
  private static final int LOOPS_MAX = 8;
  private static final long CLOSE_SECONDS_MAX = 10;

  private final ReentrantLock lock = new ReentrantLock();
  private Optional<Lease.Shared> shared = Optional.empty();
  private int leases;

  /** Waits for the loops to start where they do not run yet. */
  Lease acquire() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (shared.isEmpty()) {
        shared = Optional.of(start());
      }
      leases++;
      return new Lease(this, shared.get());
    } finally {
      lock.unlock();
    }
  }

  private void release() {
    lock.lock();
    try {
      if (--leases == 0) {
        shared.ifPresent(running -> await(running.vertx().close()));
        shared = Optional.empty();
      }
    } finally {
      lock.unlock();
    }
  }

  private static Lease.Shared start() throws InterruptedException {
    int count = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, LOOPS_MAX);
    // Vert.x's workers and file cache are not used: messages run on virtual threads.
    var options =
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(count)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(2)
            .setDisableTCCL(true)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false));
    var vertx = (VertxInternal) Vertx.vertx(options);
    var contexts = new ArrayList<ContextInternal>();
    var byThread = new HashMap<Thread, ContextInternal>();
    for (int i = 0; i < count; i++) {
      ContextInternal context = vertx.createEventLoopContext();
      contexts.add(context);
      var thread = new CompletableFuture<Thread>();
      context.nettyEventLoop().execute(() -> thread.complete(Thread.currentThread()));
      try {
        byThread.put(thread.get(), context);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    return new Lease.Shared(
        vertx,
        List.copyOf(contexts),
        Map.copyOf(byThread),
        ConcurrentHashMap.newKeySet(),
        new AtomicInteger());
  }

  /** Waits a bounded time for something to end; what does not end by then is left to itself. */
  static boolean await(Future<?> ending) {
    try {
      ending.toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException _) {
      return false;
    }
  }

  /** One system's share. */
  static final class Lease {
    private static final Optional<MethodHandle> CARRIER = carrierAccess();

    private final Loops loops;
    private final Shared running;
    private final AtomicInteger turn = new AtomicInteger();
    private boolean isReleased;

    record Shared(
        VertxInternal vertx,
        List<ContextInternal> contexts,
        Map<Thread, ContextInternal> byThread,
        Set<ListenAddress> claimed,
        AtomicInteger freePorts) {}

    private Lease(Loops loops, Shared running) {
      this.loops = loops;
      this.running = running;
    }

    VertxInternal vertx() {
      return running.vertx();
    }

    List<ContextInternal> contexts() {
      return running.contexts();
    }

    /**
     * The loop that the calling virtual thread runs on, so that its I/O wakes no other thread; any
     * loop when it runs elsewhere.
     */
    ContextInternal nearest() {
      if (CARRIER.isPresent()) {
        try {
          var carrier = (Thread) CARRIER.get().invokeExact();
          ContextInternal context = running.byThread().get(carrier);
          if (context != null) {
            return context;
          }
        } catch (Throwable e) {
          throw new IllegalStateException(e);
        }
      }
      int next = Math.floorMod(turn.getAndIncrement(), running.contexts().size());
      return running.contexts().get(next);
    }

    /** Whether no other system of these loops has the address. */
    boolean claim(ListenAddress address) {
      return running.claimed().add(address);
    }

    void unclaim(ListenAddress address) {
      running.claimed().remove(address);
    }

    /** A new negative number: Vert.x's name for "any free port". */
    int nextFreePort() {
      return running.freePorts().decrementAndGet();
    }

    /** Gives the share back, once. */
    void release() {
      loops.lock.lock();
      try {
        if (isReleased) {
          return;
        }
        isReleased = true;
      } finally {
        loops.lock.unlock();
      }
      loops.release();
    }

    /** Works only where `java.lang` is opened, as for the kernel's virtual threads on loops. */
    private static Optional<MethodHandle> carrierAccess() {
      try {
        var method = Thread.class.getDeclaredMethod("currentCarrierThread");
        method.setAccessible(true);
        return Optional.of(MethodHandles.lookup().unreflect(method));
      } catch (ReflectiveOperationException | RuntimeException _) {
        return Optional.empty();
      }
    }
  }
}
