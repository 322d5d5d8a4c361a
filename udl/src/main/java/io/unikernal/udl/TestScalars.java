package io.unikernal.udl;

import io.unikernal.udl.DefinitionTest.Count;
import io.unikernal.udl.DefinitionTest.Span;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Numbers, times and shares as tests write them. */
final class TestScalars {
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,12}");
  private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?)(%?)");

  private final Diagnostics diagnostics;

  TestScalars(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** A whole number from {@code min} to {@code max}. */
  OptionalLong number(Optional<Node> node, String what, long min, long max) {
    Optional<Scalar> scalar = node.flatMap(found -> text(found, what));
    if (scalar.isEmpty()) {
      return OptionalLong.empty();
    }
    String text = scalar.get().text();
    if (DIGITS.matcher(text).matches()) {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return OptionalLong.of(number);
      }
    }
    wrong(scalar.get(), what + " is a whole number from " + min + " to " + max);
    return OptionalLong.empty();
  }

  Optional<Duration> time(Optional<Node> node, String what) {
    Optional<Scalar> scalar = node.flatMap(found -> text(found, what));
    Optional<Duration> time = scalar.flatMap(found -> Quantities.duration(found.text()));
    if (scalar.isPresent() && time.isEmpty()) {
      wrong(scalar.get(), what + " is a time, as `500ms` or `5s`");
    }
    return time;
  }

  /** From 0 to 1, also written {@code 60%}. */
  Optional<Double> share(Optional<Node> node, String what) {
    Optional<Scalar> scalar = node.flatMap(found -> text(found, what));
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    var match = SHARE.matcher(scalar.get().text());
    if (match.matches()) {
      var number = new BigDecimal(match.group(1));
      BigDecimal share = match.group(2).isEmpty() ? number : number.movePointLeft(2);
      if (share.compareTo(BigDecimal.ONE) <= 0) {
        return Optional.of(share.doubleValue());
      }
    }
    wrong(scalar.get(), what + " is a share from 0 to 1, or from 0% to 100%");
    return Optional.empty();
  }

  boolean isTrue(Optional<Node> node, String what) {
    Optional<Scalar> scalar = node.flatMap(found -> text(found, what));
    scalar
        .filter(found -> !found.text().equals("true") && !found.text().equals("false"))
        .ifPresent(found -> wrong(found, what + " is `true` or `false`"));
    return scalar.filter(found -> found.text().equals("true")).isPresent();
  }

  /** A number, or a mapping of bounds. */
  Optional<Count> count(Optional<Node> node, String what) {
    return node.flatMap(found ->
        found instanceof Mapping
            ? Grammar.BOUNDS.read(found, diagnostics).flatMap(bounds -> bounds(bounds, what))
            : Optional.of(number(node, what, 0, Long.MAX_VALUE))
                .filter(OptionalLong::isPresent)
                .map(number -> new Count(number, OptionalLong.empty(), OptionalLong.empty())));
  }

  /** What `times`, `above` and `below` of a mapping say; empty if it has none of them. */
  Optional<Count> bounds(Mapping mapping, String what) {
    OptionalLong times = number(mapping.get("times"), "`times`", 0, Long.MAX_VALUE);
    OptionalLong above = number(mapping.get("above"), "`above`", 0, Long.MAX_VALUE);
    OptionalLong below = number(mapping.get("below"), "`below`", 1, Long.MAX_VALUE);
    boolean isNothing = times.isEmpty() && above.isEmpty() && below.isEmpty();
    boolean isEmpty =
        above.isPresent() && below.isPresent() && above.getAsLong() + 1 >= below.getAsLong();
    if (isEmpty) {
      nothingFits(mapping, what);
    }
    return isNothing ? Optional.empty() : Optional.of(new Count(times, above, below));
  }

  /** What {@code above} and {@code below} say of a time. */
  Optional<Span> span(Optional<Node> node, String what) {
    return node.flatMap(found -> Grammar.TIME_BOUNDS.read(found, diagnostics))
        .map(mapping -> {
          var span =
              new Span(
                  time(mapping.get("above"), "`above`"), time(mapping.get("below"), "`below`"));
          boolean isEmpty =
              span.above().isPresent()
                  && span.below().isPresent()
                  && span.above().get().compareTo(span.below().get()) >= 0;
          if (isEmpty) {
            nothingFits(mapping, what);
          }
          return span;
        });
  }

  private void nothingFits(Mapping mapping, String what) {
    diagnostics.error(
        Code.TEST_VALUE, mapping.place(), what + " cannot be above the one and below the other");
  }

  Optional<Scalar> text(Node node, String what) {
    return Vocabulary.text(node, what, diagnostics);
  }

  void wrong(Scalar scalar, String wanted) {
    diagnostics.error(
        Code.TEST_VALUE, scalar.place(), wanted + ", and this is `" + scalar.text() + "`");
  }
}
