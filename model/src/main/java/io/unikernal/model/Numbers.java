package io.unikernal.model;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/**
 * The items of a list of numbers of one kind, 64 bits each and no object: what codecs and compiled
 * expressions look for behind {@link Value.Items#items}. To everybody else it is a list of values,
 * made as they are asked for. Immutable.
 */
public final class Numbers extends AbstractList<Value> implements RandomAccess {
  private final Shape.Slot slot;
  private final long[] bits;

  private Numbers(Shape.Slot slot, long[] bits) {
    this.slot = slot;
    this.bits = bits;
  }

  /**
   * The array is given away.
   *
   * @param slot any but {@code REF}: how the bits are meant, as in the slots of a {@link Rec}
   */
  public static Numbers of(Shape.Slot slot, long[] bits) {
    if (slot == Shape.Slot.REF) {
      throw new IllegalArgumentException("no primitives");
    }
    return new Numbers(slot, bits);
  }

  /** What a slot holds of a value that is a primitive. */
  static long bitsOf(Value value) {
    return switch (value) {
      case Value.Bool bool -> bool.value() ? 1 : 0;
      case Value.Int(var number) -> number;
      case Value.UInt(var bits) -> bits;
      case Value.Real(var number) -> Double.doubleToRawLongBits(number);
      default -> throw new IllegalArgumentException("no primitive");
    };
  }

  /** {@code INT}, {@code UINT}, {@code REAL} or {@code BOOL}. */
  public Shape.Slot slot() {
    return slot;
  }

  /** The integer, the double's bits, or 0 and 1. */
  public long bits(int index) {
    return bits[index];
  }

  public double real(int index) {
    return Double.longBitsToDouble(bits[index]);
  }

  @Override
  public int size() {
    return bits.length;
  }

  @Override
  public Value get(int index) {
    long one = bits[index];
    return switch (slot) {
      case INT -> new Value.Int(one);
      case UINT -> new Value.UInt(one);
      case REAL -> new Value.Real(Double.longBitsToDouble(one));
      case BOOL -> Value.Bool.of(one != 0);
      case REF -> throw new AssertionError("no primitive");
    };
  }

  /** Fills one. */
  static final class Builder {
    private final Shape.Slot slot;
    private long[] bits = new long[8];
    private int size;

    Builder(Shape.Slot slot) {
      this.slot = slot;
    }

    void add(long one) {
      if (size == bits.length) {
        bits = Arrays.copyOf(bits, size * 2);
      }
      bits[size++] = one;
    }

    int size() {
      return size;
    }

    Numbers build() {
      return new Numbers(slot, Arrays.copyOf(bits, size));
    }
  }
}
