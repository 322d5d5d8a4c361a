package io.unikernal.testing;

import io.unikernal.model.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which ways of a definition its tests went. Written by one thread at a time. */
public final class Coverage {
  private final Map<Branch, long[]> taken = new LinkedHashMap<>();

  /**
   * A way that a message may go.
   *
   * @param in its route or pipeline
   * @param what as {@code when: true}, {@code case 2}, {@code catch}, {@code on_error}
   */
  public record Branch(String in, String what, Origin origin) {}

  /** How often it was taken. */
  public record Taken(Branch branch, long times) {}

  /** A branch that is there, whether or not it is ever taken. */
  void declare(Branch branch) {
    taken.computeIfAbsent(branch, _ -> new long[1]);
  }

  void take(Branch branch) {
    taken.computeIfAbsent(branch, _ -> new long[1])[0]++;
  }

  /** All, in the order of the definition. */
  public List<Taken> branches() {
    var all = new ArrayList<Taken>();
    taken.forEach((branch, times) -> all.add(new Taken(branch, times[0])));
    return List.copyOf(all);
  }

  public long takenCount() {
    return taken.values().stream().filter(times -> times[0] > 0).count();
  }
}
