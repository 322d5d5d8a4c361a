package io.unikernal.udl;

import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;

/** What can be said of a tree by its shape alone: of a template that nobody uses. */
final class ShapeCheck {
  private final Diagnostics diagnostics;

  ShapeCheck(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  void check(Node node, Shape shape) {
    boolean isParameter = node instanceof Scalar scalar && scalar.text().contains("${");
    if (isParameter || node.isNull()) {
      return;
    }
    switch (shape) {
      case Shape.Nested(var vocabulary) ->
          vocabulary
              .get()
              .read(node, diagnostics)
              .ifPresent(found -> keys(found, vocabulary.get()));
      case Shape.ListOf(var element) -> {
        if (node instanceof Sequence sequence) {
          sequence.items().forEach(item -> check(item, element));
        } else {
          Vocabulary.wrongKind(node, "here stands a list", diagnostics);
        }
      }
      case Shape.MapOf(var value) -> {
        if (node instanceof Mapping mapping) {
          mapping.entries().forEach(entry -> check(entry.value(), value));
        } else {
          Vocabulary.wrongKind(node, "here stands a mapping", diagnostics);
        }
      }
      case Shape.AnyOf(var shapes) ->
          shapes.stream()
              .filter(one -> isOfKind(node, one))
              .findFirst()
              .ifPresent(one -> check(node, one));
      case Shape.Scalar _, Shape.Symbols _ -> {
        if (!(node instanceof Scalar)) {
          Vocabulary.wrongKind(node, "here stands a text", diagnostics);
        }
      }
      case Shape.Written _ -> {}
    }
  }

  private void keys(Mapping mapping, Vocabulary vocabulary) {
    mapping
        .entries()
        .forEach(entry ->
            vocabulary
                .find(entry.name())
                .filter(key -> !key.isLater())
                .ifPresent(key -> check(entry.value(), key.shape())));
  }

  private static boolean isOfKind(Node node, Shape shape) {
    return switch (shape) {
      case Shape.Nested _, Shape.MapOf _ -> node instanceof Mapping;
      case Shape.ListOf _ -> node instanceof Sequence;
      case Shape.Scalar _, Shape.Symbols _ -> node instanceof Scalar;
      case Shape.Written _, Shape.AnyOf _ -> true;
    };
  }
}
