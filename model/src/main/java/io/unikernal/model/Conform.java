package io.unikernal.model;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Fits a value to a type: makes slot records, fills defaults, widens numbers, checks every
 * constraint, and reports all that is wrong at once. Messages never hold a labelled value.
 */
public final class Conform {
  private Conform() {}

  /** What happens to fields that a record type does not know. */
  public enum Extra {
    /** They are violations: a strict source. */
    REFUSE,
    /** They are kept aside: a lenient source, answers from systems. */
    KEEP,
    /** They are left out: towards a typed input. */
    DROP
  }

  public sealed interface Result {
    record Fits(Value value) implements Result {}

    record Breaks(List<Fault.Violation> violations) implements Result {}
  }

  /**
   * Accepts the conventions of JSON too: text for uuid, timestamp, date, time, duration, decimal
   * and bytes (base64), integers for decimal and double, null for absent. Never a double for a
   * decimal.
   *
   * <p>A {@link Rec} of the type's own {@link Shape} is taken as it is: whoever builds one by hand
   * answers for its fields. Its extra fields are still looked for unless they may be kept. Reports
   * at most {@value Problems#MAX} violations.
   */
  public static Result check(Type type, Value value, Extra extra) {
    var problems = new Problems();
    Value fitted = new Fitting(extra, problems).fit(type, value);
    return fitted != null && problems.isEmpty()
        ? new Result.Fits(fitted)
        : new Result.Breaks(problems.found());
  }

  /** As {@link #check}, but throws INVALID with {@code what} in its message. */
  public static Value to(Type type, Value value, Extra extra, String what) {
    return switch (check(type, value, extra)) {
      case Result.Fits(var fitted) -> fitted;
      case Result.Breaks(var violations) ->
          throw Fault.invalid(what + " does not fit its type", violations).toException();
    };
  }

  /**
   * Reads a parameter's or variable's text as the type: {@code 12}, {@code true}, {@code 1h30m};
   * JSON for a list, a map or a record.
   */
  public static Result fromText(Type type, String text) {
    Type core = type.core();
    return FromText.isDocument(core, text)
        ? document(type, text)
        : check(type, FromText.value(core, text), Extra.REFUSE);
  }

  /**
   * What a text stands for where {@code type} is wanted, as formats without types of their own have
   * it: JSON for a list, a map or a record. Text that is not of the wanted form stays text, for
   * {@link #check} to refuse.
   */
  public static Value textual(Type type, String text) {
    Type core = type.core();
    if (FromText.isDocument(core, text)) {
      try {
        return Json.read(text.getBytes(StandardCharsets.UTF_8), Json.Limits.EXACT);
      } catch (FaultException _) {
        return Value.text(text);
      }
    }
    return FromText.value(core, text);
  }

  private static Result document(Type type, String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return new Result.Fits(Json.read(bytes, type, Extra.REFUSE, Json.Limits.DEFAULT));
    } catch (FaultException e) {
      return e.fault().code() == Fault.Code.INVALID
          ? new Result.Breaks(e.fault().violations())
          : check(type, Value.text(text), Extra.REFUSE);
    }
  }
}
