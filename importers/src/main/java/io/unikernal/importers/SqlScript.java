package io.unikernal.importers;

import java.util.ArrayList;
import java.util.List;

/** A script cut into its statements: quotes, comments and dollar quotes are understood. */
final class SqlScript {
  static final int STATEMENTS_MAX = 100_000;

  /**
   * @param offset where it begins in the file, past spaces and comments
   */
  record Statement(String text, int offset) {}

  private final SourceFile file;
  private final String text;
  private int at;

  private SqlScript(SourceFile file) {
    this.file = file;
    text = file.text();
  }

  static List<Statement> statements(SourceFile file) {
    return new SqlScript(file).all();
  }

  private List<Statement> all() {
    var statements = new ArrayList<Statement>();
    int start = 0;
    boolean isBegun = false;
    while (at < text.length()) {
      char sign = text.charAt(at);
      int before = at;
      if (isComment()) {
        skipComment();
      } else if (sign == ';') {
        add(statements, start, at, isBegun);
        isBegun = false;
        at++;
      } else {
        if (!isBegun && !Character.isWhitespace(sign)) {
          isBegun = true;
          start = before;
        }
        skip(sign);
      }
    }
    add(statements, start, text.length(), isBegun);
    return statements;
  }

  private void add(List<Statement> statements, int start, int end, boolean isBegun) {
    if (isBegun) {
      statements.add(new Statement(text.substring(start, end), start));
    }
    if (statements.size() > STATEMENTS_MAX) {
      throw RefusedException.of(
          file, "over " + STATEMENTS_MAX + " statements", "import a part of it");
    }
  }

  private boolean isComment() {
    return text.startsWith("--", at) || text.startsWith("/*", at);
  }

  private void skipComment() {
    boolean isLine = text.startsWith("--", at);
    int end = text.indexOf(isLine ? "\n" : "*/", at + 2);
    at = end < 0 ? text.length() : end + (isLine ? 1 : 2);
  }

  private void skip(char sign) {
    switch (sign) {
      case '\'', '"', '`' -> quoted(sign);
      case '$' -> dollar();
      default -> at++;
    }
  }

  private void quoted(char quote) {
    int start = at;
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw RefusedException.at(file, file.place(start), "this quote does not end", "");
    }
    at = end + 1;
  }

  private void dollar() {
    int end = text.indexOf('$', at + 1);
    String tag = end < 0 ? "" : text.substring(at, end + 1);
    boolean isTag =
        end > 0 && tag.substring(1, tag.length() - 1).matches("([A-Za-z_][A-Za-z0-9_]{0,62})?");
    if (!isTag) {
      at++;
      return;
    }
    int close = text.indexOf(tag, end + 1);
    at = close < 0 ? text.length() : close + tag.length();
  }
}
