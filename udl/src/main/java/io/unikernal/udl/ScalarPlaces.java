package io.unikernal.udl;

import io.unikernal.udl.Node.Scalar;

/** Finds the place of a part of a scalar's value in the source: through quotes, escapes, folds. */
final class ScalarPlaces {
  private ScalarPlaces() {}

  static Place part(Scalar scalar, int start, int end) {
    int[] offsets = offsets(scalar);
    int length = scalar.text().length();
    if (offsets.length == 0 || start < 0 || start > length) {
      return scalar.place();
    }
    int from = offsets[start];
    int to = end <= start ? from : offsets[Math.min(end, length) - 1] + 1;
    return new Place(scalar.place().source(), from, Math.max(from, to));
  }

  /** For each char of the value its offset in the source, and one more for the end. */
  private static int[] offsets(Scalar scalar) {
    String raw = scalar.place().text();
    String value = scalar.text();
    int[] result = new int[value.length() + 1];
    int at = contentStart(scalar, raw);
    for (int i = 0; i < value.length(); i++) {
      at = find(scalar.style(), raw, at, value.charAt(i));
      if (at < 0) {
        return new int[0];
      }
      result[i] = scalar.place().start() + at;
      at = next(scalar.style(), raw, at);
    }
    result[value.length()] = scalar.place().start() + Math.min(at, raw.length());
    return result;
  }

  private static int contentStart(Scalar scalar, String raw) {
    return switch (scalar.style()) {
      case PLAIN -> 0;
      case SINGLE_QUOTED, DOUBLE_QUOTED -> 1;
      case BLOCK -> Math.max(0, raw.indexOf('\n') + 1);
    };
  }

  /** Where {@code wanted} stands at or after {@code at}, past white space that YAML removed. */
  private static int find(Node.Style style, String raw, int at, char wanted) {
    boolean isEscaping = style == Node.Style.DOUBLE_QUOTED;
    for (int i = at; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (isEscaping && c == '\\') {
        boolean isContinuation = raw.startsWith("\n", i + 1) || raw.startsWith("\r", i + 1);
        if (!isContinuation) {
          return i;
        }
        continue;
      }
      boolean isFold = (c == '\n' || c == '\r') && (wanted == ' ' || wanted == '\n');
      if (c == wanted || isFold) {
        return i;
      }
      if (!Character.isWhitespace(c)) {
        return -1;
      }
    }
    return wanted == '\n' ? raw.length() : -1;
  }

  private static int next(Node.Style style, String raw, int at) {
    if (at >= raw.length()) {
      return at;
    }
    char c = raw.charAt(at);
    if (style == Node.Style.SINGLE_QUOTED && c == '\'') {
      return at + 2;
    }
    if (style == Node.Style.DOUBLE_QUOTED && c == '\\' && at + 1 < raw.length()) {
      return at
          + switch (raw.charAt(at + 1)) {
            case 'x' -> 4;
            case 'u' -> 6;
            case 'U' -> 10;
            default -> 2;
          };
    }
    return at + 1;
  }
}
