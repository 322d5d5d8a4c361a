package io.unikernal.kernel.routing;

import io.unikernal.kernel.explain.Note;
import io.unikernal.model.SmartTarget.By;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Chooses among the members of one target: first those that work, then what the author prefers,
 * then the way that is written.
 */
public final class Selection {
  private final World world;
  private final By by;
  private final Chooser chooser;
  private final List<Candidate> candidates;

  public Selection(World world, By by, List<Candidate> candidates) {
    this.world = world;
    this.by = by;
    this.chooser = Choosers.of(by, world);
    this.candidates = candidates.stream().filter(one -> one.weight() > 0).toList();
  }

  /** Who was chosen, and why. */
  public record Choice(Candidate candidate, String why) {}

  /** {@code preferred}: a name, or an empty text. */
  public Choice choose(String preferred, Supplier<String> key) {
    var working = working();
    for (var one : working) {
      if (one.name().equals(preferred)) {
        return new Choice(one, "preferred");
      }
    }
    return working.size() == 1
        ? new Choice(working.getFirst(), "the only one that works")
        : new Choice(chooser.choose(working, key), by.toString());
  }

  /** The choice with what was known of each, for who asks why. */
  public Note note(String target, Choice choice) {
    var among = new ArrayList<Note.Choice>(candidates.size());
    for (var one : candidates) {
      var now = one.statistics().snapshot();
      among.add(
          new Note.Choice(
              one.name(),
              one.statistics().share(),
              now.inFlight(),
              now.failureRate(),
              now.meanNanos()));
    }
    return new Note.Chosen(target, choice.candidate().name(), choice.why(), List.copyOf(among));
  }

  /** Where none works, all: one of them may work again. */
  private List<Candidate> working() {
    var working = new ArrayList<Candidate>(candidates.size());
    for (var one : candidates) {
      double share = one.statistics().share();
      if (share >= 1 || share > 0 && world.random() < share) {
        working.add(one);
      }
    }
    return working.isEmpty() ? candidates : working;
  }
}
