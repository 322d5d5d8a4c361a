package io.unikernal.importers;

import io.unikernal.model.Type;
import java.math.BigDecimal;
import java.util.Optional;

/** How a value of a type lies in JSON. The codec of {@code model} does it; this says it. */
final class JsonForm {
  private static final Type.Range EXACT_IN_DOUBLE = Type.Range.of(-(1L << 53), 1L << 53);
  private static final int DIGITS_IN_DOUBLE = 15;

  private final Losses losses;

  JsonForm(Losses losses) {
    this.losses = losses;
  }

  String of(Type type, String path) {
    return switch (type) {
      case Type.Labelled(var label, var of) -> {
        losses.add(Loss.Kind.LABEL, path, label.toString());
        yield of(of, path);
      }
      case Type.Maybe(var of) -> of(of, path) + ", left out or null where absent";
      case Type.ListOf(var element, _) -> "array; each element: " + of(element, path + "[]");
      case Type.StreamOf(var element) -> {
        losses.add(Loss.Kind.STREAM, path);
        yield "array; each element: " + of(element, path + "[]");
      }
      case Type.MapOf(var value) -> "object; each value: " + of(value, path + ".*");
      case Type.Union union -> "object, told apart by `" + union.tag() + "`";
      case Type.Record _ -> "object with a member for each field";
      case Type.Enum _ -> "string, one of the symbols";
      case Type.Simple simple -> simple(simple, path);
      case Type.Int(var range) -> whole(range, path);
      case Type.UInt(var range) ->
          whole(
              range.min().isEmpty()
                  ? new Type.Range(Optional.of(BigDecimal.ZERO), range.max())
                  : range,
              path);
      case Type.Real _ -> "number";
      case Type.Decimal decimal -> {
        if (decimal.precision() == 0 || decimal.precision() > DIGITS_IN_DOUBLE) {
          losses.add(Loss.Kind.DECIMAL_AS_NUMBER, path);
        }
        yield "number with its decimal places; a string is read too";
      }
      case Type.Text _ -> "string";
      case Type.Bytes _ -> "string, base64";
    };
  }

  private String whole(Type.Range range, String path) {
    if (!EXACT_IN_DOUBLE.contains(range)) {
      losses.add(Loss.Kind.INT64_AS_DOUBLE, path);
    }
    return "number without fraction";
  }

  private String simple(Type.Simple simple, String path) {
    return switch (simple) {
      case ANY -> "anything; whole numbers exactly, fractions as doubles";
      case NULL -> "null";
      case BOOL -> "true or false";
      case TIMESTAMP -> "string, RFC 3339 in UTC: 2026-01-31T12:00:00Z";
      case DATE -> "string: 2026-01-31";
      case TIME -> "string: 12:00:00";
      case DURATION -> "string: 1h30m is read, 5400s is written";
      case UUID -> "string of 36 characters";
      case BLOB -> {
        losses.add(Loss.Kind.STREAM, path);
        yield "string, base64";
      }
    };
  }
}
