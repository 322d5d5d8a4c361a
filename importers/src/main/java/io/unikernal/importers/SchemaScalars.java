package io.unikernal.importers;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.unikernal.model.Label;
import io.unikernal.model.Type;
import io.unikernal.model.TypeParser;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Texts and numbers of JSON Schema as UDL has them. */
final class SchemaScalars {
  private static final int DIGITS_MAX = 38;
  private static final BigDecimal SIZE_MAX = BigDecimal.valueOf(Integer.MAX_VALUE);
  private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final BigDecimal UINT_MAX = new BigDecimal("18446744073709551615");

  private final Losses losses;

  SchemaScalars(Losses losses) {
    this.losses = losses;
  }

  /** What {@code x-udl} says, which our own exports write beside what others understand. */
  static Optional<Type> annotated(Tree schema) {
    return schema
        .text("x-udl")
        .flatMap(text ->
            TypeParser.parse(text, TypeParser.Names.NONE)
                    instanceof TypeParser.Result.Parsed(var type)
                ? Optional.of(type)
                : Optional.empty());
  }

  Type text(Tree schema, String path) {
    String format = schema.text("format").orElse("");
    boolean isBase64 =
        schema.text("contentEncoding").filter(e -> e.startsWith("base64")).isPresent();
    return switch (isBase64 ? "byte" : format) {
      case "uuid" -> Type.Simple.UUID;
      case "date-time" -> Type.Simple.TIMESTAMP;
      case "date" -> Type.Simple.DATE;
      case "time" -> {
        losses.add(Loss.Kind.TIME_OFFSET, path);
        yield Type.Text.ANY_TEXT;
      }
      case "duration" -> {
        losses.add(Loss.Kind.DURATION_FORM, path);
        yield Type.Text.ANY_TEXT;
      }
      case "byte" -> {
        if (schema.has("maxLength") || schema.has("minLength")) {
          losses.add(Loss.Kind.BINARY_LENGTH, path);
        }
        yield Type.Bytes.ANY_BYTES;
      }
      case "password" -> new Type.Labelled(Label.SECRET, plain(schema, path));
      case "decimal" -> Type.Decimal.ANY_DECIMAL;
      default -> plain(schema, path);
    };
  }

  private Type plain(Tree schema, String path) {
    Type.Range length = size(schema, "minLength", "maxLength", path);
    Optional<String> pattern = schema.text("pattern").flatMap(ecma -> pattern(ecma, path));
    if (pattern.isPresent() && !length.isAll()) {
      losses.add(Loss.Kind.LENGTH_OR_PATTERN, path, "length " + length);
      length = Type.Range.ALL;
    }
    return length.isAll() && pattern.isEmpty()
        ? Type.Text.ANY_TEXT
        : new Type.Text(length, pattern);
  }

  /** ECMA searches, RE2 in UDL matches the whole. */
  private Optional<String> pattern(String ecma, String path) {
    boolean isBegun = ecma.startsWith("^");
    boolean isEnded = ecma.endsWith("$") && !ecma.endsWith("\\$");
    int from = isBegun ? 1 : 0;
    String inner = ecma.substring(from, Math.max(from, ecma.length() - (isEnded ? 1 : 0)));
    boolean isWhole = isBegun && isEnded && (inner.indexOf('|') < 0 || isOneGroup(inner));
    boolean isWrapped = isWhole && inner.startsWith("(?:") && isOneGroup(inner);
    String whole =
        isWrapped
            ? inner.substring(3, inner.length() - 1)
            : isWhole ? inner : "(?s:.*)(?:" + ecma + ")(?s:.*)";
    String slashed = whole.replaceAll("(?<!\\\\)((?:\\\\\\\\)*)/", "$1\\\\/");
    try {
      Pattern.compile(slashed);
      return Optional.of(slashed);
    } catch (PatternSyntaxException _) {
      losses.add(Loss.Kind.PATTERN, path, ecma);
      return Optional.empty();
    }
  }

