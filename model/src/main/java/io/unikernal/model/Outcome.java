package io.unikernal.model;

/** What became of a message: the only ways it may end. */
public sealed interface Outcome {
  record Done(Reply reply) implements Outcome {
    public static final Done NONE = new Done(Reply.NONE);
  }

  /** Given up on purpose, and counted; {@code reason} is a short stable text. */
  record Dropped(String reason) implements Outcome {}

  record Failed(Fault fault) implements Outcome {}
}
