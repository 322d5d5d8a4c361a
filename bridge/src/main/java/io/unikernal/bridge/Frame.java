package io.unikernal.bridge;

import io.unikernal.model.Cbor;
import io.unikernal.model.Value;
import java.nio.ByteBuffer;

/**
 * One frame of {@code sdks/PROTOCOL.md}: a header of 12 bytes, big-endian ({@code u32 length} of
 * what follows it, {@code u8 type}, {@code u8 flags}, {@code u16 zero}, {@code u32 id}), then one
 * CBOR value.
 */
record Frame(int type, int flags, int id, byte[] payload) {
  static final int HEADER_BYTES = 12;

  /** What the length counts besides the payload: type, flags, zero and id. */
  static final int COUNTED_HEADER_BYTES = 8;

  /** The greatest length that a header may say, until a greeting agrees on less. */
  static final int LENGTH_MAX = 16 * 1024 * 1024;

  static final int CALL = 1;
  static final int RESULT = 2;
  static final int ERROR = 3;
  static final int CANCEL = 4;
  static final int CHUNK = 5;
  static final int CREDIT = 6;
  static final int HELLO = 7;
  static final int WELCOME = 8;
  static final int PING = 9;
  static final int PONG = 10;
  static final int GOODBYE = 11;
  static final int REGISTER = 12;

  /** A frame that a peer which does not know its type ignores. */
  static final int FLAG_OPTIONAL = 0x80;

  static Frame of(int type, int id, Value value) {
    return new Frame(type, 0, id, Cbor.write(value));
  }

  Value value() {
    return Cbor.read(payload, 0, payload.length);
  }

  /** What the header says: all but the length itself. */
  int length() {
    return COUNTED_HEADER_BYTES + payload.length;
  }

  int size() {
    return HEADER_BYTES + payload.length;
  }

  void writeTo(ByteBuffer buffer) {
    buffer.putInt(length());
    buffer.put((byte) type).put((byte) flags).putShort((short) 0).putInt(id);
    buffer.put(payload);
  }
}
