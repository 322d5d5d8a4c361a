package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.Node.Style;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Makes a tree of text that is no YAML yet, by its indentation and brackets: a guess that is never
 * refused. For places and names while somebody types; what is right and wrong, {@link YamlReader}
 * says.
 */
final class Sketch {
  private final Source source;
  private final String text;
  private int at;
  private int nodes;

  private Sketch(Source source) {
    this.source = source;
    text = source.text();
  }

  static Node read(Source source) {
    var sketch = new Sketch(source);
    sketch.skipBlank();
    return sketch.at < sketch.text.length()
        ? sketch.block(sketch.column(sketch.at), 1)
        : new Mapping(new Place(source, 0, 0), List.of(), false);
  }

  /** What begins here and stands in this column. */
  private Node block(int column, int depth) {
    return isDash(at) ? sequence(column, depth) : mapping(column, depth);
  }

  private Node sequence(int column, int depth) {
    int start = at;
    var items = new ArrayList<Node>();
    while (isMore(depth) && column(at) >= column && (column(at) > column || isDash(at))) {
      if (column(at) > column) {
        skipLine();
        continue;
      }
      int dash = at;
      at++;
      skipSpaces();
      items.add(isLineEnd(at) ? below(column, dash + 1, depth, false) : item(depth));
      skipBlank();
    }
    return new Sequence(place(start, endOf(items, start + 1)), items, false);
  }

  private Node item(int depth) {
    boolean isBlock = isDash(at) || (!isFlowStart(at) && keyEnd(at) >= 0);
    return isBlock ? block(column(at), depth + 1) : value(column(at), depth);
  }

  private Node mapping(int column, int depth) {
    int start = at;
    var entries = new ArrayList<Entry>();
    var names = new HashSet<String>();
    while (isMore(depth) && column(at) >= column && (column(at) > column || !isDash(at))) {
      if (isDash(at)) {
        skipLine();
        continue;
      }
      // An entry that stands too deep was meant for here.
      Entry entry = entry(column(at), depth);
      if (names.add(entry.name())) {
        entries.add(entry);
      }
      skipBlank();
    }
    int end = entries.isEmpty() ? start : entries.getLast().place().end();
    return new Mapping(place(start, end), entries, false);
  }

  private Entry entry(int column, int depth) {
    int colon = keyEnd(at);
    if (colon < 0) {
      // A key that is not finished.
      int start = at;
      at = source.lineEnd(at);
      Scalar key = plain(start, trimmed(start, at));
      skipDeeper(column);
      return new Entry(key, nothing(key.place().end()));
    }
    Scalar key = key(at, colon);
    at = colon + 1;
    skipSpaces();
    Node value = isLineEnd(at) ? below(column, colon + 1, depth, true) : value(column, depth);
    if (!(value instanceof Mapping) && !(value instanceof Sequence)) {
      skipDeeper(column);
    }
    return new Entry(key, value);
  }

  /** A value that stands in the lines below; a list may stand in the column of its key. */
  private Node below(int column, int from, int depth, boolean isOfKey) {
    skipBlank();
    if (at < text.length()) {
      int next = column(at);
      if (next > column || (isOfKey && next == column && isDash(at))) {
        return block(next, depth + 1);
      }
    }
    return nothing(from);
  }

  private Node value(int column, int depth) {
    char first = text.charAt(at);
    if (isFlowStart(at)) {
      return flow(depth);
    }
    if (first == '"' || first == '\'') {
      return quoted(first);
    }
    if (first == '|' || first == '>') {
      int start = at;
      at = source.lineEnd(at);
      skipDeeper(column);
      int end = trimmed(start, at);
      return new Scalar(place(start, end), text.substring(start, end), Style.BLOCK, none());
    }
    int start = at;
    int comment = text.indexOf(" #", at);
    int lineEnd = source.lineEnd(at);
    at = lineEnd;
    return plain(start, trimmed(start, comment >= 0 && comment < lineEnd ? comment : lineEnd));
  }

  /** {@code { }} or {@code [ ]}, over several lines; what is not closed ends with its line. */
  private Node flow(int depth) {
    int start = at;
    int indent = indent(at);
    boolean isMapping = text.charAt(at++) == '{';
    var entries = new ArrayList<Entry>();
    var items = new ArrayList<Node>();
    while (isMore(depth)) {
      skipFlowSpace();
      if (at >= text.length() || isOutside(indent)) {
        break;
      }
      char c = text.charAt(at);
      if (c == '}' || c == ']') {
        at++;
        break;
      }
      if (c == ',') {
        at++;
        continue;
      }
      int before = at;
      if (isMapping) {
        entries.add(flowEntry(depth));
      } else {
        items.add(flowValue(depth));
      }
      at = Math.max(at, before + 1);
    }
    Place place = place(start, Math.min(at, text.length()));
    return isMapping ? new Mapping(place, entries, true) : new Sequence(place, items, true);
  }

  private Entry flowEntry(int depth) {
    Node read = flowValue(depth);
    Scalar key = read instanceof Scalar scalar ? scalar : plain(read.place().start(), at);
    skipSpaces();
    if (at < text.length() && text.charAt(at) == ':') {
      int colon = ++at;
      skipSpaces();
      boolean isEmpty = at >= text.length() || ",}]\n\r".indexOf(text.charAt(at)) >= 0;
      return new Entry(key, isEmpty ? nothing(Math.min(colon + 1, at)) : flowValue(depth));
    }
    return new Entry(key, nothing(key.place().end()));
  }

