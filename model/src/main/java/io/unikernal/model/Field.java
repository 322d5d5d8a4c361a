package io.unikernal.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * One option, declared once as a typed constant: parsing, errors, reference docs, JSON Schema,
 * completion and redaction read this one value. Without a fallback it is required unless {@link
 * #optional}. (A record type's field is {@link Type.Field}.)
 *
 * @param kind how the checker reads it, and what T is
 * @param symbols for {@code SYMBOL}: what may be written
 * @param examples texts as a definition would hold them
 */
public record Field<T>(
    String name,
    Kind kind,
    Class<?> javaType,
    String doc,
    Optional<T> fallback,
    boolean isOptional,
    boolean isSecret,
    List<String> symbols,
    List<String> examples) {

  /** What a {@code TYPE_OR_SYMBOL} option holds. */
  public sealed interface TypeOrSymbol {
    record Typed(Type type) implements TypeOrSymbol {}

    record Symbol(String symbol) implements TypeOrSymbol {}
  }

  /** How an option is written. */
  public enum Kind {
    TEXT,
    INT,
    BOOL,
    DURATION,
    /** Bytes, as {@code 1MiB}. A Long. */
    SIZE,
    /** Resolved against the file that holds it. */
    PATH,
    /** One of {@code symbols}. A String. */
    SYMBOL,
    TYPE,
    /** A type or one of {@code symbols}. A {@link TypeOrSymbol}. */
    TYPE_OR_SYMBOL,
    /** Names with types, as {@code { id: uuid }}. */
    TYPES,
    /** A list of texts; one text stands for a list of one. */
    TEXTS,
    /** Names with texts, as {@code { REGION: eu }}. */
    TEXT_MAP
  }

  private static <T> Field<T> declared(
      String name, Kind kind, Class<?> javaType, String doc, String... symbols) {
    return new Field<>(
        name, kind, javaType, doc, Optional.empty(), false, false, List.of(symbols), List.of());
  }

  public static Field<String> text(String name, String doc) {
    return declared(name, Kind.TEXT, String.class, doc);
  }

  public static Field<Integer> integer(String name, String doc) {
    return declared(name, Kind.INT, Integer.class, doc);
  }

  public static Field<Boolean> bool(String name, String doc) {
    return declared(name, Kind.BOOL, Boolean.class, doc);
  }

  public static Field<Duration> duration(String name, String doc) {
    return declared(name, Kind.DURATION, Duration.class, doc);
  }

  public static Field<Long> size(String name, String doc) {
    return declared(name, Kind.SIZE, Long.class, doc);
  }

  public static Field<Path> path(String name, String doc) {
    return declared(name, Kind.PATH, Path.class, doc);
  }

  public static Field<String> symbol(String name, String doc, String... symbols) {
    return declared(name, Kind.SYMBOL, String.class, doc, symbols);
  }

  public static Field<Type> type(String name, String doc) {
    return declared(name, Kind.TYPE, Type.class, doc);
  }

  public static Field<TypeOrSymbol> typeOrSymbol(String name, String doc, String... symbols) {
    return declared(name, Kind.TYPE_OR_SYMBOL, TypeOrSymbol.class, doc, symbols);
  }

  public static Field<SequencedMap<String, Type>> types(String name, String doc) {
    return declared(name, Kind.TYPES, SequencedMap.class, doc);
  }

  public static Field<List<String>> texts(String name, String doc) {
    return declared(name, Kind.TEXTS, List.class, doc);
  }

  public static Field<SequencedMap<String, String>> textMap(String name, String doc) {
    return declared(name, Kind.TEXT_MAP, SequencedMap.class, doc);
  }

  /** The value when none is written. */
  public Field<T> or(T value) {
    return new Field<>(
        name, kind, javaType, doc, Optional.of(value), true, isSecret, symbols, examples);
  }

  /** May be left out, and then has no value. */
  public Field<T> optional() {
    return new Field<>(name, kind, javaType, doc, fallback, true, isSecret, symbols, examples);
  }

  /** Never printed. */
  public Field<T> secret() {
    return new Field<>(name, kind, javaType, doc, fallback, isOptional, true, symbols, examples);
  }

  public Field<T> example(String text) {
    var more = new java.util.ArrayList<>(examples);
    more.add(text);
    return new Field<>(
        name, kind, javaType, doc, fallback, isOptional, isSecret, symbols, List.copyOf(more));
  }

  public boolean isRequired() {
    return !isOptional;
  }

  @SuppressWarnings("unchecked") // Checked against the class that T's kind is read as.
  T cast(Object value) {
    return (T) javaType.cast(value);
  }
}
