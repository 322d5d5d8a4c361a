package io.unikernal.udl;

import java.util.List;
import java.util.Locale;

/**
 * One finding about a definition.
 *
 * @param code stable, as {@code UDL-2104}
 * @param message the headline
 * @param span where
 * @param label what stands beside the caret; may be empty
 * @param write the text to write instead; may be empty
 * @param fix what to do, in words, where there is neither a text to write nor an edit; else empty
 */
public record Diagnostic(
    String code,
    Severity severity,
    String message,
    Span span,
    String label,
    List<String> write,
    String fix,
    List<Edit> edits) {

  public enum Severity {
    ERROR,
    WARNING,
    /** Nothing is wrong, and something can be better. */
    NOTE;

    /** As it is printed. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Lines and columns from 1, columns in code points; {@code end} is after the last character. */
  public record Span(String file, int line, int column, int endLine, int endColumn) {}

  /**
   * A change that an editor or an agent can apply.
   *
   * @param isSafe the message is sure of it: there is nothing else that could have been meant
   */
  public record Edit(Span span, String text, boolean isSafe) {}
}
