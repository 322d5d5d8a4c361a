package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Room in the heap for the bodies of requests that are on their way, from their first byte until
 * their message is settled. Each is bounded by {@code max_body}, but ten thousand at once are not:
 * who comes when it is full is told to come later, so that nobody can fill the heap from outside.
 */
final class BodyRoom {
  /** The rest is for what is made of bodies, and for everything else. */
  private static final int SHARE_OF_HEAP = 4;

  /** Of all servers of this process, as they share its heap. */
  static final BodyRoom SHARED = new BodyRoom(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);

  /** Up to here a body is not looked at: what it may become is charged for every byte. */
  static final int SMALL_BYTES = 16 << 10;

  private static final int TIMES_SMALL = 8;
  private static final int TIMES_BINARY = 16;

  /** A value of a list, with its reference and its text's object. */
  private static final int VALUE_BYTES = 64;

  private final long bytesMax;
  private final AtomicLong taken = new AtomicLong();

  BodyRoom(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** What so many bytes take while nobody knows what they are. */
  static long charge(long bytes) {
    return bytes + (TIMES_SMALL - 1) * Math.min(bytes, SMALL_BYTES);
  }

  /**
   * What is made of a body takes, beside the body, at most about this: a value is at least one byte
   * in a binary format, and in a text has something before it that separates it.
   */
  static long values(byte[] body, boolean isBinary) {
    if (body.length <= SMALL_BYTES) {
      return 0;
    }
    if (isBinary) {
      return (long) TIMES_BINARY * body.length;
    }
    long count = 0;
    for (byte each : body) {
      switch (each) {
        case ',', ';', '[', '{', '<', '&', '\n', '\t' -> count++;
        default -> {}
      }
    }
    return VALUE_BYTES * count;
  }

  /** What one body takes of it: nothing yet. */
  Share share() {
    return new Share();
  }

  /** What is said to who finds it full. */
  static Fault full() {
    return Fault.of(
        Fault.Code.OVERLOADED,
        "the bodies of other requests take all the memory there is for them",
        "send it again later");
  }

  /** Any thread. */
  final class Share {
    private long held;
    private boolean isReleased;

    /** Whether there was room for so many more; who has given all back takes nothing more. */
    synchronized boolean take(long bytes) {
      if (isReleased) {
        return true;
      }
      if (taken.addAndGet(bytes) > bytesMax) {
        taken.addAndGet(-bytes);
        return false;
      }
      held += bytes;
      return true;
    }

    /** Whether there was room to have so many in all, where it has not. */
    synchronized boolean takeUpTo(long bytes) {
      return bytes <= held || take(bytes - held);
    }

    /** Gives all back. Done again it does nothing. */
    synchronized void release() {
      isReleased = true;
      taken.addAndGet(-held);
      held = 0;
    }
  }

  long taken() {
    return taken.get();
  }
}
