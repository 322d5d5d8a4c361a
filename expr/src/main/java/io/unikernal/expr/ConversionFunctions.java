package io.unikernal.expr;

import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

/** From one scalar type to another. */
final class ConversionFunctions {
  private static final double TWO_TO_63 = 0x1p63;
  private static final double TWO_TO_64 = 0x1p64;

  private ConversionFunctions() {}

  static List<Definition> all() {
    var all = new java.util.ArrayList<>(numbers());
    all.addAll(basic());
    all.addAll(more());
    return all;
  }

  private static List<Definition> numbers() {
    return List.of(
        Definition.of(
            "int",
            "int(int) -> int; int(uint) -> int; int(double) -> int; int(decimal) -> int;"
                + " int(string) -> int; int(timestamp) -> int; int(duration) -> int",
            "A whole number, cut towards zero; of a timestamp the seconds since 1970.",
            "int('42')",
            "42",
            (a, _) -> toInt(a[0])),
        Definition.of(
            "uint",
            "uint(uint) -> uint; uint(int) -> uint; uint(double) -> uint; uint(string) -> uint",
            "A whole number without sign.",
            "uint(42)",
            "42u",
            (a, _) -> toUInt(a[0])),
        Definition.of(
            "double",
            "double(double) -> double; double(int) -> double; double(uint) -> double;"
                + " double(decimal) -> double; double(string) -> double",
            "A binary floating-point number; a decimal may lose digits.",
            "double('1.5')",
            "1.5",
            (a, _) -> toReal(a[0])),
        Definition.of(
            "decimal",
            "decimal(decimal) -> decimal; decimal(string) -> decimal; decimal(int) -> decimal;"
                + " decimal(uint) -> decimal",
            "An exact decimal number.",
            "decimal('12.50') + 1",
            "decimal('13.50')",
            (a, _) -> toDecimal(a[0])));
  }

  private static List<Definition> basic() {
    return List.of(
        Definition.of(
            "string",
            "string(string) -> string; string(bool) -> string; string(int) -> string; string(uint)"
                + " -> string; string(double) -> string; string(decimal) -> string; string(bytes)"
                + " -> string; string(timestamp) -> string; string(duration) -> string;"
                + " string(date) -> string; string(time) -> string; string(uuid) -> string;"
                + " string(ip) -> string; string(cidr) -> string",
            "The value as text; bytes must be UTF-8.",
            "string(decimal('2.50'))",
            "'2.50'",
            (a, _) -> Value.text(Texts.of(a[0]))),
        Definition.of(
            "bytes",
            "bytes(bytes) -> bytes; bytes(string) -> bytes",
            "The text's UTF-8.",
            "bytes('ab')",
            "b'ab'",
            (a, _) ->
                a[0] instanceof Value.Bytes
                    ? a[0]
                    : new Value.Bytes(TextFunctions.text(a[0]).getBytes(StandardCharsets.UTF_8))),
        Definition.of(
            "bool",
            "bool(bool) -> bool; bool(string) -> bool",
            "True or false from `true`, `t`, `1`, `false`, `f`, `0`.",
            "bool('true')",
            "true",
            (a, _) -> toBool(a[0])),
        Definition.of(
            "dyn",
            "dyn(T) -> any",
            "The value, with its type left to run time.",
            "dyn(1) == 1",
            "true",
            (a, _) -> a[0]));
  }

  private static List<Definition> more() {
    return List.of(
        Definition.of(
            "timestamp",
            "timestamp(timestamp) -> timestamp; timestamp(string) -> timestamp; timestamp(int) ->"
                + " timestamp",
            "A moment from RFC 3339 text or from seconds since 1970.",
            "timestamp('2026-01-31T12:00:00Z').getMonth()",
            "0",
            (a, _) -> toTimestamp(a[0])),
        Definition.of(
            "duration",
            "duration(duration) -> duration; duration(string) -> duration",
            "A length of time from text as `1h30m` or `10ms`.",
            "duration('1h30m').getMinutes()",
            "90",
            (a, _) ->
                a[0] instanceof Value.Duration
                    ? a[0]
                    : Texts.parseDuration(TextFunctions.text(a[0]))),
        Definition.of(
            "date",
            "date(date) -> date; date(string) -> date; date(timestamp) -> date",
            "A day from text as `2026-01-31`, or the day of a timestamp in UTC.",
            "date('2026-01-31') < date('2026-02-01')",
            "true",
            (a, _) -> toDate(a[0])),
        Definition.of(
            "time",
            "time(time) -> time; time(string) -> time; time(timestamp) -> time",
            "A time of day from text as `12:30:00`, or that of a timestamp in UTC.",
            "string(time('12:30:00'))",
            "'12:30:00'",
            (a, _) -> toTime(a[0])),
        Definition.of(
            "uuid",
            "uuid() -> uuid; uuid(uuid) -> uuid; uuid(string) -> uuid",
            "A new id, the same again when the message is replayed; or the one in the text.",
            "string(uuid('00000000-0000-0000-0000-00000000002a'))",
            "'00000000-0000-0000-0000-00000000002a'",
            (a, run) -> a.length == 0 ? new Value.Uuid(run.frame.ambient().uuid()) : toUuid(a[0])));
  }

