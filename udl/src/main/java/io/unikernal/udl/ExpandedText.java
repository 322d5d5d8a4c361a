package io.unikernal.udl;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** A definition that was written out, as text and as JSON. */
final class ExpandedText {
  private static final int COMMENT_COLUMN = 48;

  private ExpandedText() {}

  sealed interface Part {}

  /**
   * @param isRaw a number and such, which quotes would make a text
   * @param origin where it comes from; empty for the language's own
   */
  record Text(String text, boolean isRaw, String origin) implements Part {}

  record Names(SequencedMap<String, Part> parts) implements Part {
    Names(LinkedHashMap<String, Part> parts) {
      this((SequencedMap<String, Part>) parts);
    }
  }

  record Items(List<Part> parts) implements Part {}

  static String yaml(Names root) {
    var out = new StringBuilder();
    boolean isFirst = true;
    for (Map.Entry<String, Part> section : root.parts().entrySet()) {
      out.append(isFirst ? "" : "\n");
      entry(section, 0, out);
      isFirst = false;
    }
    return out.toString();
  }

  private static void names(Names names, int indent, boolean isBegun, StringBuilder out) {
    boolean isFirst = isBegun;
    for (Map.Entry<String, Part> entry : names.parts().entrySet()) {
      out.repeat(' ', isFirst ? 0 : indent);
      isFirst = false;
      entry(entry, indent, out);
    }
  }

  private static void entry(Map.Entry<String, Part> entry, int indent, StringBuilder out) {
    out.append(ScalarText.of(entry.getKey(), false)).append(':');
    value(entry.getValue(), indent, false, out);
  }

  private static void value(Part part, int indent, boolean isItem, StringBuilder out) {
    switch (part) {
      case Text text -> text(text, indent, out);
      case Names(var parts) when parts.isEmpty() -> out.append(" {}\n");
      case Items(var parts) when parts.isEmpty() -> out.append(" []\n");
      case Names names -> {
        out.append(isItem ? " " : "\n");
        names(names, indent + 2, isItem, out);
      }
      case Items(var parts) -> {
        out.append('\n');
        for (Part item : parts) {
          out.repeat(' ', indent + 2).append('-');
          value(item, indent + 2, true, out);
        }
      }
    }
  }

  private static void text(Text text, int indent, StringBuilder out) {
    Optional<List<String>> lines = text.isRaw() ? Optional.empty() : lines(text.text());
    if (lines.isPresent()) {
      out.append(text.text().endsWith("\n") ? " |" : " |-");
      comment(text.origin(), out);
      lines
          .get()
          .forEach(
              line -> out.repeat(' ', line.isEmpty() ? 0 : indent + 2).append(line).append('\n'));
      return;
    }
    String written = text.isRaw() ? text.text() : ScalarText.of(text.text(), false);
    out.append(written.isEmpty() ? "" : " ").append(written);
    comment(text.origin(), out);
  }

  private static void comment(String origin, StringBuilder out) {
    if (!origin.isEmpty()) {
      int column = out.length() - out.lastIndexOf("\n") - 1;
      out.repeat(' ', Math.max(1, COMMENT_COLUMN - column)).append("# ");
      out.append(origin.replaceAll("\\p{Cntrl}", "?"));
    }
    out.append('\n');
  }

  /** The lines of a text that can stand as a block: nothing of it would be lost. */
  private static Optional<List<String>> lines(String text) {
    String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    boolean isBlock =
        body.indexOf('\n') >= 0
            && !body.startsWith(" ")
            && !body.startsWith("\n")
            && !body.endsWith("\n")
            && body.chars()
                .allMatch(c -> c == '\n' || c >= ' ' && c < 127 || c > 160 && c < 0x2000);
    List<String> lines = List.of(body.split("\n", -1));
    boolean isClean = lines.stream().allMatch(line -> line.stripTrailing().equals(line));
    return isBlock && isClean ? Optional.of(lines) : Optional.empty();
  }

  /** Each value with its origin. */
  static String json(Names root) {
    return Json.pretty(value(root));
  }

  private static Value value(Part part) {
    return switch (part) {
      case Text text -> {
        var fields = new LinkedHashMap<String, Value>();
        fields.put("value", literal(text));
        fields.put("origin", Value.text(text.origin()));
        yield new Value.Dict(fields);
      }
      case Names(var parts) -> {
        var fields = new LinkedHashMap<String, Value>();
        parts.forEach((name, inside) -> fields.put(name, value(inside)));
        yield new Value.Dict(fields);
      }
      case Items(var parts) -> new Value.Items(parts.stream().map(ExpandedText::value).toList());
    };
  }

  private static Value literal(Text text) {
    if (!text.isRaw()) {
      return Value.text(text.text());
    }
    Place nowhere = new Place(new Source("", java.nio.file.Path.of(""), ""), 0, 0);
    return new Node.Scalar(nowhere, text.text(), Node.Style.PLAIN, Optional.empty()).value();
  }
}
