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
 * @param range what the value may be
 * @param within for {@code OPTIONS} and {@code OPTIONS_LIST}: the options that it holds
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
    List<String> examples,
    Range<T> range,
    ConfigSpec within) {

  /** The least and the most that an option may be; a bound that is not there does not bind. */
  public record Range<T>(Optional<T> least, Optional<T> most) {
    @SuppressWarnings("unchecked") // Only ordered values get a bound.
    public boolean holds(T value) {
      return least.filter(bound -> ((Comparable<T>) value).compareTo(bound) < 0).isEmpty()
          && most.filter(bound -> ((Comparable<T>) value).compareTo(bound) > 0).isEmpty();
    }
  }

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
    TEXT_MAP,
    /** A part of a whole from 0 to 1, written as {@code 0.2} or {@code 20%}. A Double. */
    SHARE,
    /** A mapping with options of its own, {@code within}. A {@link Config}. */
    OPTIONS,
    /**
     * A list of mappings with options of their own, {@code within}; one stands for a list of one. A
     * list of {@link Config}s.
     */
    OPTIONS_LIST,
    /** Some of {@code symbols}; one stands for a list of one. A list of Strings. */
    SYMBOLS,
    /** A text with {@code ${…}}, computed for each message. An {@link Expression}. */
    EXPRESSION,
    /** An expression without {@code ${…}} that is true or false. An {@link Expression}. */
    CONDITION
  }

  /** Whether it is computed for each message and not read once. */
  public boolean isExpression() {
    return kind == Kind.EXPRESSION || kind == Kind.CONDITION;
  }

  private static <T> Field<T> declared(
      String name, Kind kind, Class<?> javaType, String doc, String... symbols) {
    return new Field<>(
        name,
        kind,
        javaType,
        doc,
        Optional.empty(),
        false,
        false,
        List.of(symbols),
        List.of(),
        new Range<>(Optional.empty(), Optional.empty()),
        ConfigSpec.NONE);
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

  public static Field<Double> share(String name, String doc) {
    return Field.<Double>declared(name, Kind.SHARE, Double.class, doc).atLeast(0.0).atMost(1.0);
  }

  public static Field<List<String>> symbols(String name, String doc, String... symbols) {
    return declared(name, Kind.SYMBOLS, List.class, doc, symbols);
  }

  /** Options that belong together, under one name. */
  public static Field<Config> options(String name, String doc, ConfigSpec within) {
    return holding(name, Kind.OPTIONS, Config.class, doc, within);
  }

  /** The same for each of several. */
  public static Field<List<Config>> optionsList(String name, String doc, ConfigSpec within) {
    return holding(name, Kind.OPTIONS_LIST, List.class, doc, within);
  }

  private static <T> Field<T> holding(
      String name, Kind kind, Class<?> javaType, String doc, ConfigSpec within) {
    return new Field<>(
        name,
        kind,
        javaType,
        doc,
        Optional.empty(),
        false,
        false,
        List.of(),
        List.of(),
        new Range<>(Optional.empty(), Optional.empty()),
        within);
  }

  public static Field<Expression> expression(String name, String doc) {
    return declared(name, Kind.EXPRESSION, Expression.class, doc);
  }

  public static Field<Expression> condition(String name, String doc) {
    return declared(name, Kind.CONDITION, Expression.class, doc);
  }

  /** What is less is refused. */
  public Field<T> atLeast(T bound) {
    return ranged(new Range<>(Optional.of(bound), range.most()));
  }

  /** What is more is refused. */
  public Field<T> atMost(T bound) {
    return ranged(new Range<>(range.least(), Optional.of(bound)));
  }

  private Field<T> ranged(Range<T> bounds) {
    return new Field<>(
        name,
        kind,
        javaType,
        doc,
        fallback,
        isOptional,
        isSecret,
        symbols,
        examples,
        bounds,
        within);
  }

  /** The value when none is written. */
  public Field<T> or(T value) {
    return new Field<>(
        name,
        kind,
        javaType,
        doc,
        Optional.of(value),
        true,
        isSecret,
        symbols,
        examples,
        range,
        within);
  }

  /** May be left out, and then has no value. */
  public Field<T> optional() {
    return new Field<>(
        name, kind, javaType, doc, fallback, true, isSecret, symbols, examples, range, within);
  }

  /** Never printed. */
  public Field<T> secret() {
    return new Field<>(
        name, kind, javaType, doc, fallback, isOptional, true, symbols, examples, range, within);
  }

  public Field<T> example(String text) {
    var more = new java.util.ArrayList<>(examples);
    more.add(text);
    return new Field<>(
        name,
        kind,
        javaType,
        doc,
        fallback,
        isOptional,
        isSecret,
        symbols,
        List.copyOf(more),
        range,
        within);
  }

  public boolean isRequired() {
    return !isOptional;
  }

  /** Whether a value that was read as this option's kind is within its range. */
  public boolean holds(Object value) {
    return range.holds(cast(value));
  }

  @SuppressWarnings("unchecked") // Checked against the class that T's kind is read as.
  T cast(Object value) {
    return (T) javaType.cast(value);
  }
}
