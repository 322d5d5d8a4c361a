package io.unikernal.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Bytes that grow. The array that they grow in is used again by who writes next: {@link #done} is
 * the last that may be asked.
 */
final class Out {
  private static final int FIRST_BYTES = 1024;

  /** What is larger is left to the garbage collector. */
  private static final int KEPT_BYTES_MAX = 256 << 10;

  private static final int KEPT_MAX = 16;

  /** From this length on it pays to let the JDK copy a text as a whole. */
  private static final int BULK_LENGTH_MIN = 24;

  /** No place of a thread's own: threads are virtual, and far more than write at once. */
  private static final AtomicReferenceArray<byte[]> KEPT = new AtomicReferenceArray<>(KEPT_MAX);

  /** Decimal places that a double is tried with before its shortest digits are searched. */
  private static final double[] POWERS = {1e2, 1e5};

  private static final int[] PLACES = {2, 5};
  private static final double PLAIN_MIN = 1e-3;
  private static final double PLAIN_MAX = 1e7;

  private byte[] bytes;
  private int size;

  Out() {
    byte[] kept = KEPT.getAndSet(place(), null);
    bytes = kept == null ? new byte[FIRST_BYTES] : kept;
  }

  private static int place() {
    return (int) Thread.currentThread().threadId() & KEPT_MAX - 1;
  }

  byte[] done() {
    byte[] copy = Arrays.copyOf(bytes, size);
    if (bytes.length <= KEPT_BYTES_MAX) {
      KEPT.lazySet(place(), bytes);
    }
    return copy;
  }

  /** Makes room for so many bytes more. */
  private void room(int more) {
    if (more > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
    }
  }

  void put(int octet) {
    room(1);
    bytes[size++] = (byte) octet;
  }

  void put(byte[] more) {
    put(more, 0, more.length);
  }

  void put(byte[] more, int from, int length) {
    room(length);
    System.arraycopy(more, from, bytes, size, length);
    size += length;
  }

  /** The lowest {@code count} octets, the most significant first. */
  void bigEndian(long number, int count) {
    room(count);
    for (int shift = (count - 1) * 8; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (number >> shift);
    }
  }

  /** A text known to be ASCII. */
  @SuppressWarnings("deprecation") // It copies the low bytes of each sign: all there is in ASCII.
  void ascii(String text) {
    int length = text.length();
    room(length);
    text.getBytes(0, length, bytes, size);
    size += length;
  }

  void utf8(String text) {
    put(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes a text in quotes up to its first sign that needs an escape in JSON, and answers how much
   * of it there was before. The last quote is left to who writes the rest.
   */
  int plain(String text) {
    int length = text.length();
    room(length + 2);
    bytes[size++] = '"';
    if (length >= BULK_LENGTH_MIN) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      if (utf8.length == length && JsonScanner.isPlain(utf8)) {
        put(utf8);
        put('"');
        return length;
      }
    }
    byte[] target = bytes;
    int to = size;
    int i = 0;
    for (; i < length; i++) {
      char sign = text.charAt(i);
      if (sign < ' ' || sign >= 0x7f || sign == '"' || sign == '\\') {
        break;
      }
      target[to++] = (byte) sign;
    }
    if (i == length) {
      target[to++] = '"';
    }
    size = to;
    return i;
  }

  void number(long number) {
    if (number == Long.MIN_VALUE) {
      ascii("-9223372036854775808");
      return;
    }
    room(20);
    long left = Math.abs(number);
    if (number < 0) {
      bytes[size++] = '-';
    }
    digits(left);
  }

  private void digits(long number) {
    long left = number;
    int digits = 1;
    for (long rest = left; rest >= 10; rest /= 10) {
      digits++;
    }
    for (int i = size + digits - 1; i >= size; i--) {
      long rest = left / 10;
      bytes[i] = (byte) ('0' + (left - rest * 10));
      left = rest;
    }
    size += digits;
  }

  /**
   * A finite double in the shortest digits that give it back, as {@link Double#toString}. What has
   * few decimal places is found by trying: where a number of at most 15 digits gives the double
   * back there is no other such, so that it is the shortest.
   */
  void real(double number) {
    double size = Math.abs(number);
    if (size >= PLAIN_MIN && size < PLAIN_MAX) {
      for (int i = 0; i < POWERS.length; i++) {
        long scaled = (long) (size * POWERS[i] + 0.5);
        if (scaled / POWERS[i] == size) {
          if (number < 0) {
            put('-');
          }
          fixed(scaled, PLACES[i]);
          return;
        }
      }
    }
    ascii(Double.toString(number));
  }

  /** A number with a point before its last digits, of which zeros at the end are left out. */
  private void fixed(long number, int places) {
    long digits = number;
    int left = places;
    while (left > 1 && digits % 10 == 0) {
      digits /= 10;
      left--;
    }
    room(24);
    long whole = digits;
    for (int i = 0; i < left; i++) {
      whole /= 10;
    }
    digits(whole);
    bytes[size] = '.';
    long rest = digits;
    for (int i = size + left; i > size; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += left + 1;
  }
}
