package io.unikernal.expr;

import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Functions on text. Positions count code points. */
final class TextFunctions {
  private static final char ASCII_END = 0x80;

  private TextFunctions() {}

  static List<Definition> all() {
    var all = new ArrayList<Definition>(predicates());
    all.addAll(parts());
    all.addAll(changes());
    return all;
  }

  private static List<Definition> predicates() {
    return List.of(
        Definition.of(
            "startsWith",
            "string.startsWith(string) -> bool",
            "Whether it begins with the text.",
            "'order-7'.startsWith('order')",
            "true",
            (a, run) -> {
              run.spend(text(a[1]).length());
              return Value.Bool.of(text(a[0]).startsWith(text(a[1])));
            }),
        Definition.of(
            "endsWith",
            "string.endsWith(string) -> bool",
            "Whether it ends with the text.",
            "'a.json'.endsWith('.json')",
            "true",
            (a, run) -> {
              run.spend(text(a[1]).length());
              return Value.Bool.of(text(a[0]).endsWith(text(a[1])));
            }),
        Definition.of(
            "contains",
            "string.contains(string) -> bool",
            "Whether the text is somewhere in it.",
            "'tea, milk'.contains('milk')",
            "true",
            (a, _) -> Value.Bool.of(text(a[0]).contains(text(a[1])))));
  }

  private static List<Definition> parts() {
    return List.of(
        Definition.of(
            "charAt",
            "string.charAt(int) -> string",
            "The character at a position from 0.",
            "'tea'.charAt(1)",
            "'e'",
            (a, _) -> charAt(text(a[0]), integer(a[1]))),
        Definition.of(
            "indexOf",
            "string.indexOf(string) -> int; string.indexOf(string, int) -> int",
            "Where the text first occurs, from a position on; -1 when it does not.",
            "'banana'.indexOf('an', 2)",
            "3",
            (a, _) -> indexOf(text(a[0]), text(a[1]), a.length > 2 ? integer(a[2]) : 0)),
        Definition.of(
            "lastIndexOf",
            "string.lastIndexOf(string) -> int; string.lastIndexOf(string, int) -> int",
            "Where the text last occurs, up to a position; -1 when it does not.",
            "'banana'.lastIndexOf('an')",
            "3",
            (a, _) ->
                lastIndexOf(
                    text(a[0]),
                    text(a[1]),
                    a.length > 2 ? offset(text(a[0]), integer(a[2])) : Integer.MAX_VALUE)),
        Definition.of(
            "substring",
            "string.substring(int) -> string; string.substring(int, int) -> string",
            "The part from a position to before another.",
            "'banana'.substring(1, 4)",
            "'ana'",
            (a, _) -> substring(text(a[0]), integer(a[1]), a.length > 2 ? integer(a[2]) : -1)),
        Definition.of(
            "split",
            "string.split(string) -> list(string); string.split(string, int) -> list(string)",
            "The parts between a separator, at most as many as asked for.",
            "'a,b,c'.split(',', 2)",
            "['a', 'b,c']",
            (a, _) -> split(text(a[0]), text(a[1]), a.length > 2 ? integer(a[2]) : -1)),
        Definition.of(
            "join",
            "list(string).join() -> string; list(string).join(string) -> string",
            "The texts one after the other, with a separator between.",
            "['a', 'b'].join('-')",
            "'a-b'",
            (a, _) -> join(a[0], a.length > 1 ? text(a[1]) : "")));
  }

  private static List<Definition> changes() {
    return List.of(
        Definition.of(
            "lowerAscii",
            "string.lowerAscii() -> string",
            "A to Z made small; nothing else changes.",
            "'TeA'.lowerAscii()",
            "'tea'",
            (a, _) -> ascii(text(a[0]), 'A', 'Z', 32)),
        Definition.of(
            "upperAscii",
            "string.upperAscii() -> string",
            "a to z made capital; nothing else changes.",
            "'TeA'.upperAscii()",
            "'TEA'",
            (a, _) -> ascii(text(a[0]), 'a', 'z', -32)),
        Definition.of(
            "replace",
            "string.replace(string, string) -> string; string.replace(string, string, int) ->"
                + " string",
            "Each occurrence of the first text replaced by the second, at most so many.",
            "'a-b-c'.replace('-', '+', 1)",
            "'a+b-c'",
            (a, _) ->
                replace(text(a[0]), text(a[1]), text(a[2]), a.length > 3 ? integer(a[3]) : -1)),
        Definition.of(
            "trim",
            "string.trim() -> string",
            "Without white space around it.",
            "'  tea '.trim()",
            "'tea'",
            (a, _) -> trim(text(a[0]))),
        Definition.of(
            "reverse",
            "string.reverse() -> string; list(T).reverse() -> list(T)",
            "The characters, or the elements, in the opposite order.",
            "'abc'.reverse()",
            "'cba'",
            (a, _) ->
                a[0] instanceof Value.Items(var items)
                    ? new Value.Items(items.reversed())
                    : reverse(text(a[0]))),
        Definition.of(
            "format",
            "string.format(list(any)) -> string",
            "The text with each `%` clause replaced by the next value: `%s` any, `%d` whole, `%f`"
                + " and `%.2f` with a fraction, `%e` with an exponent, `%b` `%o` `%x` `%X` in"
                + " another base, `%%` the sign itself.",
            "'%s costs %.2f'.format(['tea', 1.5])",
            "'tea costs 1.50'",
            (a, _) -> TextFormat.of(text(a[0]), Collections.items(a[1], "format"))),
        Definition.of(
            "strings.quote",
            "strings.quote(string) -> string",
            "The text in double quotes, as an expression would write it.",
            "strings.quote('a\\nb')",
            "'\"a\\\\nb\"'",
            (a, _) -> TextFormat.quoted(text(a[0]))));
  }

