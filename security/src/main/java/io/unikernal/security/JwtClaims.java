package io.unikernal.security;

import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a token says, and whether that is for us and for now. */
record JwtClaims(Value.Dict claims) {

  String text(String name) {
    return claims.fieldText(name);
  }

  /** Empty if it is good; else what is wrong, for the operator. */
  Optional<String> problem(List<String> audience, Duration skew, Instant now) {
    if (audiences().stream().noneMatch(audience::contains)) {
      return Optional.of("it is for others: `aud` is " + Headers.shown("" + audiences()));
    }
    Optional<Instant> expires = time("exp");
    if (expires.isEmpty()) {
      return Optional.of("it has no `exp`, so it would be good for ever");
    }
    if (!now.isBefore(expires.get().plus(skew))) {
      return Optional.of("it expired at " + expires.get());
    }
    for (String begin : List.of("nbf", "iat")) {
      if (claims.field(begin) != Value.Absent.ABSENT) {
        Optional<Instant> from = time(begin);
        if (from.isEmpty()) {
          return Optional.of("its `" + begin + "` is no time");
        }
        if (now.plus(skew).isBefore(from.get())) {
          return Optional.of("it is not good before " + from.get() + " (`" + begin + "`)");
        }
      }
    }
    return Optional.empty();
  }

  private List<String> audiences() {
    return switch (claims.field("aud")) {
      case Value.Text(var one) -> List.of(one);
      case Value.Items(var items) ->
          items.stream()
              .filter(Value.Text.class::isInstance)
              .map(item -> ((Value.Text) item).value())
              .toList();
      case Value _ -> List.of();
    };
  }

  /** Seconds since 1970, fractions allowed. */
  Optional<Instant> time(String name) {
    BigDecimal seconds =
        switch (claims.field(name)) {
          case Value.Int(var number) -> BigDecimal.valueOf(number);
          case Value.Decimal(var number) -> number;
          case Value.Real(var number) when Double.isFinite(number) -> BigDecimal.valueOf(number);
          case Value _ -> BigDecimal.valueOf(Long.MAX_VALUE);
        };
    try {
      long whole = seconds.setScale(0, java.math.RoundingMode.FLOOR).longValueExact();
      return Optional.of(Instant.ofEpochSecond(whole))
          .filter(time -> time.getEpochSecond() < LATEST);
    } catch (ArithmeticException | DateTimeException _) {
      return Optional.empty();
    }
  }

  /** The end of the year 9999. */
  private static final long LATEST = 253_402_300_800L;
}
