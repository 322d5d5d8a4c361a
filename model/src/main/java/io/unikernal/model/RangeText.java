package io.unikernal.model;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code a..b}, {@code a..}, {@code ..b} and a single number. */
final class RangeText {
  /** What the numbers bound, and therefore which may be written. */
  enum Kind {
    INT("-9223372036854775808", "9223372036854775807", "1..100"),
    UINT("0", "18446744073709551615", "1..100"),
    DOUBLE("-1.7976931348623157E308", "1.7976931348623157E308", "0.0..1.0"),
    /** A length or a number of items. */
    SIZE("0", "2147483647", "1..100");

    final BigDecimal least;
    final BigDecimal greatest;
    final String example;

    Kind(String least, String greatest, String example) {
      this.least = new BigDecimal(least);
      this.greatest = new BigDecimal(greatest);
      this.example = example;
    }
  }

  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,20}");
  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9]{1,40}(\\.[0-9]{1,40})?([eE][-+]?[0-9]{1,3})?");

  private RangeText() {}

  static Type.Range parse(String text, Kind kind, int start) throws TypeText.WrongException {
    int dots = text.indexOf("..");
    if (dots < 0) {
      Optional<BigDecimal> only = Optional.of(number(text, kind, start));
      return new Type.Range(only, only);
    }
    String low = text.substring(0, dots);
    String high = text.substring(dots + 2);
    if (low.isBlank() && high.isBlank()) {
      throw wrong(start, text, "a range needs at least one bound", kind);
    }
    Optional<BigDecimal> min =
        low.isBlank() ? Optional.empty() : Optional.of(number(low.strip(), kind, start));
    int highStart = start + dots + 2 + (high.length() - high.stripLeading().length());
    Optional<BigDecimal> max =
        high.isBlank() ? Optional.empty() : Optional.of(number(high.strip(), kind, highStart));
    if (min.isPresent() && max.isPresent() && min.get().compareTo(max.get()) > 0) {
      throw new TypeText.WrongException(
          start,
          start + text.length(),
          "the range is empty",
          "write `" + high.strip() + ".." + low.strip() + "`");
    }
    return new Type.Range(min, max);
  }

  private static BigDecimal number(String text, Kind kind, int start)
      throws TypeText.WrongException {
    boolean isDouble = kind == Kind.DOUBLE;
    if (!(isDouble ? NUMBER : WHOLE).matcher(text).matches()) {
      throw wrong(start, text, isDouble ? "expected a number" : "expected a whole number", kind);
    }
    var number = new BigDecimal(text);
    if (number.compareTo(kind.least) < 0 || number.compareTo(kind.greatest) > 0) {
      throw wrong(start, text, "`" + text + "` is out of range here", kind);
    }
    return number;
  }

  private static TypeText.WrongException wrong(int start, String text, String message, Kind kind) {
    return new TypeText.WrongException(
        start, start + Math.max(1, text.length()), message, "as in `" + kind.example + "`");
  }
}
