package io.unikernal.protobuf;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.WrappersProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A message that has a field of every kind, and random ones of it. */
final class Protos {
  static final String NAME = "shop.v1.Everything";
  private static final List<FileDescriptor> IMPORTED =
      List.of(
          TimestampProto.getDescriptor(),
          DurationProto.getDescriptor(),
          WrappersProto.getDescriptor(),
          StructProto.getDescriptor());

  private Protos() {}

  static FileDescriptorProto file() {
    var message = DescriptorProto.newBuilder().setName("Everything");
    int number = 0;
    for (Type type : Type.values()) {
      if (type == Type.TYPE_GROUP) {
        continue;
      }
      String name = type.name().substring(5).toLowerCase(java.util.Locale.ROOT);
      for (String form : List.of("one", "optional", "many")) {
        var field =
            FieldDescriptorProto.newBuilder()
                .setName(form + "_" + name)
                .setNumber(++number)
                .setType(type)
                .setLabel(form.equals("many") ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL);
        if (type == Type.TYPE_ENUM) {
          field.setTypeName(".shop.v1.Size");
        } else if (type == Type.TYPE_MESSAGE) {
          field.setTypeName("." + NAME);
        }
        if (form.equals("optional") && type != Type.TYPE_MESSAGE) {
          field.setProto3Optional(true);
        }
        message.addField(field);
      }
    }
    for (String known :
        List.of("Timestamp", "Duration", "StringValue", "Int64Value", "Struct", "ListValue")) {
      for (Label label : List.of(Label.LABEL_OPTIONAL, Label.LABEL_REPEATED)) {
        message.addField(
            FieldDescriptorProto.newBuilder()
                .setName(known.toLowerCase(java.util.Locale.ROOT) + label.getNumber())
                .setNumber(++number)
                .setType(Type.TYPE_MESSAGE)
                .setTypeName(".google.protobuf." + known)
                .setLabel(label));
      }
    }
    map(message, ++number, "names", Type.TYPE_STRING, "");
    map(message, ++number, "parts", Type.TYPE_SINT32, "." + NAME);
    map(message, ++number, "flags", Type.TYPE_BOOL, "");
    message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("choice"));
    for (String choice : List.of("choice_text", "choice_part")) {
      var field =
          FieldDescriptorProto.newBuilder()
              .setName(choice)
              .setNumber(++number)
              .setOneofIndex(0)
              .setType(choice.endsWith("text") ? Type.TYPE_STRING : Type.TYPE_MESSAGE)
              .setLabel(Label.LABEL_OPTIONAL);
      if (choice.endsWith("part")) {
        field.setTypeName("." + NAME);
      }
      message.addField(field);
    }
    return file(synthetic(message));
  }

  /** What protoc adds for {@code optional}: a choice of one each, after the real ones. */
  private static DescriptorProto synthetic(DescriptorProto.Builder message) {
    for (FieldDescriptorProto.Builder field : message.getFieldBuilderList()) {
      if (field.getProto3Optional()) {
        field.setOneofIndex(message.getOneofDeclCount());
        message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("_" + field.getName()));
      }
    }
    return message.build();
  }

  private static FileDescriptorProto file(DescriptorProto message) {
    var sizes = EnumDescriptorProto.newBuilder().setName("Size");
    for (String size : List.of("SIZE_NONE", "SIZE_SMALL", "SIZE_LARGE")) {
      sizes.addValue(
          EnumValueDescriptorProto.newBuilder().setName(size).setNumber(sizes.getValueCount() * 5));
    }
    var file =
        FileDescriptorProto.newBuilder()
            .setName("shop.proto")
            .setPackage("shop.v1")
            .setSyntax("proto3")
            .addEnumType(sizes)
            .addMessageType(message);
    IMPORTED.forEach(imported -> file.addDependency(imported.getName()));
    return file.build();
  }

  private static void map(
      DescriptorProto.Builder message, int number, String name, Type key, String value) {
    String entry = Character.toUpperCase(name.charAt(0)) + name.substring(1) + "Entry";
    var second =
        FieldDescriptorProto.newBuilder()
            .setName("value")
            .setNumber(2)
            .setLabel(Label.LABEL_OPTIONAL)
            .setType(value.isEmpty() ? Type.TYPE_INT64 : Type.TYPE_MESSAGE);
    if (!value.isEmpty()) {
      second.setTypeName(value);
    }
    message
        .addNestedType(
            DescriptorProto.newBuilder()
                .setName(entry)
                .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                .addField(
                    FieldDescriptorProto.newBuilder()
                        .setName("key")
                        .setNumber(1)
                        .setLabel(Label.LABEL_OPTIONAL)
                        .setType(key))
                .addField(second))
        .addField(
            FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(Label.LABEL_REPEATED)
                .setType(Type.TYPE_MESSAGE)
                .setTypeName("." + NAME + "." + entry));
  }

  static byte[] descriptors() {
    var set = FileDescriptorSet.newBuilder();
    IMPORTED.forEach(imported -> set.addFile(imported.toProto()));
    return set.addFile(file()).build().toByteArray();
  }

  private static final Descriptor DESCRIPTOR = build();

  static Descriptor descriptor() {
    return DESCRIPTOR;
  }

  private static Descriptor build() {
    try {
      return FileDescriptor.buildFrom(file(), IMPORTED.toArray(FileDescriptor[]::new))
          .findMessageTypeByName("Everything");
    } catch (com.google.protobuf.Descriptors.DescriptorValidationException wrong) {
      throw new AssertionError(wrong);
    }
  }

  static DynamicMessage random(Descriptor type, Random random, int depth) {
    var message = DynamicMessage.newBuilder(type);
    if (type.getFullName().equals("google.protobuf.Value")) {
      // One of its kinds, always: none is null too, and comes back as null.
      FieldDescriptor kind = type.getFields().get(random.nextInt(depth > 0 ? 6 : 4));
      return message.setField(kind, value(kind, random, depth)).build();
    }
    for (FieldDescriptor field : type.getFields()) {
      boolean isDeep =
          field.getType() == FieldDescriptor.Type.MESSAGE
              && depth <= 0
              && !field.getMessageType().getFullName().equals("google.protobuf.Value");
      boolean isLeftOut = depth < 3 && !type.getOptions().getMapEntry() && random.nextInt(3) > 0;
      if (isDeep || isLeftOut) {
        continue;
      }
      if (field.isRepeated()) {
        var values = new ArrayList<Object>();
        for (int i = random.nextInt(4); i > 0; i--) {
          values.add(value(field, random, depth));
        }
        message.setField(field, values);
      } else {
        message.setField(field, value(field, random, depth));
      }
    }
    return message.build();
  }

  private static Object value(FieldDescriptor field, Random random, int depth) {
    long bits = random.nextLong() >> random.nextInt(64);
    return switch (field.getType()) {
      case DOUBLE -> random.nextGaussian();
      case FLOAT -> (float) random.nextGaussian();
      case INT32, SINT32, SFIXED32 -> span(field, (int) bits, random);
      case UINT32, FIXED32 -> (int) bits;
      case INT64, SINT64, SFIXED64 -> span(field, bits, random);
      case UINT64, FIXED64 -> bits;
      case BOOL -> random.nextBoolean();
      case STRING -> "aü水𐅑".repeat(random.nextInt(3));
      case BYTES -> ByteString.copyFromUtf8("x".repeat(random.nextInt(4)));
      case ENUM ->
          field
              .getEnumType()
              .getValues()
              .get(random.nextInt(field.getEnumType().getValues().size()));
      case MESSAGE -> random(field.getMessageType(), random, depth - 1);
      case GROUP -> throw new AssertionError("none");
    };
  }

  /** Seconds and nanoseconds of Protobuf's own messages have bounds. */
  private static Object span(FieldDescriptor field, long bits, Random random) {
    String owner = field.getContainingType().getFullName();
    if (!owner.startsWith("google.protobuf.") || owner.endsWith("Value")) {
      return field.getJavaType() == FieldDescriptor.JavaType.INT ? (Object) (int) bits : bits;
    }
    return field.getName().equals("nanos")
        ? (Object) random.nextInt(1_000_000_000)
        : (Object) (long) random.nextInt(1_000_000);
  }
}
