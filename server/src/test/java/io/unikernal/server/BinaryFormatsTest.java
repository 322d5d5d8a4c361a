package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import io.unikernal.kernel.Listener;
import io.unikernal.model.Cbor;
import io.unikernal.model.Json;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Protobuf and CBOR over HTTP, in and out. The other side is Google's own Protobuf with the JDK's
 * client.
 */
@Timeout(60)
class BinaryFormatsTest {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String DEFINITION =
      """
      udl: 7
      types:
        Line: { sku: string, qty: int, price: double }
        Order: { id: string, lines: list(Line), note: string? }
        Receipt: { id: string, count: int, total: double }
      systems:
        web:
          type: http
          listen: PORT
          formats: [json, protobuf, cbor]
          protobuf: { descriptors: ./shop.desc }
          operations:
            order: { post: /orders, body: Order, returns: Receipt }
            forward: { post: /forward, body: Order, returns: Receipt }
        shop:
          type: http
          url: "http://127.0.0.1:PORT"
          formats: [FORMAT]
          protobuf: { descriptors: ./shop.desc, messages: { Receipt: shop.v1.Receipt } }
          operations:
            order: { post: /orders, body: Order, returns: Receipt, effect: idempotent }
      routes:
        - { from: web.order, to: receipt }
        - { from: web.forward, to: shop.order }
      pipelines:
        receipt:
          input: Order
          steps:
            - name: receipt
              as: Receipt
              set:
                id: ${input.id}
                count: ${input.lines.size()}
                total: ${sum(input.lines.map(l, l.price * double(l.qty)))}
      """;

  private static final FileDescriptorProto FILE = file();
  private static final FileDescriptor SHOP = descriptors();
  private static final Descriptor ORDER = SHOP.findMessageTypeByName("Order");
  private static final Descriptor LINE = SHOP.findMessageTypeByName("Line");
  private static final Descriptor RECEIPT = SHOP.findMessageTypeByName("Receipt");

  private final Map<String, Adapter> adapters = AdapterCatalog.load(List.of());
  @TempDir private Path folder;

  private static FieldDescriptorProto.Builder field(String name, int number, Type type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(Label.LABEL_OPTIONAL);
  }

  private static FileDescriptorProto file() {
    var line =
        DescriptorProto.newBuilder()
            .setName("Line")
            .addField(field("sku", 1, Type.TYPE_STRING))
            .addField(field("qty", 2, Type.TYPE_INT64))
            .addField(field("price", 3, Type.TYPE_DOUBLE));
    var order =
        DescriptorProto.newBuilder()
            .setName("Order")
            .addField(field("id", 1, Type.TYPE_STRING))
            .addField(
                field("lines", 4, Type.TYPE_MESSAGE)
                    .setTypeName(".shop.v1.Line")
                    .setLabel(Label.LABEL_REPEATED))
            .addField(field("note", 7, Type.TYPE_STRING).setProto3Optional(true).setOneofIndex(0))
            .addOneofDecl(OneofDescriptorProto.newBuilder().setName("_note"));
    var receipt =
        DescriptorProto.newBuilder()
            .setName("Receipt")
            .addField(field("id", 1, Type.TYPE_STRING))
            .addField(field("count", 2, Type.TYPE_INT64))
            .addField(field("total", 3, Type.TYPE_DOUBLE));
    return FileDescriptorProto.newBuilder()
        .setName("shop.proto")
        .setPackage("shop.v1")
        .setSyntax("proto3")
        .addMessageType(line)
        .addMessageType(order)
        .addMessageType(receipt)
        .build();
  }

  private static FileDescriptor descriptors() {
    try {
      return FileDescriptor.buildFrom(FILE, new FileDescriptor[0]);
    } catch (com.google.protobuf.Descriptors.DescriptorValidationException e) {
      throw new AssertionError(e);
    }
  }

  private static DynamicMessage line(String sku, long quantity, double price) {
    return DynamicMessage.newBuilder(LINE)
        .setField(LINE.findFieldByName("sku"), sku)
        .setField(LINE.findFieldByName("qty"), quantity)
        .setField(LINE.findFieldByName("price"), price)
        .build();
  }

  private static byte[] order() {
    return DynamicMessage.newBuilder(ORDER)
        .setField(ORDER.findFieldByName("id"), "A-1")
        .addRepeatedField(ORDER.findFieldByName("lines"), line("x", 2, 1.5))
        .addRepeatedField(ORDER.findFieldByName("lines"), line("y", 1, 0.25))
        .build()
        .toByteArray();
  }

