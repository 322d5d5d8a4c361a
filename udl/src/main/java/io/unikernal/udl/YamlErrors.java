package io.unikernal.udl;

import io.unikernal.udl.Node.Mapping;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says what is wrong with YAML in our own words. Where one of YAML's traps made it, says that
 * instead and offers the quotes.
 */
final class YamlErrors {
  private static final Pattern ENTRY =
      Pattern.compile("^\\s*(?:- )*\\s*([A-Za-z_][\\w-]*)\\s*:\\s+(\\S.*?)\\s*$");
  private static final Pattern QUOTED_THEN_MORE =
      Pattern.compile("(['\"]).*?\\1\\s*[^\\s,#}\\]].*");
  private final Source source;
  private final Diagnostics diagnostics;

  YamlErrors(Source source, Diagnostics diagnostics) {
    this.source = source;
    this.diagnostics = diagnostics;
  }

  static String shortTag(String tag) {
    return tag.startsWith("tag:yaml.org,2002:") ? "!!" + tag.substring(18) : tag;
  }

  /** {@code begin}: where what is wrong began, which for something not closed says more. */
  void report(int offset, int begin, String problem) {
    // What the scanner stumbles over may stand in the line before.
    if (isMarkerTrap(offset) || isPredicateTrap(offset)) {
      return;
    }
    int before = source.lineStart(offset) - 1;
    if (before > 0 && (isMarkerTrap(before) || isPredicateTrap(before))) {
      return;
    }
    int end = Math.min(source.text().length(), offset + 1);
    Place place = new Place(source, Math.min(offset, end), end);
    boolean isTab = problem.contains("\\t") || place.text().equals("\t");
    if (isTab) {
      diagnostics
          .error(Code.YAML_TAB, place, "a tab cannot indent YAML")
          .label("use spaces")
          .edit(place, "  ");
      return;
    }
    boolean isOpen = words(problem).contains("closed");
    boolean isFar = source.lineAt(begin) != source.lineAt(offset);
    Place shown = isOpen && isFar ? new Place(source, begin, begin + 1) : place;
    diagnostics
        .error(Code.YAML_SYNTAX, shown, words(problem))
        .label(isOpen && isFar ? "opened here" : label(problem));
  }

  /** {@code ${...}} bare in a flow mapping is a mapping as a key's start. */
  private boolean isMarkerTrap(int offset) {
    int lineStart = source.lineStart(offset);
    String line = source.line(source.lineAt(offset));
    int marker = line.indexOf("${");
    while (marker >= 0) {
      int at = lineStart + marker;
      if (!isQuotedAt(line, marker)) {
        int end = Math.min(markerEnd(at), source.lineEnd(at));
        boolean isFlow = isInFlow(line, marker);
        String text = source.text().substring(at, end);
        boolean isSplit = text.contains(": ") || text.contains(" #") || !text.endsWith("}");
        if (isFlow || isSplit) {
          int from = isFlow ? valueStart(at) : lineStart + plainStart(line, marker);
          int to = isFlow ? flowValueEnd(end) : source.lineEnd(at);
          reportMarker(new Place(source, from, Math.max(from, to)), isFlow);
          return true;
        }
        int valueAt = plainStart(line, marker);
        if (line.substring(valueAt).contains(": ")) {
          reportMarker(new Place(source, lineStart + valueAt, source.lineEnd(at)), false);
          return true;
        }
      }
      marker = line.indexOf("${", marker + 2);
    }
    return false;
  }

  private void reportMarker(Place place, boolean isFlow) {
    String why =
        isFlow
            ? "`${…}` inside `{ }` or `[ ]` needs quotes: its braces are YAML's there"
            : "a text with `: ` or ` #` in it needs quotes";
    String quoted = quoted(place.text());
    diagnostics
        .error(Code.YAML_MARKER_QUOTES, place, why)
        .label("quote this")
        .write(quoted)
        .edit(place, quoted, true);
  }

  private boolean isPredicateTrap(int offset) {
    Matcher match = ENTRY.matcher(source.line(source.lineAt(offset)));
    if (!match.matches()) {
      return false;
    }
    String value = match.group(2);
    boolean isPredicate = match.group(1).equals("when");
    boolean isTrap =
        QUOTED_THEN_MORE.matcher(value).matches()
            || (isPredicate
                && (value.startsWith("!") || value.startsWith("[") || value.contains(": ")));
    if (!isTrap || value.startsWith("${")) {
      return false;
    }
    int start = source.lineStart(offset) + match.start(2);
    predicate(new Place(source, start, start + value.length()), match.group(1));
    return true;
  }

