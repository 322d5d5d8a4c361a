package io.unikernal.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Types and values made by a seeded random. A value for a type may be made wrong here and there, in
 * any way that a document could be wrong.
 */
final class Samples {
  private static final List<String> SYMBOLS = List.of("red", "green", "blue");
  private static final String SIGNS = "abc \"\\/\n\t\u0001\u007fäß水é😀\0";
  private static final List<Type> MOMENTS =
      List.of(
          Type.Simple.TIMESTAMP,
          Type.Simple.DATE,
          Type.Simple.TIME,
          Type.Simple.DURATION,
          Type.Simple.UUID);
  private static final String PATTERN = "[a-c]{1,4}";

  final Random random;

  /** One in so many values is wrong; 0 for none. */
  private final int wrongOneIn;

  Samples(long seed, int wrongOneIn) {
    random = new Random(seed);
    this.wrongOneIn = wrongOneIn;
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  Type type(int depth) {
    return switch (random.nextInt(depth <= 0 ? 14 : 20)) {
      case 0 -> chance(2) ? Type.Int.ANY_INT : new Type.Int(Type.Range.of(-5, 300));
      case 1 -> chance(2) ? Type.UInt.ANY_UINT : new Type.UInt(Type.Range.of(0, 9));
      case 2 -> chance(2) ? Type.Real.ANY_DOUBLE : new Type.Real(Type.Range.of(-1, 1));
      case 3 -> chance(3) ? Type.Decimal.ANY_DECIMAL : new Type.Decimal(12, random.nextInt(13));
      case 4 -> Type.Text.ANY_TEXT;
      case 5 -> new Type.Text(Type.Range.of(0, 5), Optional.empty());
      case 6 -> new Type.Text(Type.Range.ALL, Optional.of(PATTERN));
      case 7 -> new Type.Bytes(chance(2) ? Type.Range.ALL : Type.Range.of(0, 9));
      case 8 -> new Type.Enum(SYMBOLS.subList(0, 1 + random.nextInt(3)));
      case 9 -> Type.Simple.BOOL;
      case 10 -> MOMENTS.get(random.nextInt(MOMENTS.size()));
      case 11 -> Type.Simple.ANY;
      case 12 -> new Type.Maybe(type(depth - 1).core());
      case 13 -> new Type.Labelled(Label.PII, type(depth - 1));
      case 14, 15 ->
          new Type.ListOf(type(depth - 1), chance(2) ? Type.Range.ALL : Type.Range.of(0, 3));
      case 16 -> new Type.MapOf(type(depth - 1));
      case 17 -> union(depth);
      default -> record("R", depth, List.of());
    };
  }

  private Type.Union union(int depth) {
    var members =
        SYMBOLS.stream()
            .map(symbol ->
                record(
                    symbol, depth, List.of(Type.Field.of("kind", new Type.Enum(List.of(symbol))))))
            .toList();
    return new Type.Union("", members, chance(2) ? "kind" : "");
  }

  private Type.Record record(String name, int depth, List<Type.Field> first) {
    var fields = new ArrayList<>(first);
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      Type type = type(depth - 1);
      Optional<Value> fallback = chance(5) && !type.isMaybe() ? correct(type) : Optional.empty();
      fields.add(new Type.Field(i == 3 ? "ü \"" + i : "f" + i, type, fallback, ""));
    }
    Collections.shuffle(fields, random);
    return new Type.Record(name, fields);
  }

  /** A value of the type, in the form that {@link Conform} gives it. */
  private Optional<Value> correct(Type type) {
    return switch (Conform.check(
        type, new Samples(random.nextLong(), 0).document(type), Conform.Extra.DROP)) {
      case Conform.Result.Fits(var value) -> Optional.of(value);
      case Conform.Result.Breaks _ -> Optional.empty();
    };
  }

  Value value(Type type) {
    return correct(type).orElseThrow();
  }

