package io.unikernal.model;

import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The variables of one message on its way through a route: slot 0 is {@code input}, 1 {@code meta},
 * 2 {@code auth}, 3 {@code error}; the steps follow. Branches of a {@code parallel} write different
 * slots, and the join publishes them.
 */
public final class Frame {
  public static final int INPUT = 0;
  public static final int META = 1;
  public static final int AUTH = 2;
  public static final int ERROR = 3;
  public static final int FIRST_STEP = 4;

  /** Time, ids and chance, taken from the message so that a replay gives the same. */
  public interface Ambient {
    Instant now();

    UUID uuid();

    double random();
  }

  /** Makes what most expressions never look at, as {@code meta} and {@code auth}. */
  @FunctionalInterface
  public interface Later {
    Value of(int slot);
  }

  private final @Nullable Value[] slots;
  private final Ambient ambient;

  /** As slot 0: what most expressions look at, without a way around. */
  private @Nullable Value input = Value.Absent.ABSENT;

  private Later later = _ -> Value.Absent.ABSENT;

  public Frame(int size, Ambient ambient) {
    slots = new Value[size];
    Arrays.fill(slots, Value.Absent.ABSENT);
    this.ambient = ambient;
  }

  /** As {@link #get} of {@link #INPUT}. */
  public Value input() {
    Value value = input;
    return value == null ? get(INPUT) : value;
  }

  public Value get(int slot) {
    Value value = slots[slot];
    if (value == null) {
      value = later.of(slot);
      slots[slot] = value;
    }
    return value;
  }

  /**
   * Leaves {@link #META} and {@link #AUTH} to be computed on first use. Two branches may both
   * compute one, so the value must be the same each time.
   */
  public void setLater(Later values) {
    later = values;
    put(META, null);
    put(AUTH, null);
  }

  public void set(int slot, Value value) {
    put(slot, value);
  }

  private void put(int slot, @Nullable Value value) {
    slots[slot] = value;
    if (slot == INPUT) {
      input = value;
    }
  }

  /** For work at once with this one, or beside it, that sees what is here now. */
  public Frame copy() {
    var copy = new Frame(slots.length, ambient);
    System.arraycopy(slots, 0, copy.slots, 0, slots.length);
    copy.later = later;
    copy.input = input;
    return copy;
  }

  public Ambient ambient() {
    return ambient;
  }
}
