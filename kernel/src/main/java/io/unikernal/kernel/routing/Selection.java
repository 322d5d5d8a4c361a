package io.unikernal.kernel.routing;

import io.unikernal.model.SmartTarget.By;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Chooses among the members of one target: first those that work, then what the author prefers,
 * then the way that is written.
 */
public final class Selection {
  private final By by;
  private final Chooser chooser;
  private final List<Candidate> candidates;

  public Selection(World world, By by, List<Candidate> candidates) {
    this.by = by;
    this.chooser = Choosers.of(by, world);
    this.candidates = List.copyOf(candidates.stream().filter(one -> one.weight() > 0).toList());
  }

  /** Who was chosen, and why. */
  public record Choice(Candidate candidate, String why) {}

  /** {@code preferred}: a name, or an empty text. */
  public Choice choose(String preferred, Supplier<String> key) {
    return choose(preferred, key, Scores.UNHEARD);
  }

  /** The same, with a record of why. */
  public Decided decide(String preferred, Supplier<String> key) {
    var scores = new HashMap<String, Double>();
    var considered = new ArrayList<Decision.Considered>();
    var choice = choose(preferred, key, (one, score) -> scores.put(one.name(), score));
    for (var one : candidates) {
      var known = one.statistics().snapshot();
      considered.add(
          new Decision.Considered(
              one.name(),
              one.statistics().share(),
              scores.getOrDefault(one.name(), Double.NaN),
              known.calls(),
              known.failures(),
              known.meanNanos() / 1e6));
    }
    var decision = new Decision(choice.candidate().name(), choice.why(), List.copyOf(considered));
    return new Decided(choice, decision);
  }

  /** A choice and the record of it. */
  public record Decided(Choice choice, Decision decision) {}

  /** Another one that works, for a second copy; empty if there is none. */
  public Optional<Candidate> another(Candidate than, Supplier<String> key) {
    var others = new ArrayList<Candidate>(candidates.size());
    for (var one : candidates) {
      if (one != than && one.statistics().share() > 0) {
        others.add(one);
      }
    }
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(chooser.choose(others, key, Scores.UNHEARD));
  }

  /** Those that a message may come to, in the order of the definition. */
  public List<Candidate> candidates() {
    return candidates;
  }

  private Choice choose(String preferred, Supplier<String> key, Scores scores) {
    var working = working();
    for (var one : working) {
      if (one.name().equals(preferred)) {
        return new Choice(one, "preferred");
      }
    }
    return working.size() == 1
        ? new Choice(working.getFirst(), "the only one that works")
        : new Choice(chooser.choose(working, key, scores), by.toString());
  }

  /** Where none works, all: one of them may work again. */
  private List<Candidate> working() {
    var working = new ArrayList<Candidate>(candidates.size());
    for (var one : candidates) {
      if (one.statistics().mayTake()) {
        working.add(one);
      }
    }
    return working.isEmpty() ? candidates : working;
  }
}