  /** A document for the type as JSON might bring it, with exact numbers as {@code Decimal}. */
  Value document(Type type) {
    if (wrongOneIn > 0 && chance(wrongOneIn)) {
      return junk(type.core() instanceof Type.Decimal);
    }
    return switch (type) {
      case Type.Maybe(var of) -> chance(3) ? Value.Null.NULL : document(of);
      case Type.Labelled(_, var of) -> document(of);
      case Type.Int(var range) -> Value.integer(range.isAll() ? number() : random.nextInt(-5, 301));
      case Type.UInt(var range) -> unsigned(range.isAll() ? number() : random.nextInt(10));
      case Type.Real(var range) ->
          chance(4)
              ? Value.integer(random.nextInt(-1, 2))
              : new Value.Real(
                  range.isAll() ? random.nextGaussian() * 1e9 : random.nextDouble() * 2 - 1);
      case Type.Decimal decimal -> new Value.Decimal(decimal(decimal));
      case Type.Text(var length, var pattern) ->
          Value.text(pattern.isPresent() ? "abca".substring(random.nextInt(4)) : text(5));
      case Type.Bytes _ -> Value.text(Base64.getEncoder().encodeToString(bytes()));
      case Type.Enum(var symbols) -> Value.text(symbols.get(random.nextInt(symbols.size())));
      case Type.Simple simple -> simple(simple);
      case Type.ListOf(var element, _) -> items(element);
      case Type.StreamOf(var element) -> items(element);
      case Type.MapOf(var value) -> map(value);
      case Type.Union union -> document(union.members().get(random.nextInt(3)));
      case Type.Record record -> fields(record);
    };
  }

  private Value items(Type element) {
    return new Value.Items(
        IntStream.range(0, random.nextInt(4)).mapToObj(_ -> document(element)).toList());
  }

  private Value map(Type type) {
    var fields = new LinkedHashMap<String, Value>();
    for (int i = random.nextInt(4); i > 0; i--) {
      fields.put(text(3), document(type));
    }
    return new Value.Dict(fields);
  }

  private Value fields(Type.Record record) {
    var fields = new LinkedHashMap<String, Value>();
    var order = new ArrayList<>(record.fields());
    if (chance(2)) {
      Collections.shuffle(order, random);
    }
    for (Type.Field field : order) {
      boolean mayMiss = !field.isRequired() || (wrongOneIn > 0 && chance(wrongOneIn));
      if (!mayMiss || chance(2)) {
        fields.put(field.name(), document(field.type()));
      }
    }
    if (wrongOneIn > 0 && chance(6)) {
      fields.put("f" + random.nextInt(90, 95), junk(false));
    }
    return new Value.Dict(fields);
  }

