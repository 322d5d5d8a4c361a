package io.unikernal.kernel.routing;

import java.util.List;

/**
 * Why a member was chosen.
 *
 * @param chosen its name
 * @param why {@code preferred}, {@code canary}, {@code the only one that works}, or the way
 * @param candidates all of them, in the order of the definition
 */
public record Decision(String chosen, String why, List<Considered> candidates) {

  /**
   * A member as it was known at that moment.
   *
   * @param share how much of its share it may have: 0 while it is left out
   * @param score what the way gave it, of which the least is taken, or by {@code sticky}, {@code
   *     weighted} and {@code round_robin} the most; NaN where it was not asked
   */
  public record Considered(
      String name, double share, double score, double calls, double failures, double meanMillis) {}
}
