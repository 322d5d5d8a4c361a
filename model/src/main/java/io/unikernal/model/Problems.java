package io.unikernal.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What breaks a rule while one value is fitted to its type, and where that walk stands. Knows
 * whether it is inside a label, so that no message and no path quotes what lies there.
 */
final class Problems {
  /** More would not help who reads them, and a hostile body may break a rule a million times. */
  static final int MAX = 100;

  private static final int QUOTED_MAX = 40;

  private final List<Fault.Violation> found = new ArrayList<>();
  private @Nullable String[] names = new String[8];
  private int[] indexes = new int[8];
  private int depth;
  private int labels;

  boolean isEmpty() {
    return found.isEmpty();
  }

  /** Whether another would not be kept, so that nobody need find words for it. */
  boolean isFull() {
    return found.size() >= MAX;
  }

  List<Fault.Violation> found() {
    return List.copyOf(found);
  }

  int depth() {
    return depth;
  }

  void enter(String field) {
    grow();
    names[depth++] = field;
  }

  /** Into a map's entry. Its key is data, so it is not shown inside a label. */
  void enterKey(String key) {
    enter(labels > 0 ? "*" : key);
  }

  void enter(int index) {
    grow();
    names[depth] = null;
    indexes[depth++] = index;
  }

  void leave() {
    depth--;
  }

  void label() {
    labels++;
  }

  void unlabel() {
    labels--;
  }

  private void grow() {
    if (depth == indexes.length) {
      names = Arrays.copyOf(names, depth * 2);
      indexes = Arrays.copyOf(indexes, depth * 2);
    }
  }

  void add(String rule, String message) {
    if (!isFull()) {
      found.add(new Fault.Violation(path(), rule, message));
    }
  }

  /** Adds what came instead, unless it is labelled. */
  void add(String rule, String message, Value got) {
    if (!isFull()) {
      add(rule, labels > 0 ? message : message + ", got " + quote(got));
    }
  }

  private String path() {
    var path = new StringBuilder();
    for (int i = 0; i < depth; i++) {
      String name = names[i];
      if (name == null) {
        path.append('[').append(indexes[i]).append(']');
      } else if (isPlain(name)) {
        path.append(path.isEmpty() ? "" : ".").append(name);
      } else {
        path.append('[').append(quoteText(name)).append(']');
      }
    }
    return path.toString();
  }

  private static boolean isPlain(String name) {
    return !name.isEmpty()
        && name.length() <= QUOTED_MAX
        && name.chars()
            .allMatch(sign ->
                sign == '_' || sign == '-' || sign == '*' || Character.isLetterOrDigit(sign));
  }

  static String quote(Value value) {
    return switch (value) {
      case Value.Absent _ -> "nothing";
      case Value.Null _ -> "null";
      case Value.Bool bool -> Boolean.toString(bool.value());
      case Value.Int(var number) -> Long.toString(number);
      case Value.UInt(var bits) -> Long.toUnsignedString(bits);
      case Value.Real(var number) -> Double.toString(number);
      case Value.Decimal(var number) -> shortened(number.toString());
      case Value.Text(var text) -> quoteText(text);
      case Value.Bytes _ -> "bytes";
      case Value.Timestamp _ -> "a timestamp";
      case Value.Date _ -> "a date";
      case Value.Time _ -> "a time";
      case Value.Duration _ -> "a duration";
      case Value.Uuid _ -> "a uuid";
      case Value.Items _ -> "a list";
      case Value.Dict _, Rec _ -> "a record";
      case ValueStream _ -> "a stream";
    };
  }

  private static String quoteText(String text) {
    var quoted = new StringBuilder("\"");
    text.codePoints()
        .limit(QUOTED_MAX)
        .forEach(sign -> {
          if (sign == '"' || sign == '\\') {
            quoted.append('\\').appendCodePoint(sign);
          } else {
            // A message must stay one line of valid text, whatever was sent.
            quoted.appendCodePoint(
                Character.isISOControl(sign) || Character.getType(sign) == Character.SURROGATE
                    ? '\uFFFD'
                    : sign);
          }
        });
    boolean isCut = text.codePointCount(0, text.length()) > QUOTED_MAX;
    return quoted.append('"').append(isCut ? "…" : "").toString();
  }

  private static String shortened(String number) {
    return number.length() > QUOTED_MAX ? number.substring(0, QUOTED_MAX) + "…" : number;
  }
}