  private static boolean isOneGroup(String pattern) {
    if (!pattern.startsWith("(") || !pattern.endsWith(")")) {
      return false;
    }
    int depth = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char sign = pattern.charAt(i);
      if (sign == '\\') {
        i++;
      } else if (sign == '[') {
        return false;
      } else {
        depth += sign == '(' ? 1 : sign == ')' ? -1 : 0;
        if (depth == 0 && i < pattern.length() - 1) {
          return false;
        }
      }
    }
    return true;
  }

  Type integer(Tree schema, String path) {
    String format = schema.text("format").orElse("");
    Optional<BigDecimal> min = bound(schema, "minimum", "exclusiveMinimum", BigDecimal.ONE);
    Optional<BigDecimal> max =
        bound(schema, "maximum", "exclusiveMaximum", BigDecimal.ONE.negate());
    min = min.map(m -> m.setScale(0, RoundingMode.CEILING));
    max = max.map(m -> m.setScale(0, RoundingMode.FLOOR));
    boolean isUnsigned =
        format.equals("uint64") || max.filter(m -> m.compareTo(LONG_MAX) > 0).isPresent();
    if (schema.has("multipleOf")) {
      losses.add(Loss.Kind.CONSTRAINT, path, "multipleOf");
    }
    if (format.equals("int32") && min.isEmpty() && max.isEmpty()) {
      return new Type.Int(Bounds.INT32);
    }
    if (isUnsigned && min.filter(m -> m.signum() < 0).isEmpty()) {
      return unsigned(
          min.filter(m -> m.signum() > 0), max.filter(m -> m.compareTo(UINT_MAX) < 0), path);
    }
    min = min.filter(m -> m.compareTo(LONG_MIN) > 0);
    max = max.filter(m -> m.compareTo(LONG_MAX) < 0);
    if (isEmpty(min, max)) {
      losses.add(Loss.Kind.RANGE, path, "no number fits it");
      return Type.Int.ANY_INT;
    }
    return min.isEmpty() && max.isEmpty()
        ? Type.Int.ANY_INT
        : new Type.Int(new Type.Range(min, max));
  }

  private Type unsigned(Optional<BigDecimal> min, Optional<BigDecimal> max, String path) {
    if (isEmpty(min, max)) {
      losses.add(Loss.Kind.RANGE, path, "no number fits it");
      return Type.UInt.ANY_UINT;
    }
    return min.isEmpty() && max.isEmpty()
        ? Type.UInt.ANY_UINT
        : new Type.UInt(new Type.Range(min, max));
  }

  private static boolean isEmpty(Optional<BigDecimal> min, Optional<BigDecimal> max) {
    return min.isPresent() && max.isPresent() && min.get().compareTo(max.get()) > 0
        || min.isPresent() && min.get().compareTo(UINT_MAX) > 0
        || max.isPresent() && max.get().compareTo(LONG_MIN) < 0;
  }

  Type numeric(Tree schema, String path) {
    Optional<BigDecimal> step = number(schema, "multipleOf");
    boolean isDecimal =
        step.filter(s ->
                s.signum() > 0 && s.stripTrailingZeros().unscaledValue().equals(BigInteger.ONE))
            .isPresent();
    if (isDecimal) {
      int scale = Math.max(0, step.get().stripTrailingZeros().scale());
      return decimal(schema, scale, path);
    }
    if (step.isPresent()) {
      losses.add(Loss.Kind.CONSTRAINT, path, "multipleOf");
    }
    if (schema.text("format").isEmpty()) {
      losses.add(Loss.Kind.NUMBER_FORM, path);
    }
    Optional<BigDecimal> min =
        number(schema, "minimum").or(() -> exclusive(schema, "exclusiveMinimum", path));
    Optional<BigDecimal> max =
        number(schema, "maximum").or(() -> exclusive(schema, "exclusiveMaximum", path));
    var bounds = new Type.Range(min, max);
    boolean isOdd =
        isEmptyRange(min, max)
            || min.filter(m -> Double.isInfinite(m.doubleValue())).isPresent()
            || max.filter(m -> Double.isInfinite(m.doubleValue())).isPresent();
    if (isOdd) {
      losses.add(Loss.Kind.RANGE, path, bounds.toString());
    }
    return bounds.isAll() || isOdd ? Type.Real.ANY_DOUBLE : new Type.Real(bounds);
  }

  private static boolean isEmptyRange(Optional<BigDecimal> min, Optional<BigDecimal> max) {
    return min.isPresent() && max.isPresent() && min.get().compareTo(max.get()) > 0;
  }

  private Optional<BigDecimal> exclusive(Tree schema, String keyword, String path) {
    Optional<BigDecimal> bound = number(schema, keyword);
    bound.ifPresent(b -> losses.add(Loss.Kind.RANGE, path, keyword + " " + b));
    return bound;
  }

  private Type decimal(Tree schema, int scale, String path) {
    Optional<BigDecimal> max = number(schema, "maximum");
    Optional<BigDecimal> min = number(schema, "minimum");
    int precision =
        max.filter(m ->
                m.add(BigDecimal.ONE.movePointLeft(scale)).stripTrailingZeros().precision() == 1)
            .map(m -> Math.max(0, m.precision() - m.scale()) + scale)
            .orElse(DIGITS_MAX);
    boolean isSymmetric = max.equals(min.map(BigDecimal::negate));
    if (!isSymmetric && (max.isPresent() || min.isPresent())) {
      losses.add(Loss.Kind.RANGE, path, new Type.Range(min, max).toString());
    }
    return precision < 1 || precision > DIGITS_MAX || scale > precision
        ? Type.Decimal.ANY_DECIMAL
        : new Type.Decimal(precision, scale);
  }

  /** OpenAPI 3.0 writes {@code exclusiveMinimum: true} beside {@code minimum}. */
  private static Optional<BigDecimal> bound(
      Tree schema, String inclusive, String exclusive, BigDecimal step) {
    if (schema.isTrue(exclusive)) {
      return number(schema, inclusive).map(step::add);
    }
    return number(schema, inclusive).or(() -> number(schema, exclusive).map(step::add));
  }

  static Optional<BigDecimal> number(Tree schema, String keyword) {
    return schema.get(keyword).map(Tree::value).flatMap(SchemaScalars::exact);
  }

  private static Optional<BigDecimal> exact(Value value) {
    return switch (value) {
      case Value.Int(var number) -> Optional.of(BigDecimal.valueOf(number));
      case Value.UInt(var bits) -> Optional.of(new BigDecimal(Long.toUnsignedString(bits)));
      case Value.Decimal(var number)
          when number.precision() < 400 && Math.abs(number.scale()) < 400 ->
          Optional.of(number);
      default -> Optional.empty();
    };
  }

  /** A length or a number of items. */
  Type.Range size(Tree schema, String least, String most, String path) {
    Optional<BigDecimal> min = number(schema, least).filter(m -> m.signum() > 0);
    Optional<BigDecimal> max =
        number(schema, most).filter(m -> m.signum() >= 0 && m.compareTo(SIZE_MAX) <= 0);
    boolean isOdd =
        isEmptyRange(min, max)
            || min.filter(m -> m.compareTo(SIZE_MAX) > 0).isPresent()
            || min.filter(m -> m.stripTrailingZeros().scale() > 0).isPresent()
            || max.filter(m -> m.stripTrailingZeros().scale() > 0).isPresent();
    if (isOdd) {
      losses.add(Loss.Kind.LENGTH, path);
      return Type.Range.ALL;
    }
    return min.isEmpty() && max.isEmpty() ? Type.Range.ALL : new Type.Range(min, max);
  }

  /** {@code const} and {@code enum}: texts are symbols, anything else its type. */
  Type symbols(List<Tree> values, String path) {
    var symbols = new ArrayList<String>();
    int numbers = 0;
    for (Tree tree : values) {
      if (tree.value() instanceof Value.Text(var text) && !text.isEmpty()) {
        if (!symbols.contains(text)) {
          symbols.add(text);
        }
      } else if (tree.value() instanceof Value.Int) {
        numbers++;
      }
    }
    boolean isBool = values.stream().allMatch(tree -> tree.value() instanceof Value.Bool);
    if (isBool) {
      if (values.size() == 1) {
        losses.add(Loss.Kind.SYMBOLS, path, TypeTexts.json(values.getFirst().value()));
      }
      return Type.Simple.BOOL;
    }
    if (numbers == values.size()) {
      return numbers(values, path);
    }
    boolean isText = values.stream().allMatch(tree -> tree.value() instanceof Value.Text);
    if (isText && symbols.size() == values.size()) {
      return new Type.Enum(symbols);
    }
    losses.add(Loss.Kind.SYMBOLS, path);
    return isText ? Type.Text.ANY_TEXT : Type.Simple.ANY;
  }

  private Type numbers(List<Tree> values, String path) {
    long[] sorted =
        values.stream()
            .mapToLong(tree -> ((Value.Int) tree.value()).value())
            .sorted()
            .distinct()
            .toArray();
    long first = sorted[0];
    long last = sorted[sorted.length - 1];
    if (last - first + 1 != sorted.length) {
      losses.add(Loss.Kind.SYMBOLS, path, "only some of " + first + ".." + last);
    }
    return new Type.Int(Type.Range.of(first, last));
  }
}
