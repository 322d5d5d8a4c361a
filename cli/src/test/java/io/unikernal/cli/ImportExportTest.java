package io.unikernal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two commands: what they exit with, and which files they leave alone. */
class ImportExportTest {
  private static final String TABLE =
      "create table notes (id uuid primary key, text text not null);";

  @TempDir private Path folder;

  private record Ended(int exit, String out, String err) {}

  private static Ended run(Object... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    PrintStream outBefore = System.out;
    PrintStream errBefore = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      String[] texts = Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new);
      int exit = Main.execute(texts);
      return new Ended(
          exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(outBefore);
      System.setErr(errBefore);
    }
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void whatIsImportedCanBeCheckedAndExported() throws Exception {
    Path made = folder.resolve("notes.udl.yaml");
    Ended imported = run("import", write("notes.sql", TABLE), "--system", "books", "-o", made);
    assertThat(imported)
        .isEqualTo(new Ended(0, "", "imported 1 type and 3 operations, with no losses\n"));
    assertThat(run("check", "--offline", made).exit()).isEqualTo(ExitCode.OK);
    assertThat(Files.readString(made)).contains("  books:\n");
    Ended exported = run("export", "proto", made);
    assertThat(exported.exit()).isEqualTo(ExitCode.OK);
    assertThat(exported.out()).contains("message Notes {", "service Books {");
    assertThat(exported.err()).contains("lost: the form: it travels as text", "  Notes.id (uuid)");
  }

  @Test
  void aFileThatIsThereIsLeftAlone() throws Exception {
    Path table = write("notes.sql", TABLE);
    Path made = write("notes.udl.yaml", "mine");
    Ended refused = run("import", table, "-o", made);
    assertThat(refused.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains("is there already; --force replaces it");
    assertThat(Files.readString(made)).isEqualTo("mine");
    Path broken = write("broken.sql", "create table (");
    assertThat(run("import", broken, "-o", made, "--force").exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(Files.readString(made)).as("a wrong document replaces nothing").isEqualTo("mine");
    assertThat(run("import", table, "-o", made, "--force").exit()).isEqualTo(ExitCode.OK);
    assertThat(Files.readString(made)).startsWith("# Imported from notes.sql");
    try (var files = Files.list(folder)) {
      assertThat(files).as("nothing half made is left").hasSize(3);
    }
    assertThat(run("import", table, "-o", folder.resolve("no/such/a.udl")).exit())
        .isEqualTo(ExitCode.ENVIRONMENT);
  }

  @Test
  void aWrongDocumentIsToldWithItsPlaceAndWithoutAStackTrace() throws Exception {
    Path broken = write("broken.schema", "{\"$schema\": \"x\",\n  \"type\": }");
    Ended ended = run("import", broken);
    assertThat(ended.exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err())
        .startsWith(broken + ":2:")
        .contains("error: this is not JSON")
        .doesNotContain("\tat ");
    Value report =
        Json.read(
            run("import", broken, "--json").out().getBytes(StandardCharsets.UTF_8),
            Json.Limits.DEFAULT);
    assertThat(report.field("line")).isEqualTo(new Value.Int(2));
    assertThat(run("import", folder.resolve("absent.proto")).err())
        .contains("there is no such file");
  }

  @Test
  void allLossesAreInTheReportForPrograms() throws Exception {
    Path schema =
        write(
            "a.schema",
            "{\"$id\": \"a\", \"type\": \"object\", \"properties\": {\"total\": {\"type\": \"number\"}}}");
    Value report =
        Json.read(
            run("import", "json-schema", schema, "--json").out().getBytes(StandardCharsets.UTF_8),
            Json.Limits.DEFAULT);
    assertThat(report.field("format")).isEqualTo(Value.text("json-schema"));
    assertThat(report.field("types")).isEqualTo(new Value.Int(1));
    assertThat(Json.pretty(report))
        .contains("NUMBER_FORM", "A.total", "write decimal(p,s)", "total: double?");
  }

  @Test
  void wrongUseIsToldApartFromAWrongDefinition() throws Exception {
    Path good = write("a.udl.yaml", "types:\n  Item: { qty: int }\n");
    Path bad = write("b.udl.yaml", "types:\n  Item: { qty: itn }\n");
    assertThat(run("export", "json-schema", bad).exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(run("export", "json-schema", bad).err()).contains("UDL-");
    assertThat(run("export", "json-schema", good, "--type", "Itme").err())
        .contains("did you mean Item?");
    assertThat(run("export", "proto", good, "--type", "Item").exit()).isEqualTo(ExitCode.USAGE);
    assertThat(run("export", "yaml", good).exit()).isEqualTo(ExitCode.USAGE);
    assertThat(run("export", "openapi", folder.resolve("absent")).exit()).isEqualTo(ExitCode.USAGE);
    assertThat(run("import").exit()).isEqualTo(ExitCode.USAGE);
    assertThat(run("export", "json-schema", good, "--type", "Item").out())
        .contains("\"#/$defs/Item\"");
  }
}
