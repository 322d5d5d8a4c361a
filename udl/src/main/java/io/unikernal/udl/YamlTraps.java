package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Finds what YAML reads without complaint but otherwise than it was meant. */
final class YamlTraps {
  private final YamlErrors errors;
  private final Diagnostics diagnostics;
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private YamlTraps(Source source, Diagnostics diagnostics) {
    errors = new YamlErrors(source, diagnostics);
    this.diagnostics = diagnostics;
  }

  static void check(Node root, Source source, Diagnostics diagnostics) {
    new YamlTraps(source, diagnostics).visit(root, "");
  }

  private void visit(Node node, String key) {
    if (!seen.add(node)) {
      return;
    }
    switch (node) {
      case Scalar scalar -> scalar(scalar, key);
      case Sequence sequence -> {
        checkCommas(sequence);
        sequence.items().forEach(item -> visit(item, key));
      }
      case Mapping mapping -> {
        checkCommas(mapping);
        mapping.entries().forEach(entry -> visit(entry.value(), entry.name()));
      }
    }
  }

  private void scalar(Scalar scalar, String key) {
    if (scalar.tag().isPresent()) {
      Source source = scalar.place().source();
      if (key.equals("when") || scalar.tag().get().startsWith("!")) {
        int start = source.text().lastIndexOf('!', scalar.place().start());
        start = start < source.lineStart(scalar.place().start()) ? scalar.place().start() : start;
        if (key.equals("when")) {
          errors.predicate(new Place(source, start, scalar.place().end()), key);
          return;
        }
      }
      diagnostics.error(
          Code.YAML_TAG,
          scalar.place(),
          "tags as `" + YamlErrors.shortTag(scalar.tag().get()) + "` mean nothing here");
      return;
    }
    String text = scalar.text();
    int marker = text.lastIndexOf("${");
    boolean isCut = scalar.isPlain() && marker >= 0 && text.indexOf('}', marker) < 0;
    Source source = scalar.place().source();
    int lineEnd = source.lineEnd(scalar.place().end());
    String rest = source.text().substring(scalar.place().end(), lineEnd);
    if (isCut && rest.strip().startsWith("#")) {
      Place place = new Place(source, scalar.place().start(), lineEnd);
      String quoted = YamlErrors.quoted(place.text());
      diagnostics
          .error(
              Code.YAML_MARKER_QUOTES,
              place,
              "the ` #` cuts this text off: it begins a comment without quotes")
          .label("quote this")
          .write(quoted)
          .edit(place, quoted, true);
    }
  }

  /** {@code { price: decimal(12,2) }}: the comma ends the value and begins a key. */
  private void checkCommas(Mapping mapping) {
    if (!mapping.isFlow()) {
      return;
    }
    List<Entry> entries = mapping.entries();
    for (int i = 0; i + 1 < entries.size(); i++) {
      if (!(entries.get(i).value() instanceof Scalar first) || !isOpen(first)) {
        continue;
      }
      int last = i + 1;
      while (last < entries.size() && !entries.get(last).key().text().contains(")")) {
        last++;
      }
      if (last < entries.size() && entries.get(last).value().isNull()) {
        reportComma(
            first.place().to(entries.get(last).key().place()), entries.get(i).name() + ": ");
        return;
      }
    }
  }

  private void checkCommas(Sequence sequence) {
    if (!sequence.isFlow()) {
      return;
    }
    List<Node> items = sequence.items();
    for (int i = 0; i + 1 < items.size(); i++) {
      if (items.get(i) instanceof Scalar first
          && isOpen(first)
          && items.get(i + 1) instanceof Scalar next
          && next.text().contains(")")) {
        reportComma(first.place().to(next.place()), "");
        return;
      }
    }
  }

  private static boolean isOpen(Scalar scalar) {
    if (!scalar.isPlain()) {
      return false;
    }
    long open = scalar.text().chars().filter(c -> c == '(').count();
    return open > scalar.text().chars().filter(c -> c == ')').count();
  }

  private void reportComma(Place place, String key) {
    String quoted = YamlErrors.quoted(place.text());
    diagnostics
        .error(
            Code.YAML_COMMA_QUOTES,
            place,
            "`" + place.text() + "` needs quotes inside `{ }`: YAML cuts it at the comma")
        .label("quote this")
        .write(key + quoted)
        .edit(place, quoted, true);
  }
}
