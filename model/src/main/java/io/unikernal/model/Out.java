package io.unikernal.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow. */
final class Out {
  private byte[] bytes = new byte[256];
  private int size;

  byte[] done() {
    return Arrays.copyOf(bytes, size);
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
    room(more.length);
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
  }

  /** The lowest {@code count} octets, the most significant first. */
  void bigEndian(long number, int count) {
    room(count);
    for (int shift = (count - 1) * 8; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (number >> shift);
    }
  }

  /** A text known to be ASCII. */
  void ascii(String text) {
    int length = text.length();
    room(length);
    for (int i = 0; i < length; i++) {
      bytes[size + i] = (byte) text.charAt(i);
    }
    size += length;
  }

  void utf8(String text) {
    put(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes a text that needs no escape in JSON; answers how much of it there was before the first
   * sign that is not plain, all of it being written.
   */
  int plain(String text) {
    int length = text.length();
    room(length);
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
    int digits = 1;
    for (long rest = left; rest >= 10; rest /= 10) {
      digits++;
    }
    for (int i = size + digits - 1; i >= size; i--) {
      bytes[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    size += digits;
  }
}
