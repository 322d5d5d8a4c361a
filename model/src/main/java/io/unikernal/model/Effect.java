package io.unikernal.model;

import java.util.Locale;

/** What happens when an operation runs twice. {@code key} names the field of {@code KEYED}. */
public record Effect(Kind kind, String key) {
  public static final Effect UNKNOWN = new Effect(Kind.UNKNOWN, "");
  public static final Effect READS = new Effect(Kind.READS, "");

  public enum Kind {
    /** Changes nothing. */
    READS,
    /** Twice is as once. */
    IDEMPOTENT,
    /** Twice with one key is as once. */
    KEYED,
    /** Takes part in a transaction that can be rolled back. */
    TRANSACTIONAL,
    /** Must not run twice. */
    ONCE,
    /** Nobody said. */
    UNKNOWN
  }

  /** Whether another attempt after a failure cannot do harm. */
  public boolean isRepeatable() {
    return switch (kind) {
      case READS, IDEMPOTENT, KEYED, TRANSACTIONAL -> true;
      case ONCE, UNKNOWN -> false;
    };
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + (key.isEmpty() ? "" : "(" + key + ")");
  }
}
