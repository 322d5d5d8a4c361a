package io.unikernal.importers;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.unikernal.importers.Importers.Result;
import io.unikernal.udl.Compilation;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Documents that others wrote: each is imported whole, compiles, and its losses are counted. */
class RealDocumentsTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final int GITHUB_OPERATIONS_MIN = 1_200;

  @TempDir private Path folder;

  private record Done(Result.Written written, Compilation compilation) {}

  private Done imported(List<Path> files, TestReporter report) throws Exception {
    var any = new Importers.Options(Optional.empty(), Optional.empty(), Set.of(), false);
    long begun = System.nanoTime();
    Result result = Importers.read(files, any);
    long millis = (System.nanoTime() - begun) / 1_000_000;
    assertThat(result)
        .as(result.toString().substring(0, Math.min(500, result.toString().length())))
        .isInstanceOf(Result.Written.class);
    var written = (Result.Written) result;
    report.publishEntry(
        files.getFirst().getFileName().toString(),
        written.imported().types().types().size()
            + " types, "
            + written.imported().operations()
            + " operations, "
            + written.losses().size()
            + " losses, "
            + millis
            + " ms");
    return new Done(written, Adapters.compiled(written.text(), folder));
  }

  /** Files of a jar on the class path, laid out as they lie in it. */
  private List<Path> unpacked(String resource, String suffix) throws IOException {
    URL url = Optional.ofNullable(getClass().getClassLoader().getResource(resource)).orElseThrow();
    String jar = url.toString().substring("jar:".length(), url.toString().indexOf("!/"));
    var files = new ArrayList<Path>();
    try (var content = new JarFile(Path.of(URI.create(jar)).toFile())) {
      for (JarEntry entry :
          content.stream().filter(e -> !e.isDirectory() && e.getName().endsWith(suffix)).toList()) {
        Path file = folder.resolve("jar").resolve(entry.getName()).normalize();
        Files.createDirectories(file.getParent());
        try (InputStream in = content.getInputStream(entry)) {
          Files.copy(in, file);
        }
        files.add(file);
      }
    }
    return files;
  }

  /** As a second opinion, another's parser counts the operations. */
  @Test
  void gitHubsOpenApi(TestReporter report) throws Exception {
    Path github = Path.of(System.getProperty("unikernal.samples"), "github.json");
    assertThat(github).as("run scripts/fetch-samples").exists();
    Done done = imported(List.of(github), report);
    report.publishEntry(
        "heap in use after it",
        (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / MEBIBYTE
            + " MiB");
    assertThat(done.written().imported().operations()).isGreaterThan(GITHUB_OPERATIONS_MIN);
    var options = new ParseOptions();
    options.setResolve(false);
    OpenAPI other =
        new OpenAPIV3Parser()
            .readContents(Files.readString(github), List.of(), options)
            .getOpenAPI();
    long operations =
        other.getPaths().values().stream().mapToLong(item -> item.readOperations().size()).sum();
    long leftOut =
        done.written().losses().stream().filter(loss -> loss.kind() == Loss.Kind.OPERATION).count();
    assertThat(done.written().imported().operations() + leftOut).isEqualTo(operations);
    assertThat(done.compilation().types().keySet())
        .hasSizeGreaterThan(other.getComponents().getSchemas().size());
    assertThat(done.compilation().types()).containsKeys("Repository", "PullRequest", "Issue");
  }

  @Test
  void googlesCommonProtos(TestReporter report) throws Exception {
    List<Path> protos =
        unpacked("google/rpc/status.proto", ".proto").stream()
            .filter(path -> !path.toString().contains("google/protobuf/"))
            .toList();
    assertThat(protos).hasSizeGreaterThan(40);
    Done done = imported(protos, report);
    assertThat(done.compilation().types()).containsKeys("Money", "PostalAddress", "HttpRule");
    assertThat(done.written().imported().notes()).isNotEmpty();
  }

  @Test
  void theProtosOfProtobufItself(TestReporter report) throws Exception {
    List<Path> protos = unpacked("google/protobuf/descriptor.proto", ".proto");
    assertThat(imported(protos, report).compilation().types())
        .containsKeys("FileDescriptorProto", "FieldOptions");
  }

  @Test
  void theMetaschemasOfJsonSchema(TestReporter report) throws Exception {
    var schemas = new ArrayList<Path>();
    for (Path file : unpacked("draft/2020-12/schema", "")) {
      if (file.toString().matches(".*/draft/2020-12/(schema|meta/[a-z-]+)")) {
        schemas.add(Files.move(file, file.resolveSibling(file.getFileName() + ".schema")));
      }
    }
    assertThat(schemas).hasSize(9);
    assertThat(imported(schemas, report).written().imported().types().types()).isNotEmpty();
  }

  @Test
  void avrosOwnSchema(TestReporter report) throws Exception {
    List<Path> schemas = unpacked("org/apache/avro/data/Json.avsc", ".avsc");
    Done done = imported(schemas, report);
    assertThat(done.written().losses()).extracting(Loss::kind).contains(Loss.Kind.TYPES_MIXED);
  }

  /** PostgreSQL's own script: hundreds of views and functions around a few tables. */
  @Test
  void theInformationSchemaOfPostgres(TestReporter report) throws Exception {
    List<Path> scripts;
    try (var files = Files.walk(Path.of("/usr/share/postgresql"), 2)) {
      scripts = files.filter(path -> path.endsWith("information_schema.sql")).sorted().toList();
    }
    assertThat(scripts).as("the package postgresql").isNotEmpty();
    Done done = imported(List.of(scripts.getFirst()), report);
    assertThat(done.compilation().types()).containsKeys("SqlFeatures", "SqlSizing");
  }

  @Test
  void theScriptOfTheFirstExample(TestReporter report) throws Exception {
    Path script = Path.of("../examples/01-orders/schema.sql");
    assertThat(imported(List.of(script), report).written().imported().operations()).isPositive();
  }
}
