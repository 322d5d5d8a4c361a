package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;

/** What a frame may be on its own, whatever the state of its connection. */
final class FrameRules {
  private FrameRules() {}

  static FaultException malformed(String message) {
    return Fault.of(Fault.Code.MALFORMED, message).toException();
  }

  static boolean isKnown(int type) {
    return type >= Frame.CALL && type <= Frame.REGISTER;
  }

  /** Before anything is allocated for the payload. */
  static void checkHeader(int length, int lengthMax, int type, int flags, int zero, int id) {
    if (length < Frame.COUNTED_HEADER_BYTES || length > lengthMax) {
      throw malformed(
          "a frame of "
              + Integer.toUnsignedString(length)
              + " bytes, where 8 to "
              + lengthMax
              + " may stand");
    }
    if (zero != 0) {
      throw malformed("the two zero bytes of a header are not zero");
    }
    if (!isKnown(type)) {
      if ((flags & Frame.FLAG_OPTIONAL) == 0) {
        throw malformed("a frame of the unknown type " + type);
      }
      return;
    }
    boolean isOfConnection = type >= Frame.HELLO;
    if (id < 0 || (type != Frame.ERROR && (id == 0) != isOfConnection)) {
      throw malformed("a frame of type " + type + " with the id " + Integer.toUnsignedString(id));
    }
  }

  /** Of a known type. Embedded values are not looked into: they are their call's own matter. */
  static void checkPayload(Frame frame) {
    byte[] payload = frame.payload();
    boolean fits =
        switch (frame.type()) {
          case Frame.CALL -> {
            CallFrame.read(payload);
            yield true;
          }
          case Frame.RESULT, Frame.CHUNK -> {
            new Outline(payload, 0).embedded();
            yield true;
          }
          case Frame.ERROR -> {
            Value error = frame.value();
            yield error.field("code") instanceof Value.Text
                && error.field("message") instanceof Value.Text;
          }
          case Frame.CANCEL -> frame.value() == Value.Null.NULL;
          case Frame.CREDIT ->
              switch (frame.value()) {
                case Value.Int(var number) -> number > 0;
                case Value.UInt _ -> true;
                default -> false;
              };
          case Frame.PING, Frame.PONG -> {
            frame.value();
            yield true;
          }
          default -> frame.value() instanceof Value.Dict;
        };
    if (!fits) {
      throw malformed("a frame of type " + frame.type() + " holds something else than it may");
    }
  }
}
