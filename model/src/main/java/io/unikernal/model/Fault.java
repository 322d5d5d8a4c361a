package io.unikernal.model;

import java.util.List;

/**
 * An error as data.
 *
 * @param code stable; it knows whether another attempt may help
 * @param message what is wrong, for the caller; never holds a labelled value
 * @param hint what to do next; may be empty
 * @param violations for {@code INVALID} and {@code MALFORMED}: each place that breaks a rule
 * @param details more for programs, as {@code position} of a malformed body; no labelled values
 * @param retryable whether another attempt may help; the code's own answer unless told otherwise
 */
public record Fault(
    Code code,
    String message,
    String hint,
    List<Violation> violations,
    Value.Dict details,
    boolean retryable) {

  /** Among the details: in how many milliseconds another attempt may work. */
  public static final String RETRY_AFTER_MS = "retry_after_ms";

  /** The stable codes; docs/reference/faults.md is generated from them. */
  public enum Code {
    MALFORMED(false, "The bytes are not what the content type says."),
    TOO_LARGE(false, "The body, a number or the nesting is over a limit."),
    UNSUPPORTED(false, "The content type is not one that this operation reads."),
    UNAUTHENTICATED(false, "The caller did not prove who it is."),
    FORBIDDEN(false, "The caller may not do this."),
    NO_ROUTE(false, "No route takes this message."),
    INVALID(false, "The data breaks a rule of its type."),
    NOT_FOUND(false, "What was asked for is not there."),
    OVERLOADED(true, "A limit is reached; later may work."),
    DISCONNECTED(true, "The other side cannot be reached, or went away in the middle."),
    REJECTED(false, "The other side said no."),
    TIMEOUT(true, "The answer did not come in time."),
    CANCELLED(false, "Nobody waits for the answer any more."),
    INTERNAL(false, "A fault of the function or of Unikernal itself.");

    private final boolean retryable;
    private final String doc;

    Code(boolean retryable, String doc) {
      this.retryable = retryable;
      this.doc = doc;
    }

    public boolean retryable() {
      return retryable;
    }

    public String doc() {
      return doc;
    }
  }

  /**
   * One broken rule.
   *
   * @param path where, as {@code items[0].qty}; empty for the whole
   * @param rule the rule's text, as {@code int(1..999)} or {@code required} or {@code unknown
   *     field}
   * @param message for people; never holds a labelled value
   */
  public record Violation(String path, String rule, String message) {}

  public Fault {
    violations = List.copyOf(violations);
  }

  public static Fault of(Code code, String message) {
    return of(code, message, "");
  }

  public static Fault of(Code code, String message, String hint) {
    return new Fault(code, message, hint, List.of(), Value.Dict.EMPTY, code.retryable());
  }

  public static Fault invalid(String message, List<Violation> violations) {
    return new Fault(Code.INVALID, message, "", violations, Value.Dict.EMPTY, false);
  }

  public Fault withRetryable(boolean mayHelp) {
    return new Fault(code, message, hint, violations, details, mayHelp);
  }

  public Fault withMessage(String text) {
    return new Fault(code, text, hint, violations, details, retryable);
  }

  public Fault withDetails(Value.Dict more) {
    return new Fault(code, message, hint, violations, more, retryable);
  }

  public FaultException toException() {
    return new FaultException(this);
  }

  public FaultException toException(Throwable cause) {
    return new FaultException(this, cause);
  }
}
