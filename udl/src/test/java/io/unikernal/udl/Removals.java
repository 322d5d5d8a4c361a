package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.ArrayList;
import java.util.List;

/** A text with one entry of one mapping left out: all that there are. */
final class Removals {
  private final Source source;
  private final List<Removal> found = new ArrayList<>();

  private Removals(Source source) {
    this.source = source;
  }

  /**
   * @param path the keys that lead to the entry, and its own
   * @param line where it stood
   * @param text all but it
   */
  record Removal(String path, int line, String text) {}

  static List<Removal> of(Source source) {
    var removals = new Removals(source);
    Node root = YamlReader.read(source, new Diagnostics()).orElseThrow();
    removals.collect(root, root, "");
    return removals.found;
  }

  private void collect(Node root, Node node, String path) {
    switch (node) {
      case Mapping mapping -> {
        for (int i = 0; i < mapping.entries().size(); i++) {
          Entry entry = mapping.entries().get(i);
          String inside = path.isEmpty() ? entry.name() : path + "." + entry.name();
          String text = without(mapping, i);
          mustLack(root, mapping, entry, text);
          int line = source.lineAt(entry.key().place().start());
          found.add(new Removal(inside, line, text));
          collect(root, entry.value(), inside);
        }
      }
      case Sequence sequence -> sequence.items().forEach(item -> collect(root, item, path));
      case Scalar _ -> {}
    }
  }

  private String without(Mapping mapping, int index) {
    List<Entry> entries = mapping.entries();
    Entry entry = entries.get(index);
    String text = source.text();
    int start = entry.key().place().start();
    int end = Math.max(entry.place().end(), start);
    if (entries.size() == 1) {
      // Before the end of the line: what ends a block may be a line of its own.
      int last = mapping.place().start();
      return text.substring(0, mapping.place().start())
          + "{}"
          + (mapping.isFlow() ? "" : "\n")
          + text.substring(Math.max(last, mapping.place().end()));
    }
    boolean isLast = index == entries.size() - 1;
    int from = isLast ? entries.get(index - 1).place().end() : start;
    int to = isLast ? end : entries.get(index + 1).key().place().start();
    return text.substring(0, from) + (isLast && !mapping.isFlow() ? "\n" : "") + text.substring(to);
  }

  /** The text must be what it was but for the entry, or the removal proves nothing. */
  private void mustLack(Node root, Mapping mapping, Entry entry, String text) {
    Node wanted = replaced(root, mapping, entry);
    Node is =
        YamlReader.read(new Source(source.name(), source.path(), text), new Diagnostics())
            .orElseThrow(() -> new IllegalStateException("no YAML without " + entry + "\n" + text));
    if (!Node.isSame(wanted, is)) {
      throw new IllegalStateException("not only " + entry.name() + " is gone:\n" + text);
    }
  }

  private static Node replaced(Node node, Mapping mapping, Entry entry) {
    return switch (node) {
      case Mapping it when it == mapping ->
          new Mapping(
              it.place(), it.entries().stream().filter(one -> one != entry).toList(), it.isFlow());
      case Mapping it ->
          new Mapping(
              it.place(),
              it.entries().stream()
                  .map(one -> new Entry(one.key(), replaced(one.value(), mapping, entry)))
                  .toList(),
              it.isFlow());
      case Sequence it ->
          new Sequence(
              it.place(),
              it.items().stream().map(item -> replaced(item, mapping, entry)).toList(),
              it.isFlow());
      case Scalar it -> it;
    };
  }
}
