package io.unikernal.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One walk of {@link Assign} over a pair of types: gathers reasons, then gives its verdict. */
final class Assigning {
  /** More reasons than this say the same again. */
  private static final int REASONS_MAX = 20;

  /** Types are finite but may be recursive through containers; no real one is so deep. */
  private static final int DEPTH_MAX = 64;

  private static final int INT_DIGITS = 19;
  private static final int UINT_DIGITS = 20;
  private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  private final List<Assign.Reason> refused = new ArrayList<>();
  private final List<Assign.Reason> checked = new ArrayList<>();
  private final List<String> path = new ArrayList<>();

  /** Pairs of records that are being compared: a recursive pair fits if all else does. */
  private final List<Map.Entry<Type.Record, Type.Record>> open = new ArrayList<>();

  Assign.Verdict check(Type from, Type to) {
    compare(from, to);
    if (!refused.isEmpty()) {
      return new Assign.Verdict.Refused(List.copyOf(refused));
    }
    return checked.isEmpty()
        ? new Assign.Verdict.Fits()
        : new Assign.Verdict.Checked(List.copyOf(checked));
  }

  private void refuse(String message) {
    add(refused, message);
  }

  private void depends(String message) {
    add(checked, message);
  }

  private void add(List<Assign.Reason> reasons, String message) {
    var reason = new Assign.Reason(String.join("", path), message);
    if (reasons.size() < REASONS_MAX && !reasons.contains(reason)) {
      reasons.add(reason);
    }
  }

  private void within(String step, Type from, Type to) {
    path.add(path.isEmpty() && step.startsWith(".") ? step.substring(1) : step);
    if (path.size() <= DEPTH_MAX) {
      compare(from, to);
    } else {
      depends("the types are nested too deep to compare");
    }
    path.removeLast();
  }

  private void compare(Type labelledFrom, Type labelledTo) {
    Type from = labelledFrom.bare();
    Type to = labelledTo.bare();
    if (to == Type.Simple.ANY || from == to) {
      return;
    }
    if (to instanceof Type.Maybe(var wanted)) {
      if (from instanceof Type.Maybe(var given)) {
        compare(given, wanted);
      } else if (from != Type.Simple.NULL) {
        compare(from, wanted);
      }
      return;
    }
    if (from == Type.Simple.ANY) {
      depends("has no type; it must be `" + to + "`");
    } else if (from instanceof Type.Maybe(var given)) {
      refuse("may be absent: use .orValue(...)");
      compare(given, to);
    } else {
      present(from, to);
    }
  }

  /** Neither is optional, labelled or any. */
  private void present(Type from, Type to) {
    switch (to) {
      case Type.Int wanted -> integer(from, wanted);
      case Type.UInt wanted -> unsigned(from, wanted);
      case Type.Real wanted -> real(from, wanted);
      case Type.Decimal wanted -> decimal(from, wanted);
      case Type.Text wanted -> text(from, wanted);
      case Type.Enum wanted -> symbol(from, wanted);
      case Type.Bytes wanted -> bytes(from, wanted);
      case Type.Simple wanted -> simple(from, wanted);
      case Type.ListOf wanted -> list(from, wanted);
      case Type.MapOf wanted -> map(from, wanted);
      case Type.StreamOf wanted -> stream(from, wanted);
      case Type.Record wanted -> record(from, wanted);
      case Type.Union wanted -> union(from, wanted);
      case Type.Maybe _, Type.Labelled _ -> throw new AssertionError("taken apart before");
    }
  }

  private void mismatch(Type from, Type to, String hint) {
    refuse("`" + from + "` is not `" + to + "`" + (hint.isEmpty() ? "" : ": " + hint));
  }

