package io.unikernal.formats;

import io.unikernal.model.Label;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Types, each with a value of it. */
record Typed(Type type, Value value) {

  /** Characters that a format may trip over. */
  static final String SIGNS = "abc ,;\"'\\<>&=%+#:-{}[]|!*~\t\n\r\u0085\u00a0äß水😀\u2028\ufeff";

  /** Of one kind: every value of it has this type. */
  private record Kind(Type type, Arbitrary<Value> values) {}

  private static Kind kind(Type type, Arbitrary<? extends Value> values) {
    return new Kind(type, values.map(it -> it));
  }

  static Arbitrary<String> texts(String signs) {
    int[] points = signs.codePoints().toArray();
    return Arbitraries.integers()
        .between(0, points.length - 1)
        .list()
        .ofMaxSize(8)
        .map(chosen -> {
          var text = new StringBuilder();
          chosen.forEach(it -> text.appendCodePoint(points[it]));
          return text.toString();
        });
  }

  private static List<Kind> scalars(String signs) {
    Arbitrary<Instant> moments =
        Combinators.combine(
                Arbitraries.longs().between(-62_135_596_800L, 253_402_300_799L),
                Arbitraries.integers().between(0, 999_999_999))
            .as(Instant::ofEpochSecond);
    Arbitrary<LocalDate> dates =
        Arbitraries.longs().between(-719_162, 2_932_896).map(LocalDate::ofEpochDay);
    return List.of(
        kind(Type.Text.ANY_TEXT, texts(signs).map(Value::text)),
        kind(Type.Int.ANY_INT, Arbitraries.longs().map(Value::integer)),
        kind(Type.UInt.ANY_UINT, Arbitraries.longs().map(Value.UInt::new)),
        kind(
            Type.Real.ANY_DOUBLE,
            Arbitraries.longs()
                .map(Double::longBitsToDouble)
                .filter(Double::isFinite)
                .map(Value.Real::new)),
        kind(
            Type.Decimal.ANY_DECIMAL,
            Combinators.combine(Arbitraries.bigIntegers(), Arbitraries.integers().between(0, 30))
                .as((BigInteger digits, Integer scale) ->
                    new Value.Decimal(new BigDecimal(digits, scale)))),
        kind(Type.Simple.BOOL, Arbitraries.of(true, false).map(Value.Bool::of)),
        kind(Type.Bytes.ANY_BYTES, Arbitraries.bytes().array(byte[].class).map(Value.Bytes::new)),
        kind(
            new Type.Enum(List.of("red", "no", "12")),
            Arbitraries.of("red", "no", "12").map(Value::text)),
        kind(Type.Simple.TIMESTAMP, moments.map(Value.Timestamp::new)),
        kind(Type.Simple.DATE, dates.map(Value.Date::new)),
        kind(
            Type.Simple.TIME,
            Arbitraries.longs()
                .between(0, 86_399_999_999_999L)
                .map(it -> new Value.Time(LocalTime.ofNanoOfDay(it)))),
        kind(
            Type.Simple.DURATION,
            Arbitraries.longs().map(it -> new Value.Duration(Duration.ofNanos(it)))),
        kind(
            Type.Simple.UUID,
            Combinators.combine(Arbitraries.longs(), Arbitraries.longs())
                .as((high, low) -> new Value.Uuid(new UUID(high, low)))));
  }

  /** A value that holds no other. */
  static Arbitrary<Typed> scalar(String signs) {
    return Arbitraries.of(scalars(signs)).flatMap(Typed::one);
  }

  private static Arbitrary<Typed> one(Kind kind) {
    return kind.values().map(it -> new Typed(kind.type(), it));
  }

  /** A record of scalars, some of which may be absent. */
  static Arbitrary<Typed> flat(String signs) {
    return record("Flat", scalar(signs), 6);
  }

  /** A field that is absent, if it may be. */
  private static Arbitrary<Typed> perhaps(Typed typed) {
    Typed labelled = new Typed(new Type.Labelled(Label.PII, typed.type), typed.value);
    return Arbitraries.of(
        typed,
        labelled,
        new Typed(typed.type.maybe(), typed.value),
        new Typed(typed.type.maybe(), Value.Absent.ABSENT));
  }

