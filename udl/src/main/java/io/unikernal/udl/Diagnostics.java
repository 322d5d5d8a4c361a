package io.unikernal.udl;

import io.unikernal.udl.Diagnostic.Edit;
import io.unikernal.udl.Diagnostic.Severity;
import io.unikernal.udl.Diagnostic.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects what the stages find. */
final class Diagnostics {
  /** More than anyone reads; a broken file must not print a book. */
  static final int MAX = 200;

  private final List<Finding> findings = new ArrayList<>();
  private final Set<String> mentioned = new HashSet<>();
  private final Map<String, Source> sources = new LinkedHashMap<>();
  private final List<Place> hidden = new ArrayList<>();
  private final Session session;
  private final Facts facts;
  private int errors;

  Diagnostics() {
    this(new Session(), false);
  }

  /** {@code isIndexed}: whether somebody will ask what the compiler learnt of each place. */
  Diagnostics(Session session, boolean isIndexed) {
    this.session = session;
    facts = new Facts(isIndexed);
  }

  /** What stays from one compilation to the next. */
  Session session() {
    return session;
  }

  /** What is learnt on the way. */
  Facts facts() {
    return facts;
  }

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

    /** An offer; a person may want something else. */
    Finding edit(Place where, String text) {
      return edit(where, text, false);
    }

    /** {@code isSafe}: nothing else could have been meant, so a program may apply it. */
    Finding edit(Place where, String text, boolean isSafe) {
      edits.add(new Edit(where.span(), text, isSafe));
      return this;
    }

    boolean isError() {
      return severity == Severity.ERROR;
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
    return add(new Finding(code, Severity.ERROR, place, message));
  }

  Finding warning(Code code, Place place, String message) {
    return add(new Finding(code, Severity.WARNING, place, message));
  }

  private Finding add(Finding finding) {
    register(finding.place.source());
    findings.add(finding);
    errors += finding.isError() ? 1 : 0;
    return finding;
  }

  /** Takes over what was found before, by others. */
  void addAll(List<Finding> found) {
    found.forEach(this::add);
  }

  /** All so far, in the order in which they came. */
  List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** How many there are so far. */
  int count() {
    return findings.size();
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
    return errors > 0;
  }

  int errors() {
    return errors;
  }

  Map<String, Source> sources() {
    return sources;
  }

  /** In order of place, without repetitions. */
  List<Diagnostic> sorted() {
    var order = new HashMap<String, Integer>();
    sources.keySet().forEach(name -> order.put(name, order.size()));
    return findings.stream()
        .sorted(
            Comparator.comparingInt(
                    (Finding finding) -> order.getOrDefault(finding.place.source().name(), 0))
                .thenComparingInt(finding -> finding.place.start())
                .thenComparing(finding -> finding.severity))
        .map(Finding::build)
        .distinct()
        .toList();
  }
}
