package io.unikernal.kernel.execute;

import io.unikernal.model.Frame;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time, ids and chance of one message, made from its id alone: whoever handles it again gets the
 * same. Two streams of splitmix64, so that ids have all their bits.
 */
public final class MessageAmbient extends AtomicLong implements Frame.Ambient {
  private static final long serialVersionUID = 1;
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-53;
  private final transient Instant receivedAt;
  private final String messageId;

  /** Hashes nothing yet: most messages ask for no chance, and all would pay for it. */
  public MessageAmbient(String messageId, Instant receivedAt) {
    this.messageId = messageId;
    this.receivedAt = receivedAt;
  }

  @Override
  public Instant now() {
    return receivedAt;
  }

  @Override
  public UUID uuid() {
    long state = nextState();
    long otherSeed = hash(messageId, 0x6C62272E07BB0142L);
    return new UUID(
        mix(state) & 0xFFFFFFFFFFFF0FFFL | 0x4000L,
        mix(state ^ otherSeed) & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L);
  }

  @Override
  public double random() {
    return (mix(nextState()) >>> 11) * UNIT;
  }

  private long nextState() {
    return hash(messageId, 0xCBF29CE484222325L) + addAndGet(GAMMA);
  }

  private static long hash(String text, long seed) {
    long hash = seed;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    return mix(hash);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
