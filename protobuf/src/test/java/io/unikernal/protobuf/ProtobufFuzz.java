package io.unikernal.protobuf;

import io.unikernal.model.FaultException;

/**
 * What Jazzer calls with each input: every decoder of this module. Whatever the bytes are, there is
 * a value that can be written, or a fault with its place.
 */
public final class ProtobufFuzz {
  private static final ProtobufCodec CODEC =
      ProtobufCodec.of(Protos.descriptors(), Protos.NAME, ProtobufLimits.DEFAULT);

  private ProtobufFuzz() {}

  public static void fuzzerTestOneInput(byte[] data) {
    taken(() -> CODEC.write(CODEC.read(data)));
    taken(() -> UdmProto.write(UdmProto.read(data, ProtobufLimits.DEFAULT)));
    taken(() -> UdmProto.write(UdmProto.readEnvelope(data, ProtobufLimits.DEFAULT)));
  }

  private static void taken(Runnable coding) {
    try {
      coding.run();
    } catch (FaultException e) {
      if (!e.fault().details().fields().containsKey("position")) {
        throw new IllegalStateException("refused without a place", e);
      }
    }
  }
}
