package io.unikernal.protobuf;

/** Bounds on what is read from outside. */
public record ProtobufLimits(int depthMax, int bytesMax) {
  public static final ProtobufLimits DEFAULT = new ProtobufLimits(64, 64 << 20);
}
