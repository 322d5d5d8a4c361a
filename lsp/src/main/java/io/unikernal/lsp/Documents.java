package io.unikernal.lsp;

import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;

/** What the editor has open, as it is there. */
final class Documents {
  /** Larger ones are not read, as files are not. */
  static final int LENGTH_MAX = 4 << 20;

  private final Map<Path, Document> open = new ConcurrentHashMap<>();
  private final AtomicLong revision = new AtomicLong();

  /** One open file; {@code uri} as the editor writes it. */
  record Document(String uri, Path path, int version, Lines lines) {}

  /** Empty for what is no file. */
  static Optional<Path> path(String uri) {
    try {
      URI parsed = URI.create(uri);
      return "file".equals(parsed.getScheme())
          ? Optional.of(Path.of(parsed).toAbsolutePath().normalize())
          : Optional.empty();
    } catch (IllegalArgumentException | FileSystemNotFoundException _) {
      return Optional.empty();
    }
  }

  void open(String uri, int version, String text) {
    path(uri).ifPresent(path -> put(new Document(uri, path, version, new Lines(text))));
  }

  void change(String uri, int version, List<TextDocumentContentChangeEvent> changes) {
    Optional<Document> known = path(uri).flatMap(this::find);
    known.ifPresent(document -> {
      Lines lines = document.lines();
      for (TextDocumentContentChangeEvent change : changes) {
        lines = new Lines(changed(lines, change));
      }
      put(new Document(uri, document.path(), version, lines));
    });
  }

  private static String changed(Lines lines, TextDocumentContentChangeEvent change) {
    if (change.getRange() == null) {
      return change.getText();
    }
    int start = lines.offset(change.getRange().getStart());
    int end = Math.max(start, lines.offset(change.getRange().getEnd()));
    return lines.text().substring(0, start) + change.getText() + lines.text().substring(end);
  }

  private void put(Document document) {
    open.put(document.path(), document);
    touch();
  }

  void close(String uri) {
    path(uri).ifPresent(open::remove);
    touch();
  }

  /** Something has changed, here or on the disk. */
  void touch() {
    revision.incrementAndGet();
  }

  /** Grows with each change. */
  long revision() {
    return revision.get();
  }

  Optional<Document> find(Path path) {
    return Optional.ofNullable(open.get(path));
  }

  Optional<String> text(Path path) {
    return find(path).map(document -> document.lines().text());
  }

  List<Path> paths() {
    return List.copyOf(open.keySet());
  }

  /** The editor's own writing of a file's name, if it has it open. */
  String uri(Path path) {
    return find(path).map(Document::uri).orElseGet(() -> path.toUri().toString());
  }
}
