package io.unikernal.kernel;

import io.unikernal.model.Fault;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Platform threads for work that would hold a carrier: JNI, files, long computations. */
final class BlockingPool {
  static final int THREADS_MAX = 16;
  static final int QUEUE_MAX = 1024;

  /** How long an interrupted caller waits for its work to end before it leaves. */
  static final long GRACE_MILLIS = 200;

  private static final int IDLE_SECONDS = 30;
  private final AtomicInteger made = new AtomicInteger();
  private final ThreadPoolExecutor threads;

  BlockingPool(int threadsMax, int queueMax) {
    threads =
        new ThreadPoolExecutor(
            threadsMax,
            threadsMax,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queueMax),
            body -> new Worker(body, "unikernal-blocking-" + made.incrementAndGet()));
    threads.allowCoreThreadTimeOut(true);
  }

  /** Waits for the work; interrupting the caller interrupts it. */
  <T> T run(Callable<T> work) throws Exception {
    if (Thread.currentThread() instanceof Worker) {
      return work.call(); // another thread of the pool might never come
    }
    var job = new Job<>(work);
    try {
      threads.execute(job);
    } catch (RejectedExecutionException _) {
      throw Fault.of(
              Fault.Code.OVERLOADED,
              "too much blocking work waits",
              "at most " + QUEUE_MAX + " may wait for " + THREADS_MAX + " threads")
          .toException();
    }
    try {
      return job.get();
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } catch (InterruptedException e) {
      giveUp(job);
      throw e;
    }
  }

  private void giveUp(Job<?> job) throws InterruptedException {
    job.cancel(true);
    if (!threads.remove(job)) {
      var _ = job.ended.await(GRACE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static Exception unwrapped(ExecutionException e) {
    return switch (e.getCause()) {
      case Exception cause -> cause;
      case Error cause -> throw cause;
      case null, default -> e;
    };
  }

  private static final class Worker extends Thread {
    Worker(Runnable body, String name) {
      super(body, name);
      setDaemon(true);
    }
  }

  private static final class Job<T> extends FutureTask<T> {
    private final CountDownLatch ended = new CountDownLatch(1);

    Job(Callable<T> work) {
      super(work);
    }

    @Override
    public void run() {
      try {
        super.run();
      } finally {
        ended.countDown();
      }
    }
  }
}
