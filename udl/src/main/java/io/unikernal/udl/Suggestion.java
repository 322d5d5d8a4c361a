package io.unikernal.udl;

import io.unikernal.udl.Index.Location;

/**
 * Something that may be written at a place.
 *
 * @param insert what to write; with {@code $1} and {@code ${2:text}} where more is to be written,
 *     if {@code isSnippet}
 * @param replaced what is to be replaced by it
 * @param detail a few words beside it
 * @param doc Markdown
 * @param order sorts: smaller comes first
 */
public record Suggestion(
    String label,
    Kind kind,
    String insert,
    boolean isSnippet,
    Location replaced,
    String detail,
    String doc,
    int order) {

  public enum Kind {
    KEY,
    VALUE,
    TYPE,
    SYSTEM,
    OPERATION,
    PIPELINE,
    POLICY,
    VARIABLE,
    FIELD,
    FUNCTION,
    LABEL,
    SNIPPET
  }
}
