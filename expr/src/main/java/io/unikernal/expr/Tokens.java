package io.unikernal.expr;

import java.util.ArrayList;
import java.util.List;

/** Where CEL's tokens and brackets end in a text, also in a text that is wrong. */
final class Tokens {
  private Tokens() {}

  static boolean isNameStart(char c) {
    return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  static boolean isNamePart(char c) {
    return isNameStart(c) || c >= '0' && c <= '9';
  }

  /** The end of the token that begins here: a name, a number, a text or an operator's char. */
  static int end(String text, int start) {
    if (start >= text.length()) {
      return text.length();
    }
    int quote = quote(text, start);
    if (quote >= 0) {
      return endOfText(text, start, quote);
    }
    char first = text.charAt(start);
    if (first == '`') {
      int close = text.indexOf('`', start + 1);
      return close < 0 ? text.length() : close + 1;
    }
    if (Character.isDigit(first)
        || (first == '-'
            && start + 1 < text.length()
            && Character.isDigit(text.charAt(start + 1)))) {
      return endOfNumber(text, start + 1);
    }
    int at = start;
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    if (at > start) {
      return at;
    }
    boolean two =
        start + 1 < text.length()
            && "== != <= >= && ||".contains(text.substring(start, start + 2))
            && !Character.isWhitespace(text.charAt(start + 1));
    return start + (two ? 2 : 1);
  }

  private static int endOfNumber(String text, int from) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean exponentSign =
          (c == '+' || c == '-') && (text.charAt(at - 1) == 'e' || text.charAt(at - 1) == 'E');
      if (!isNamePart(c) && c != '.' && !exponentSign) {
        break;
      }
      at++;
    }
    return at;
  }

  /** Where the opening quote stands, past the prefixes {@code r} and {@code b}; -1 if none. */
  private static int quote(String text, int start) {
    int at = start;
    while (at < text.length() && at < start + 2 && "rRbB".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'') ? at : -1;
  }

  private static int endOfText(String text, int start, int quote) {
    boolean raw = text.substring(start, quote).toLowerCase(java.util.Locale.ROOT).contains("r");
    char mark = text.charAt(quote);
    String triple = String.valueOf(mark).repeat(3);
    boolean isTriple = text.startsWith(triple, quote);
    int at = quote + (isTriple ? 3 : 1);
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\\' && !raw) {
        at += 2;
        continue;
      }
      if (isTriple ? text.startsWith(triple, at) : c == mark) {
        return at + (isTriple ? 3 : 1);
      }
      at++;
    }
    return text.length();
  }

  /** After the bracket that closes the one here; the text's end when none does. */
  static int close(String text, int open) {
    int depth = 0;
    int at = open;
    while (at < text.length()) {
      char c = text.charAt(at);
      if ("([{".indexOf(c) >= 0) {
        depth++;
      } else if (")]}".indexOf(c) >= 0 && --depth == 0) {
        return at + 1;
      }
      at = isTokenStart(c) ? Math.max(at + 1, end(text, at)) : at + 1;
    }
    return text.length();
  }

  /** Where {@code root.field} stands; not as a field of something else, and not in a text. */
  static List<Expressions.Reference> references(String text, String root) {
    var found = new ArrayList<Expressions.Reference>();
    int at = 0;
    boolean isField = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (!isTokenStart(c)) {
        isField = c == '.' || isField && (c == '?' || Character.isWhitespace(c));
        at++;
        continue;
      }
      int end = Math.max(at + 1, end(text, at));
      boolean isRoot =
          !isField && text.substring(at, end).equals(root) && text.startsWith(".", end);
      isField = false;
      if (isRoot && end + 1 < text.length() && isNameStart(text.charAt(end + 1))) {
        int last = end(text, end + 1);
        found.add(new Expressions.Reference(text.substring(end + 1, last), at, last));
        end = last;
      }
      at = end;
    }
    return found;
  }

  private static boolean isTokenStart(char c) {
    return c == '"' || c == '\'' || c == '`' || isNamePart(c);
  }
}
