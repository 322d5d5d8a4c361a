package io.unikernal.kernel.routing;

import io.unikernal.spi.World;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Thompson sampling: for each member a success rate and a time are drawn from what is known of it,
 * and the one with the least expected cost is taken. The less is known of a member, the wider are
 * the draws, so that it is tried now and then; what is certain is used.
 *
 * <p>The success rate is drawn from a Beta distribution of the calls in memory over an even prior;
 * the time from a normal one around their mean, as wide as the error of the mean. A call costs its
 * time, times the calls under way and itself, and a failure {@link #FAILURE} besides.
 */
final class Adaptive implements Chooser {
  /** What a failure costs, at least; or ten times the time of a call. */
  static final Duration FAILURE = Duration.ofSeconds(1);

  private static final double FAILURE_TIMES = 10;
  private final World world;

  Adaptive(World world) {
    this.world = world;
  }

  @Override
  public Candidate choose(List<Candidate> candidates, Supplier<String> key, Scores scores) {
    double typical = typical(candidates);
    var best = candidates.getFirst();
    double least = Double.POSITIVE_INFINITY;
    for (var one : candidates) {
      double cost = cost(one.statistics().snapshot(), typical) / one.weight();
      scores.put(one, cost);
      if (cost < least) {
        least = cost;
        best = one;
      }
    }
    return best;
  }

  /** The least mean of those that are known: of the others nothing worse is expected. */
  private static double typical(List<Candidate> candidates) {
    return candidates.stream()
        .map(one -> one.statistics().snapshot())
        .filter(Statistics.Snapshot::isKnown)
        .mapToDouble(Statistics.Snapshot::meanNanos)
        .min()
        .orElse(0);
  }

  private double cost(Statistics.Snapshot known, double typical) {
    double rate = beta(1 + known.calls() - known.failures(), 1 + known.failures());
    double mean = known.isKnown() ? known.meanNanos() : typical;
    double error = Math.max(known.deviationNanos(), mean * 0.1) / Math.sqrt(1 + known.calls());
    double time = Math.max(mean * 0.1, mean + normal() * error) * (known.inFlight() + 1);
    return time + (1 - rate) * Math.max(FAILURE.toNanos(), FAILURE_TIMES * time);
  }

  private double beta(double successes, double failures) {
    double one = gamma(successes);
    double other = gamma(failures);
    return one / (one + other);
  }

  /** After Marsaglia and Tsang, for shapes of 1 and more. */
  private double gamma(double shape) {
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = normal();
      double v = Math.pow(1 + c * x, 3);
      if (v > 0 && Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }

  /** After Box and Muller. */
  private double normal() {
    return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * world.random());
  }

  /** Above 0. */
  private double uniform() {
    return 1 - world.random();
  }
}
