package io.unikernal.udl;

import io.unikernal.model.Origin;
import io.unikernal.model.Policy;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The policies of one place, which remember where each is used and what they replaced. This is the
 * one place that says what several policies of a kind make together.
 */
final class Guards extends AbstractList<Policy> {
  static final Guards NONE = new Guards(List.of(), List.of());

  private final List<Guard> guards;
  private final List<Replaced> replaced;

  /**
   * Where a policy is used, from the farthest to the nearest.
   *
   * @param what as {@code route web.in -> db.save}
   */
  record Scope(Level level, String what) {}

  /** How near a policy is to the work that it guards. */
  enum Level {
    DEFAULTS,
    SYSTEM,
    OPERATION,
    ROUTE,
    PIPELINE,
    STEP
  }

  record Guard(Policy policy, Scope scope) {}

  /** One that does not count, and the one that counts instead. */
  record Replaced(Guard guard, Policy by) {}

  private Guards(List<Guard> guards, List<Replaced> replaced) {
    this.guards = List.copyOf(guards);
    this.replaced = List.copyOf(replaced);
  }

  static Guards of(List<Policy> policies, Scope scope) {
    return new Guards(
        policies.stream().map(policy -> new Guard(policy, scope)).toList(), List.of());
  }

  /** The same policies, seen as these. */
  static Guards from(List<Policy> policies) {
    return policies instanceof Guards guards
        ? guards
        : of(policies, new Scope(Level.ROUTE, Origin.NONE.toString()));
  }

  List<Guard> guards() {
    return guards;
  }

  List<Replaced> replaced() {
    return replaced;
  }

  /**
   * Of a kind of which the nearest counts, the nearer replaces. All others stay: the kernel takes
   * the least of the time limits.
   */
  static Guards merge(List<Policy> nearer, List<Policy> farther) {
    return join(from(nearer), from(farther), true);
  }

  /** Those of {@code farther} that {@code nearer}, which stands inside of it, does not replace. */
  static Guards outside(List<Policy> nearer, List<Policy> farther) {
    return join(from(nearer), from(farther), false);
  }

  private static Guards join(Guards nearer, Guards farther, boolean isWithNearer) {
    var guards = new ArrayList<Guard>(isWithNearer ? nearer.guards : List.of());
    var replaced = new ArrayList<Replaced>(isWithNearer ? nearer.replaced : List.of());
    replaced.addAll(farther.replaced);
    for (Guard guard : farther.guards) {
      Optional<Policy> by =
          guard.policy().kind().together() == Policy.Together.NEAREST
              ? nearer.find(guard.policy().kind())
              : Optional.empty();
      boolean isThere = guards.stream().anyMatch(known -> known.policy() == guard.policy());
      by.ifPresent(policy -> replaced.add(new Replaced(guard, policy)));
      if (by.isEmpty() && !isThere) {
        guards.add(guard);
      }
    }
    return new Guards(guards, replaced);
  }

  /** Repeating or leaving alone: of a default, that is for each call and not for the whole. */
  static boolean isOfCall(Policy.Kind kind) {
    return switch (kind) {
      case RETRY, CIRCUIT_BREAKER -> true;
      case ACCESS, CUSTOM, RATE_LIMIT, QUOTA, DEAD_LETTER, SAMPLE, VALIDATE -> false;
      case IDEMPOTENCY, CACHE, CONCURRENCY, TIMEOUT -> false;
    };
  }

  /** Those of other kinds. */
  Guards without(Policy.Kind kind) {
    return new Guards(
        guards.stream().filter(guard -> guard.policy().kind() != kind).toList(), replaced);
  }

  Optional<Policy> find(Policy.Kind kind) {
    return guards.stream().map(Guard::policy).filter(p -> p.kind() == kind).findFirst();
  }

  @Override
  public Policy get(int index) {
    return guards.get(index).policy();
  }

  @Override
  public int size() {
    return guards.size();
  }
}
