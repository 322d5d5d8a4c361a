package io.unikernal.testing;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Makes values up, of all that a type allows: often its bounds, now and then odd texts, what may be
 * missing sometimes missing. The same random numbers make the same values.
 */
final class ValueMaker {
  private static final int DEPTH_MAX = 6;
  private static final int SIZE_MAX = 5;
  private static final int TEXT_MAX = 24;
  private static final long YEAR_SECONDS = 31_557_600;
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> ODD =
      List.of(
          "", " ", "0", "null", "O'Brien", "a\"b\\c", "<b>&amp;", "äöü ß €", "日本語", "😀", "a\nb");

  private final SplittableRandom random;

  ValueMaker(SplittableRandom random) {
    this.random = random;
  }

  Value make(Type type) {
    return make(type, 0);
  }

  private Value make(Type type, int depth) {
    return switch (type) {
      case Type.Simple simple -> simple(simple, depth);
      case Type.Int(var range) -> Value.integer(integer(range, Long.MIN_VALUE));
      case Type.UInt(var range) -> new Value.UInt(integer(range, 0));
      case Type.Real(var range) -> new Value.Real(real(range));
      case Type.Decimal decimal -> new Value.Decimal(decimal(decimal));
      case Type.Text text -> Value.text(text(text));
      case Type.Bytes(var length) -> {
        byte[] bytes = new byte[size(length, TEXT_MAX)];
        random.nextBytes(bytes);
        yield new Value.Bytes(bytes);
      }
      case Type.Enum(var symbols) -> Value.text(symbols.get(random.nextInt(symbols.size())));
      case Type.ListOf(var element, var size) -> {
        var items = new ArrayList<Value>();
        int count = size(size, depth < DEPTH_MAX ? SIZE_MAX : 0);
        for (int i = 0; i < count; i++) {
          items.add(make(element, depth + 1));
        }
        yield new Value.Items(items);
      }
      case Type.MapOf(var value) -> {
        var fields = new LinkedHashMap<String, Value>();
        int count = depth < DEPTH_MAX ? random.nextInt(SIZE_MAX) : 0;
        for (int i = 0; i < count; i++) {
          fields.put(word(), make(value, depth + 1));
        }
        yield new Value.Dict(fields);
      }
      case Type.Maybe(var of) ->
          depth >= DEPTH_MAX || random.nextInt(3) == 0 ? Value.Absent.ABSENT : make(of, depth);
      case Type.Labelled(_, var of) -> make(of, depth);
      case Type.StreamOf(var element) -> make(Type.ListOf.of(element), depth);
      case Type.Union union ->
          make(union.members().get(random.nextInt(union.members().size())), depth);
      case Type.Record record -> record(record, depth);
    };
  }

  private Value record(Type.Record record, int depth) {
    var fields = new LinkedHashMap<String, Value>();
    for (Type.Field field : record.fields()) {
      boolean isDefault = field.fallback().isPresent() && random.nextBoolean();
      Value value = isDefault ? field.fallback().get() : make(field.type(), depth + 1);
      if (value != Value.Absent.ABSENT) {
        fields.put(field.name(), value);
      }
    }
    return new Value.Dict(fields);
  }

  private Value simple(Type.Simple type, int depth) {
    return switch (type) {
      case NULL -> Value.Null.NULL;
      case BOOL -> Value.Bool.of(random.nextBoolean());
      case TIMESTAMP ->
          new Value.Timestamp(
              NOW.plusSeconds(random.nextLong(-10 * YEAR_SECONDS, 10 * YEAR_SECONDS)));
      case DATE -> new Value.Date(LocalDate.of(2026, 1, 1).plusDays(random.nextInt(-4000, 4000)));
      case TIME -> new Value.Time(LocalTime.ofSecondOfDay(random.nextInt(86_400)));
      case DURATION -> new Value.Duration(Duration.ofMillis(random.nextLong(0, 86_400_000)));
      case UUID -> new Value.Uuid(uuid());
      case BLOB -> new Value.Bytes(new byte[random.nextInt(TEXT_MAX)]);
      case ANY ->
          switch (random.nextInt(depth < DEPTH_MAX ? 5 : 3)) {
            case 0 -> Value.text(word());
            case 1 -> Value.integer(random.nextInt(-1000, 1000));
            case 2 -> Value.Bool.of(random.nextBoolean());
            case 3 -> make(Type.ListOf.of(Type.Simple.ANY), depth + 1);
            default -> make(new Type.MapOf(Type.Simple.ANY), depth + 1);
          };
    };
  }