  static String text(Value value) {
    if (value instanceof Value.Text(var text)) {
      return text;
    }
    throw new EvaluationException("a text is needed in");
  }

  static long integer(Value value) {
    if (value instanceof Value.Int(var number)) {
      return number;
    }
    throw new EvaluationException("an int is needed in");
  }

  private static EvaluationException outside() {
    return new EvaluationException("a position outside of the text in");
  }

  private static int count(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The char where the code point of that number begins. */
  private static int offset(String text, long position) {
    if (position < 0 || position > count(text)) {
      throw outside();
    }
    return text.offsetByCodePoints(0, (int) position);
  }

  private static Value charAt(String text, long position) {
    int at = offset(text, position);
    return Value.text(at == text.length() ? "" : Character.toString(text.codePointAt(at)));
  }

  private static Value indexOf(String text, String part, long from) {
    int start = offset(text, from);
    int at = text.indexOf(part, start);
    return Value.integer(at < 0 ? -1 : text.codePointCount(0, at));
  }

  private static Value lastIndexOf(String text, String part, int upTo) {
    int at = text.lastIndexOf(part, upTo);
    return Value.integer(at < 0 ? -1 : text.codePointCount(0, at));
  }

  private static Value substring(String text, long from, long to) {
    int start = offset(text, from);
    int end = to == -1 ? text.length() : offset(text, to);
    if (end < start) {
      throw outside();
    }
    return Value.text(text.substring(start, end));
  }

  private static Value split(String text, String separator, long limit) {
    var parts = new ArrayList<Value>();
    if (limit == 0) {
      return Value.Items.EMPTY;
    }
    if (limit == 1) {
      return new Value.Items(List.of(Value.text(text)));
    }
    if (separator.isEmpty()) {
      int at = 0;
      Evaluation.checkElements(limit < 0 ? text.length() : Math.min(limit, text.length()));
      while (at < text.length() && (limit < 0 || parts.size() < limit - 1)) {
        int next = text.offsetByCodePoints(at, 1);
        parts.add(Value.text(text.substring(at, next)));
        at = next;
      }
      if (at < text.length()) {
        parts.add(Value.text(text.substring(at)));
      }
      return new Value.Items(parts);
    }
    int start = 0;
    int at = text.indexOf(separator);
    while (at >= 0 && (limit < 0 || parts.size() < limit - 1)) {
      parts.add(Value.text(text.substring(start, at)));
      Evaluation.checkElements(parts.size());
      start = at + separator.length();
      at = text.indexOf(separator, start);
    }
    parts.add(Value.text(text.substring(start)));
    return new Value.Items(parts);
  }

  private static Value join(Value list, String separator) {
    var joined = new StringBuilder();
    boolean first = true;
    for (Value item : Collections.items(list, "join")) {
      String next = text(item);
      Evaluation.checkSize((long) joined.length() + separator.length() + next.length());
      joined.append(first ? "" : separator).append(next);
      first = false;
    }
    return Value.text(joined.toString());
  }

  private static Value ascii(String text, char from, char to, int by) {
    var bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = text.charAt(i);
      if (c >= ASCII_END) {
        return changed(text, from, to, by);
      }
      bytes[i] = (byte) (c >= from && c <= to ? c + by : c);
    }
    return Value.text(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  private static Value changed(String text, char from, char to, int by) {
    var changed = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      changed.append(c >= from && c <= to ? (char) (c + by) : c);
    }
    return Value.text(changed.toString());
  }

  private static Value replace(String text, String part, String by, long limit) {
    if (limit < 0 && !part.isEmpty()) {
      Evaluation.checkSize(replacedLength(text, part, by));
      return Value.text(text.replace(part, by));
    }
    var changed = new StringBuilder();
    int start = 0;
    long left = limit < 0 ? Long.MAX_VALUE : limit;
    int at = text.indexOf(part);
    while (at >= 0 && left-- > 0) {
      Evaluation.checkSize((long) changed.length() + (at - start) + by.length());
      changed.append(text, start, at).append(by);
      start = at + part.length();
      if (part.isEmpty()) {
        if (at >= text.length()) {
          return Value.text(changed.toString());
        }
        int next = text.offsetByCodePoints(at, 1);
        changed.append(text, at, next);
        start = next;
        at = next;
      } else {
        at = text.indexOf(part, start);
      }
    }
    return Value.text(changed.append(text, start, text.length()).toString());
  }

  /** How long it becomes, at most. */
  private static long replacedLength(String text, String part, String by) {
    long growth = Math.max(0, (long) by.length() - part.length());
    return text.length() + growth * (text.length() / part.length());
  }

  /** White space as Unicode has it, which {@link String#strip} does not know in full. */
  private static Value trim(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return Value.text(text.substring(start, end));
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  static Value reverse(String text) {
    int[] points = text.codePoints().toArray();
    for (int i = 0, j = points.length - 1; i < j; i++, j--) {
      int swap = points[i];
      points[i] = points[j];
      points[j] = swap;
    }
    return Value.text(new String(points, 0, points.length));
  }
}
