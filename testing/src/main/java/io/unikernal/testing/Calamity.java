package io.unikernal.testing;

import java.time.Duration;
import java.util.Locale;

/**
 * Something that goes wrong in a simulation.
 *
 * @param operation whose call it happens to; empty where it happens to a message or to the kernel
 * @param number of the call or the message, from 0
 * @param at when the kernel is killed
 */
record Calamity(Kind kind, String operation, int number, Duration at) {

  /** What may go wrong, as the command line names it. */
  enum Kind {
    /** A call fails, and nothing was done. */
    FAIL,
    /** A call is not answered for an hour. */
    HANG,
    /** A call takes half a minute. */
    SLOW,
    /** What was called did its work, and the connection broke before its answer. */
    DISCONNECT,
    /** A source gives a message twice. */
    DUPLICATE,
    /** The kernel is killed, and started again with the state that it kept. */
    KILL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean isOfCalls() {
      return switch (this) {
        case FAIL, HANG, SLOW, DISCONNECT -> true;
        case DUPLICATE, KILL -> false;
      };
    }
  }

  @Override
  public String toString() {
    return switch (kind) {
      case FAIL, HANG, SLOW, DISCONNECT -> kind + ": call " + number + " of " + operation;
      case DUPLICATE -> kind + ": message " + number;
      case KILL -> kind + ": at " + Story.text(at);
    };
  }
}
