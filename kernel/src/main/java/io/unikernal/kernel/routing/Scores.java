package io.unikernal.kernel.routing;

/** Hears what a way to choose thinks of each candidate. */
@FunctionalInterface
interface Scores {
  Scores UNHEARD = (_, _) -> {};

  void put(Candidate candidate, double score);
}
