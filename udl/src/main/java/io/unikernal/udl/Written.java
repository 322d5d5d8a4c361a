package io.unikernal.udl;

import io.unikernal.expr.UserFunctions;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What a definition says besides its plan.
 *
 * @param functions by name
 * @param docs texts for people, by what they are about, as {@code pipeline place}; those of
 *     operations are in the plan
 */
public record Written(SequencedMap<String, Function> functions, SequencedMap<String, String> docs) {
  static final Written NONE = new Written(new LinkedHashMap<>(), new LinkedHashMap<>());

  /** Keys of steps and of what holds steps, below which steps stand. */
  private static final Set<String> STEPS =
      Set.of(
          "steps",
          "parallel",
          "for_each",
          "choose",
          "otherwise",
          "try",
          "catch",
          "compensate",
          "on_error");

  /**
   * A function.
   *
   * @param signature as {@code gross(net: decimal(12,2)) -> decimal(12,2)}
   * @param value its value as it is written, whatever the layout
   */
  public record Function(String signature, String value) {}

  static Written of(Definition definition, UserFunctions callable) {
    var functions = new LinkedHashMap<String, Function>();
    definition.functions.forEach((name, entry) -> {
      String value =
          entry.value() instanceof Mapping it ? it.get("value").map(Written::text).orElse("") : "";
      String signature = callable.find(name).map(found -> found.signature()).orElse(name);
      functions.put(name, new Function(signature, value));
    });
    var docs = new LinkedHashMap<String, String>();
    docs(definition.functions, "function ", docs);
    docs(definition.templates, "template ", docs);
    docs(definition.systems, "system ", docs);
    docs(definition.identities, "identity ", docs);
    docs(definition.roles, "role ", docs);
    docs(definition.policies, "policy ", docs);
    definition.routes.forEach(route -> docs(route, "route from " + from(route), docs));
    docs(definition.pipelines, "pipeline ", docs);
    return new Written(functions, docs);
  }

  private static void docs(Map<String, Entry> declared, String kind, Map<String, String> docs) {
    declared.forEach((name, entry) -> docs(entry.value(), kind + name, docs));
  }

  private static void docs(Node node, String what, Map<String, String> docs) {
    switch (node) {
      case Scalar _ -> {}
      case Sequence sequence -> sequence.items().forEach(item -> docs(item, what, docs));
      case Mapping mapping -> {
        String own = mapping.get("name").flatMap(Written::scalar).map(" "::concat).orElse("");
        mapping
            .get("doc")
            .flatMap(Written::scalar)
            .ifPresent(doc -> docs.merge(what + own, doc.strip(), (a, b) -> a + "\n" + b));
        for (Entry entry : mapping.entries()) {
          if (STEPS.contains(entry.name())) {
            docs(entry.value(), what, docs);
          }
        }
      }
    }
  }

  private static String from(Node route) {
    return route instanceof Mapping mapping
        ? mapping.get("from").flatMap(Written::scalar).orElse("")
        : "";
  }

  private static Optional<String> scalar(Node node) {
    return node instanceof Scalar scalar ? Optional.of(scalar.text()) : Optional.empty();
  }

  /** What it says, in one way of writing it. */
  private static String text(Node node) {
    return switch (node) {
      case Scalar scalar -> scalar.value().toString();
      case Sequence sequence -> sequence.items().stream().map(Written::text).toList().toString();
      case Mapping mapping -> {
        List<String> entries =
            mapping.entries().stream()
                .map(entry -> entry.name() + ": " + text(entry.value()))
                .toList();
        yield "{" + String.join(", ", entries) + "}";
      }
    };
  }
}
