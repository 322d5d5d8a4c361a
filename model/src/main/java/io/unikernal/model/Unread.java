package io.unikernal.model;

import org.jspecify.annotations.Nullable;

/**
 * Fields of one record that were checked and not made into values: where in the document each
 * begins. The array of bytes belongs to it.
 */
final class Unread {
  private final byte[] bytes;
  private final Json.Limits limits;

  /** One more than the place of each reference's first byte; 0 for one that is not here. */
  private final int[] starts;

  Unread(byte[] bytes, Json.Limits limits, int references) {
    this.bytes = bytes;
    this.limits = limits;
    starts = new int[references];
  }

  void add(int position, int start) {
    starts[position] = start + 1;
  }

  boolean holds(int position) {
    return starts[position] != 0;
  }

  /** What stands there is known to fit. */
  Value read(int position, Type type) {
    var problems = new Problems();
    Value value =
        new JsonTyped(bytes, limits, Conform.Extra.REFUSE, problems)
            .valueAt(type, starts[position] - 1);
    return checked(value, problems);
  }

  private static Value checked(@Nullable Value value, Problems problems) {
    if (value == null || !problems.isEmpty()) {
      throw new IllegalStateException("a field that was checked does not fit");
    }
    return value;
  }
}
