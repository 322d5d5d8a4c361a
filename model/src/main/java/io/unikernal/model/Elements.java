package io.unikernal.model;

import java.util.AbstractList;
import java.util.Collection;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The items of a list in an array of their own. As in {@link Fields}, what came as a {@link Slice}
 * is read on first use; so is what was checked and left where it stands.
 */
final class Elements extends AbstractList<Value> implements RandomAccess {
  private final @Nullable Value[] values;
  private final @Nullable Slice @Nullable [] slices;
  private final @Nullable Slice document;
  private final @Nullable Left left;

  /** Items that fit their type, and where in the document each begins. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Left(byte[] bytes, Json.Limits limits, int[] starts, Type type, Wanted wanted) {
    Value read(int index) {
      return Unread.read(bytes, limits, type, wanted, starts[index]);
    }
  }

  /** The array is given away. */
  Elements(@Nullable Value[] values) {
    this(values, null, null);
  }

  Elements(Left left, int size) {
    this(new Value[size], null, null, left);
  }

  /** Both arrays are given away; each item stands in one of them. */
  Elements(
      @Nullable Value[] values, @Nullable Slice @Nullable [] slices, @Nullable Slice document) {
    this(values, slices, document, null);
  }

  private Elements(
      @Nullable Value[] values,
      @Nullable Slice @Nullable [] slices,
      @Nullable Slice document,
      @Nullable Left left) {
    this.values = values;
    this.slices = slices;
    this.document = document;
    this.left = left;
  }

  static Elements copyOf(Collection<Value> items) {
    var values = items.toArray(new Value[0]);
    for (Value value : values) {
      Objects.requireNonNull(value);
    }
    return new Elements(values);
  }

  Elements from(Slice whole) {
    return new Elements(values, slices, whole, left);
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
      value =
          left == null
              ? Objects.requireNonNull(Objects.requireNonNull(slices)[index]).read()
              : left.read(index);
      values[index] = value;
    }
    return value;
  }
}
