package io.unikernal.protobuf;

import com.google.protobuf.WireFormat;
import java.io.IOException;

/** The small messages of the service in {@code udm.proto}, and of gRPC's own health service. */
public final class ApiMessages {
  private static final int TEXT_1 = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int FLAG_1 = 1 << 3 | WireFormat.WIRETYPE_VARINT;
  private static final int DOUBLE_2 = 2 << 3 | WireFormat.WIRETYPE_FIXED64;
  private static final int DOUBLE_3 = 3 << 3 | WireFormat.WIRETYPE_FIXED64;

  private ApiMessages() {}

  /** A {@code Change}: zeros are what was not said. */
  public record Change(boolean isTried, double trialSeconds, double errorsPercent) {}

  /** A message's only text, its field 1: a {@code Which}, a {@code HealthCheckRequest}. */
  public static String text(byte[] bytes, ProtobufLimits limits) {
    var wire = new Wire(bytes, limits);
    return wire.whole(() -> {
      String text = "";
      for (int tag = wire.in.readTag(); tag != 0; tag = wire.in.readTag()) {
        if (tag == TEXT_1) {
          text = wire.in.readStringRequireUtf8();
        } else {
          wire.in.skipField(tag);
        }
      }
      return text;
    });
  }

  public static Change change(byte[] bytes, ProtobufLimits limits) {
    var wire = new Wire(bytes, limits);
    return wire.whole(() -> change(wire));
  }

  private static Change change(Wire wire) throws IOException {
    boolean isTried = false;
    double trial = 0;
    double errors = 0;
    for (int tag = wire.in.readTag(); tag != 0; tag = wire.in.readTag()) {
      switch (tag) {
        case FLAG_1 -> isTried = wire.in.readBool();
        case DOUBLE_2 -> trial = wire.in.readDouble();
        case DOUBLE_3 -> errors = wire.in.readDouble();
        default -> wire.in.skipField(tag);
      }
    }
    return new Change(isTried, trial, errors);
  }

  /** A {@code HealthCheckResponse}. */
  public static byte[] health(boolean isServing) {
    return UdmProto.bytes(out -> out.writeEnum(1, isServing ? 1 : 2));
  }
}
