package io.unikernal.adapter.timer;

import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** When the next message is due. */
sealed interface Schedule {
  /** The first time after {@code after}; empty when there is none. */
  Optional<Instant> next(Instant after);

  /** How many times there are after {@code from}, until {@code to} inclusive; at least 1. */
  long count(Instant from, Instant to);

  /** Times at a fixed distance. */
  record Every(Duration distance) implements Schedule {
    @Override
    public Optional<Instant> next(Instant after) {
      return Optional.of(after.plus(distance));
    }

    @Override
    public long count(Instant from, Instant to) {
      return Math.max(1, Duration.between(from, to).dividedBy(distance));
    }
  }

  record ByCron(Cron cron, ZoneId zone) implements Schedule {
    /** Counting goes time by time: a clock that jumps by years is not counted to the end. */
    private static final int COUNT_MAX = 100_000;

    @Override
    public Optional<Instant> next(Instant after) {
      return cron.next(after, zone);
    }

    @Override
    public long count(Instant from, Instant to) {
      long count = 0;
      var next = next(from);
      while (count < COUNT_MAX && next.isPresent() && !next.get().isAfter(to)) {
        count++;
        next = next(next.get());
      }
      return Math.max(1, count);
    }
  }

  static Schedule of(Config options) {
    if (options.has(TimerAdapter.EVERY)) {
      return new Every(options.get(TimerAdapter.EVERY));
    }
    return switch (Cron.parse(options.get(TimerAdapter.CRON))) {
      case Cron.Result.Parsed(Cron cron) ->
          new ByCron(cron, ZoneId.of(options.get(TimerAdapter.ZONE)));
      case Cron.Result.Wrong(int at, var message, var hint) ->
          throw Fault.of(Fault.Code.INVALID, "cron: " + message, hint).toException();
    };
  }
}
