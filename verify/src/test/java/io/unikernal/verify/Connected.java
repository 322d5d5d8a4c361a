package io.unikernal.verify;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.server.ConnectedCheck;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.Contact;
import io.unikernal.udl.Diagnostic;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** A definition that was checked against real systems, and what came of it. */
record Connected(Compilation compilation, List<String> lines) {
  static final Duration LIMIT = Duration.ofSeconds(60);
  private static final SortedMap<String, Adapter> ADAPTERS = AdapterCatalog.load(List.of());

  static Connected check(Path folder, String definition) throws IOException, InterruptedException {
    return check(folder, definition, Map.of(), LIMIT);
  }

  static Connected check(
      Path folder, String definition, Map<String, String> environment, Duration limit)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("test.udl.yaml"), definition);
    return new Connected(
        UdlCompiler.compile(
            file,
            ADAPTERS,
            new UdlCompiler.Options(environment, false).with(ConnectedCheck.within(limit))),
        definition.lines().toList());
  }

  /** Each as {@code error UDL-7101 at `totl`}: the text that the carets stand under. */
  List<String> findings() {
    return compilation.diagnostics().stream()
        .map(diagnostic ->
            diagnostic.severity() + " " + diagnostic.code() + " at `" + under(diagnostic) + "`")
        .toList();
  }

  private String under(Diagnostic diagnostic) {
    var span = diagnostic.span();
    String line = lines.get(span.line() - 1);
    int start = line.offsetByCodePoints(0, span.column() - 1);
    int end =
        span.endLine() == span.line()
            ? line.offsetByCodePoints(0, span.endColumn() - 1)
            : line.length();
    return line.substring(start, end);
  }

  Contact contact(String system) {
    return compilation.contacts().stream()
        .filter(contact -> contact.system().equals(system))
        .findFirst()
        .orElseThrow();
  }

  String text() {
    return compilation.rendered().text(false);
  }

  /** The definition with the edits of the diagnostics of one code in it. */
  String edited(String code) {
    var text = new StringBuilder(String.join("\n", lines) + "\n");
    compilation.diagnostics().stream()
        .filter(diagnostic -> diagnostic.code().equals(code))
        .flatMap(diagnostic -> diagnostic.edits().stream())
        .sorted((a, b) -> Integer.compare(offset(b.span()), offset(a.span())))
        .forEach(edit -> {
          var end = edit.span();
          int to =
              offset(
                  new Diagnostic.Span(
                      end.file(), end.endLine(), end.endColumn(), end.endLine(), end.endColumn()));
          text.replace(offset(edit.span()), to, edit.text());
        });
    return text.toString();
  }

  private int offset(Diagnostic.Span span) {
    int offset = span.column() - 1;
    for (int i = 0; i < span.line() - 1; i++) {
      offset += lines.get(i).length() + 1;
    }
    return offset;
  }
}
