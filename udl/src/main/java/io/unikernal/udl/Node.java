package io.unikernal.udl;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** YAML as a tree in which everything knows its place. */
sealed interface Node {
  Place place();

  /** How a scalar is written. */
  enum Style {
    PLAIN,
    SINGLE_QUOTED,
    DOUBLE_QUOTED,
    BLOCK
  }

  record Scalar(Place place, String text, Style style, Optional<String> tag) implements Node {
    private static final Pattern INT = Pattern.compile("[-+]?[0-9]{1,400}");
    private static final Pattern RADIX = Pattern.compile("0(o[0-7]{1,64}|x[0-9a-fA-F]{1,64})");
    private static final Pattern FLOAT =
        Pattern.compile(
            "[-+]?(\\.[0-9]{1,400}|[0-9]{1,400}(\\.[0-9]{0,400})?)([eE][-+]?[0-9]{1,3})?");
    private static final Pattern SPECIAL =
        Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

    boolean isPlain() {
      return style == Style.PLAIN;
    }

    @Override
    public boolean isNull() {
      return isPlain()
          && (text.isEmpty()
              || text.equals("~")
              || text.equals("null")
              || text.equals("Null")
              || text.equals("NULL"));
    }

    /** By YAML 1.2's core schema, but fractions are exact. */
    Value value() {
      if (!isPlain()) {
        return Value.text(text);
      }
      if (isNull()) {
        return Value.Null.NULL;
      }
      return switch (text) {
        case "true", "True", "TRUE" -> Value.Bool.TRUE;
        case "false", "False", "FALSE" -> Value.Bool.FALSE;
        default -> number();
      };
    }

    private Value number() {
      if (INT.matcher(text).matches()) {
        return integer(new BigInteger(text));
      }
      if (RADIX.matcher(text).matches()) {
        return integer(new BigInteger(text.substring(2), text.charAt(1) == 'o' ? 8 : 16));
      }
      if (FLOAT.matcher(text).matches()) {
        return new Value.Decimal(new BigDecimal(text));
      }
      if (SPECIAL.matcher(text).matches()) {
        boolean isNan = text.length() == 4 && Character.toLowerCase(text.charAt(1)) == 'n';
        double infinity =
            text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        return new Value.Real(isNan ? Double.NaN : infinity);
      }
      return Value.text(text);
    }

    private static Value integer(BigInteger number) {
      if (number.bitLength() <= 63) {
        return Value.integer(number.longValue());
      }
      return number.signum() > 0 && number.bitLength() == 64
          ? new Value.UInt(number.longValue())
          : new Value.Decimal(new BigDecimal(number));
    }

    /** The place of a part of {@link #text}; the whole scalar where it cannot be told. */
    Place part(int start, int end) {
      return place
          .source()
          .filled()
          .map(filled -> filled.part(start, end))
          .orElseGet(() -> ScalarPlaces.part(this, start, end));
    }
  }

  record Sequence(Place place, List<Node> items, boolean isFlow) implements Node {}

  record Mapping(Place place, List<Entry> entries, boolean isFlow) implements Node {
    Optional<Entry> find(String key) {
      for (Entry entry : entries) {
        if (entry.name().equals(key)) {
          return Optional.of(entry);
        }
      }
      return Optional.empty();
    }

    Optional<Node> get(String key) {
      return find(key).map(Entry::value);
    }
  }

  record Entry(Scalar key, Node value) {
    String name() {
      return key.text();
    }

    Place place() {
      return key.place().to(value.place());
    }
  }

  /** Whether both say the same, wherever they stand. */
  static boolean isSame(Node left, Node right) {
    if (left == right) {
      return true;
    }
    return switch (left) {
      case Scalar a ->
          right instanceof Scalar b
              && a.text().equals(b.text())
              && a.style() == b.style()
              && a.tag().equals(b.tag());
      case Sequence a -> right instanceof Sequence b && areSame(a.items(), b.items());
      case Mapping a -> {
        boolean isSame = right instanceof Mapping b && a.entries().size() == b.entries().size();
        for (int i = 0; isSame && i < a.entries().size(); i++) {
          Entry mine = a.entries().get(i);
          Entry other = ((Mapping) right).entries().get(i);
          isSame = mine.name().equals(other.name()) && isSame(mine.value(), other.value());
        }
        yield isSame;
      }
    };
  }

  private static boolean areSame(List<Node> left, List<Node> right) {
    boolean isSame = left.size() == right.size();
    for (int i = 0; isSame && i < left.size(); i++) {
      isSame = isSame(left.get(i), right.get(i));
    }
    return isSame;
  }

  default boolean isNull() {
    return false;
  }

  /** What it is, for messages. */
  default String kind() {
    return switch (this) {
      case Scalar scalar when scalar.isNull() -> "nothing";
      case Scalar _ -> "a text";
      case Sequence _ -> "a list";
      case Mapping _ -> "a mapping";
    };
  }

  /** The type that a literal has when nothing else is known. */
  static Type typeOf(Value literal) {
    return switch (literal) {
      case Value.Bool _ -> Type.Simple.BOOL;
      case Value.Int _ -> Type.Int.ANY_INT;
      case Value.UInt _ -> Type.UInt.ANY_UINT;
      case Value.Real _ -> Type.Real.ANY_DOUBLE;
      case Value.Decimal(var number) -> decimalType(number);
      case Value.Text _ -> Type.Text.ANY_TEXT;
      default -> Type.Simple.ANY;
    };
  }

  private static Type decimalType(BigDecimal number) {
    int scale = Math.max(0, number.scale());
    return new Type.Decimal(Math.max(number.precision(), scale + 1), scale);
  }
}
