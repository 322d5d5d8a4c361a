package io.unikernal.expr;

/** A stretch of the text given, in chars. */
record Span(int start, int end) {
  static final Span NONE = new Span(0, 0);

  Span shift(int by) {
    return new Span(start + by, end + by);
  }

  String of(String text) {
    return start < 0 || end > text.length() || start >= end ? text : text.substring(start, end);
  }
}
