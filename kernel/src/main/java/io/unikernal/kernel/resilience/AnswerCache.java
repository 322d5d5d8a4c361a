package io.unikernal.kernel.resilience;

import io.unikernal.model.Builtin;
import io.unikernal.model.Cbor;
import io.unikernal.model.FaultException;
import io.unikernal.model.Policy;
import io.unikernal.model.Principal;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps answers for a time. Equal messages at once share one call: the first makes it, the others
 * wait. Only what succeeded is kept; a failure is the one's who called, and the next of those who
 * wait calls itself. An old answer is given while a new one is got, for a time of its own.
 *
 * <p>What was asked for longest ago goes first when there are too many answers, or too many bytes.
 */
final class AnswerCache {
  static final int ENTRIES_MAX = 10_000;
  static final long BYTES_MAX = 64L << 20;

  /** A larger answer is not kept. */
  static final long ANSWER_BYTES_MAX = 4L << 20;

  /** How long one waits for another's call at most, whatever its deadline; then it calls itself. */
  static final Duration WAIT_MAX = Duration.ofSeconds(30);

  /** Gets a new answer beside the message, and tells it, or nothing if it failed. */
  @FunctionalInterface
  interface Refresh {
    void start(Consumer<Optional<Value>> told);
  }

  private record Kept(Value answer, long bytes, long freshUntil, long staleUntil) {}

  /** A call under way. */
  private static final class Flight {
    final Condition over;
    boolean isOver;
    Optional<Value> answer = Optional.empty();

    Flight(Condition over) {
      this.over = over;
    }
  }

  private final World world;
  private final Policy.Cache policy;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, Flight> flights = new HashMap<>();
  private long bytes;
  private long hits;
  private long misses;

  AnswerCache(World world, Policy.Cache policy) {
    this.world = world;
    this.policy = policy;
  }

  /** At a place, which sees its key in its own way. */
  record At(AnswerCache cache, Optional<Policy.Rule> key) {}

  private sealed interface Found {
    record Answer(Value answer) implements Found {}

    /** An old answer; who found it sees to a new one. */
    record Old(Value answer, Flight flight) implements Found {}

    /** None: who found that makes the call for all. */
    record Nothing(Flight flight) implements Found {}

    /** The call of another takes too long. */
    enum Late implements Found {
      LATE
    }
  }

  Optional<Value> run(Asked asked, Optional<Policy.Rule> rule, Attempt attempt, Refresh refresh)
      throws InterruptedException {
    var key = key(asked, rule);
    long wait = Math.min(asked.deadline().remaining(world.nanos()).toNanos(), WAIT_MAX.toNanos());
    return switch (find(key, Duration.ofNanos(wait))) {
      case Found.Answer(var answer) -> {
        asked.acted(policy);
        yield Optional.of(answer);
      }
      case Found.Old(var answer, var flight) -> {
        asked.acted(policy);
        try {
          refresh.start(told -> land(key, flight, told));
        } catch (RuntimeException e) {
          land(key, flight, Optional.empty()); // or nobody would ever try again
          throw e;
        }
        yield Optional.of(answer);
      }
      case Found.Nothing(var flight) -> lead(key, flight, attempt);
      case Found.Late _ -> attempt.run();
    };
  }

  /** Without a key of the author's, what comes and who asks: an answer may depend on both. */
  private static String key(Asked asked, Optional<Policy.Rule> rule) {
    // A cache of a system is one for all of its operations.
    var what = asked.what() + '\n';
    if (rule.isPresent()) {
      return what + KeyText.of(asked.value(rule.get()));
    }
    var who = asked.who();
    var sender = who == Principal.ANONYMOUS ? "" : KeyText.digest(KeyText.exact(Builtin.auth(who)));
    return what + sender + '\n' + KeyText.exact(asked.input());
  }

  private Found find(String key, Duration wait) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      var isLate = new boolean[1];
      World.@Nullable Timer timer = null;
      try {
        while (true) {
          var known = live(key);
          var flight = flights.get(key);
          if (known != null) {
            hits++;
            boolean isFresh = world.nanos() - known.freshUntil() < 0;
            return isFresh || flight != null
                ? new Found.Answer(known.answer())
                : new Found.Old(known.answer(), begin(key));
          }
          if (flight == null) {
            misses++;
            return new Found.Nothing(begin(key));
          }
          if (timer == null) {
            timer = world.after(wait, () -> wake(flight, isLate));
          }
          while (!flight.isOver && !isLate[0]) {
            flight.over.await();
          }
          if (flight.answer.isPresent()) {
            hits++;
            return new Found.Answer(flight.answer.get());
          }
          if (isLate[0]) {
            misses++;
            return Found.Late.LATE;
          }
        }
      } finally {
        if (timer != null) {
          timer.cancel();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void wake(Flight flight, boolean[] isLate) {
    lock.lock();
    try {
      isLate[0] = true;
      flight.over.signalAll();
      flights.values().forEach(other -> other.over.signalAll());
    } finally {
      lock.unlock();
    }
  }

  private Flight begin(String key) {
    var flight = new Flight(lock.newCondition());
    flights.put(key, flight);
    return flight;
  }

  private Optional<Value> lead(String key, Flight flight, Attempt attempt)
      throws InterruptedException {
    Optional<Value> answer = Optional.empty();
    try {
      answer = attempt.run();
      return answer;
    } finally {
      land(key, flight, answer);
    }
  }

  /** The call is over: what it gave is for all who wait, and kept; if nothing, another calls. */
  private void land(String key, Flight flight, Optional<Value> answer) {
    long size = answer.map(AnswerCache::size).orElse(0L);
    lock.lock();
    try {
      flights.remove(key, flight);
      flight.isOver = true;
      flight.answer = answer;
      flight.over.signalAll();
      if (answer.isPresent() && size <= ANSWER_BYTES_MAX) {
        keep(key, answer.get(), size + 2L * key.length());
      }
    } finally {
      lock.unlock();
    }
  }

  private static long size(Value answer) {
    try {
      return Cbor.write(answer).length;
    } catch (FaultException _) {
      return Long.MAX_VALUE; // what has no bytes is not kept
    }
  }

  private void keep(String key, Value answer, long size) {
    long fresh = world.nanos() + policy.ttl().toNanos();
    long stale = fresh + policy.staleWhileRevalidate().toNanos();
    drop(kept.remove(key));
    kept.put(key, new Kept(answer, size, fresh, stale));
    bytes += size;
    var eldest = kept.values().iterator();
    while (kept.size() > ENTRIES_MAX || bytes > BYTES_MAX) {
      drop(eldest.next());
      eldest.remove();
    }
  }

  private @Nullable Kept live(String key) {
    var known = kept.get(key);
    if (known != null && world.nanos() - known.staleUntil() >= 0) {
      drop(kept.remove(key));
      return null;
    }
    return known;
  }

  private void drop(@Nullable Kept gone) {
    if (gone != null) {
      bytes -= gone.bytes();
    }
  }

  /** For people. */
  String text() {
    lock.lock();
    try {
      return "%d answers, %d bytes, %d hits, %d misses".formatted(kept.size(), bytes, hits, misses);
    } finally {
      lock.unlock();
    }
  }
}
