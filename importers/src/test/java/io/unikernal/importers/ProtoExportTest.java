package io.unikernal.importers;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Type;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we write as proto3 pleases protobuf's own compiler. */
class ProtoExportTest {
  private static final int CASES = Boolean.getBoolean("unikernal.long") ? 3_000 : 150;

  @TempDir private Path folder;

  /** The compiler's own files lie in the library of its language, as resources. */
  @BeforeEach
  void wellKnownTypes() throws IOException {
    for (String name : List.of("duration", "empty", "struct", "timestamp")) {
      String resource = "google/protobuf/" + name + ".proto";
      Path file = folder.resolve(resource);
      Files.createDirectories(file.getParent());
      try (InputStream text = getClass().getClassLoader().getResourceAsStream(resource)) {
        Files.copy(Optional.ofNullable(text).orElseThrow(), file);
      }
    }
  }

  /** Empty if it compiles. */
  private String complaints(List<String> names) throws IOException, InterruptedException {
    Path program = Path.of(System.getProperty("unikernal.protoc"));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    var command = new ArrayList<>(List.of(program.toString(), "-I", folder.toString()));
    command.addAll(List.of("--descriptor_set_out", folder.resolve("out").toString()));
    command.addAll(names);
    Process protoc = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(protoc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return protoc.waitFor() == 0 ? "" : said.isEmpty() ? "protoc failed" : said;
  }

  @Test
  void everyTypeCompiles() throws Exception {
    var names = new ArrayList<String>();
    for (long seed = 0; seed < CASES; seed++) {
      SequencedMap<String, Type> types = new RandomTypes(seed, RandomTypes.Profile.EVERY).types();
      String name = "sample" + seed;
      names.add(name + ".proto");
      Files.writeString(
          folder.resolve(name + ".proto"), Exporters.proto(types, List.of(), name).text());
    }
    String complaints = complaints(names);
    assertThat(complaints.lines().filter(line -> !line.contains("is unused")).limit(10)).isEmpty();
  }

  @Test
  void operationsBecomeRpcsThatCompile() throws Exception {
    var compilation = Adapters.compiled(Shop.UDL, folder);
    Exported exported =
        Exporters.proto(compilation.types(), compilation.plan().orElseThrow(), "shop");
    Files.writeString(folder.resolve("shop.proto"), exported.text());
    assertThat(complaints(List.of("shop.proto"))).isEmpty();
    assertThat(exported.text())
        .contains(
            "service Web {",
            "rpc FindOrder(WebFindOrderRequest) returns (WebFindOrderReply);",
            "rpc CreateOrder(Draft) returns (Order);",
            "rpc DropOrder(WebDropOrderRequest) returns (google.protobuf.Empty);");
  }

  @Test
  void theCheckCanFail() throws Exception {
    Files.writeString(
        folder.resolve("bad.proto"), "syntax = \"proto3\"; message A { int64 a = 0; }");
    assertThat(complaints(List.of("bad.proto"))).contains("bad.proto");
  }
}
