package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.expr.Expressions.Marker;
import io.unikernal.expr.Expressions.Reference;
import io.unikernal.model.Conform;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.Node.Style;
import io.unikernal.udl.TemplateParameter.Kind;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One template as it is declared: its parameters, and what is wrong with it whoever uses it. */
final class TemplateDeclaration {
  /** The keys that are no part of what a use declares. */
  private static final Set<String> ABOUT = Set.of("params", "steps", "doc");

  private final Entry entry;
  private final Mapping body;
  private final TypeTable types;
  private final Diagnostics diagnostics;
  private final Map<String, TemplateParameter> parameters = new LinkedHashMap<>();
  private final Set<String> mentioned = new HashSet<>();

  private TemplateDeclaration(Entry entry, Mapping body, TypeTable types, Diagnostics diagnostics) {
    this.entry = entry;
    this.body = body;
    this.types = types;
    this.diagnostics = diagnostics;
  }

  /** Empty if it is no mapping. */
  static Optional<TemplateDeclaration> read(Entry entry, TypeTable types, Diagnostics diagnostics) {
    return Grammar.TEMPLATE
        .read(entry.value(), diagnostics)
        .map(body -> {
          var declaration = new TemplateDeclaration(entry, body, types, diagnostics);
          declaration.check();
          return declaration;
        });
  }

  String name() {
    return entry.name();
  }

  Scalar key() {
    return entry.key();
  }

  Map<String, TemplateParameter> parameters() {
    return parameters;
  }

  /** The steps, for a {@code use} among steps. */
  Optional<Node> steps() {
    return body.get("steps");
  }

  /** What each use declares. */
  List<Entry> sections() {
    return body.entries().stream().filter(found -> !ABOUT.contains(found.name())).toList();
  }

  Mapping body() {
    return body;
  }

  private void check() {
    body.get("params")
        .filter(node -> !node.isNull())
        .flatMap(node -> Vocabulary.mapping(node, "`params`", diagnostics))
        .ifPresent(found -> found.entries().forEach(this::parameter));
    if (steps().isPresent() && !sections().isEmpty()) {
      diagnostics
          .error(
              Code.TEMPLATE_KIND,
              entry.key().place(),
              "template `" + name() + "` has steps, and something besides")
          .label("steps come to stand among steps: make two templates of it");
    }
    if (steps().isEmpty() && sections().isEmpty()) {
      diagnostics
          .error(Code.TEMPLATE_KIND, entry.key().place(), "template `" + name() + "` holds nothing")
          .label("it takes " + Suggestions.list(Grammar.TEMPLATE.keys()));
    }
    body.entries().stream()
        .filter(found -> !found.name().equals("params"))
        .forEach(found -> mentions(found.value(), found.name()));
    parameters.forEach((name, parameter) -> {
      if (!mentioned.contains(name)) {
        diagnostics.warning(
            Code.UNUSED_PARAMETER,
            parameter.key().place(),
            "nothing in template `" + name() + "` uses `param." + name + "`");
      }
    });
  }

  private void parameter(Entry declared) {
    Names.checkForm(declared.key(), "a parameter", diagnostics);
    if (!(declared.value() instanceof Scalar scalar)) {
      put(declared, Kind.VALUE, types.read(declared.value()), Optional.empty(), false);
      return;
    }
    String text = scalar.text();
    int equals = TypeTable.defaultAt(text);
    String written = (equals < 0 ? text : text.substring(0, equals)).strip();
    boolean isMaybe = written.endsWith("?");
    String word = isMaybe ? written.substring(0, written.length() - 1) : written;
    Optional<Node> fallback = equals < 0 ? Optional.empty() : fallback(scalar, equals);
    Optional<Kind> kind = Kind.find(word);
    if (kind.isPresent()) {
      put(declared, kind.get(), Type.Simple.ANY, fallback, isMaybe);
      return;
    }
    Type type = types.read(part(scalar, 0, written.length(), written));
    put(declared, Kind.VALUE, type, fallback, isMaybe || type instanceof Type.Maybe);
    fallback.ifPresent(node -> {
      if (NodeValues.read(node, type) instanceof Conform.Result.Breaks(var violations)) {
        diagnostics
            .error(Code.BAD_DEFAULT, node.place(), "the default is no `" + type + "`")
            .label(NodeValues.first(violations));
      }
    });
  }

  private void put(
      Entry declared, Kind kind, Type type, Optional<Node> fallback, boolean isOptional) {
    parameters.put(
        declared.name(), new TemplateParameter(declared.key(), kind, type, fallback, isOptional));
  }

  /** The default, as if it were written as an argument. */
  private static Optional<Node> fallback(Scalar scalar, int equals) {
    String text = scalar.text().substring(equals + 1).strip();
    int start = text.isEmpty() ? equals + 1 : scalar.text().indexOf(text, equals + 1);
    Place place = scalar.part(start, start + text.length());
    if (text.equals("[]")) {
      return Optional.of(new Sequence(place, List.of(), true));
    }
    if (text.equals("{}")) {
      return Optional.of(new Mapping(place, List.of(), true));
    }
    boolean isQuoted =
        text.length() >= 2
            && (text.charAt(0) == '\'' || text.charAt(0) == '"')
            && text.charAt(text.length() - 1) == text.charAt(0);
    return Optional.of(
        isQuoted
            ? new Scalar(
                place, text.substring(1, text.length() - 1), Style.SINGLE_QUOTED, Optional.empty())
            : new Scalar(place, text, Style.PLAIN, Optional.empty()));
  }

  private static Scalar part(Scalar scalar, int start, int end, String text) {
    return new Scalar(scalar.part(start, end), text, Style.PLAIN, Optional.empty());
  }

  /** Notes which parameters are used, and reports those that there are not. */
  private void mentions(Node node, String key) {
    switch (node) {
      case Scalar scalar -> mentions(scalar, TemplateFilling.isCondition(key));
      case Sequence sequence -> sequence.items().forEach(item -> mentions(item, key));
      case Mapping mapping -> {
        for (Entry found : mapping.entries()) {
          mentions(found.key(), false);
          mentions(found.value(), found.name());
        }
      }
    }
  }

  private void mentions(Scalar scalar, boolean isCondition) {
    for (Marker marker : TemplateFilling.markers(scalar, isCondition)) {
      String expression = scalar.text().substring(marker.start(), marker.end());
      for (Reference reference : Expressions.references(expression, "param")) {
        mentioned.add(reference.field());
        if (!parameters.containsKey(reference.field())) {
          unknown(
              reference.field(),
              scalar.part(marker.start() + reference.start(), marker.start() + reference.end()));
        }
      }
    }
  }

  private void unknown(String name, Place place) {
    if (!diagnostics.first("parameter " + name() + "." + name)) {
      return;
    }
    Optional<String> closest = Suggestions.closest(name, parameters.keySet());
    closest.ifPresent(mentioned::add);
    var finding =
        diagnostics
            .error(
                Code.UNKNOWN_PARAMETER,
                place,
                "template `" + name() + "` has no parameter `" + name + "`")
            .label(Suggestions.label(name, parameters.keySet()));
    closest.ifPresentOrElse(
        better -> finding.edit(place, "param." + better),
        () -> finding.write("params: { " + name + ": string }"));
  }
}
