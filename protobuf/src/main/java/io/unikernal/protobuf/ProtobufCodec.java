package io.unikernal.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import io.unikernal.model.Type;
import io.unikernal.model.Value;

/**
 * Messages of one type that a user declared, from and to values of the type that {@code unikernal
 * import} makes of it. Safe for many threads.
 *
 * <p>A field without presence has its zero where it is not sent. What a message has more than its
 * type is kept, as bytes in the extra field {@value #UNKNOWN}, and written again.
 */
public final class ProtobufCodec {
  /** The extra field of a record that holds the fields that its type does not know. */
  public static final String UNKNOWN = "@unknown";

  private final MessagePlan plan;
  private final ProtobufLimits limits;

  private ProtobufCodec(MessagePlan plan, ProtobufLimits limits) {
    this.plan = plan;
    this.limits = limits;
  }

  /**
   * @param descriptors a {@code FileDescriptorSet}, as {@code protoc --include_imports
   *     --descriptor_set_out} writes it
   * @param message the full name, such as {@code shop.v1.Order}
   * @throws io.unikernal.model.FaultException INVALID if there is no such message
   */
  public static ProtobufCodec of(byte[] descriptors, String message, ProtobufLimits limits) {
    return of(
        new Messages(descriptors)
            .find(message)
            .orElseThrow(
                () -> Messages.invalid("no message `" + message + "` is among the descriptors")),
        limits);
  }

  static ProtobufCodec of(Descriptor message, ProtobufLimits limits) {
    return new ProtobufCodec(new MessagePlans().of(message), limits);
  }

  ProtobufCodec withLimits(ProtobufLimits other) {
    return new ProtobufCodec(plan, other);
  }

  public Type.Record type() {
    return plan.type();
  }

  /**
   * @throws io.unikernal.model.FaultException MALFORMED or INVALID with {@code position} in bytes
   *     among its details, or TOO_LARGE
   */
  public Value read(byte[] bytes) {
    var wire = new Wire(bytes, limits);
    return wire.whole(() -> new MessageReader(wire).message(plan));
  }

  /**
   * @param value of {@link #type}
   * @throws io.unikernal.model.FaultException INVALID for what the message cannot hold
   */
  public byte[] write(Value value) {
    return MessageWriter.bytes(plan, value);
  }
}
