package io.unikernal.expr;

import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A key for hashing that is equal where {@link Equality} says so: numbers are one kind, records and
 * maps are one kind. So functions on many elements look each up once, instead of comparing all.
 */
final class Canonical {
  private Canonical() {}

  static Object of(Value value) {
    return switch (value) {
      case Value.Int(var number) -> number;
      case Value.UInt(var bits) -> bits >= 0 ? (Object) bits : of(Equality.exact(value));
      case Value.Real(var number) ->
          Double.isFinite(number) ? of(Equality.exact(value)) : (Object) number;
      case Value.Decimal(var number) -> of(number);
      case Value.Items(var items) -> items.stream().map(Canonical::of).toList();
      case Value.Dict _, Rec _ -> {
        Map<String, Object> fields = new HashMap<>();
        Collections.entries(value).forEach((key, field) -> fields.put(key, of(field)));
        yield fields;
      }
      default -> value;
    };
  }

  private static Object of(BigDecimal number) {
    if (number.signum() == 0) {
      return 0L;
    }
    BigDecimal bare = number.stripTrailingZeros();
    return bare.scale() <= 0 && bare.precision() - bare.scale() <= 18
        ? (Object) bare.longValueExact()
        : bare;
  }

  static Set<Object> set(List<Value> values) {
    var set = HashSet.newHashSet(values.size());
    values.forEach(value -> set.add(of(value)));
    return set;
  }

  /** The first of each, in their order. */
  static List<Value> distinct(List<Value> values) {
    var seen = HashSet.newHashSet(values.size());
    var first = new ArrayList<Value>();
    for (Value value : values) {
      if (seen.add(of(value))) {
        first.add(value);
      }
    }
    return first;
  }
}
