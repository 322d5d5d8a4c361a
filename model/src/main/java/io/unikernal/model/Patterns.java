package io.unikernal.model;

import com.google.re2j.Pattern;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Compiled RE2 patterns by their text: types hold the text, so that they stay plain data. */
final class Patterns {
  /** Definitions hold few patterns; a reload brings new ones, so the old may not stay for ever. */
  private static final int KEPT_MAX = 1024;

  private static final Map<String, Pattern> COMPILED = new ConcurrentHashMap<>();

  private Patterns() {}

  /** Throws re2j's PatternSyntaxException for a wrong pattern. */
  static Pattern compile(String pattern) {
    Pattern known = COMPILED.get(pattern);
    if (known != null) {
      return known;
    }
    if (COMPILED.size() >= KEPT_MAX) {
      COMPILED.clear();
    }
    Pattern compiled = Pattern.compile(pattern);
    COMPILED.put(pattern, compiled);
    return compiled;
  }

  static boolean matches(String pattern, String text) {
    return compile(pattern).matches(text);
  }
}
