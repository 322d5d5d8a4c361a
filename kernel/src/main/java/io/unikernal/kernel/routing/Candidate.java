package io.unikernal.kernel.routing;

/**
 * A member that may be chosen.
 *
 * @param weight its share relative to those of the others; 0 is never chosen
 * @param cost of a call, in a unit that only the author knows
 */
public record Candidate(String name, double weight, double cost, Statistics statistics) {}