  private interface Talk {
    void with(int port) throws Exception;
  }

  private void running(String format, Talk talk) throws Exception {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    var compilation = compiled(format, port);
    var plan =
        compilation
            .plan()
            .orElseThrow(() -> new AssertionError(compilation.rendered().text(false)));
    try (var running =
        RunningDefinition.start(plan, adapters, Listener.SILENT, OptionalInt.empty())) {
      assertThat(running.status()).isNotNull();
      talk.with(port);
    }
  }

  private Compilation compiled(String format, int port) throws IOException, InterruptedException {
    Files.write(
        folder.resolve("shop.desc"),
        FileDescriptorSet.newBuilder().addFile(FILE).build().toByteArray());
    String text = DEFINITION.replace("PORT", "" + port).replace("FORMAT", format);
    Path file = Files.writeString(folder.resolve("shop.udl.yaml"), text);
    return UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), false));
  }

  private static HttpResponse<byte[]> post(int port, String path, String type, byte[] body)
      throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .header("content-type", type)
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build(),
          HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private static void isReceipt(HttpResponse<byte[]> response) throws Exception {
    assertThat(response.statusCode()).as(text(response)).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/protobuf");
    var receipt = DynamicMessage.parseFrom(RECEIPT, response.body());
    assertThat(receipt.getField(RECEIPT.findFieldByName("id"))).isEqualTo("A-1");
    assertThat(receipt.getField(RECEIPT.findFieldByName("count"))).isEqualTo(2L);
    assertThat(receipt.getField(RECEIPT.findFieldByName("total"))).isEqualTo(3.25);
    assertThat(receipt.getUnknownFields().asMap()).isEmpty();
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void aMessageOfProtobufIsReadAndAnsweredByTheDescriptorsOfItsTypes() throws Exception {
    running(
        "protobuf",
        port -> {
          isReceipt(post(port, "/orders", PROTOBUF, order()));
          isReceipt(post(port, "/forward", PROTOBUF, order()));
          var broken = post(port, "/orders", PROTOBUF, new byte[] {10, 5, 'a'});
          assertThat(broken.statusCode()).isEqualTo(400);
          assertThat(text(broken)).contains("MALFORMED").contains("\"position\":");
          assertThat(post(port, "/orders", "application/protobuf", order()).statusCode())
              .isEqualTo(200);
        });
  }

  @Test
  void cborIsReadAndAnsweredToo() throws Exception {
    running(
        "cbor",
        port -> {
          byte[] json =
              "{\"id\":\"A-1\",\"lines\":[{\"sku\":\"x\",\"qty\":2,\"price\":1.5}]}"
                  .getBytes(StandardCharsets.UTF_8);
          byte[] cbor = Cbor.write(Json.read(json, Json.Limits.DEFAULT));
          for (String path : List.of("/orders", "/forward")) {
            var response = post(port, path, "application/cbor", cbor);
            assertThat(response.statusCode()).as(text(response)).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type")).contains("application/cbor");
            byte[] body = response.body();
            assertThat(
                    new String(Json.write(Cbor.read(body, 0, body.length)), StandardCharsets.UTF_8))
                .contains("\"id\":\"A-1\"", "\"count\":1", "\"total\":3.0");
          }
          var cut = java.util.Arrays.copyOf(cbor, cbor.length - 1);
          var broken = post(port, "/orders", "application/cbor", cut);
          assertThat(broken.statusCode()).isEqualTo(400);
          assertThat(text(broken)).contains("\"position\":" + cut.length);
        });
  }

  @Test
  void aTypeThatNoMessageHoldsIsRefusedBeforeItRuns() throws Exception {
    var text = compiled("protobuf, json", 1).rendered().text(false);
    assertThat(text).doesNotContain("cannot hold");
    String other =
        DEFINITION
            .replace("PORT", "1")
            .replace("FORMAT", "protobuf")
            .replace("Receipt: { id: string, count: int", "Receipt: { id: string, count: list(int)")
            .replace("count: ${input.lines.size()}", "count: [1]");
    Path file = Files.writeString(folder.resolve("shop.udl.yaml"), other);
    var refused = UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), false));
    assertThat(refused.rendered().text(false)).contains("cannot hold `Receipt`", "`count`");
    Files.delete(folder.resolve("shop.desc"));
    assertThat(
            UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), false))
                .rendered()
                .text(false))
        .contains("the descriptors cannot be read from `shop.desc`");
  }
}