  private Node flowValue(int depth) {
    char first = text.charAt(at);
    if (isFlowStart(at)) {
      return depth >= YamlReader.DEPTH_MAX ? plain(at, ++at) : flow(depth + 1);
    }
    if (first == '"' || first == '\'') {
      return quoted(first);
    }
    int start = at;
    int markers = 0;
    while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      char c = text.charAt(at);
      if (c == '{' && at > start && text.charAt(at - 1) == '$') {
        markers++;
      } else if (c == '}' && markers > 0) {
        markers--;
      } else if (markers == 0 && (",{}[]".indexOf(c) >= 0 || isColon(at))) {
        break;
      }
      at++;
    }
    return plain(start, trimmed(start, at));
  }

  /** A line that stands less deep than that of the bracket was not meant to be in it. */
  private boolean isOutside(int indent) {
    boolean isFirst = column(at) == indent(at);
    return isFirst && column(at) <= indent && "}]".indexOf(text.charAt(at)) < 0;
  }

  /** The column of the first char of the line. */
  private int indent(int offset) {
    int first = source.lineStart(offset);
    while (first < offset && Character.isWhitespace(text.charAt(first))) {
      first++;
    }
    return column(first);
  }

  private Scalar quoted(char quote) {
    int start = at;
    int lineEnd = source.lineEnd(at);
    var value = new StringBuilder();
    at++;
    boolean isClosed = false;
    while (at < lineEnd && !isClosed) {
      char c = text.charAt(at);
      if (quote == '"' && c == '\\' && at + 1 < lineEnd) {
        value.append(text.charAt(at + 1));
        at += 2;
      } else if (quote == '\'' && c == '\'' && at + 1 < lineEnd && text.charAt(at + 1) == quote) {
        value.append(quote);
        at += 2;
      } else {
        isClosed = c == quote;
        if (!isClosed) {
          value.append(c);
        }
        at++;
      }
    }
    nodes++;
    Style style = quote == '"' ? Style.DOUBLE_QUOTED : Style.SINGLE_QUOTED;
    return new Scalar(place(start, at), value.toString(), style, none());
  }

  private Scalar key(int start, int colon) {
    char first = text.charAt(start);
    int end = trimmed(start, colon);
    boolean isQuoted =
        (first == '"' || first == '\'') && end > start + 1 && text.charAt(end - 1) == first;
    nodes++;
    return isQuoted
        ? new Scalar(
            place(start, end),
            text.substring(start + 1, end - 1),
            first == '"' ? Style.DOUBLE_QUOTED : Style.SINGLE_QUOTED,
            none())
        : plain(start, end);
  }

  private Scalar plain(int start, int end) {
    nodes++;
    return new Scalar(place(start, end), text.substring(start, end), Style.PLAIN, none());
  }

  private Scalar nothing(int where) {
    return plain(Math.min(where, text.length()), Math.min(where, text.length()));
  }

  private static Optional<String> none() {
    return Optional.empty();
  }

  /** Where the colon after the key stands that begins here, in this line; or -1. */
  private int keyEnd(int start) {
    int end = source.lineEnd(start);
    char quote = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (i == start && (c == '"' || c == '\'')) {
        quote = c;
      } else if (isColon(i)) {
        return i;
      } else if (c == '#' && i > start && text.charAt(i - 1) == ' ') {
        return -1;
      }
    }
    return -1;
  }

  private boolean isColon(int i) {
    return text.charAt(i) == ':'
        && (i + 1 >= text.length() || Character.isWhitespace(text.charAt(i + 1)));
  }

  private boolean isMore(int depth) {
    return at < text.length() && depth < YamlReader.DEPTH_MAX && nodes < YamlReader.NODES_MAX;
  }

  private boolean isDash(int i) {
    return i < text.length()
        && text.charAt(i) == '-'
        && (i + 1 >= text.length() || Character.isWhitespace(text.charAt(i + 1)));
  }

  private boolean isFlowStart(int i) {
    return text.charAt(i) == '{' || text.charAt(i) == '[';
  }

  private boolean isLineEnd(int i) {
    return i >= text.length() || "\r\n#".indexOf(text.charAt(i)) >= 0;
  }

  private int column(int offset) {
    return offset - source.lineStart(offset);
  }

  private void skipLine() {
    at = source.lineEnd(at);
    skipBlank();
  }

  private void skipSpaces() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  private void skipFlowSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  /** To the first char that is neither white space nor part of a comment. */
  private void skipBlank() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        at = source.lineEnd(at);
      } else if (Character.isWhitespace(c)) {
        at++;
      } else if (column(at) == 0 && (text.startsWith("---", at) || text.startsWith("...", at))) {
        at = source.lineEnd(at);
      } else {
        return;
      }
    }
  }

  /** Past the lines that belong to a value which is no collection. */
  private void skipDeeper(int column) {
    at = source.lineEnd(at);
    int next = at;
    while (true) {
      skipBlank();
      if (at >= text.length() || column(at) <= column) {
        break;
      }
      at = source.lineEnd(at);
      next = at;
    }
    at = Math.max(next, Math.min(at, text.length()));
  }

  private int trimmed(int start, int end) {
    int last = end;
    while (last > start && Character.isWhitespace(text.charAt(last - 1))) {
      last--;
    }
    return last;
  }

  private int endOf(List<Node> items, int least) {
    return items.isEmpty() ? least : Math.max(least, items.getLast().place().end());
  }

  private Place place(int start, int end) {
    return new Place(source, start, Math.max(start, end));
  }
}
