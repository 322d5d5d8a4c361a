package io.unikernal.udl;

import io.unikernal.model.Origin;
import io.unikernal.udl.Diagnostic.Span;

/** A stretch of a source: char offsets, {@code end} after the last. */
record Place(Source source, int start, int end) {
  Place {
    end = Math.max(start, end);
  }

  Span span() {
    return source.span(start, end);
  }

  Origin origin() {
    return source.origin(start);
  }

  String text() {
    return source.text().substring(start, end);
  }

  boolean contains(Place other) {
    boolean isSame = source == other.source || source.file().equals(other.source.file());
    return isSame && start <= other.start && other.end <= end;
  }

  Place to(Place last) {
    return new Place(source, start, Math.max(end, last.end));
  }

  @Override
  public String toString() {
    return source.name() + ":" + source.lineAt(start);
  }
}
