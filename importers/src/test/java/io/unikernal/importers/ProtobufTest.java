package io.unikernal.importers;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.protobuf.ProtobufCodec;
import io.unikernal.protobuf.ProtobufLimits;
import io.unikernal.protobuf.UdmProto;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: the Protobuf codec agrees with the files that people have. Method: protobuf's own compiler
 * makes the descriptors.
 */
class ProtobufTest {
  private static final String SHOP =
      """
      syntax = "proto3";
      package shop.v1;
      message Order {
        string id = 1;
        repeated Line lines = 2;
        optional int32 priority = 3;
        map<string, int64> stock = 4;
        Size size = 5;
        Order parent = 6;
        oneof payment { string card = 7; bool cash = 8; }
        uint64 total = 9;
        double weight = 10;
        bytes seal = 11;
        message Line { string sku = 1; uint32 qty = 2; }
      }
      enum Size { SIZE_NONE = 0; SIZE_SMALL = 1; }
      """;

  @TempDir private Path folder;

  private byte[] descriptors(String name, String text) throws Exception {
    Files.writeString(folder.resolve(name), text);
    Path program = Path.of(System.getProperty("unikernal.protoc"));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Path out = folder.resolve("out");
    Process protoc =
        new ProcessBuilder(
                program.toString(),
                "-I",
                folder.toString(),
                "--include_imports",
                "--descriptor_set_out",
                out.toString(),
                name)
            .redirectErrorStream(true)
            .start();
    String said = new String(protoc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(protoc.waitFor()).as(said).isZero();
    return Files.readAllBytes(out);
  }

  @Test
  void udmProtoIsWhatItsWriterWrites() throws Exception {
    String text;
    try (InputStream in = UdmProto.class.getResourceAsStream("udm.proto")) {
      text =
          new String(Optional.ofNullable(in).orElseThrow().readAllBytes(), StandardCharsets.UTF_8);
    }
    var codec =
        ProtobufCodec.of(
            descriptors("udm.proto", text), "unikernal.udm.v1.Value", ProtobufLimits.DEFAULT);
    var fields = new LinkedHashMap<String, Value>();
    fields.put("a", Value.integer(-5));
    fields.put("b", new Value.Items(List.of(Value.decimal("1.50"), Value.text("ü"))));
    fields.put("c", new Value.Real(0.5));
    byte[] bytes = UdmProto.write(new Value.Dict(fields));
    Value seen = codec.read(bytes);
    assertThat(codec.write(seen)).isEqualTo(bytes);
    var entries = ((Value.Items) seen.field("fields").field("fields")).items();
    assertThat(entries.get(0).fieldText("name")).isEqualTo("a");
    assertThat(entries.get(0).field("value").field("int")).isEqualTo(Value.integer(-5));
    var items = ((Value.Items) entries.get(1).field("value").field("list").field("items")).items();
    assertThat(items.get(0).field("decimal").field("scale")).isEqualTo(Value.integer(2));
    assertThat(items.get(1).fieldText("text")).isEqualTo("ü");
    assertThat(entries.get(2).field("value").field("double")).isEqualTo(new Value.Real(0.5));
  }

  @Test
  void aMessageHasTheTypeThatImportGivesIt() throws Exception {
    var codec =
        ProtobufCodec.of(descriptors("shop.proto", SHOP), "shop.v1.Order", ProtobufLimits.DEFAULT);
    Imported imported = ProtoImport.read(List.of(SourceFile.read(folder.resolve("shop.proto"))));
    var types = imported.types().types();
    var type = (Type.Record) Objects.requireNonNull(types.get("Order"));
    assertThat(described(codec.type())).isEqualTo(described(type));
    assertThat(described(codec.type())).hasSize(11);
    var line = (Type.Record) Objects.requireNonNull(types.get("Order_Line"));
    assertThat(
            described(
                (Type.Record) ((Type.ListOf) codec.type().fields().get(1).type().core()).element()))
        .isEqualTo(described(line));
  }

  private static List<String> described(Type.Record type) {
    return type.fields().stream()
        .map(field -> field.name() + ": " + field.type() + " = " + field.fallback())
        .toList();
  }
}