  private static EvaluationException overflow() {
    return new EvaluationException("a number out of range in");
  }

  private static Value toInt(Value value) {
    return switch (value) {
      case Value.Int _ -> value;
      case Value.UInt(var bits) when bits < 0 -> throw overflow();
      case Value.UInt(var bits) -> Value.integer(bits);
      case Value.Real(var number) -> {
        if (!(number > -TWO_TO_63 && number < TWO_TO_63)) {
          throw overflow();
        }
        yield Value.integer((long) number);
      }
      case Value.Decimal(var number) -> {
        try {
          yield Value.integer(number.toBigInteger().longValueExact());
        } catch (ArithmeticException _) {
          throw overflow();
        }
      }
      case Value.Text(var text) -> {
        try {
          yield Value.integer(Long.parseLong(text));
        } catch (NumberFormatException _) {
          throw new EvaluationException("a text that is not an int in");
        }
      }
      case Value.Timestamp(var moment) -> Value.integer(moment.getEpochSecond());
      case Value.Duration(var length) -> Value.integer(length.toSeconds());
      default -> throw Definition.noOverload("int");
    };
  }

  private static Value toUInt(Value value) {
    return switch (value) {
      case Value.UInt _ -> value;
      case Value.Int(var number) when number < 0 -> throw overflow();
      case Value.Int(var number) -> new Value.UInt(number);
      case Value.Real(var number) -> {
        if (!(number >= 0 && number < TWO_TO_64)) {
          throw overflow();
        }
        yield new Value.UInt(new BigDecimal(number).toBigInteger().longValue());
      }
      case Value.Text(var text) -> {
        try {
          yield new Value.UInt(Long.parseUnsignedLong(text));
        } catch (NumberFormatException _) {
          throw new EvaluationException("a text that is not a uint in");
        }
      }
      default -> throw Definition.noOverload("uint");
    };
  }

  private static Value toReal(Value value) {
    return switch (value) {
      case Value.Real _ -> value;
      case Value.Int(var number) -> new Value.Real(number);
      case Value.UInt(var bits) -> new Value.Real(Equality.unsigned(bits).doubleValue());
      case Value.Decimal(var number) -> new Value.Real(number.doubleValue());
      case Value.Text(var text) -> {
        try {
          yield new Value.Real(
              switch (text) {
                case "NaN" -> Double.NaN;
                case "Inf", "+Inf", "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Inf", "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(text);
              });
        } catch (NumberFormatException _) {
          throw new EvaluationException("a text that is not a double in");
        }
      }
      default -> throw Definition.noOverload("double");
    };
  }

  private static Value toDecimal(Value value) {
    return switch (value) {
      case Value.Decimal _ -> value;
      case Value.Int _, Value.UInt _ -> new Value.Decimal(Equality.exact(value));
      case Value.Text(var text) -> new Value.Decimal(Texts.parseDecimal(text));
      default -> throw Definition.noOverload("decimal");
    };
  }

  private static Value toBool(Value value) {
    return switch (value) {
      case Value.Bool _ -> value;
      case Value.Text(var text) ->
          switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> Value.Bool.TRUE;
            case "0", "f", "F", "false", "FALSE", "False" -> Value.Bool.FALSE;
            default -> throw new EvaluationException("a text that is not a bool in");
          };
      default -> throw Definition.noOverload("bool");
    };
  }

  private static Value toTimestamp(Value value) {
    return switch (value) {
      case Value.Timestamp _ -> value;
      case Value.Text(var text) -> Texts.parseTimestamp(text);
      case Value.Int(var seconds) -> {
        try {
          yield Arithmetic.timestamp(Instant.ofEpochSecond(seconds));
        } catch (DateTimeException _) {
          throw overflow();
        }
      }
      default -> throw Definition.noOverload("timestamp");
    };
  }

  private static Value toDate(Value value) {
    try {
      return switch (value) {
        case Value.Date _ -> value;
        case Value.Text(var text) -> new Value.Date(LocalDate.parse(text));
        case Value.Timestamp(var moment) ->
            new Value.Date(LocalDate.ofInstant(moment, ZoneOffset.UTC));
        default -> throw Definition.noOverload("date");
      };
    } catch (DateTimeException _) {
      throw new EvaluationException("a text that is not a date in");
    }
  }

  private static Value toTime(Value value) {
    try {
      return switch (value) {
        case Value.Time _ -> value;
        case Value.Text(var text) -> new Value.Time(LocalTime.parse(text));
        case Value.Timestamp(var moment) ->
            new Value.Time(LocalTime.ofInstant(moment, ZoneOffset.UTC));
        default -> throw Definition.noOverload("time");
      };
    } catch (DateTimeException _) {
      throw new EvaluationException("a text that is not a time of day in");
    }
  }

  private static Value toUuid(Value value) {
    if (value instanceof Value.Uuid) {
      return value;
    }
    String text = TextFunctions.text(value);
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equalsIgnoreCase(text)) {
        return new Value.Uuid(id);
      }
    } catch (IllegalArgumentException _) {
      // said below
    }
    throw new EvaluationException("a text that is not a uuid in");
  }
}
