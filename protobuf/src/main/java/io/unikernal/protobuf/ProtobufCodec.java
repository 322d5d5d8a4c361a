package io.unikernal.protobuf;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.unikernal.model.Fault;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.HashMap;
import java.util.Map;

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
    Descriptor descriptor = find(descriptors, message);
    return new ProtobufCodec(new MessagePlans().of(descriptor), limits);
  }

  private static Descriptor find(byte[] bytes, String message) {
    try {
      var built = new HashMap<String, FileDescriptor>();
      var files = new HashMap<String, FileDescriptorProto>();
      FileDescriptorSet.parseFrom(bytes).getFileList().forEach(f -> files.put(f.getName(), f));
      for (FileDescriptorProto file : files.values()) {
        Descriptor found = build(file, files, built).findMessageTypeByName(simple(file, message));
        if (found != null && found.getFullName().equals(message)) {
          return found;
        }
      }
      // Nested messages are found through what they are in.
      for (FileDescriptor file : built.values()) {
        for (Descriptor each : file.getMessageTypes()) {
          Descriptor found = nested(each, message);
          if (found != null) {
            return found;
          }
        }
      }
    } catch (InvalidProtocolBufferException | DescriptorValidationException wrong) {
      throw invalid("these are no descriptors of Protobuf: " + wrong.getMessage());
    }
    throw invalid("no message `" + message + "` is among the descriptors");
  }

  private static String simple(FileDescriptorProto file, String message) {
    String scope = file.getPackage().isEmpty() ? "" : file.getPackage() + ".";
    return message.startsWith(scope) ? message.substring(scope.length()) : message;
  }

  private static @org.jspecify.annotations.Nullable Descriptor nested(Descriptor in, String name) {
    if (in.getFullName().equals(name)) {
      return in;
    }
    for (Descriptor each : in.getNestedTypes()) {
      Descriptor found = nested(each, name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static FileDescriptor build(
      FileDescriptorProto file,
      Map<String, FileDescriptorProto> files,
      Map<String, FileDescriptor> built)
      throws DescriptorValidationException {
    FileDescriptor known = built.get(file.getName());
    if (known != null) {
      return known;
    }
    var needed = new FileDescriptor[file.getDependencyCount()];
    for (int i = 0; i < needed.length; i++) {
      FileDescriptorProto other = files.get(file.getDependency(i));
      if (other == null || other == file) {
        throw invalid("the file `" + file.getDependency(i) + "` is not among the descriptors");
      }
      needed[i] = build(other, files, built);
    }
    FileDescriptor made = FileDescriptor.buildFrom(file, needed);
    built.put(file.getName(), made);
    return made;
  }

  private static RuntimeException invalid(String message) {
    return Fault.of(Fault.Code.INVALID, message).toException();
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