  /** An expression that YAML reads as something else. */
  void predicate(Place place, String key) {
    String quoted = quoted(place.text());
    diagnostics
        .error(
            Code.YAML_PREDICATE_QUOTES,
            place,
            "`" + key + "` needs quotes here: YAML reads the beginning of this as its own")
        .label("quote this")
        .write(key + ": " + quoted)
        .edit(place, quoted, true);
  }

  /** A key that is a mapping or list: {@code { ${x} }} and the like. */
  void keyIsNoText(Node key) {
    int at = key.place().start();
    boolean isMarker = at > 0 && source.text().charAt(at - 1) == '$';
    if (isMarker || key instanceof Mapping) {
      if (isMarkerTrap(at)) {
        return;
      }
    }
    diagnostics.error(Code.YAML_SYNTAX, key.place(), "a key must be a text, this is " + key.kind());
  }

  static String quoted(String text) {
    return text.contains("\"") || text.contains("\\")
        ? "'" + text.replace("'", "''") + "'"
        : "\"" + text + "\"";
  }

  private static boolean isQuotedAt(String line, int at) {
    char quote = 0;
    for (int i = 0; i < at; i++) {
      char c = line.charAt(i);
      if (quote == 0
          && (c == '"' || c == '\'')
          && (i == 0 || " {[,:(".indexOf(line.charAt(i - 1)) >= 0)) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
    }
    return quote != 0;
  }

  /** Whether the column lies within braces or brackets that its line opened before. */
  private static boolean isInFlow(String line, int column) {
    int depth = 0;
    for (int i = 0; i < column; i++) {
      char c = line.charAt(i);
      boolean isMarker = c == '{' && i > 0 && line.charAt(i - 1) == '$';
      if ((c == '{' || c == '[') && !isMarker && !isQuotedAt(line, i)) {
        depth++;
      } else if ((c == '}' || c == ']') && depth > 0 && !isQuotedAt(line, i)) {
        depth--;
      }
    }
    return depth > 0;
  }

  private static int plainStart(String line, int marker) {
    int colon = line.lastIndexOf(": ", marker);
    int dash = line.indexOf("- ");
    int from = colon >= 0 ? colon + 2 : dash >= 0 && dash < marker ? dash + 2 : 0;
    // The first colon that ends a key, not one within the text.
    int first = line.indexOf(": ");
    if (first >= 0 && first < marker) {
      from = first + 2;
    }
    while (from < marker && line.charAt(from) == ' ') {
      from++;
    }
    return from;
  }

  /** Back from a marker in flow style to where its value begins. */
  private int valueStart(int marker) {
    int at = marker;
    int lineStart = source.lineStart(marker);
    while (at > lineStart && ":,{[".indexOf(source.text().charAt(at - 1)) < 0) {
      at--;
    }
    while (at < marker && source.text().charAt(at) == ' ') {
      at++;
    }
    return at;
  }

  private int flowValueEnd(int from) {
    int at = from;
    int end = source.lineEnd(from);
    while (at < end && ",}]".indexOf(source.text().charAt(at)) < 0) {
      at++;
    }
    while (at > from && source.text().charAt(at - 1) == ' ') {
      at--;
    }
    return at;
  }

  private int markerEnd(int marker) {
    int depth = 0;
    for (int i = marker + 1; i < source.text().length(); i++) {
      char c = source.text().charAt(i);
      if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return i + 1;
      }
    }
    return source.text().length();
  }

  private static String words(String problem) {
    if (problem.contains("mapping values are not allowed")) {
      return "a second `key: value` in the same line";
    }
    if (problem.contains("could not find expected ':'")) {
      return "a key without `:` after it";
    }
    if (problem.contains("',' or '}'")) {
      return "`{ }` is not closed, or a `,` is missing";
    }
    if (problem.contains("',' or ']'")) {
      return "`[ ]` is not closed, or a `,` is missing";
    }
    if (problem.contains("block end")) {
      return "this does not stand in one column with what it belongs to";
    }
    if (problem.contains("unexpected end of stream") || problem.contains("end of stream")) {
      return "a quote is not closed";
    }
    if (problem.contains("escape") || problem.contains("expected hexadecimal")) {
      return "this escape means nothing inside double quotes";
    }
    if (problem.contains("block sequence entries are not allowed")) {
      return "a list cannot begin in this place";
    }
    if (problem.contains("cannot start any token")) {
      return "a text cannot begin with this character";
    }
    if (problem.contains("node content")) {
      return "a value is missing, or a quote";
    }
    return "this is not YAML";
  }

  private static String label(String problem) {
    if (problem.contains("mapping values are not allowed")) {
      return "put it on a line of its own, or quote the text";
    }
    if (problem.contains("cannot start any token")) {
      return "quote the text";
    }
    return problem.contains("block end") ? "look at the indentation" : "";
  }
}
