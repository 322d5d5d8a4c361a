package io.unikernal.udl;

import io.unikernal.udl.Diagnostic.Edit;
import io.unikernal.udl.Diagnostic.Severity;
import io.unikernal.udl.Diagnostic.Span;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects what the stages find. */
final class Diagnostics {
  /** More than anyone reads; a broken file must not print a book. */
  static final int MAX = 200;

  private final List<Finding> findings = new ArrayList<>();
  private final Set<String> mentioned = new HashSet<>();
  private final Map<String, Source> sources = new LinkedHashMap<>();
  private final List<Place> hidden = new ArrayList<>();
  private boolean hasErrors;

  /** One finding, while it is written. */
  static final class Finding {
    private final Code code;
    private final Severity severity;
    private final Place place;
    private final String message;
    private final List<String> write = new ArrayList<>();
    private final List<Edit> edits = new ArrayList<>();
    private String label = "";

    private Finding(Code code, Severity severity, Place place, String message) {
      this.code = code;
      this.severity = severity;
      this.place = place;
      this.message = message;
    }

    Finding label(String text) {
      label = text;
      return this;
    }

    /** The text to write; an empty one says nothing. */
    Finding write(String text) {
      if (!text.isEmpty()) {
        write.add(text);
      }
      return this;
    }

    /** A hint of others: what to write, or words to stand beside the caret. */
    Finding hint(String text) {
      if (text.startsWith("write ")) {
        return write(text.substring("write ".length()));
      }
      if (!text.isEmpty()) {
        label = label.isEmpty() ? text : label + "; " + text;
      }
      return this;
    }

    Finding edit(Place where, String text) {
      edits.add(new Edit(where.span(), text));
      return this;
    }

    /** Offers another entry of a mapping, unless it holds something to fill in. */
    Finding insert(Optional<Node> node, String entry) {
      boolean isWhole = !entry.isEmpty() && !entry.contains("…");
      if (isWhole && node.orElse(null) instanceof Mapping mapping && !mapping.entries().isEmpty()) {
        Node.Entry last = mapping.entries().getLast();
        Place end = last.value().place();
        Source source = end.source();
        int column =
            last.key().place().start() - source.lineStart(last.key().place().start());
        String before = mapping.isFlow() ? ", " : "\n" + " ".repeat(column);
        boolean isSimple = !(last.value() instanceof Scalar scalar && scalar.style() == Node.Style.BLOCK);
        if (isSimple) {
          edit(new Place(source, end.end(), end.end()), before + entry);
        }
      }
      return this;
    }

    private Diagnostic build() {
      return new Diagnostic(
          code.id(),
          severity,
          message,
          place.span(),
          label,
          List.copyOf(write),
          List.copyOf(edits));
    }
  }

  Finding error(Code code, Place place, String message) {
    hasErrors = true;
    return add(new Finding(code, Severity.ERROR, place, message));
  }

  Finding warning(Code code, Place place, String message) {
    return add(new Finding(code, Severity.WARNING, place, message));
  }

  private Finding add(Finding finding) {
    register(finding.place.source());
    findings.add(finding);
    return finding;
  }

  void notYet(Place place, String what) {
    error(Code.NOT_YET, place, what + " is not available yet");
  }

  /** Whether this is the first time; one unresolved name gives one error. */
  boolean first(String what) {
    return mentioned.add(what);
  }

  /** Files are ordered as they come here. */
  void register(Source source) {
    sources.putIfAbsent(source.name(), source);
  }

  /** What stands there is never printed, by no diagnostic. */
  void hide(Place place) {
    hidden.add(place);
  }

  List<Span> hidden() {
    return hidden.stream().map(Place::span).toList();
  }

  boolean hasErrors() {
    return hasErrors;
  }

  int errors() {
    return (int) findings.stream().filter(f -> f.severity == Severity.ERROR).count();
  }

  Map<String, Source> sources() {
    return sources;
  }

  /** In order of place, without repetitions. */
  List<Diagnostic> sorted() {
    var order = new ArrayList<>(sources.keySet());
    return findings.stream()
        .sorted(
            Comparator.comparingInt(
                    (Finding finding) -> order.indexOf(finding.place.source().name()))
                .thenComparingInt(finding -> finding.place.start())
                .thenComparing(finding -> finding.severity))
        .map(Finding::build)
        .distinct()
        .toList();
  }
}
