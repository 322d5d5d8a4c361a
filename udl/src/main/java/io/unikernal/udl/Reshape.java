package io.unikernal.udl;

import io.unikernal.udl.Diagnostics.Finding;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What makes a list of a mapping, a mapping of a list, a text of either: as edits. */
final class Reshape {
  private static final List<String> NAMES = List.of("name", "id");

  private static final Pattern ARROW =
      Pattern.compile("([a-z]\\w*\\.\\w+)\\s*(?:->|=>|→|to)\\s*([a-z]\\w*(?:\\.\\w+)?)");
  private static final Pattern NAME = Pattern.compile("[a-z]\\w*(?:\\.\\w+)?");

  private Reshape() {}

  static void toList(Node node, String what, Finding finding) {
    if (!(node instanceof Mapping mapping) || mapping.entries().isEmpty()) {
      if (node instanceof Scalar scalar && !scalar.isNull()) {
        finding.label("a list has `- ` before each item");
      }
      return;
    }
    boolean isOne =
        List.of(Grammar.ROUTE, Grammar.STEP).stream()
            .anyMatch(known -> known.find(mapping.entries().getFirst().name()).isPresent());
    if (mapping.isFlow()) {
      if (isOne) {
        finding.label("put it into `[ ]`");
        finding.edit(at(mapping.place(), mapping.place().start()), "[ ");
        finding.edit(at(mapping.place(), mapping.place().end()), " ]");
      }
    } else if (isOne) {
      finding.label("a list has `- ` before each item");
      indent(mapping.place(), finding);
    } else if (mapping.entries().stream().allMatch(entry -> entry.value() instanceof Mapping)) {
      boolean isNamed = !what.equals("`routes`");
      finding.label(
          isNamed
              ? "a list has `- ` before each item, and a name as `name: …`"
              : "routes have no names: write `-`");
      mapping.entries().forEach(entry -> item(entry, isNamed, finding));
    }
  }

  private static Place at(Place place, int offset) {
    return new Place(place.source(), offset, offset);
  }

  private static void indent(Place place, Finding finding) {
    Source source = place.source();
    finding.edit(at(place, place.start()), "- ");
    for (int line = source.lineAt(place.start()) + 1; line <= source.lineAt(place.end()); line++) {
      if (!source.line(line).isBlank()) {
        finding.edit(at(place, source.startOf(line)), "  ");
      }
    }
  }

  /** {@code key: …} becomes {@code - name: key …}. */
  private static void item(Entry entry, boolean isNamed, Finding finding) {
    Source source = entry.key().place().source();
    int start = entry.key().place().start();
    int end = source.text().indexOf(':', entry.key().place().end()) + 1;
    if (!(entry.value() instanceof Mapping value) || end == 0) {
      return;
    }
    if (value.isFlow()) {
      int open = value.place().start() + 1;
      String name = isNamed ? " name: " + entry.name() + "," : "";
      finding.edit(new Place(source, start, open), "- {" + name);
    } else if (column(source, value.place().start()) == column(source, start) + 2) {
      finding.edit(new Place(source, start, end), isNamed ? "- name: " + entry.name() : "-");
    }
  }

  private static int column(Source source, int offset) {
    return offset - source.lineStart(offset);
  }

  /** {@code a.b -> c.d} for a route, a mere name for a step. */
  static void toMapping(Scalar scalar, String what, Finding finding) {
    Matcher arrow = ARROW.matcher(scalar.text());
    String better = "";
    if (what.equals("a route") && arrow.matches()) {
      better = "{ from: " + arrow.group(1) + ", to: " + arrow.group(2) + " }";
    } else if (what.equals("a step") && NAME.matcher(scalar.text()).matches()) {
      better = "{ system: " + scalar.text() + " }";
    }
    if (!better.isEmpty()) {
      finding.write(better).edit(scalar.place(), better);
    }
  }

  static void toMapping(Node node, Finding finding) {
    if (!(node instanceof Sequence list) || list.items().isEmpty()) {
      return;
    }
    boolean isNamed =
        list.items().stream()
            .allMatch(item ->
                item instanceof Mapping mapping
                    && !mapping.entries().isEmpty()
                    && NAMES.contains(mapping.entries().getFirst().name()));
    if (!isNamed || list.isFlow()) {
      return;
    }
    finding.label("write each name as a key: `name: { … }`");
    for (Node item : list.items()) {
      Mapping mapping = (Mapping) item;
      Entry name = mapping.entries().getFirst();
      Source source = mapping.place().source();
      int dash = source.text().lastIndexOf('-', mapping.place().start());
      int end = name.value().place().end();
      String key = name.value() instanceof Scalar scalar ? scalar.text() : "";
      if (mapping.isFlow()) {
        int comma = source.text().indexOf(',', end);
        int next = mapping.entries().size() > 1 ? comma + 1 : end;
        finding.edit(new Place(source, dash, next), key + ": {");
      } else {
        finding.edit(new Place(source, dash, end), key + ":");
      }
    }
  }

  /** A list of one text is that text. */
  static void toText(Node node, Finding finding) {
    if (node instanceof Sequence list
        && list.items().size() == 1
        && list.items().getFirst() instanceof Scalar one
        && list.isFlow()) {
      finding.label("write it without `[ ]`").edit(list.place(), one.place().text());
    }
  }
}