  private void integer(Type from, Type.Int to) {
    switch (from) {
      case Type.Int(var range) -> narrow(range, to.range());
      case Type.UInt(var range) -> {
        var given = above(range, BigDecimal.ZERO);
        if (given.max().map(max -> max.compareTo(LONG_MAX) > 0).orElse(true)) {
          depends("may be greater than " + LONG_MAX);
        }
        narrow(given, to.range());
      }
      case Type.Real _, Type.Decimal _ -> mismatch(from, to, "use int(...)");
      case Type.Text _, Type.Enum _ -> mismatch(from, to, "use int(...)");
      default -> mismatch(from, to, "");
    }
  }

  private void unsigned(Type from, Type.UInt to) {
    switch (from) {
      case Type.UInt(var range) -> narrow(range, to.range());
      case Type.Int(var range) -> narrow(range, above(to.range(), BigDecimal.ZERO));
      case Type.Real _, Type.Decimal _, Type.Text _, Type.Enum _ ->
          mismatch(from, to, "use uint(...)");
      default -> mismatch(from, to, "");
    }
  }

  private void real(Type from, Type.Real to) {
    switch (from) {
      case Type.Real(var range) -> narrow(range, to.range());
      case Type.Int(var range) -> narrow(range, to.range());
      case Type.UInt(var range) -> narrow(above(range, BigDecimal.ZERO), to.range());
      case Type.Decimal _, Type.Text _, Type.Enum _ -> mismatch(from, to, "use double(...)");
      default -> mismatch(from, to, "");
    }
  }

  /** The range with {@code least} as its lower bound, unless it has a higher one. */
  private static Type.Range above(Type.Range range, BigDecimal least) {
    return new Type.Range(Optional.of(range.min().map(least::max).orElse(least)), range.max());
  }

  /** Numbers: whether all, some or none of a range lie in another. */
  private void narrow(Type.Range from, Type.Range to) {
    boolean isApart = isLess(from.max(), to.min()) || isLess(to.max(), from.min());
    if (isApart) {
      refuse("is " + Scalars.bounds(from) + ", but must be " + Scalars.bounds(to));
    } else if (!to.contains(from)) {
      depends("may not be " + Scalars.bounds(to));
    }
  }

  private static boolean isLess(Optional<BigDecimal> a, Optional<BigDecimal> b) {
    return a.isPresent() && b.isPresent() && a.get().compareTo(b.get()) < 0;
  }

  private void decimal(Type from, Type.Decimal to) {
    switch (from) {
      case Type.Decimal given -> fewerDigits(given, to);
      case Type.Int(var range) -> wholeDigits(range, INT_DIGITS, to);
      case Type.UInt(var range) -> wholeDigits(range, UINT_DIGITS, to);
      case Type.Real _ -> mismatch(from, to, "a double is not exact: use decimal(...)");
      case Type.Text _, Type.Enum _ -> mismatch(from, to, "use decimal(...)");
      default -> mismatch(from, to, "");
    }
  }

  private void fewerDigits(Type.Decimal from, Type.Decimal to) {
    if (to.precision() == 0) {
      return;
    }
    if (from.precision() > 0 && from.scale() > to.scale()) {
      refuse("`" + from + "` has more than " + to.scale() + " decimal places: use round(...)");
    } else if (from.precision() == 0) {
      depends("may have more than " + to.scale() + " decimal places: use round(...)");
    }
    int whole = to.precision() - to.scale();
    if (from.precision() == 0 || from.precision() - from.scale() > whole) {
      depends("may have more than " + whole + " digits before the point");
    }
  }

  private void wholeDigits(Type.Range range, int digitsOfAll, Type.Decimal to) {
    int whole = to.precision() - to.scale();
    int digits =
        range.min().isPresent() && range.max().isPresent()
            ? Math.max(digits(range.min().get()), digits(range.max().get()))
            : digitsOfAll;
    if (to.precision() != 0 && digits > whole) {
      depends("may have more than " + whole + " digits before the point");
    }
  }

  private static int digits(BigDecimal bound) {
    return bound.signum() == 0 ? 0 : bound.precision() - bound.scale();
  }

