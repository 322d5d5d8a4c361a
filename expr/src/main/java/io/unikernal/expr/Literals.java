package io.unikernal.expr;

import io.unikernal.model.Value;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;

/** Values as an expression would write them. */
final class Literals {
  private Literals() {}

  /** Empty for what no expression can write. */
  static Optional<String> of(Value value) {
    return switch (value) {
      case Value.Text(var text) -> Optional.of(quoted(text));
      case Value.Bool _, Value.Int _ -> Optional.of(Texts.of(value));
      case Value.UInt _ -> Optional.of(Texts.of(value) + "u");
      case Value.Real(var number) ->
          Optional.of(Double.isFinite(number) ? Double.toString(number) : call("double", value));
      case Value.Decimal _ -> Optional.of(call("decimal", value));
      case Value.Timestamp _ -> Optional.of(call("timestamp", value));
      case Value.Duration _ -> Optional.of(call("duration", value));
      case Value.Date _ -> Optional.of(call("date", value));
      case Value.Time _ -> Optional.of(call("time", value));
      case Value.Uuid _ -> Optional.of(call("uuid", value));
      case Value.Bytes(var bytes) -> Optional.of(bytes(bytes));
      case Value.Null _ -> Optional.of("null");
      case Value.Items(var items) -> all(items.stream().map(Literals::of).toList(), "[", "]");
      case Value.Dict(var fields) ->
          all(
              fields.entrySet().stream()
                  .map(field ->
                      of(field.getValue()).map(text -> quoted(field.getKey()) + ": " + text))
                  .toList(),
              "{",
              "}");
      case Value.Absent _ -> Optional.of("optional.none()");
      default -> Optional.empty();
    };
  }

  private static String call(String function, Value value) {
    return function + "(" + quoted(Texts.of(value)) + ")";
  }

  private static Optional<String> all(
      java.util.List<Optional<String>> parts, String open, String close) {
    return parts.stream().allMatch(Optional::isPresent)
        ? Optional.of(
            parts.stream().flatMap(Optional::stream).collect(Collectors.joining(", ", open, close)))
        : Optional.empty();
  }

  private static String bytes(byte[] bytes) {
    var text = new StringBuilder("b'");
    for (byte one : bytes) {
      text.append("\\x").append(HexFormat.of().toHexDigits(one));
    }
    return text.append('\'').toString();
  }

  private static String quoted(String text) {
    var quoted = new StringBuilder("'");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\'', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> quoted.append(c);
      }
    }
    return quoted.append('\'').toString();
  }
}
