package io.unikernal.model;

import java.util.AbstractList;
import java.util.Collection;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The items of a list in an array of their own. As in {@link Fields}, what came as a {@link Slice}
 * is read on first use.
 */
final class Elements extends AbstractList<Value> implements RandomAccess {
  private final @Nullable Value[] values;
  private final @Nullable Slice @Nullable [] slices;
  private final @Nullable Slice document;

  /** The array is given away. */
  Elements(@Nullable Value[] values) {
    this(values, null, null);
  }

  /** Both arrays are given away; each item stands in one of them. */
  Elements(
      @Nullable Value[] values, @Nullable Slice @Nullable [] slices, @Nullable Slice document) {
    this.values = values;
    this.slices = slices;
    this.document = document;
  }

  static Elements copyOf(Collection<Value> items) {
    var values = items.toArray(new Value[0]);
    for (Value value : values) {
      Objects.requireNonNull(value);
    }
    return new Elements(values);
  }

  Elements from(Slice whole) {
    return new Elements(values, slices, whole);
  }

  /** The whole document that these items are, if it is kept. */
  @Nullable Slice document() {
    return document;
  }

  @Nullable Slice slice(int index) {
    return slices == null ? null : slices[index];
  }

  @Override
  public int size() {
    return values.length;
  }

  @Override
  public Value get(int index) {
    Value value = values[index];
    if (value == null) {
      value = Objects.requireNonNull(Objects.requireNonNull(slices)[index]).read();
      values[index] = value;
    }
    return value;
  }
}
