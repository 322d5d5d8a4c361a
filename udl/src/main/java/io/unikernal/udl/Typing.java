package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Assign;
import io.unikernal.model.Assign.Reason;
import io.unikernal.model.Expression;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the edges: whether what one side gives fits what the other takes. */
final class Typing {
  /** What a reason for a refusal ends with where a function helps. */
  private static final Pattern CONVERSION = Pattern.compile("^`[^;]*: use (\\w+)\\(\\.\\.\\.\\)$");

  private static final Pattern MARKER = Pattern.compile("\\$\\{([^{}]+)}");
  private static final Pattern MISSING = Pattern.compile("field `([A-Za-z_0-9]+)[^`]*` is missing");

  private final Diagnostics diagnostics;

  /** What is given to whom, by the type that is asked for: each operation has its own. */
  private final Map<Type, List<Edge>> edges = new IdentityHashMap<>();

  Typing(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /**
   * One edge.
   *
   * @param who what takes the value, as {@code `db.save`}
   * @param verb what it does with it: {@code needs}
   * @param giver what gives the value, as {@code `with`}
   * @param node what is written for it, if anything, to put the caret under the part that is wrong
   */
  record Edge(
      Expression from,
      Type to,
      String who,
      String verb,
      String giver,
      Place place,
      Optional<Node> node,
      Variables variables) {}

  static String reason(Reason reason) {
    return reason.path().isEmpty()
        ? reason.message()
        : "`" + reason.path() + "`: " + reason.message();
  }

  /** The expression made to fit; as it is where it cannot, which is reported. */
  Expression fit(Edge edge) {
    edges.computeIfAbsent(edge.to(), _ -> new ArrayList<>()).add(edge);
    return switch (Assign.check(edge.from().type(), edge.to())) {
      case Assign.Verdict.Fits() -> Expressions.fit(edge.from(), edge.to(), edge.who());
      case Assign.Verdict.Checked(var _) -> Expressions.fit(edge.from(), edge.to(), edge.who());
      case Assign.Verdict.Refused(var reasons) -> {
        report(edge, reasons);
        yield edge.from();
      }
    };
  }

  /** Everything that the definition gives to who asks for this very type. */
  List<Edge> givenTo(Type input) {
    return edges.getOrDefault(input, List.of());
  }

  private void report(Edge edge, List<Reason> reasons) {
    var byField = new LinkedHashMap<String, List<Reason>>();
    reasons.stream()
        .filter(reason -> !isTypo(edge, reason))
        .forEach(reason ->
            byField
                .computeIfAbsent(first(edge, reason.path()), _ -> new ArrayList<>())
                .add(reason));
    byField.forEach((field, some) -> {
      if (field.isEmpty()) {
        whole(edge, some);
      } else {
        field(edge, field, some);
      }
    });
  }

  /** The field that a reason is about, if the edge is written field by field. */
  private static String first(Edge edge, String path) {
    if (!(edge.node().orElse(null) instanceof Mapping)) {
      return "";
    }
    int end = 0;
    while (end < path.length() && ".[".indexOf(path.charAt(end)) < 0) {
      end++;
    }
    return path.substring(0, end);
  }

  private void field(Edge edge, String field, List<Reason> reasons) {
    Optional<Type> wanted = fieldOf(edge.to(), field);
    Optional<Entry> entry =
        edge.node().map(Mapping.class::cast).flatMap(mapping -> mapping.find(field));
    String needs =
        edge.who()
            + " "
            + edge.verb()
            + " `"
            + field
            + wanted.map(type -> ": " + type).orElse("")
            + "`";
    if (entry.isEmpty()) {
      if (isMisspelt(edge, field)) {
        return;
      }
      diagnostics
          .error(
              Code.TYPE_MISMATCH,
              edge.place(),
              needs + ", and " + edge.giver() + " does not give it")
          .label(label(reasons, field))
          .hint(wanted.map(type -> "write " + field + ": " + offer(edge, field, type)).orElse(""))
          .insert(
              edge.node(), wanted.map(type -> field + ": " + offer(edge, field, type)).orElse("…"));
      return;
    }
    String given =
        fieldOf(edge.from().type(), field).map(type -> " `" + type + "`").orElse(" another type");
    var finding =
        diagnostics
            .error(
                Code.TYPE_MISMATCH,
                entry.get().value().place(),
                needs + ", but " + edge.giver() + " gives" + given)
            .label(label(reasons, field));
    convert(finding, Optional.of(entry.get().value()), label(reasons, field));
  }

  /** Where a function makes the one type of the other, it is offered around the expression. */
  private static void convert(Diagnostics.Finding finding, Optional<Node> node, String label) {
    Matcher function = CONVERSION.matcher(label);
    if (function.find() && node.orElse(null) instanceof Node.Scalar scalar) {
      Matcher marker = MARKER.matcher(scalar.text());
      if (marker.matches()) {
        String better = function.group(1) + "(" + marker.group(1) + ")";
        finding.write("${" + better + "}");
        finding.edit(scalar.part(marker.start(1), marker.end(1)), better);
      }
    }
  }

  /** A field that is missing since its key is misspelt: one mistake. */
  private static boolean isTypo(Edge edge, Reason reason) {
    Matcher missing = MISSING.matcher(reason.message());
    return missing.lookingAt() && reason.path().isEmpty() && isMisspelt(edge, missing.group(1));
  }

  /** Whether a key was meant for this field: that is reported already. */
  private static boolean isMisspelt(Edge edge, String field) {
    return edge.to().core() instanceof Type.Record record
        && edge.node().orElse(null) instanceof Mapping mapping
        && mapping.entries().stream()
            .filter(entry -> record.field(entry.name()).isEmpty())
            .anyMatch(entry -> Suggestions.closest(entry.name(), List.of(field)).isPresent());
  }

  /**
   * Reports the parameters of a statement for which the value has no field: they would silently be
   * absent.
   */
  void checkParameters(Edge edge) {
    if (!(edge.to().core() instanceof Type.Record wanted && wanted.name().isEmpty())
        || !(edge.from().type().core() instanceof Type.Record given)) {
      return;
    }
    for (Type.Field field : wanted.fields()) {
      boolean isFree = field.type() instanceof Type.Maybe(var of) && of == Type.Simple.ANY;
      if (isFree && given.field(field.name()).isEmpty() && !isMisspelt(edge, field.name())) {
        String missing = field.name() + ": " + offer(edge, field.name(), Type.Simple.ANY);
        diagnostics
            .error(
                Code.TYPE_MISMATCH,
                edge.place(),
                edge.who()
                    + " needs `"
                    + field.name()
                    + "`, and "
                    + edge.giver()
                    + " does not give it")
            .label(
                given.name().isEmpty()
                    ? Suggestions.label(
                        field.name(), given.fields().stream().map(Type.Field::name).toList())
                    : "there is no field `" + field.name() + "` in `" + given.name() + "`")
            .write(edge.node().isPresent() ? missing : "with: { " + missing + " }")
            .insert(edge.node(), missing);
      }
    }
  }

  private void whole(Edge edge, List<Reason> reasons) {
    var finding =
        diagnostics
            .error(
                Code.TYPE_MISMATCH,
                edge.place(),
                edge.who()
                    + " "
                    + edge.verb()
                    + " `"
                    + edge.to()
                    + "`, but "
                    + edge.giver()
                    + " gives `"
                    + edge.from().type()
                    + "`")
            .label(label(reasons, ""));
    convert(finding, edge.node(), label(reasons, ""));
    if (!(edge.to().core() instanceof Type.Record record)) {
      return;
    }
    if (edge.node().orElse(null) instanceof Mapping mapping && !mapping.entries().isEmpty()) {
      List<String> missing =
          record.fields().stream()
              .filter(field -> field.isRequired() && mapping.find(field.name()).isEmpty())
              .filter(field -> !isMisspelt(edge, field.name()))
              .map(field -> field.name() + ": " + offer(edge, field.name(), field.type()))
              .toList();
      missing.forEach(finding::write);
      finding.insert(edge.node(), missing);
    } else if (edge.giver().contains("`with`")) {
      finding.write(mappingFor(edge, record));
    }
  }

  /** A mapping that gives what is asked for, where the scope has values of those names. */
  private static String mappingFor(Edge edge, Type.Record record) {
    var parts = new ArrayList<String>();
    for (Type.Field field : record.fields()) {
      if (field.isRequired()) {
        parts.add(field.name() + ": " + offer(edge, field.name(), field.type()));
      }
    }
    return parts.isEmpty() || parts.size() > 8 ? "" : "with: { " + String.join(", ", parts) + " }";
  }

  private static String offer(Edge edge, String field, Type wanted) {
    for (var variable : edge.variables().scope().variables()) {
      Optional<Type> found = fieldOf(variable.type(), field);
      if (found.isPresent() && fits(found.get(), wanted)) {
        return "\"${" + variable.name() + "." + field + "}\"";
      }
      if (variable.name().equals(field) && fits(variable.type(), wanted)) {
        return "\"${" + field + "}\"";
      }
    }
    return "…";
  }

  private static boolean fits(Type from, Type to) {
    return !(Assign.check(from, to) instanceof Assign.Verdict.Refused);
  }

  static Optional<Type> fieldOf(Type type, String field) {
    Type core = type.core();
    if (core instanceof Type.Record record) {
      return record.field(field).map(Type.Field::type);
    }
    return core instanceof Type.MapOf(var value) ? Optional.of(value) : Optional.empty();
  }

  /** Every reason, each once, the paths shortened by what the headline names. */
  private static String label(List<Reason> reasons, String field) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Reason reason : reasons) {
      String path =
          reason.path().startsWith(field + ".")
              ? reason.path().substring(field.length() + 1)
              : reason.path().equals(field) ? "" : reason.path();
      String text = path.isEmpty() ? reason.message() : "`" + path + "`: " + reason.message();
      texts.put(text, text);
    }
    return String.join("; ", texts.values());
  }
}
