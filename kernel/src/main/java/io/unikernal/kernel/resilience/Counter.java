package io.unikernal.kernel.resilience;

import io.unikernal.model.Policy;
import io.unikernal.spi.StateStore;
import io.unikernal.spi.World;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * At most so many in each period, counted in the store: who shares the store shares the count, and
 * a restart forgets nothing. A key whose count is used up is remembered here, so that what is
 * refused writes nothing.
 */
final class Counter {
  /** Keys whose count is used up that are remembered. */
  static final int SPENT_MAX = 10_000;

  /** The stretch of time that one count is for. */
  @FunctionalInterface
  interface Periods {
    Period at(Instant now);
  }

  record Period(Instant begin, Instant end) {}

  private final World world;
  private final StateStore.Table table;
  private final String name;
  private final long limit;
  private final String per;
  private final Periods periods;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Instant> spent =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > SPENT_MAX;
        }
      };

  private Counter(
      World world, StateStore.Table table, String name, long limit, String per, Periods periods) {
    this.world = world;
    this.table = table;
    this.name = name;
    this.limit = limit;
    this.per = per;
    this.periods = periods;
  }

  static Counter of(World world, StateStore.Table table, String name, Policy.Quota quota) {
    var per = "an hour";
    Periods periods = now -> period(now.truncatedTo(ChronoUnit.HOURS), Duration.ofHours(1));
    switch (quota.per()) {
      case HOUR -> {}
      case DAY -> {
        per = "a day";
        periods = now -> period(now.truncatedTo(ChronoUnit.DAYS), Duration.ofDays(1));
      }
      case MONTH -> {
        per = "a month";
        periods = Counter::month;
      }
    }
    return new Counter(world, table, name, quota.limit(), per, periods);
  }

  /** A rate limit that is shared has fixed windows, since a bucket is no number to add to. */
  static Counter of(World world, StateStore.Table table, String name, Policy.RateLimit shared) {
    long window = Math.max(1, shared.window().toMillis());
    return new Counter(
        world,
        table,
        name,
        shared.limit(),
        Durations.text(shared.window()),
        now -> {
          long begin = Math.floorDiv(now.toEpochMilli(), window) * window;
          return period(Instant.ofEpochMilli(begin), Duration.ofMillis(window));
        });
  }

  private static Period period(Instant begin, Duration length) {
    return new Period(begin, begin.plus(length));
  }

  private static Period month(Instant now) {
    var day = now.atZone(ZoneOffset.UTC).toLocalDate().withDayOfMonth(1);
    return new Period(
        day.atStartOfDay(ZoneOffset.UTC).toInstant(),
        day.plusMonths(1).atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  /** Takes one or throws OVERLOADED, which says when the next period begins. */
  void acquire(String key, String what) {
    var now = world.now();
    var period = periods.at(now);
    if (isSpent(key, now) || !take(key, period)) {
      long wait = Duration.between(now, period.end()).toNanos();
      throw Refused.overloaded("`%s` takes at most %d in %s".formatted(what, limit, per), wait);
    }
  }

  private boolean take(String key, Period period) {
    var counted = name + '\n' + period.begin() + '\n' + key;
    if (table.add(counted, 1, period.end()) <= limit) {
      return true;
    }
    // What was not let in is not counted: the limit may be raised before the period ends.
    table.add(counted, -1, period.end());
    lock.lock();
    try {
      spent.put(key, period.end());
    } finally {
      lock.unlock();
    }
    return false;
  }

  private boolean isSpent(String key, Instant now) {
    lock.lock();
    try {
      var until = spent.get(key);
      if (until != null && !until.isAfter(now)) {
        spent.remove(key);
        return false;
      }
      return until != null;
    } finally {
      lock.unlock();
    }
  }
}
