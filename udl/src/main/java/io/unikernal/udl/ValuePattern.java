package io.unikernal.udl;

import io.unikernal.model.Value;
import java.util.List;
import java.util.SequencedMap;

/** What a value must be, as far as a test says: fields that it does not name may be anything. */
public sealed interface ValuePattern {
  /** {@code "*"}: anything but nothing. */
  record Anything() implements ValuePattern {}

  record Exactly(Value value) implements ValuePattern {}

  record Fields(SequencedMap<String, ValuePattern> fields) implements ValuePattern {}

  /** As many, each in its place. */
  record Items(List<ValuePattern> items) implements ValuePattern {}

  default boolean matches(Value actual) {
    return switch (this) {
      case Anything() -> actual != Value.Absent.ABSENT && actual != Value.Null.NULL;
      case Exactly(var wanted) -> isSame(wanted, actual);
      case Fields(var fields) ->
          fields.entrySet().stream()
              .allMatch(field -> field.getValue().matches(actual.field(field.getKey())));
      case Items(var wanted) -> actual instanceof Value.Items(var given) && matches(wanted, given);
    };
  }

  private static boolean matches(List<ValuePattern> wanted, List<Value> given) {
    if (wanted.size() != given.size()) {
      return false;
    }
    for (int i = 0; i < given.size(); i++) {
      if (!wanted.get(i).matches(given.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Nothing is nothing, and decimals compare by number. */
  private static boolean isSame(Value wanted, Value actual) {
    if (wanted == Value.Null.NULL || wanted == Value.Absent.ABSENT) {
      return actual == Value.Null.NULL || actual == Value.Absent.ABSENT;
    }
    return wanted instanceof Value.Decimal(var a) && actual instanceof Value.Decimal(var b)
        ? a.compareTo(b) == 0
        : wanted.equals(actual);
  }
}
