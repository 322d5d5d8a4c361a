package io.unikernal.udl;

import io.unikernal.model.Type;
import io.unikernal.udl.Node.Scalar;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One parameter of a template.
 *
 * @param type what a {@link Kind#VALUE} fits
 * @param fallback what stands for it where a use gives nothing
 * @param isOptional whether nothing may stand for it: what it stands at is then left out
 */
record TemplateParameter(
    Scalar key, Kind kind, Type type, Optional<Node> fallback, boolean isOptional) {

  /** What an argument is. All but values are pieces of the definition itself. */
  enum Kind {
    /** A value of a type; an expression may compute with it. */
    VALUE,
    /** The name that something gets, or a part of one. */
    NAME,
    /** A type, as text or written in place. */
    TYPE,
    /** The name of a system. */
    SYSTEM,
    /** {@code system.operation}. */
    OPERATION,
    /** The name of a pipeline. */
    PIPELINE,
    /** What may stand at {@code policy}. */
    POLICY,
    /** A list of steps. */
    STEPS,
    /** Text with {@code ${…}}, or a mapping or list of such. */
    EXPRESSION;

    /** How it is written where a parameter is declared. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Kind> find(String word) {
      return Arrays.stream(values())
          .filter(kind -> kind != VALUE && kind.word().equals(word))
          .findFirst();
    }

    static List<String> words() {
      return Arrays.stream(values()).filter(kind -> kind != VALUE).map(Kind::word).toList();
    }
  }

  String name() {
    return key.text();
  }

  boolean isRequired() {
    return fallback.isEmpty() && !isOptional;
  }

  /** As it is declared, for people. */
  String written() {
    return kind == Kind.VALUE ? type.toString() : kind.word() + (isOptional ? "?" : "");
  }
}
