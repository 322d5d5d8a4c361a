package io.unikernal.formats;

import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What YAML's scalars mean: what the type says, else what the core schema says. */
final class YamlScalars {
  /** Nothing in it can be matched in two ways: linear on any text. */
  private static final Pattern NUMBER =
      Pattern.compile("([-+]?)([0-9]*+)(\\.([0-9]*+))?+([eE][-+]?[0-9]++)?+");

  private static final Pattern OCTAL = Pattern.compile("0o[0-7]{1,24}");
  private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]{1,17}");

  private YamlScalars() {}

  /** The node as a value, its scalars by the type; not fitted to it yet. */
  static Value value(Type type, YamlNode node) {
    Type core = type.core();
    return switch (node) {
      case YamlNode.Scalar scalar -> scalar(core, scalar);
      case YamlNode.Sequence sequence -> {
        Type element = Texts.isList(core) ? Texts.element(core) : Type.Simple.ANY;
        yield new Value.Items(sequence.items().stream().map(it -> value(element, it)).toList());
      }
      case YamlNode.Mapping mapping -> {
        Type fields = core instanceof Type.Union union ? member(union, mapping) : core;
        var values = new LinkedHashMap<String, Value>();
        mapping.entries().forEach((name, it) -> values.put(name, value(field(fields, name), it)));
        yield new Value.Dict(values);
      }
    };
  }

  private static Type member(Type.Union union, YamlNode.Mapping mapping) {
    return mapping.entries().get(union.tag()) instanceof YamlNode.Scalar(var tag, _, _)
        ? union.member(tag).<Type>map(it -> it).orElse(union)
        : union;
  }

  private static Type field(Type core, String name) {
    return Texts.typeOf(core, name, Type.Field::type);
  }

  private static Value scalar(Type core, YamlNode.Scalar scalar) {
    String text = scalar.text();
    if (scalar.isBinary()) {
      return binary(text);
    }
    if (!scalar.isPlain()) {
      return Value.text(text);
    }
    if (isNull(text)) {
      return Value.Null.NULL;
    }
    return switch (core) {
      case Type.Text _, Type.Bytes _, Type.Enum _ -> Value.text(text);
      case Type.Decimal _ -> number(text, Json.Limits.EXACT).orElse(Value.text(text));
      case Type.Simple simple ->
          switch (simple) {
            case TIMESTAMP, DATE, TIME, DURATION, UUID, BLOB -> Value.text(text);
            case ANY, NULL, BOOL -> resolved(text);
          };
      case Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Record _,
          Type.Union _,
          Type.MapOf _,
          Type.ListOf _,
          Type.StreamOf _,
          Type.Maybe _,
          Type.Labelled _ ->
          resolved(text);
    };
  }

  private static Value binary(String text) {
    try {
      return new Value.Bytes(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException _) {
      return Value.text(text);
    }
  }

  private static boolean isNull(String text) {
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> true;
      default -> false;
    };
  }

  private static Value resolved(String text) {
    return switch (text) {
      case "true", "True", "TRUE" -> Value.Bool.TRUE;
      case "false", "False", "FALSE" -> Value.Bool.FALSE;
      case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF" ->
          new Value.Real(Double.POSITIVE_INFINITY);
      case "-.inf", "-.Inf", "-.INF" -> new Value.Real(Double.NEGATIVE_INFINITY);
      case ".nan", ".NaN", ".NAN" -> new Value.Real(Double.NaN);
      default -> number(text, Json.Limits.DEFAULT).orElse(Value.text(text));
    };
  }

  /** As JSON would have read the number that this is, with its limits. */
  private static Optional<Value> number(String text, Json.Limits limits) {
    if (OCTAL.matcher(text).matches()) {
      return json(new BigInteger(text.substring(2), 8).toString(), limits);
    }
    if (HEXADECIMAL.matcher(text).matches()) {
      return json(new BigInteger(text.substring(2), 16).toString(), limits);
    }
    Matcher parts = NUMBER.matcher(text);
    if (!parts.matches() || (parts.group(2).isEmpty() && isEmpty(parts.group(4)))) {
      return Optional.empty();
    }
    String sign = parts.group(1).equals("-") ? "-" : "";
    String whole = parts.group(2).replaceFirst("^0+(?=.)", "");
    String fraction = parts.group(3) == null ? "" : "." + orZero(parts.group(4));
    String exponent = parts.group(5) == null ? "" : parts.group(5);
    return json(sign + orZero(whole) + fraction + exponent, limits);
  }

  private static boolean isEmpty(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  private static String orZero(@Nullable String digits) {
    return digits == null || digits.isEmpty() ? "0" : digits;
  }

  private static Optional<Value> json(String number, Json.Limits limits) {
    try {
      return Optional.of(Json.read(number.getBytes(StandardCharsets.US_ASCII), limits));
    } catch (FaultException _) {
      return Optional.empty();
    }
  }

  /** Whether a plain scalar of this text would be read as a text, here and by other readers. */
  static boolean isPlainText(String text) {
    return PLAIN.matcher(text).matches() && !WORDS.matcher(text).matches();
  }

  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*+( [A-Za-z0-9_./-]++)*+");

  /** What YAML 1.1 reads as flags, too. */
  private static final Pattern WORDS = Pattern.compile("(?i)null|true|false|yes|no|on|off|y|n");
}
