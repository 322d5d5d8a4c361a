package io.unikernal.protobuf;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.unikernal.model.Fault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** The messages of a set of descriptors, those within others too, by their full names. */
final class Messages {
  private final SequencedMap<String, Descriptor> byName = new LinkedHashMap<>();

  /**
   * @param descriptors a {@code FileDescriptorSet}
   * @throws io.unikernal.model.FaultException INVALID if they are none
   */
  Messages(byte[] descriptors) {
    try {
      var files = new LinkedHashMap<String, FileDescriptorProto>();
      FileDescriptorSet.parseFrom(descriptors)
          .getFileList()
          .forEach(file -> files.put(file.getName(), file));
      var built = new HashMap<String, FileDescriptor>();
      for (FileDescriptorProto file : files.values()) {
        build(file, files, built).getMessageTypes().forEach(this::add);
      }
    } catch (InvalidProtocolBufferException | DescriptorValidationException wrong) {
      throw invalid("these are no descriptors of Protobuf: " + wrong.getMessage());
    }
  }

  private void add(Descriptor message) {
    byName.put(message.getFullName(), message);
    message.getNestedTypes().forEach(this::add);
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

  static RuntimeException invalid(String message) {
    return Fault.of(Fault.Code.INVALID, message).toException();
  }

  Optional<Descriptor> find(String fullName) {
    return Optional.ofNullable(byName.get(fullName));
  }

  /** Those that `unikernal import` gives this name. */
  List<Descriptor> named(String type) {
    var found = new ArrayList<Descriptor>();
    for (Descriptor message : byName.values()) {
      if (MessagePlans.name(message).equals(type)) {
        found.add(message);
      }
    }
    return found;
  }
}
