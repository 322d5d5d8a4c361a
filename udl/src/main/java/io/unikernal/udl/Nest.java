package io.unikernal.udl;

/**
 * Which blocks a step stands in, as far as they forbid it something: each text is the block that
 * does, or empty.
 */
record Nest(String noBatch, String noReply, String noFilter, boolean isItem) {
  /** The steps of a pipeline itself. */
  static final Nest TOP = new Nest("", "", "", false);

  /** A block that is run once or not at all: the steps after it know whether it answered. */
  Nest branch(String block) {
    return new Nest(first(noBatch, block), noReply, noFilter, isItem);
  }

  /** A block that is run for each item. */
  Nest loop() {
    return new Nest(first(noBatch, "for_each"), first(noReply, "for_each"), noFilter, true);
  }

  /** A block beside the way of the message. */
  Nest aside(String block) {
    return new Nest(first(noBatch, block), first(noReply, block), first(noFilter, block), isItem);
  }

  private static String first(String outer, String inner) {
    return outer.isEmpty() ? inner : outer;
  }
}
