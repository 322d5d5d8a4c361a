package io.unikernal.model;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A message's body, decoded on first use and never before the caller is authorised. Not safe for
 * two threads at once; the kernel decodes it before it starts branches.
 */
public final class Body {
  private @Nullable Value value;
  private @Nullable Supplier<Value> decoder;

  private Body(@Nullable Value value, @Nullable Supplier<Value> decoder) {
    this.value = value;
    this.decoder = decoder;
  }

  public static Body of(Value value) {
    return new Body(value, null);
  }

  /** {@code decoder} may throw a {@link FaultException}; it runs once at most when it succeeds. */
  public static Body lazy(Supplier<Value> decoder) {
    return new Body(null, decoder);
  }

  public boolean isDecoded() {
    return value != null;
  }

  public Value value() {
    if (value == null && decoder != null) {
      value = decoder.get();
      decoder = null;
    }
    return value == null ? Value.Absent.ABSENT : value;
  }
}
