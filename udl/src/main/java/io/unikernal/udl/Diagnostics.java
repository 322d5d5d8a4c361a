package io.unikernal.udl;

import io.unikernal.udl.Diagnostic.Edit;
import io.unikernal.udl.Diagnostic.Severity;
import io.unikernal.udl.Diagnostic.Span;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
  private final Session session;
  private final Facts facts;
  private int errors;
  private int mistakes;
  private int repeated;

  Diagnostics() {
    this(new Session(false), false);
  }

  /** {@code isIndexed}: whether somebody will ask what the compiler learnt of each place. */
  Diagnostics(Session session, boolean isIndexed) {
    this.session = session;
    facts = new Facts(isIndexed, session);
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
    private String used = "";

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

    /**
     * {@code isSafe}: nothing else could have been meant, so a program may apply it. What a
     * template's parameters were put into has no text that could be replaced.
     */
    Finding edit(Place where, String text, boolean isSafe) {
      if (where.source().filled().isEmpty()) {
        edits.add(new Edit(where.span(), text, isSafe));
      }
      return this;
    }

    /** Offers another entry of a mapping, unless it holds something to fill in. */
    Finding insert(Optional<? extends Node> node, String entry) {
      return insert(node, List.of(entry));
    }

    /** Offers more entries of a mapping, unless one holds something to fill in. */
    Finding insert(Optional<? extends Node> node, List<String> more) {
      boolean isWhole =
          !more.isEmpty()
              && more.stream().noneMatch(entry -> entry.isEmpty() || entry.contains("…"));
      if (isWhole && node.orElse(null) instanceof Mapping mapping && !mapping.entries().isEmpty()) {
        Node.Entry last = mapping.entries().getLast();
        Place end = last.value().place();
        Source source = end.source();
        int column = last.key().place().start() - source.lineStart(last.key().place().start());
        String before = mapping.isFlow() ? ", " : "\n" + " ".repeat(column);
        boolean isSimple =
            !(last.value() instanceof Scalar scalar && scalar.style() == Node.Style.BLOCK);
        if (isSimple) {
          String entries = before + String.join(before, more);
          edit(new Place(source, end.end(), end.end()), entries);
        }
      }
      return this;
    }

    /** The same for every use of a template that has the same mistake. */
    private String cause() {
      return place
          .source()
          .use()
          .map(use -> code + " " + place.span() + use.general(message + " " + label + write))
          .orElse("");
    }

    private void usedAt(int more) {
      String others = more > 0 ? " and " + more + " more" : "";
      used = place.source().use().map(use -> "used at " + use.at() + others).orElse("");
    }

    boolean isError() {
      return severity == Severity.ERROR;
    }

    private Diagnostic build() {
      String joint = label.isEmpty() || used.isEmpty() ? "" : "; ";
      return new Diagnostic(
          code.id(),
          severity,
          message,
          place.span(),
          label + joint + used,
          List.copyOf(write),
          write.isEmpty() && edits.isEmpty() ? code.page().fix() : "",
          List.copyOf(edits));
    }
  }

  Finding error(Code code, Place place, String message) {
    return add(new Finding(code, Severity.ERROR, place, message));
  }

  Finding warning(Code code, Place place, String message) {
    return add(new Finding(code, Severity.WARNING, place, message));
  }

  Finding note(Code code, Place place, String message) {
    return add(new Finding(code, Severity.NOTE, place, message));
  }

  private Finding add(Finding finding) {
    register(finding.place.source());
    findings.add(finding);
    errors += finding.isError() ? 1 : 0;
    mistakes += finding.isError() && finding.code != Code.NOT_YET ? 1 : 0;
    return finding;
  }

  /** Takes over what another found, once for each place; {@code note} is said beside it. */
  void adopt(Diagnostics other, String note) {
    for (Finding finding : other.findings) {
      Place at = finding.place;
      if (first("adopted " + at.source().name() + " " + at.start() + " " + at.end())) {
        finding.label = finding.label.isEmpty() ? note : finding.label + "; " + note;
        add(finding);
      }
    }
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
    boolean isFirst = mentioned.add(what);
    repeated += isFirst ? 0 : 1;
    return isFirst;
  }

  /** How often something was not said since it had been said before. */
  int repeated() {
    return repeated;
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

  /** How many things are wrong; what is only not available yet is not. */
  int errors() {
    return mistakes;
  }

  Map<String, Source> sources() {
    return sources;
  }

  /** A mistake in a template is one finding, however often the template is used. */
  private static List<Finding> once(List<Finding> findings) {
    var kept = new ArrayList<Finding>();
    Map<String, Finding> first = new LinkedHashMap<>();
    Map<String, Set<TemplateUse>> uses = new HashMap<>();
    for (Finding finding : findings) {
      String cause = finding.cause();
      if (cause.isEmpty() || first.putIfAbsent(cause, finding) == null) {
        kept.add(finding);
      }
      finding
          .place
          .source()
          .use()
          .ifPresent(use -> uses.computeIfAbsent(cause, _ -> new HashSet<>()).add(use));
    }
    first.forEach(
        (cause, finding) -> finding.usedAt(uses.getOrDefault(cause, Set.of()).size() - 1));
    return kept;
  }

  /** In order of place, without repetitions. */
  List<Diagnostic> sorted() {
    var order = new HashMap<String, Integer>();
    sources.keySet().forEach(name -> order.put(name, order.size()));
    return once(findings).stream()
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
