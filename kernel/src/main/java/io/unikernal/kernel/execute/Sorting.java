package io.unikernal.kernel.execute;

import io.unikernal.kernel.execute.Gathering.Batch;
import io.unikernal.kernel.execute.Gathering.Place;
import io.unikernal.model.Step;
import io.unikernal.model.Value;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * Which batches a message belongs to, and when they are over. All under the lock of a {@link
 * Gathering}.
 */
abstract sealed class Sorting {
  /** The open ones by the end of their window, then by key. */
  private final TreeMap<Long, SequencedMap<String, Batch>> open = new TreeMap<>();

  private int size;

  /**
   * A message that comes.
   *
   * @param bytes of its value as JSON, where they count
   * @param at the time that it counts for; empty for now
   */
  record Item(Value value, String key, long bytes, Optional<Instant> at) {}

  /** At least one. Batches that are said to go on before are no longer found after. */
  abstract List<Place> places(Item item, Instant now);

  /** Those that are over by what has come. */
  List<Batch> ended() {
    return List.of();
  }

  abstract int countMax();

  final int size() {
    return size;
  }

  final List<Batch> all() {
    return open.values().stream().flatMap(some -> some.values().stream()).toList();
  }

  final List<Batch> until(long end) {
    return open.headMap(end, true).values().stream()
        .flatMap(some -> some.values().stream())
        .toList();
  }

  final Batch oldest() {
    return open.firstEntry().getValue().firstEntry().getValue();
  }

  final Optional<Batch> find(long end, String key) {
    return Optional.ofNullable(open.getOrDefault(end, new LinkedHashMap<>()).get(key));
  }

  final Batch open(long end, String key) {
    var batch = new Batch(end, key);
    open.computeIfAbsent(end, _ -> new LinkedHashMap<>()).put(key, batch);
    size++;
    return batch;
  }

  /** No effect on one that is not open. */
  final void remove(Batch batch) {
    var some = open.getOrDefault(batch.end, new LinkedHashMap<>());
    if (some.remove(batch.key, batch)) {
      size--;
      if (some.isEmpty()) {
        open.remove(batch.end);
      }
    }
  }

  /** As a {@code batch} says: so many, or so large, or so late. */
  static final class ByCount extends Sorting {
    private final int countMax;
    private final long bytesMax;
    private final Duration within;

    ByCount(Step.Batch step) {
      countMax = Math.clamp(step.countMax().orElse(Step.Batch.COUNT_MAX), 1, Step.Batch.COUNT_MAX);
      bytesMax = step.bytesMax().orElse(Long.MAX_VALUE);
      within = step.within();
    }

    @Override
    List<Place> places(Item item, Instant now) {
      var before = new ArrayList<Batch>();
      var batch = find(0, item.key()).orElse(null);
      if (batch != null && batch.bytes() > bytesMax - item.bytes()) {
        before.add(batch);
        remove(batch);
        batch = null;
      }
      if (batch == null) {
        batch = open(0, item.key());
      }
      boolean isFull = batch.size() + 1 >= countMax || batch.bytes() >= bytesMax - item.bytes();
      return List.of(new Place(before, batch, isFull, within));
    }

    @Override
    int countMax() {
      return countMax;
    }
  }

  /**
   * As a {@code window} says. Windows begin at whole multiples of {@code slide} since 1970. Without
   * `at` a window is over at its end. With it, time is what the messages say: a window is over once
   * one came that counts for {@code late} after its end or later, or, if none comes, so long after
   * its first message. A message whose windows are all over is late: it goes on alone.
   */
  static final class ByTime extends Sorting {
    private final long every;
    private final long slide;
    private final long late;
    private final int countMax;
    private long seen = Long.MIN_VALUE;

    ByTime(Step.Window step) {
      every = micros(step.every());
      slide = Math.clamp(micros(step.slide()), Math.ceilDiv(every, Step.Window.OVERLAP_MAX), every);
      late = step.late().toNanos() / 1_000;
      countMax = Math.clamp(step.countMax(), 1, Step.Window.COUNT_MAX);
    }

    private static long micros(Duration time) {
      return Math.max(1, time.toNanos() / 1_000);
    }

    private static long micros(Instant time) {
      return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    @Override
    List<Place> places(Item item, Instant now) {
      long present = micros(now);
      boolean isByClock = item.at().isEmpty();
      long time = isByClock ? present : micros(item.at().get());
      var places = new ArrayList<Place>();
      long last = Math.floorDiv(time, slide) * slide;
      for (long begin = last; begin > time - every; begin -= slide) {
        long end = begin + every;
        if (isByClock || end + late > seen) {
          var within = micros(isByClock ? end - present : every + late);
          places.add(0, place(end, item.key(), within));
        }
      }
      if (places.isEmpty()) {
        places.add(new Place(List.of(), new Batch(last + every, item.key()), true, Duration.ZERO));
      }
      if (!isByClock) {
        // A time that is still to come moves nothing: one wrong clock must not end all windows.
        seen = Math.max(seen, Math.min(time, present));
      }
      return places;
    }

    private Place place(long end, String key, Duration within) {
      var batch = find(end, key).orElseGet(() -> open(end, key));
      return new Place(List.of(), batch, batch.size() + 1 >= countMax, within);
    }

    private static Duration micros(long count) {
      return Duration.of(count, ChronoUnit.MICROS);
    }

    @Override
    List<Batch> ended() {
      return seen == Long.MIN_VALUE ? List.of() : until(seen - late);
    }

    @Override
    int countMax() {
      return countMax;
    }
  }
}
