package io.unikernal.model;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A message's body, decoded on first use and never before the caller is authorised. Not safe for
 * two threads at once; the kernel decodes it before it starts branches.
 */
public final class Body {
  private @Nullable Value value;
  private @Nullable Supplier<Value> decoder;
  private final Optional<Original> original;

  /**
   * The bytes that a body came as. They belong to it: do not change them.
   *
   * @param mediaType as the sender named it, such as {@code application/json; charset=utf-8}
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Original(byte[] bytes, String mediaType) {}

  private Body(
      @Nullable Value value, @Nullable Supplier<Value> decoder, Optional<Original> original) {
    this.value = value;
    this.decoder = decoder;
    this.original = original;
  }

  public static Body of(Value value) {
    return new Body(value, null, Optional.empty());
  }

  /** As {@link #lazy}, and what it came as stays at hand: for who checks or forwards the bytes. */
  public static Body received(Original original, Function<byte[], Value> decoder) {
    return new Body(null, () -> decoder.apply(original.bytes()), Optional.of(original));
  }

  /** {@code decoder} may throw a {@link FaultException}; it runs once at most when it succeeds. */
  public static Body lazy(Supplier<Value> decoder) {
    return new Body(null, decoder, Optional.empty());
  }

  /** What it came as, if that was kept. */
  public Optional<Original> original() {
    return original;
  }

  /** This body where it holds that very value, else one of it. */
  Body holding(Value other) {
    return value == other ? this : of(other);
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