  private void text(Type from, Type.Text to) {
    switch (from) {
      case Type.Text given -> {
        if (!to.length().isAll()) {
          count(given.length(), to.length(), "character");
        }
        if (to.pattern().isPresent() && !to.pattern().equals(given.pattern())) {
          depends("may not match /" + to.pattern().get() + "/");
        }
      }
      case Type.Enum(var symbols) -> symbolsAsText(symbols, to);
      case Type.Bytes _ -> mismatch(from, to, "use string(...), which needs UTF-8");
      case Type.ListOf _, Type.MapOf _, Type.Record _, Type.Union _, Type.StreamOf _ ->
          mismatch(from, to, "");
      default -> mismatch(from, to, "use string(...)");
    }
  }

  /** The symbols are known, so the verdict is too. */
  private void symbolsAsText(List<String> symbols, Type.Text to) {
    var wrong =
        symbols.stream()
            .filter(symbol -> Scalars.fit(to, Value.text(symbol), new Problems()) == null)
            .toList();
    if (wrong.size() == symbols.size()) {
      refuse("no symbol fits `" + to + "`");
    } else if (!wrong.isEmpty()) {
      depends("may be " + String.join(", ", wrong) + ", which does not fit `" + to + "`");
    }
  }

  private void symbol(Type from, Type.Enum to) {
    switch (from) {
      case Type.Text _ -> depends("may be none of " + String.join(", ", to.symbols()));
      case Type.Enum(var symbols) -> {
        var others = symbols.stream().filter(symbol -> !to.symbols().contains(symbol)).toList();
        if (others.size() == symbols.size()) {
          refuse("`" + from + "` has no symbol of `" + to + "`");
        } else if (!others.isEmpty()) {
          depends("may be " + String.join(", ", others));
        }
      }
      default -> mismatch(from, to, "");
    }
  }

  private void bytes(Type from, Type.Bytes to) {
    switch (from) {
      case Type.Bytes(var length) -> count(length, to.length(), "byte");
      case Type.Text _ -> mismatch(from, to, "use bytes(...)");
      default -> mismatch(from, to, "");
    }
  }

  private void simple(Type from, Type.Simple to) {
    if (from == to) {
      return;
    }
    switch (to) {
      case TIMESTAMP, DATE, TIME, DURATION, UUID -> {
        boolean hasFunction = from instanceof Type.Text || from instanceof Type.Enum;
        mismatch(from, to, hasFunction ? "use " + to + "(...)" : "");
      }
      case BOOL -> mismatch(from, to, from instanceof Type.Text ? "use bool(...)" : "");
      case BLOB -> {
        if (!(from instanceof Type.Bytes)) {
          mismatch(from, to, "");
        }
      }
      case ANY, NULL -> mismatch(from, to, "");
    }
  }

  /** Sizes and lengths: never below zero. */
  private void count(Type.Range from, Type.Range to, String unit) {
    if (isLess(from.max(), to.min()) || isLess(to.max(), from.min())) {
      refuse("has " + Scalars.counted(from, unit) + ", but must have " + Scalars.counted(to, unit));
      return;
    }
    var given = above(from, BigDecimal.ZERO);
    if (!to.contains(given)) {
      boolean isMaxOnly = to.min().map(min -> min.compareTo(given.min().get()) <= 0).orElse(true);
      String max = to.max().map(BigDecimal::toPlainString).orElse("");
      depends(
          isMaxOnly && !max.isEmpty()
              ? "may have more than " + max + " " + unit + ("1".equals(max) ? "" : "s")
              : "may not have " + Scalars.counted(to, unit));
    }
  }

  private void list(Type from, Type.ListOf to) {
    if (!(from instanceof Type.ListOf given)) {
      mismatch(from, to, from instanceof Type.StreamOf ? "a stream is consumed item by item" : "");
      return;
    }
    count(given.size(), to.size(), "item");
    within("[]", given.element(), to.element());
  }