  static Arbitrary<Typed> record(String name, Arbitrary<Typed> of, int fieldsMax) {
    return of.flatMap(Typed::perhaps)
        .list()
        .ofMinSize(1)
        .ofMaxSize(fieldsMax)
        .map(fields -> record(name, fields));
  }

  static Typed record(String name, List<Typed> values) {
    var fields = new ArrayList<Type.Field>();
    for (int i = 0; i < values.size(); i++) {
      fields.add(new Type.Field("f" + i, values.get(i).type, Optional.empty(), ""));
    }
    var type = new Type.Record(name, fields);
    var builder = Rec.builder(type.shape());
    for (int i = 0; i < values.size(); i++) {
      builder.set(i, values.get(i).value);
    }
    return new Typed(type, builder.build());
  }

  /** Lists, maps and records in each other. */
  static Arbitrary<Typed> deep(String signs, String keySigns, int depth) {
    Arbitrary<Typed> leaf = scalar(signs);
    if (depth == 0) {
      return leaf;
    }
    Arbitrary<Typed> inner = Arbitraries.lazy(() -> deep(signs, keySigns, depth - 1));
    Arbitrary<Typed> lists = inner.flatMap(it -> listOf(it));
    Arbitrary<String> keys = texts(keySigns).filter(it -> !it.isEmpty());
    Arbitrary<Typed> maps =
        inner.flatMap(
            it -> keys.list().uniqueElements().ofMaxSize(3).map(names -> mapOf(it, names)));
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(3, leaf),
        net.jqwik.api.Tuple.of(2, lists),
        net.jqwik.api.Tuple.of(1, maps),
        net.jqwik.api.Tuple.of(3, record("Deep", inner, 4)));
  }

  private static Arbitrary<Typed> listOf(Typed of) {
    return Arbitraries.integers()
        .between(0, 3)
        .map(count ->
            new Typed(
                Type.ListOf.of(of.type),
                new Value.Items(java.util.Collections.nCopies(count, of.value))));
  }

  private static Typed mapOf(Typed of, List<String> names) {
    var fields = new LinkedHashMap<String, Value>();
    names.forEach(name -> fields.put(name, of.value));
    return new Typed(new Type.MapOf(of.type), new Value.Dict(fields));
  }

  /** Records of one type. */
  static Typed list(List<Typed> records) {
    Type element = records.getFirst().type;
    return new Typed(
        Type.ListOf.of(element), new Value.Items(records.stream().map(Typed::value).toList()));
  }

  /** Rows of one record type with many values. */
  static Arbitrary<Typed> rows(String signs) {
    return Arbitraries.of(scalars(signs))
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .flatMap(kinds -> {
          var row = new ArrayList<Arbitrary<Value>>();
          var types = new ArrayList<Type>();
          for (Kind kind : kinds) {
            types.add(kind.type().maybe());
            row.add(kind.values().injectNull(0.2).map(it -> it == null ? Value.Absent.ABSENT : it));
          }
          Function<List<Value>, Typed> asRecord =
              values -> {
                var fields = new ArrayList<Typed>();
                for (int i = 0; i < types.size(); i++) {
                  fields.add(new Typed(types.get(i), values.get(i)));
                }
                return record("Row", fields);
              };
          Typed empty =
              asRecord.apply(types.stream().<Value>map(_ -> Value.Absent.ABSENT).toList());
          return Combinators.combine(row)
              .as(values -> values)
              .list()
              .ofMaxSize(5)
              .map(all ->
                  new Typed(
                      Type.ListOf.of(empty.type),
                      new Value.Items(all.stream().map(it -> sameShape(empty, it)).toList())));
        });
  }

  private static Value sameShape(Typed of, List<Value> values) {
    var builder = Rec.builder(((Type.Record) of.type).shape());
    for (int i = 0; i < values.size(); i++) {
      builder.set(i, values.get(i));
    }
    return builder.build();
  }

  static Map<String, Value> none() {
    return Map.of();
  }
}
