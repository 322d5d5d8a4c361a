package io.unikernal.expr;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * RE2 patterns, compiled once. Matching takes time linear in the text, but a pattern that repeats a
 * repetition can be as large as one likes when it is compiled: that is bounded before it is.
 */
final class Patterns {
  private static final int PATTERNS_MAX = 256;

  /** Instructions that a pattern may come to, about. */
  private static final long SIZE_MAX = 10_000;

  /** Instructions that run at a char at the price of one char gone through. */
  private static final int INSTRUCTIONS_PER_CHAR = 4;

  private static final Map<String, Pattern> KNOWN = new ConcurrentHashMap<>();

  private Patterns() {}

  /** What is wrong with the pattern; empty when nothing is. */
  static String problem(String text) {
    if (size(text) > SIZE_MAX) {
      return "its repetitions make it too large";
    }
    try {
      Pattern.compile(text);
      return "";
    } catch (PatternSyntaxException e) {
      return e.getDescription();
    }
  }

  /** The compiled pattern; patterns come from definitions, so that few are enough. */
  static Pattern pattern(String text) {
    Pattern known = KNOWN.get(text);
    if (known != null) {
      return known;
    }
    if (size(text) > SIZE_MAX) {
      throw new EvaluationException("the pattern is too large in");
    }
    try {
      Pattern compiled = Pattern.compile(text);
      if (KNOWN.size() < PATTERNS_MAX) {
        KNOWN.put(text, compiled);
      }
      return compiled;
    } catch (PatternSyntaxException _) {
      throw new EvaluationException("the pattern is not a valid RE2 pattern in");
    }
  }

  /** Pays for going through the whole text once. */
  static Matcher matcher(String pattern, String text, Evaluation run) {
    Pattern compiled = pattern(pattern);
    pay(compiled, text.length(), run);
    return compiled.matcher(text);
  }

  static void pay(Pattern pattern, int length, Evaluation run) {
    run.spend((long) length * (2 + pattern.programSize() / INSTRUCTIONS_PER_CHAR));
  }

  /**
   * How large it becomes when its counted repetitions are written out; at most by some too much.
   */
  private static long size(String text) {
    Deque<Long> outer = new ArrayDeque<>();
    long whole = 0;
    long last = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '(' -> {
          outer.push(whole);
          whole = 0;
          last = 0;
        }
        case ')' -> {
          last = whole + 2;
          whole = (outer.isEmpty() ? 0 : outer.pop()) + last;
        }
        case '{' -> {
          long times = times(text, i + 1);
          whole = Math.min(whole + last * (times - 1), Integer.MAX_VALUE);
          last = Math.min(last * times, Integer.MAX_VALUE);
        }
        case '\\' -> {
          i++;
          last = 1;
          whole++;
        }
        default -> {
          last = 1;
          whole++;
        }
      }
    }
    return whole;
  }

  /** The larger number of {@code {n,m}}; 1 for what is no repetition. */
  private static long times(String text, int from) {
    long largest = 1;
    long number = 0;
    for (int i = from; i < text.length() && i < from + 12; i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        number = number * 10 + (c - '0');
        largest = Math.max(largest, number);
      } else if (c == ',') {
        number = 0;
      } else {
        return c == '}' ? largest : 1;
      }
    }
    return 1;
  }
}
