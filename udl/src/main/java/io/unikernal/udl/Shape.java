package io.unikernal.udl;

import java.util.List;
import java.util.function.Supplier;

/**
 * What may stand at a key: the JSON Schema of the language, completion and the reference read it.
 * The readers look closer: a shape is what can be said without names and types.
 */
sealed interface Shape {

  /** A scalar, by what it means. */
  enum Scalar implements Shape {
    TEXT,
    BOOL,
    INTEGER,
    NUMBER,
    DURATION,
    SIZE,
    PATH,
    /** The name that something gets. */
    NAME,
    /** A whole expression without {@code ${…}}, true or false. */
    CONDITION,
    /** {@code system.operation} of one that receives. */
    SOURCE,
    /** {@code system.operation} of one that is called, or a pipeline. */
    CALLEE,
    /** The name of a kind of system. */
    SYSTEM_TYPE,
    /** The name of a record type. */
    RECORD_TYPE,
    /** The name of a template. */
    TEMPLATE,
    LABEL,
    EFFECT
  }

  /** Things that have a form of their own. */
  enum Written implements Shape {
    /** A type as text, or a record written in place. */
    TYPE,
    /** Text with {@code ${…}}, or a mapping or list of such. */
    EXPRESSION,
    /** A policy in place: its keys depend on its {@code type}. */
    POLICY,
    /** A policy's name, one in place, or a list of both. */
    POLICIES,
    /** A system: its keys depend on its {@code type}. */
    SYSTEM,
    /** The arguments of a template. */
    ANY
  }

  /** One of a few words. */
  record Symbols(List<String> symbols) implements Shape {
    static Symbols of(String... symbols) {
      return new Symbols(List.of(symbols));
    }
  }

  record ListOf(Shape element) implements Shape {}

  /** A mapping from names that the author chooses. */
  record MapOf(Shape value) implements Shape {}

  /** A mapping with known keys; a supplier, since steps hold steps. */
  record Nested(Supplier<Vocabulary> vocabulary) implements Shape {}

  record AnyOf(List<Shape> shapes) implements Shape {
    static AnyOf of(Shape... shapes) {
      return new AnyOf(List.of(shapes));
    }
  }

  /** One, or a list of them. */
  static Shape oneOrMany(Shape shape) {
    return AnyOf.of(shape, new ListOf(shape));
  }
}
