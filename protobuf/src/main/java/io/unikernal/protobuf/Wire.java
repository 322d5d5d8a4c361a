package io.unikernal.protobuf;

import com.google.protobuf.CodedInputStream;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import java.io.IOException;
import java.util.LinkedHashMap;

/**
 * The bytes of one message while they are read: bounds, and what is wrong with them with its place.
 */
final class Wire {
  final CodedInputStream in;
  private final int depthMax;
  private int depth;

  Wire(byte[] bytes, ProtobufLimits limits) {
    if (bytes.length > limits.bytesMax()) {
      throw fault(
          Fault.Code.TOO_LARGE, 0, "the message is larger than " + limits.bytesMax() + " bytes");
    }
    in = CodedInputStream.newInstance(bytes);
    in.setSizeLimit(Integer.MAX_VALUE);
    depthMax = limits.depthMax();
  }

  interface Reading<T> {
    T read() throws IOException;
  }

  interface Step {
    void run() throws IOException;
  }

  /** Reads the whole; whatever the library says is put into our words. */
  <T> T whole(Reading<T> reading) {
    try {
      T read = reading.read();
      in.checkLastTagWas(0);
      return read;
    } catch (IOException wrong) {
      throw malformed(reason(wrong));
    }
  }

  private static String reason(IOException wrong) {
    String text = String.valueOf(wrong.getMessage());
    return text.contains("UTF-8")
        ? "a text is not UTF-8"
        : text.contains("truncated") || text.contains("ended unexpectedly")
            ? "the message is cut off"
            : "this is not Protobuf";
  }

  /** A message inside the message: its length, and then what it holds, up to its end. */
  <T> T inside(Reading<T> reading) throws IOException {
    int length = in.readRawVarint32();
    if (++depth > depthMax) {
      throw malformed("nested deeper than " + depthMax + " levels");
    }
    int before = in.pushLimit(length);
    T read = reading.read();
    in.checkLastTagWas(0);
    if (in.getBytesUntilLimit() != 0) {
      throw malformed("a part does not end where it says");
    }
    in.popLimit(before);
    depth--;
    return read;
  }

  /** Numbers without their tags: their length, and then they. */
  void packed(Step one) throws IOException {
    int length = in.readRawVarint32();
    int before = in.pushLimit(length);
    while (in.getBytesUntilLimit() > 0) {
      one.run();
    }
    in.popLimit(before);
  }

  FaultException malformed(String message) {
    int position = in.getTotalBytesRead();
    return fault(Fault.Code.MALFORMED, position, message + " at byte " + position);
  }

  private static FaultException fault(Fault.Code code, int position, String message) {
    var details = new LinkedHashMap<String, Value>();
    details.put("position", Value.integer(position));
    return Fault.of(code, message).withDetails(new Value.Dict(details)).toException();
  }
}