  private void stream(Type from, Type.StreamOf to) {
    switch (from) {
      case Type.StreamOf(var element) -> within("[]", element, to.element());
      case Type.ListOf(var element, _) -> within("[]", element, to.element());
      default -> mismatch(from, to, "");
    }
  }

  private void map(Type from, Type.MapOf to) {
    switch (from) {
      case Type.MapOf(var value) -> within("[*]", value, to.value());
      case Type.Record given -> fields(given, to.value());
      case Type.Union given -> given.members().forEach(member -> fields(member, to.value()));
      default -> mismatch(from, to, "");
    }
  }

  private void fields(Type.Record from, Type value) {
    for (Type.Field field : from.fields()) {
      // An absent field is left out of the map, so only its value has to fit.
      within("." + field.name(), field.type().core(), value);
    }
  }

  private void record(Type from, Type.Record to) {
    switch (from) {
      case Type.Record given -> fields(given, to, "");
      case Type.MapOf(var value) -> {
        depends("is a map; its keys must be the fields of " + Fitting.ruleOf(to));
        // What no value of the map could be is refused; what may be missing need not fit.
        to.fields().stream()
            .filter(Type.Field::isRequired)
            .forEach(field -> within("." + field.name(), value.core(), field.type()));
      }
      case Type.Union given -> given.members().forEach(member -> fields(member, to, ""));
      default -> mismatch(from, to, "");
    }
  }

  /** Each field of {@code to}, but the one that has been compared already. */
  private void fields(Type.Record from, Type.Record to, String compared) {
    if (from == to
        || open.stream().anyMatch(other -> other.getKey() == from && other.getValue() == to)) {
      return;
    }
    open.add(Map.entry(from, to));
    for (Type.Field wanted : to.fields()) {
      if (wanted.name().equals(compared)) {
        continue;
      }
      var given = from.field(wanted.name());
      if (given.isPresent()) {
        Type source = given.get().type();
        // A default stands in for what is absent.
        boolean hasDefault = wanted.fallback().isPresent() && source.isMaybe();
        within("." + wanted.name(), hasDefault ? source.core() : source, wanted.type());
      } else if (wanted.isRequired()) {
        String hint =
            Suggest.closest(wanted.name(), from.fields().stream().map(Type.Field::name).toList())
                .filter(near -> to.field(near).isEmpty())
                .map(near -> "; did you mean `" + near + "`?")
                .orElse("");
        refuse("field `" + wanted.name() + ": " + wanted.type() + "` is missing" + hint);
      }
    }
    open.removeLast();
  }

  private void union(Type from, Type.Union to) {
    switch (from) {
      case Type.Union given -> given.members().forEach(member -> memberOf(member, to));
      case Type.Record given -> memberOf(given, to);
      case Type.MapOf _ -> depends("is a map; its keys must be the fields of `" + to + "`");
      default -> mismatch(from, to, "");
    }
  }

  /** By the tag where it is known, as reading does. */
  private void memberOf(Type.Record from, Type.Union to) {
    if (to.members().contains(from)) {
      return;
    }
    String tag = to.tag();
    var field = from.field(tag);
    if (field.isEmpty()) {
      refuse("field `" + tag + ": " + new Type.Enum(to.symbols()) + "` is missing");
      return;
    }
    if (field.get().type().bare() instanceof Type.Enum(var symbols)) {
      for (String symbol : symbols) {
        to.member(symbol)
            .ifPresentOrElse(
                // The tag may have more symbols than this member's own.
                member -> fields(from, member, tag),
                () -> taggedOther(symbol, symbols.size(), tag, to));
      }
    } else {
      within("." + tag, field.get().type(), new Type.Enum(to.symbols()));
      depends("which of `" + to + "` it is shows only in its `" + tag + "`");
    }
  }

  private void taggedOther(String symbol, int symbols, String tag, Type.Union to) {
    String message = "`" + tag + "` may be " + symbol + ", which is none of `" + to + "`";
    if (symbols == 1) {
      refuse(message);
    } else {
      depends(message);
    }
  }
}
