package io.unikernal.udl;

import io.unikernal.model.TypeParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Types of other languages as they are written here; only what can be read then is offered. */
final class TypeGuess {
  private static final int ROUNDS_MAX = 4;
  private static final int LENGTH_MAX = 400;
  private static final Pattern OFFERED = Pattern.compile("`([^`…]+)`");

  /** What a type's name is here, the first that fits where it depends. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("number", "double"),
          Map.entry("float", "double"),
          Map.entry("object", "map(string, any)"),
          Map.entry("dict", "map(string, any)"),
          Map.entry("json", "any"),
          Map.entry("array", "list(any)"),
          Map.entry("list", "list(any)"),
          Map.entry("map", "map(string, any)"));

  private record Rewrite(Pattern pattern, String replacement) {}

  private static Rewrite rewrite(String pattern, String replacement) {
    return new Rewrite(Pattern.compile(pattern), replacement);
  }

  private static final List<Rewrite> REWRITES =
      List.of(
          rewrite(
              "(?i)\\b(?:list|array|set|seq|vector)\\s*[<\\[(]\\s*([^<>\\[\\]()]+?)\\s*[>\\])]",
              "list($1)"),
          rewrite("([A-Za-z_]\\w*(?:\\([^()]*\\))?)\\[\\]", "list($1)"),
          rewrite("^\\[\\s*([^\\[\\]]+?)\\s*\\]", "list($1)"),
          rewrite(
              "(?i)\\b(?:map|dict|record|hashmap|object)\\s*[<\\[(]\\s*\\w+\\s*,\\s*([^<>\\[\\]()]+?)\\s*[>\\])]",
              "map(string, $1)"),
          rewrite("\\bmap\\(\\s*([^(),]+?)\\s*\\)", "map(string, $1)"),
          rewrite(
              "(?i)\\b(?:optional|option|maybe|nullable)\\s*[<\\[(]\\s*(.+?)\\s*[>\\])]$", "$1?"),
          rewrite("^(.+?)\\s*\\|\\s*(?:null|undefined|None)$", "$1?"),
          rewrite("^(?:null|None)\\s*\\|\\s*(.+)$", "$1?"),
          rewrite("^\\?\\s*(.+)$", "$1?"),
          rewrite("^(.+)!$", "$1"),
          rewrite("^(\\w+)\\?(\\s*\\|\\s*.*[^?])$", "$1$2?"),
          rewrite("\\?\\?+$", "?"),
          rewrite("^(.+?) (?:optional|nullable)$", "$1?"),
          rewrite("^(.+?) (?:required|not null)$", "$1"),
          rewrite("(?i)\\b(?:varchar|char|text|string|str)\\(\\s*([0-9]+)\\s*\\)", "string(0..$1)"),
          rewrite(
              "(?i)\\b(?:numeric|number|money|decimal)\\(\\s*([0-9]+\\s*,\\s*[0-9]+)\\s*\\)",
              "decimal($1)"),
          rewrite("(?i)\\bdecimal\\(\\s*([0-9]+)\\s*\\)", "decimal($1,0)"),
          rewrite(
              "\\b(int|uint|double|string|bytes)\\(\\s*(-?[0-9.]+)\\s*(?:-|to|:|,|\\.\\.\\.)\\s*(-?[0-9.]+)\\s*\\)",
              "$1($2..$3)"),
          rewrite("\\b(int|uint|double)\\(\\s*>=\\s*(-?[0-9]+)\\s*\\)", "$1($2..)"),
          rewrite(
              "\\b(int|uint|double|string)\\(\\s*(?:max\\s*[:=]?|<=)\\s*([0-9]+)\\s*\\)",
              "$1(..$2)"),
          rewrite("\\bstring\\(\\s*['\"](.+)['\"]\\s*\\)", "string(/$1/)"),
          rewrite(
              "(?i)\\b(?:one_?of|enum|literal)\\s*[<\\[({]\\s*([^<>\\[\\](){}]+?)\\s*[>\\])}]",
              "enum($1)"));

  private TypeGuess() {}

  static Optional<String> find(String text, TypeParser.Result.Wrong wrong, TypeParser.Names names) {
    String now = text;
    TypeParser.Result.Wrong problem = wrong;
    for (int i = 0; i < ROUNDS_MAX && text.length() <= LENGTH_MAX; i++) {
      String next = now;
      for (String candidate : candidates(now, problem)) {
        switch (TypeParser.parse(candidate, names)) {
          case TypeParser.Result.Parsed _ -> {
            return Optional.of(candidate);
          }
          case TypeParser.Result.Wrong other -> {
            boolean isOther =
                !other.message().equals(problem.message()) || other.start() > problem.start();
            if (next.equals(now) && isOther) {
              next = candidate;
            }
          }
        }
      }
      if (next.equals(now)
          || !(TypeParser.parse(next, names) instanceof TypeParser.Result.Wrong left)) {
        return Optional.empty();
      }
      now = next;
      problem = left;
    }
    return Optional.empty();
  }

  private static List<String> candidates(String text, TypeParser.Result.Wrong wrong) {
    var all = new ArrayList<String>();
    int start = Math.clamp(wrong.start(), 0, text.length());
    int end = Math.clamp(wrong.end(), start, text.length());
    for (Rewrite rewrite : REWRITES) {
      String changed = rewrite.pattern().matcher(text).replaceAll(rewrite.replacement());
      if (!changed.equals(text)) {
        all.add(changed);
      }
    }
    quotedSymbols(text).ifPresent(all::add);
    Matcher offered = OFFERED.matcher(wrong.hint());
    while (offered.find()) {
      String better = offered.group(1);
      if (better.matches("[A-Za-z].*") && !better.matches(".*\\b[TAB]\\b.*")) {
        all.add(text.substring(0, start) + better + text.substring(end));
        all.add(better);
      }
    }
    String known = NAMES.get(text.substring(start, end).toLowerCase(Locale.ROOT));
    if (known != null) {
      all.addFirst(text.substring(0, start) + known + text.substring(end));
    }
    if (start == text.length()) {
      all.add(text + ")");
    }
    if (end > start && text.substring(start, end).matches("[)\\]}>]+")) {
      all.add(text.substring(0, start) + text.substring(end));
    }
    if (wrong.message().endsWith("stands twice")) {
      all.add(text.substring(0, start).replaceFirst(",\\s*$", "") + text.substring(end));
    }
    return all;
  }

  /** {@code 'new' | 'paid'} and {@code enum('new', 'paid')}. */
  private static Optional<String> quotedSymbols(String text) {
    String inner = text.replaceFirst("^enum\\((.*)\\)$", "$1");
    List<String> symbols = List.of(inner.split("\\s*[|,]\\s*"));
    boolean isQuoted =
        symbols.stream().allMatch(symbol -> symbol.strip().matches("(['\"])[\\w.-]+\\1"));
    return isQuoted
        ? Optional.of("enum(" + String.join(", ", symbols).replaceAll("['\"]", "").strip() + ")")
        : Optional.empty();
  }
}
