package io.unikernal.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Fits a value to a type as {@link Conform} does, and where it does not fit takes what stands for
 * the same value without loss: the text {@code 12} for an integer, {@code true} for a bool, a
 * number for a text. Keeps fields that the type does not know.
 */
public final class Lenient {
  private static final int DEPTH_MAX = 64;

  /** More than so many digits a double does not hold. */
  private static final int DOUBLE_DIGITS = 15;

  private final List<String> taken = new ArrayList<>();

  private Lenient() {}

  /**
   * A value that fits, and the places of what was taken for another type; at most {@value
   * Problems#MAX} are named.
   */
  public record Fitted(Value value, List<String> taken) {}

  /** As {@link Conform#to}: throws INVALID where even this does not help. */
  public static Fitted to(Type type, Value value, String what) {
    return switch (Conform.check(type, value, Conform.Extra.KEEP)) {
      case Conform.Result.Fits(var fitted) -> new Fitted(fitted, List.of());
      case Conform.Result.Breaks _ -> {
        var lenient = new Lenient();
        var near = lenient.near(type, value, "", 0);
        yield new Fitted(
            Conform.to(type, near, Conform.Extra.KEEP, what), List.copyOf(lenient.taken));
      }
    };
  }

  private Value near(Type type, Value value, String path, int depth) {
    var core = type.core();
    if (depth > DEPTH_MAX) {
      return value; // Conform says so
    }
    return switch (core) {
      case Type.Record record -> record(record, value, path, depth);
      case Type.ListOf(var element, _) when value instanceof Value.Items(var items) -> {
        var all = new ArrayList<Value>(items.size());
        for (int i = 0; i < items.size(); i++) {
          all.add(near(element, items.get(i), path + "[" + i + "]", depth + 1));
        }
        yield new Value.Items(all);
      }
      case Type.MapOf(var element) when value instanceof Value.Dict(var fields) -> {
        var all = new LinkedHashMap<String, Value>();
        fields.forEach((key, one) -> all.put(key, near(element, one, join(path, key), depth + 1)));
        yield new Value.Dict(all);
      }
      case Type.ListOf _, Type.MapOf _, Type.Union _, Type.StreamOf _, Type.Maybe _ -> value;
      case Type.Labelled _, Type.Bytes _, Type.Enum _ -> value;
      case Type.Decimal _ -> decimal(core, value, path);
      case Type.Simple _, Type.Int _, Type.UInt _, Type.Real _, Type.Text _ ->
          scalar(core, value, path);
    };
  }

  private Value record(Type.Record record, Value value, String path, int depth) {
    SequencedMap<String, Value> fields;
    switch (value) {
      case Value.Dict(var given) -> fields = given;
      case Rec rec -> fields = rec.toMap();
      default -> {
        return value;
      }
    }
    var all = new LinkedHashMap<String, Value>(fields);
    for (Type.Field field : record.fields()) {
      var one = fields.get(field.name());
      if (one != null) {
        all.put(field.name(), near(field.type(), one, join(path, field.name()), depth + 1));
      }
    }
    return new Value.Dict(all);
  }

  /** A fraction of a document whose type was not known is a double; its digits are exact. */
  private Value decimal(Type core, Value value, String path) {
    if (value instanceof Value.Real(var number) && Double.isFinite(number)) {
      var exact = BigDecimal.valueOf(number);
      return exact.precision() <= DOUBLE_DIGITS ? new Value.Decimal(exact) : value;
    }
    return scalar(core, value, path);
  }

  private Value scalar(Type core, Value value, String path) {
    if (Conform.check(core, value, Conform.Extra.KEEP) instanceof Conform.Result.Fits) {
      return value;
    }
    Value other = other(core, value);
    boolean isFitting =
        other != value
            && Conform.check(core, other, Conform.Extra.KEEP) instanceof Conform.Result.Fits;
    if (isFitting && taken.size() < Problems.MAX) {
      taken.add(path);
    }
    return isFitting ? other : value;
  }

  private static Value other(Type core, Value value) {
    if (core instanceof Type.Text) {
      return switch (value) {
        case Value.Int(var number) -> Value.text(Long.toString(number));
        case Value.Decimal(var number) -> Value.text(number.toPlainString());
        case Value.Bool bool -> Value.text(bool == Value.Bool.TRUE ? "true" : "false");
        default -> value;
      };
    }
    return switch (value) {
      case Value.Text(var text) -> Conform.textual(core, text.strip());
      case Value.Real(var number) when number == Math.rint(number) && Math.abs(number) < 1L << 53 ->
          Value.integer((long) number);
      default -> value;
    };
  }

  private static String join(String path, String field) {
    return path.isEmpty() ? field : path + "." + field;
  }
}
