package io.unikernal.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Makes texts that a regular expression matches, for the part of RE2's syntax that patterns of data
 * are written in: literals, classes, groups, alternatives, repetitions. Of the rest it says that it
 * cannot.
 */
final class PatternMaker {
  /** How many more than the least a repetition without a bound has at most. */
  private static final int REPEATED_MAX = 6;

  private static final int DEPTH_MAX = 50;
  private static final String DIGITS = "0123456789";
  private static final String WORD =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + DIGITS + "_";
  private static final String ANY = WORD + " -.,;:!?/+*#'\"\\<>äß€";

  private final String pattern;
  private final SplittableRandom random;
  private final boolean isShort;
  private int at;

  private static final class Beyond extends RuntimeException {
    private static final long serialVersionUID = 1;

    Beyond(String what) {
      super(what);
    }
  }

  private PatternMaker(String pattern, SplittableRandom random, boolean isShort) {
    this.pattern = pattern;
    this.random = random;
    this.isShort = isShort;
  }

  /** {@code isShort}: the least that fits. Empty where the pattern is beyond this. */
  static Optional<String> make(String pattern, SplittableRandom random, boolean isShort) {
    try {
      var maker = new PatternMaker(pattern, random, isShort);
      String text = maker.alternatives(0);
      return maker.at == pattern.length() ? Optional.of(text) : Optional.empty();
    } catch (Beyond _) {
      return Optional.empty();
    }
  }

  private String alternatives(int depth) {
    if (depth > DEPTH_MAX) {
      throw new Beyond("nested too deep");
    }
    var all = new ArrayList<String>();
    all.add(sequence(depth));
    while (peek() == '|') {
      at++;
      all.add(sequence(depth));
    }
    return isShort ? all.getFirst() : all.get(random.nextInt(all.size()));
  }

  private String sequence(int depth) {
    var text = new StringBuilder();
    while (at < pattern.length() && peek() != '|' && peek() != ')') {
      int start = at;
      String one = atom(depth);
      int end = at;
      int[] range = repetition();
      int after = at;
      int times =
          isShort || range[1] == range[0]
              ? range[0]
              : range[0] + random.nextInt(range[1] - range[0] + 1);
      for (int i = 0; i < times; i++) {
        at = start;
        text.append(i == 0 ? one : atom(depth));
        at = end;
      }
      at = after;
    }
    return text.toString();
  }

  private char peek() {
    return at < pattern.length() ? pattern.charAt(at) : '\0';
  }

  private int[] repetition() {
    int[] range =
        switch (peek()) {
          case '*' -> new int[] {0, REPEATED_MAX};
          case '+' -> new int[] {1, 1 + REPEATED_MAX};
          case '?' -> new int[] {0, 1};
          case '{' -> counted();
          default -> new int[] {1, 1};
        };
    if ("*+?".indexOf(peek()) >= 0 && at < pattern.length()) {
      at++;
      if (peek() == '?') {
        at++; // taken as few as can be: the same texts
      }
    }
    return range;
  }

  private int[] counted() {
    int close = pattern.indexOf('}', at);
    String[] bounds = close < 0 ? new String[0] : pattern.substring(at + 1, close).split(",", -1);
    if (bounds.length == 0 || bounds.length > 2 || !bounds[0].matches("\\d{1,4}")) {
      throw new Beyond("{");
    }
    at = close + 1;
    int least = Integer.parseInt(bounds[0]);
    int most =
        bounds.length == 1
            ? least
            : bounds[1].matches("\\d{1,4}") ? Integer.parseInt(bounds[1]) : least + REPEATED_MAX;
    if (peek() == '?') {
      at++;
    }
    return new int[] {least, Math.max(least, most)};
  }

  private String atom(int depth) {
    char c = pattern.charAt(at++);
    return switch (c) {
      case '(' -> group(depth);
      case '[' -> one(classOf());
      case '.' -> one(ANY);
      case '^', '$' -> "";
      case '\\' -> escaped();
      case '*', '+', '?', '{' -> throw new Beyond("nothing to repeat");
      default -> literal(c);
    };
  }

  private String literal(char c) {
    return Character.isHighSurrogate(c) && at < pattern.length()
        ? "" + c + pattern.charAt(at++)
        : "" + c;
  }

  private String group(int depth) {
    if (pattern.startsWith("?:", at)) {
      at += 2;
    } else if (pattern.startsWith("?P<", at) || pattern.startsWith("?<", at)) {
      at = pattern.indexOf('>', at) + 1;
    } else if (peek() == '?') {
      throw new Beyond("(?");
    }
    String text = alternatives(depth + 1);
    if (peek() != ')') {
      throw new Beyond("no )");
    }
    at++;
    return text;
  }

  private String escaped() {
    char c = at < pattern.length() ? pattern.charAt(at++) : '\0';
    return switch (c) {
      case 'd' -> one(DIGITS);
      case 'w' -> one(WORD);
      case 's' -> " ";
      case 'D' -> one("abcxyz -_");
      case 'W' -> one(" -+.");
      case 'S' -> one(WORD);
      case 'A', 'z' -> "";
      case 't' -> "\t";
      case 'n' -> "\n";
      default -> {
        if (Character.isLetterOrDigit(c) || c == '\0') {
          throw new Beyond("\\" + c);
        }
        yield "" + c;
      }
    };
  }

  private String one(String of) {
    if (of.isEmpty()) {
      throw new Beyond("an empty class");
    }
    int[] points = of.codePoints().toArray();
    return Character.toString(points[isShort ? 0 : random.nextInt(points.length)]);
  }

  private String classOf() {
    boolean isNot = peek() == '^';
    at += isNot ? 1 : 0;
    var members = new StringBuilder();
    boolean isFirst = true;
    while (at < pattern.length() && (peek() != ']' || isFirst)) {
      isFirst = false;
      members.append(member());
    }
    at++;
    if (!isNot) {
      return members.toString();
    }
    var others = new StringBuilder();
    ANY.chars()
        .filter(c -> members.indexOf(Character.toString(c)) < 0)
        .forEach(others::appendCodePoint);
    return others.toString();
  }

  private String member() {
    if (peek() == '[') {
      throw new Beyond("[[");
    }
    char c = pattern.charAt(at++);
    if (c == '\\') {
      char escaped = pattern.charAt(at++);
      return switch (escaped) {
        case 'd' -> DIGITS;
        case 'w' -> WORD;
        case 's' -> " ";
        case 't' -> "\t";
        case 'n' -> "\n";
        default -> {
          if (Character.isLetterOrDigit(escaped)) {
            throw new Beyond("\\" + escaped);
          }
          yield "" + escaped;
        }
      };
    }
    if (peek() == '-' && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']') {
      char last = pattern.charAt(at + 1);
      at += 2;
      return range(c, last);
    }
    return "" + c;
  }

  private static String range(char first, char last) {
    List<String> all = new ArrayList<>();
    for (int c = first; c <= last && all.size() <= Byte.MAX_VALUE; c++) {
      all.add(Character.toString(c));
    }
    return String.join("", all);
  }
}
