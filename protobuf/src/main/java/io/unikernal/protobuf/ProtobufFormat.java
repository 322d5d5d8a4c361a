package io.unikernal.protobuf;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Fault;
import io.unikernal.model.Field;
import io.unikernal.model.Type;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** Messages of Protobuf, each type by the descriptor of its name. */
public final class ProtobufFormat implements Format {
  static final Field<Path> DESCRIPTORS =
      Field.path(
              "descriptors",
              "The messages' descriptors, as `protoc --include_imports --descriptor_set_out=FILE`"
                  + " writes them.")
          .optional()
          .example("./shop.desc");
  static final Field<SequencedMap<String, String>> MESSAGES =
      Field.textMap(
              "messages", "Which message a type is, where it is not the one message of its name.")
          .optional()
          .example("{ Order: shop.v1.Order }");

  private static final Spec SPEC =
      new Spec(
          "protobuf",
          "Messages of Protobuf, by the descriptors that `protoc` writes.",
          List.of(
              "application/protobuf", "application/x-protobuf", "application/vnd.google.protobuf"),
          List.of(), // Whoever has such files need not have their descriptors.
          ConfigSpec.of(DESCRIPTORS, MESSAGES),
          true,
          List.of(
              "Holds records. The message of a type is the one with its name, a nested one as"
                  + " `unikernal import` names it (`Order_Item`).",
              "A field without presence has its zero where it is not sent; an enum is its symbol;"
                  + " well-known types are what `import` makes of them.",
              "Fields that a message does not know are unknown fields of its record: refused where"
                  + " those are, and not written again.",
              "A document is one message: there is no list of them."));

  @Override
  public Spec spec() {
    return SPEC;
  }

  @Override
  public Optional<String> refusal(Type type) {
    return type.core() instanceof Type.Record record && !record.name().isEmpty()
        ? Optional.empty()
        : Optional.of("a message is a record, and is found by the name of its type");
  }

  @Override
  public Codec codec(Config options) {
    Path file =
        options
            .find(DESCRIPTORS)
            .orElseThrow(() ->
                Fault.of(
                        Fault.Code.INVALID,
                        "`protobuf` needs the descriptors of its messages",
                        "write protobuf: { descriptors: ./shop.desc }, which `protoc"
                            + " --include_imports --descriptor_set_out=shop.desc` writes")
                    .toException());
    return new ProtobufBodies(
        new Messages(read(file)), options.find(MESSAGES).orElseGet(LinkedHashMap::new));
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw Fault.of(
              Fault.Code.INVALID,
              "the descriptors cannot be read from `" + file.getFileName() + "`",
              "`protoc --include_imports --descriptor_set_out=FILE` writes them")
          .toException(e);
    }
  }
}