  private UUID uuid() {
    return new UUID(
        random.nextLong() & 0xFFFFFFFFFFFF0FFFL | 0x4000L,
        random.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L);
  }

  private long integer(Type.Range range, long least) {
    long min = bound(range.min(), RoundingMode.CEILING, least);
    long max = bound(range.max(), RoundingMode.FLOOR, Long.MAX_VALUE);
    return switch (random.nextInt(8)) {
      case 0 -> min;
      case 1 -> max;
      case 2 -> Math.clamp(0, min, max);
      case 3 -> Math.clamp(1, min, max);
      case 4 -> Math.clamp(-1, min, max);
      case 5 -> within(min, max);
      default -> Math.clamp(random.nextLong(-1000, 1001), min, max);
    };
  }

  private static long bound(Optional<BigDecimal> bound, RoundingMode inwards, long otherwise) {
    return bound
        .map(number -> number.setScale(0, inwards).toBigInteger())
        .filter(whole -> whole.bitLength() < Long.SIZE)
        .map(BigInteger::longValue)
        .orElse(otherwise);
  }

  private long within(long min, long max) {
    return max == Long.MAX_VALUE ? random.nextLong(min, max) : random.nextLong(min, max + 1);
  }

  private double real(Type.Range range) {
    double min = range.min().map(BigDecimal::doubleValue).orElse(-1e9);
    double max = range.max().map(BigDecimal::doubleValue).orElse(Math.max(min, 1e9));
    return switch (random.nextInt(5)) {
      case 0 -> min;
      case 1 -> max;
      case 2 -> Math.clamp(0, min, max);
      default -> min < max ? random.nextDouble(min, max) : min;
    };
  }

  private BigDecimal decimal(Type.Decimal type) {
    int precision = type.precision() == 0 ? 9 : Math.min(type.precision(), 18);
    int scale = type.precision() == 0 ? 2 : type.scale();
    long max = BigInteger.TEN.pow(precision).longValue() - 1;
    long digits =
        switch (random.nextInt(6)) {
          case 0 -> 0;
          case 1 -> max;
          case 2 -> -max;
          case 3 -> Math.min(max, 1);
          default -> random.nextLong(-max, max + 1);
        };
    return BigDecimal.valueOf(digits, scale);
  }

  private String text(Type.Text type) {
    if (type.pattern().isPresent()) {
      return PatternMaker.make(type.pattern().get(), random, random.nextInt(8) == 0).orElse("");
    }
    int length = size(type.length(), TEXT_MAX);
    if (random.nextInt(3) == 0) {
      String odd = ODD.get(random.nextInt(ODD.size()));
      if (type.length().contains(BigDecimal.valueOf(odd.codePointCount(0, odd.length())))) {
        return odd;
      }
    }
    var text = new StringBuilder();
    while (text.length() < length) {
      text.append(word());
    }
    return text.substring(0, length);
  }

  private String word() {
    var word = new StringBuilder();
    int length = 1 + random.nextInt(8);
    for (int i = 0; i < length; i++) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }

  /** Often a bound; where there is no upper one, at most {@code usual} over the lower. */
  private int size(Type.Range range, int usual) {
    int min = range.min().map(BigDecimal::intValue).orElse(0);
    int max = Math.max(min, range.max().map(BigDecimal::intValue).orElse(min + usual));
    int most = Math.min(max, min + usual);
    return switch (random.nextInt(4)) {
      case 0 -> min;
      case 1 -> most;
      default -> random.nextInt(min, most + 1);
    };
  }
}
