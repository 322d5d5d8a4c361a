package io.unikernal.importers;

/**
 * Why a document cannot be imported, for people.
 *
 * @param line from 1; 0 where the whole file is meant
 * @param hint what to do; may be empty
 */
public record Problem(String file, int line, int column, String message, String hint) {

  /** {@code orders.json:3:14: error: …}, as editors find it. */
  public String text() {
    String place = file + (line > 0 ? ":" + line + (column > 0 ? ":" + column : "") : "");
    return place + ": error: " + message + (hint.isEmpty() ? "" : "\n  = " + hint);
  }
}
