package io.unikernal.udl;

import io.unikernal.model.Origin;
import io.unikernal.udl.Diagnostic.Span;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** One file's text, and where its lines begin. Offsets count chars; columns count code points. */
final class Source {
  /** As people see it: the definition's path as it was given, imports beside it. */
  private final String name;

  private final Path path;
  private final String text;
  private final Path file;
  private final int[] lineStarts;
  private final Optional<TemplateUse> use;
  private final Optional<FilledText> filled;

  Source(String name, Path path, String text) {
    this.name = name;
    this.path = path;
    this.text = text;
    file = path.toAbsolutePath().normalize();
    int[] starts = new int[16];
    int count = 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean ends = c == '\n' || (c == '\r' && !text.startsWith("\n", i + 1));
      if (ends) {
        if (count == starts.length) {
          starts = Arrays.copyOf(starts, count * 2);
        }
        starts[count++] = i + 1;
      }
    }
    lineStarts = Arrays.copyOf(starts, count);
    use = Optional.empty();
    filled = Optional.empty();
  }

  private Source(Source other, Optional<TemplateUse> use, Optional<FilledText> filled) {
    name = other.name;
    path = other.path;
    file = other.file;
    text = other.text;
    lineStarts = other.lineStarts;
    this.use = use;
    this.filled = filled;
  }

  /** The same text as it is seen in one use of a template. */
  Source usedFor(TemplateUse found) {
    return new Source(this, Optional.of(found), Optional.empty());
  }

  /** The same text behind a scalar that is made of it and of arguments. */
  Source filledAs(FilledText made) {
    return new Source(this, use, Optional.of(made));
  }

  /** The use of a template through which this is seen, if it is. */
  Optional<TemplateUse> use() {
    return use;
  }

  /** What was made of the scalar, if parameters stood in it: then no edit can be applied to it. */
  Optional<FilledText> filled() {
    return filled;
  }

  String name() {
    return name;
  }

  Path path() {
    return path;
  }

  /** The path, absolute and normalised. */
  Path file() {
    return file;
  }

  String text() {
    return text;
  }

  /** The folder that paths in this file resolve against. */
  Path folder() {
    Path parent = path.getParent();
    return parent == null ? Path.of("") : parent;
  }

  int lineAt(int offset) {
    int found = Arrays.binarySearch(lineStarts, offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  int columnAt(int offset) {
    int start = lineStarts[lineAt(offset) - 1];
    return text.codePointCount(start, Math.min(offset, text.length())) + 1;
  }

  /** The offset of a line's column, both from 1, columns in code points; within the line. */
  int offsetAt(int line, int column) {
    int start = lineStarts[Math.clamp(line - 1, 0, lineStarts.length - 1)];
    int points = text.codePointCount(start, text.length());
    return text.offsetByCodePoints(start, Math.clamp(column - 1, 0, points));
  }

  /** The line's text without its end; empty past the last one. */
  String line(int number) {
    if (number < 1 || number > lineStarts.length) {
      return "";
    }
    int start = lineStarts[number - 1];
    int end = number < lineStarts.length ? lineStarts[number] : text.length();
    while (end > start && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
      end--;
    }
    return text.substring(start, end);
  }

  int lines() {
    return lineStarts.length;
  }

  /** The offset where a line begins. */
  int startOf(int line) {
    return lineStarts[line - 1];
  }

  /** The offset where a line begins, counted from 1. */
  int start(int line) {
    return lineStarts[Math.clamp(line, 1, lineStarts.length) - 1];
  }

  /** The offset where the line of {@code offset} begins. */
  int lineStart(int offset) {
    return lineStarts[lineAt(offset) - 1];
  }

  /** The offset after the last character of the line of {@code offset}. */
  int lineEnd(int offset) {
    return lineStart(offset) + line(lineAt(offset)).length();
  }

  Span span(int start, int end) {
    return new Span(name, lineAt(start), columnAt(start), lineAt(end), columnAt(end));
  }

  Origin origin(int offset) {
    return new Origin(name, lineAt(offset), columnAt(offset));
  }
}
