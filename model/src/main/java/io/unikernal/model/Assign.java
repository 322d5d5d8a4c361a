package io.unikernal.model;

import java.util.List;

/**
 * Whether a value of one type may go where another is wanted: structural, with a reason for each
 * refusal.
 */
public final class Assign {
  private Assign() {}

  public sealed interface Verdict {
    /** Every value fits, by widening or projection at most. */
    record Fits() implements Verdict {}

    /**
     * It depends on the value; {@link Conform} decides at run time. {@code why} as "may be longer
     * than 80".
     */
    record Checked(List<Reason> reasons) implements Verdict {}

    /** No value fits, or the loss needs an explicit function. */
    record Refused(List<Reason> reasons) implements Verdict {}
  }

  /** {@code path} as {@code items[].price}; empty for the whole. */
  public record Reason(String path, String message) {}

  /** Labels play no part here: flow is the checker's. */
  public static Verdict check(Type from, Type to) {
    return new Assigning().check(from, to);
  }
}