  private Value simple(Type.Simple type) {
    return switch (type) {
      case ANY -> junk(false);
      case NULL -> Value.Null.NULL;
      case BOOL -> Value.Bool.of(random.nextBoolean());
      case TIMESTAMP -> Value.text(Texts.of(moment()));
      case DATE -> Value.text(Texts.of(LocalDate.ofEpochDay(random.nextInt(-700_000, 2_900_000))));
      case TIME ->
          Value.text(Texts.of(LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000_000L))));
      case DURATION ->
          Value.text(
              Texts.of(
                  Duration.ofSeconds(
                      random.nextLong(-315_576_000_000L, 315_576_000_000L),
                      chance(2) ? 0 : random.nextInt(1_000_000_000))));
      case UUID -> Value.text(new UUID(random.nextLong(), random.nextLong()).toString());
      case BLOB -> Value.text(Base64.getEncoder().encodeToString(bytes()));
    };
  }

  private Instant moment() {
    return Instant.ofEpochSecond(
        random.nextLong(-62_135_596_800L, 253_402_300_800L),
        chance(2) ? 0 : random.nextInt(1_000_000_000));
  }

  private Value unsigned(long bits) {
    return bits >= 0 ? Value.integer(bits) : new Value.UInt(bits);
  }

  /** Numbers of all sizes, with the edges. */
  private long number() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(300) - 150;
      case 1 -> random.nextLong();
      case 2 -> random.nextLong() >> random.nextInt(64);
      default -> List.of(Long.MAX_VALUE, Long.MIN_VALUE, 0L, -1L).get(random.nextInt(4));
    };
  }

  private BigDecimal decimal(Type.Decimal type) {
    if (type.precision() == 0) {
      return new BigDecimal(new BigInteger(random.nextInt(200), random), random.nextInt(-9, 30))
          .multiply(BigDecimal.valueOf(chance(2) ? 1 : -1));
    }
    int digits = random.nextInt(type.precision()) + 1;
    var number =
        new BigDecimal(new BigInteger("9".repeat(digits)), type.scale())
            .subtract(new BigDecimal(BigInteger.valueOf(random.nextInt(9)), type.scale()));
    boolean isTooExact = wrongOneIn > 0 && chance(wrongOneIn);
    if (isTooExact) {
      return number.movePointLeft(1);
    }
    return chance(4) ? number.stripTrailingZeros() : number;
  }

  private byte[] bytes() {
    var bytes = new byte[random.nextInt(10)];
    random.nextBytes(bytes);
    return bytes;
  }

  private String text(int max) {
    int[] signs = SIGNS.codePoints().toArray();
    return IntStream.range(0, random.nextInt(max + 1))
        .mapToObj(_ -> Character.toString(signs[random.nextInt(signs.length)]))
        .collect(Collectors.joining());
  }

  /** Anything that JSON has; no fraction where its digits would count. */
  private Value junk(boolean forDecimal) {
    return switch (random.nextInt(9)) {
      case 0 -> Value.Null.NULL;
      case 1 -> Value.Bool.of(random.nextBoolean());
      case 2 -> Value.integer(number());
      case 3 -> new Value.UInt(random.nextLong() | Long.MIN_VALUE);
      case 4 -> forDecimal ? Value.integer(1) : new Value.Real(random.nextGaussian());
      case 5 -> Value.text(text(50));
      case 6 -> new Value.Items(List.of(Value.integer(1), Value.text("x")));
      case 7 -> {
        var fields = new LinkedHashMap<String, Value>();
        fields.put("odd", Value.Bool.TRUE);
        fields.put("", new Value.Items(List.of()));
        yield new Value.Dict(fields);
      }
      default -> Value.text("2026-01-31");
    };
  }

  /**
   * The document as JSON with white space and escapes here and there.
   *
   * @param decimalsAsText how the {@code Decimal}s in it are written
   */
  String render(Value document, boolean decimalsAsText) {
    var text = new StringBuilder();
    render(document, decimalsAsText, text);
    return text.toString();
  }

  private void render(Value value, boolean asText, StringBuilder to) {
    space(to);
    switch (value) {
      case Value.Decimal(var number) -> {
        // Both forms draw nothing from the random, so that the two renderings stay alike.
        to.append(asText ? "\"" : "").append(number).append(asText ? "\"" : "");
      }
      case Value.Text(var text) -> text(text, to);
      case Value.Items(var items) -> {
        to.append('[');
        for (int i = 0; i < items.size(); i++) {
          to.append(i == 0 ? "" : ",");
          render(items.get(i), asText, to);
        }
        to.append(']');
      }
      case Value.Dict(var fields) -> {
        to.append('{');
        String separator = "";
        for (var field : fields.entrySet()) {
          to.append(separator);
          space(to);
          text(field.getKey(), to);
          space(to);
          to.append(':');
          render(field.getValue(), asText, to);
          separator = ",";
        }
        to.append('}');
      }
      default -> to.append(new String(Json.write(value), java.nio.charset.StandardCharsets.UTF_8));
    }
    space(to);
  }

  private void space(StringBuilder to) {
    if (chance(5)) {
      to.append(List.of(" ", "\n", "\t", "\r\n  ").get(random.nextInt(4)));
    }
  }

  private void text(String text, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char sign = text.charAt(i);
      if (sign < ' ' || sign == '"' || sign == '\\' || chance(9)) {
        to.append("\\u%04x".formatted((int) sign));
      } else if (Character.isSurrogate(sign)) {
        to.append("\\u%04X".formatted((int) sign));
      } else {
        to.append(sign);
      }
    }
    to.append('"');
  }
}
