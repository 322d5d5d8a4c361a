package io.unikernal.kernel.routing;

import io.unikernal.model.SmartTarget.By;
import io.unikernal.spi.World;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** All ways to choose but the adaptive one, which has a file of its own. */
final class Choosers {
  private Choosers() {}

  static Chooser of(By by, World world) {
    return switch (by) {
      case ROUND_ROBIN, WEIGHTED -> new InTurn();
      case STICKY -> new Sticky();
      case LEAST_BUSY -> new Least(world, Choosers::busy);
      case COST -> new Least(world, one -> one.cost() / one.weight());
      case LATENCY -> new Least(world, Choosers::time);
      case ERRORS -> new Least(world, one -> one.statistics().snapshot().failureRate());
      case ADAPTIVE -> new Adaptive(world);
    };
  }

  private static double busy(Candidate one) {
    return (one.statistics().snapshot().inFlight() + 1) / one.weight();
  }

  /** Those under way count, or all messages of a moment would go to one. Unknown is tried first. */
  private static double time(Candidate one) {
    var now = one.statistics().snapshot();
    return (now.isKnown() ? now.meanNanos() : 0) * (now.inFlight() + 1) / one.weight();
  }

  /** Each in turn, those with a greater weight more often, spread evenly. */
  private static final class InTurn implements Chooser {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Double> credit = new HashMap<>();

    @Override
    public Candidate choose(List<Candidate> candidates, Supplier<String> key, Scores scores) {
      lock.lock();
      try {
        double sum = 0;
        double most = Double.NEGATIVE_INFINITY;
        var best = candidates.getFirst();
        for (var one : candidates) {
          sum += one.weight();
          double has = credit.merge(one.name(), one.weight(), Double::sum);
          scores.put(one, has);
          if (has > most + 1e-9) {
            most = has;
            best = one;
          }
        }
        credit.merge(best.name(), -sum, Double::sum);
        return best;
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Rendezvous hashing: each member bids for the key, and the highest bid wins. A member that goes
   * or comes moves only its own keys.
   */
  private static final class Sticky implements Chooser {
    private static final double UNIT = 0x1.0p-53;

    @Override
    public Candidate choose(List<Candidate> candidates, Supplier<String> key, Scores scores) {
      String text = key.get();
      var best = candidates.getFirst();
      double highest = Double.NEGATIVE_INFINITY;
      for (var one : candidates) {
        double bid = one.weight() / -Math.log(((hash(text, one.name()) >>> 11) + 0.5) * UNIT);
        scores.put(one, bid);
        if (bid > highest) {
          highest = bid;
          best = one;
        }
      }
      return best;
    }

    private static long hash(String key, String name) {
      long hash = 0xCBF29CE484222325L;
      for (int i = 0; i < key.length(); i++) {
        hash = (hash ^ key.charAt(i)) * 0x100000001B3L;
      }
      hash = mix(hash);
      for (int i = 0; i < name.length(); i++) {
        hash = (hash ^ name.charAt(i)) * 0x100000001B3L;
      }
      return mix(hash);
    }

    private static long mix(long z) {
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      return z ^ (z >>> 31);
    }
  }

  /** That of which there is least; of equals the one with the fewest calls under way, or any. */
  private static final class Least implements Chooser {
    private final World world;
    private final ToDoubleFunction<Candidate> measure;

    Least(World world, ToDoubleFunction<Candidate> measure) {
      this.world = world;
      this.measure = measure;
    }

    @Override
    public Candidate choose(List<Candidate> candidates, Supplier<String> key, Scores scores) {
      var best = candidates.getFirst();
      double least = measure.applyAsDouble(best);
      double busy = busy(best);
      scores.put(best, least);
      int equals = 1;
      for (var one : candidates.subList(1, candidates.size())) {
        double value = measure.applyAsDouble(one);
        double load = busy(one);
        scores.put(one, value);
        boolean isEqual = value == least && load == busy;
        equals = isEqual ? equals + 1 : equals;
        if (value < least || value == least && load < busy) {
          equals = 1;
        } else if (!isEqual || world.random() * equals >= 1) {
          continue;
        }
        best = one;
        least = value;
        busy = load;
      }
      return best;
    }
  }
}
