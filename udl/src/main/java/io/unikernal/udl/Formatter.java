package io.unikernal.udl;

import io.unikernal.udl.Compilation.Rendered;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Writes a definition as all definitions are written: two spaces for each level, quotes where YAML
 * needs them, the language's own keys in one order, at most one blank line, a flow in one line or
 * else as a block. Comments stay where they are and no value changes; what is formatted already
 * stays as it is.
 */
public final class Formatter {
  private Formatter() {}

  /** What became of a text. */
  public sealed interface Result {
    record Formatted(String text) implements Result {}

    /** It cannot be read; {@code diagnostics} say why. */
    record Refused(List<Diagnostic> diagnostics, Rendered rendered) implements Result {}
  }

  /** {@code name} is that of the file, for messages; tests of definitions have other keys. */
  public static Result format(String name, String text) {
    String plain = (text.startsWith("\uFEFF") ? text.substring(1) : text).replace("\r\n", "\n");
    var diagnostics = new Diagnostics();
    Optional<Node> before = read(name, plain, diagnostics);
    if (diagnostics.hasErrors()) {
      List<Diagnostic> all = diagnostics.sorted();
      return new Result.Refused(
          all, new Renderer(all, diagnostics.sources(), diagnostics.hidden(), 0));
    }
    boolean isDefinition = !name.endsWith(".test.udl.yaml") && !name.endsWith(".test.udl");
    String formatted = layout(plain.replace('\r', '\n'), isDefinition);
    // A formatter that changes what it formats is worse than none: the last word is the reader's.
    var again = new Diagnostics();
    Optional<Node> after = read(name, formatted, again);
    boolean isSame =
        !again.hasErrors()
            && before.isPresent() == after.isPresent()
            && (before.isEmpty() || isSame(before.get(), after.get()));
    return new Result.Formatted(isSame ? formatted : withLastLine(plain));
  }

  private static Optional<Node> read(String name, String text, Diagnostics diagnostics) {
    var source = new Source(name, Path.of(name.isEmpty() ? "-" : name), text);
    diagnostics.register(source);
    Optional<Node> root = YamlReader.read(source, diagnostics);
    root.ifPresent(node -> YamlTraps.check(node, source, diagnostics));
    return root;
  }

  /** Without the look back at what became of it. */
  static String layout(String text, boolean isDefinition) {
    Optional<Layout.Document> document = LayoutReader.read(text);
    if (document.isEmpty()) {
      String kept = text.strip();
      return kept.isEmpty() ? "" : withLastLine(kept.replaceAll("[ \t]+\n", "\n"));
    }
    if (isDefinition) {
      LayoutOrder.sort(document.get());
    }
    return LayoutWriter.write(document.get());
  }

  private static String withLastLine(String text) {
    return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
  }

  /** Whether both mean the same; the order of a mapping's keys aside. */
  static boolean isSame(Node one, Node other) {
    return switch (one) {
      case Scalar scalar ->
          other instanceof Scalar text
              && scalar.text().equals(text.text())
              && scalar.value().equals(text.value());
      case Sequence list ->
          other instanceof Sequence items
              && list.items().size() == items.items().size()
              && java.util.stream.IntStream.range(0, list.items().size())
                  .allMatch(i -> isSame(list.items().get(i), items.items().get(i)));
      case Mapping mapping ->
          other instanceof Mapping entries
              && names(mapping).equals(names(entries))
              && mapping.entries().stream()
                  .allMatch(entry ->
                      entries.get(entry.name()).map(v -> isSame(entry.value(), v)).orElse(false));
    };
  }

  private static HashSet<String> names(Mapping mapping) {
    var names = new HashSet<String>();
    mapping.entries().forEach(entry -> names.add(entry.name()));
    return names;
  }
}
