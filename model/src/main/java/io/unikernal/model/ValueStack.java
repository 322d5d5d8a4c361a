package io.unikernal.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The values of all lists and maps that a reader stands in: so it grows with what has come. */
final class ValueStack {
  private @Nullable Value[] values = new Value[16];
  private int size;

  int size() {
    return size;
  }

  void push(Value value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  /** Takes off what was put there since. */
  @Nullable Value[] pop(int base) {
    @Nullable Value[] popped = Arrays.copyOfRange(values, base, size);
    size = base;
    return popped;
  }

  /** Takes off the values of a map that does not stay on a path of known keys. */
  SequencedMap<String, Value> pop(int base, KeyPath path) {
    var fields = new LinkedHashMap<String, Value>();
    @Nullable Value[] popped = pop(base);
    for (int i = 0; i < popped.length; i++) {
      Value value = popped[i];
      if (value != null) {
        fields.put(path.keys().name(i), value);
      }
    }
    return fields;
  }
}
