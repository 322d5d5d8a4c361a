package io.unikernal.kernel.routing;

import java.time.Duration;

/**
 * How long calls took, by buckets that grow by a twelfth: a percentile is too large by that at
 * most, and never too small. What happened counts half after {@link #HALF_LIFE}. New calls weigh
 * more and more instead of old ones less and less, so that a call costs one addition; now and then
 * all is scaled down. Not safe for threads: who has it has a lock.
 */
final class Histogram {
  static final Duration HALF_LIFE = Duration.ofMinutes(1);

  /** With less than this many calls in memory a percentile says nothing. */
  static final double KNOWN_MIN = 20;

  /** Less than this is not told apart: a microsecond. */
  private static final double LEAST_NANOS = 1_000;

  private static final double PER_DOUBLING = 9;
  private static final double LOG_2 = Math.log(2);

  /** Up to {@code LEAST_NANOS * 2^(255 / 9)}, some five days. */
  private static final int BUCKETS = 256;

  private static final double WEIGHT_MAX = 0x1p40;
  private final double[] weights = new double[BUCKETS];
  private double sum;
  private long origin;

  Histogram(long now) {
    origin = now;
  }

  void add(long nanos, long now) {
    double weight = weight(now);
    if (weight > WEIGHT_MAX) {
      for (int i = 0; i < BUCKETS; i++) {
        weights[i] /= weight;
      }
      sum /= weight;
      origin = now;
      weight = 1;
    }
    weights[bucket(nanos)] += weight;
    sum += weight;
  }

  /** How many calls are in memory, each by its age. */
  double calls(long now) {
    return sum / weight(now);
  }

  /** The time that {@code percent} of the calls did not take longer than; 0 if there was none. */
  long percentile(double percent) {
    double wanted = sum * percent / 100;
    double seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += weights[i];
      if (seen >= wanted && weights[i] > 0) {
        return Math.round(LEAST_NANOS * Math.pow(2, (i + 1) / PER_DOUBLING));
      }
    }
    return 0;
  }

  private double weight(long now) {
    return Math.pow(2, (now - origin) / (double) HALF_LIFE.toNanos());
  }

  private static int bucket(long nanos) {
    double doublings = Math.log(Math.max(LEAST_NANOS, nanos) / LEAST_NANOS) / LOG_2;
    return Math.min(BUCKETS - 1, (int) (doublings * PER_DOUBLING));
  }
}
