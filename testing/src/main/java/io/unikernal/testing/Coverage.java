package io.unikernal.testing;

import io.unikernal.model.Origin;
import io.unikernal.model.Policy;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which ways of a definition its tests went. Written by one thread at a time. */
public final class Coverage {
  private final Map<Branch, long[]> taken = new LinkedHashMap<>();
  private final Map<Branch, long[]> acted = new LinkedHashMap<>();

  /** A policy is one object wherever it stands; it is told of at the first place. */
  private final Map<Policy, Branch> policies = new IdentityHashMap<>();

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

  /** A policy that is there, whether or not it ever does something. */
  void declare(Policy policy, String in) {
    policies.computeIfAbsent(
        policy,
        _ -> {
          var branch = new Branch(in, policy.kind().toString(), policy.origin());
          acted.computeIfAbsent(branch, _ -> new long[1]);
          return branch;
        });
  }

  /** It refused, held back, repeated or answered something. */
  void acted(Policy policy) {
    Branch branch = policies.get(policy);
    if (branch != null) {
      acted.computeIfAbsent(branch, _ -> new long[1])[0]++;
    }
  }

  /** Policies, and how often each did something. */
  public List<Taken> policies() {
    return list(acted);
  }

  public long actedCount() {
    return acted.values().stream().filter(times -> times[0] > 0).count();
  }

  private static List<Taken> list(Map<Branch, long[]> counts) {
    return counts.entrySet().stream()
        .map(count -> new Taken(count.getKey(), count.getValue()[0]))
        .toList();
  }

  /** All, in the order of the definition. */
  public List<Taken> branches() {
    return list(taken);
  }

  public long takenCount() {
    return taken.values().stream().filter(times -> times[0] > 0).count();
  }
}
