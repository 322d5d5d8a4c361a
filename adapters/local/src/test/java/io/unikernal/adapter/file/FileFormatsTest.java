package io.unikernal.adapter.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.adapter.Bench;
import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Field;
import io.unikernal.model.Json;
import io.unikernal.model.Outcome;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.OpenSystem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in the formats of others: by the end of their names, or as the definition says. */
class FileFormatsTest {
  private static final Type.Record LINE =
      new Type.Record(
          "Line",
          List.of(
              Type.Field.of("sku", Type.Text.ANY_TEXT),
              Type.Field.of("price", new Type.Decimal(12, 2))));
  private static final Type LINES = Type.ListOf.of(LINE);

  @TempDir Path folder;
  private final Bench bench = new Bench(new FileAdapter());
  private OpenSystem system;

  @BeforeEach
  void begin() throws Exception {
    system = bench.open(folder, Bench.config(FileAdapter.PATH, folder));
  }

  @AfterEach
  void end() {
    system.close();
  }

  private String read(String name, Type type, Object... options) throws Exception {
    var all = with(options, FileAdapter.READ, name, FileAdapter.RETURNS, type);
    var reading = (Endpoint.Duplex) bench.bind(system, "op", all);
    Value value = reading.call(Bench.message(Value.Dict.EMPTY)).body();
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }

  private static Object[] with(Object[] options, Object... more) {
    var all = new Object[options.length + more.length];
    System.arraycopy(more, 0, all, 0, more.length);
    System.arraycopy(options, 0, all, more.length, options.length);
    return all;
  }

  private void send(Field<String> form, String name, Type type, Value value, Object... options)
      throws Exception {
    var all = with(options, form, name, FileAdapter.ACCEPTS, type);
    var target = (Endpoint.Target) bench.bind(system, "op", all);
    assertThat(target.send(List.of(Bench.message(value))).getFirst()).isEqualTo(Outcome.Done.NONE);
  }

  private static Field<?> option(String name) {
    return new FileAdapter().spec().operation().find(name).orElseThrow();
  }

  private static Config semicolons() {
    Field<?> delimiter = option("csv").within().find("delimiter").orElseThrow();
    return Bench.config(delimiter, ";");
  }

  @Test
  void theEndOfANameSaysWhatAFileIsIn() throws Exception {
    Files.writeString(folder.resolve("a.csv"), "sku,price\nA,1.5\n");
    Files.writeString(folder.resolve("a.xml"), "<x><l><sku>A</sku><price>1.5</price></l></x>");
    Files.writeString(folder.resolve("a.yml"), "- sku: A\n  price: 1.5\n");
    Files.writeString(folder.resolve("a.tsv"), "sku\tprice\nA\t1.5\n");
    Files.writeString(folder.resolve("a.ndjson"), "{\"sku\":\"A\",\"price\":1.5}\n");
    for (String name : List.of("a.csv", "a.xml", "a.yml", "a.tsv", "a.ndjson")) {
      assertThat(read(name, LINES)).as(name).isEqualTo("[{\"sku\":\"A\",\"price\":1.50}]");
    }
    assertThat(read("a.csv", Type.Text.ANY_TEXT)).isEqualTo("\"sku,price\\nA,1.5\\n\"");
    assertThat(read("a.csv", Type.Simple.ANY)).isEqualTo("[{\"sku\":\"A\",\"price\":\"1.5\"}]");
  }

  @Test
  void theDefinitionSaysItWhereTheNameDoesNot() throws Exception {
    Files.writeString(folder.resolve("a.dat"), "sku;price\nA;1.5\n");
    assertThat(read("a.dat", LINES, FileAdapter.FORMAT, "csv", option("csv"), semicolons()))
        .isEqualTo("[{\"sku\":\"A\",\"price\":1.50}]");
  }

  @Test
  void rowsAreAddedUnderOneHeader() throws Exception {
    for (String sku : List.of("A", "B, C")) {
      Value line = Bench.dict("sku", sku, "price", Value.decimal("1.50"));
      send(FileAdapter.APPEND, "all.csv", LINE, line);
      send(FileAdapter.APPEND, "all.yaml", LINE, line);
    }
    assertThat(Files.readString(folder.resolve("all.csv")))
        .isEqualTo("sku,price\r\nA,1.50\r\n\"B, C\",1.50\r\n");
    assertThat(read("all.csv", LINES)).isEqualTo(read("all.yaml", LINES));
  }

  @Test
  void aFileIsWrittenInItsFormat() throws Exception {
    Value line = Bench.dict("sku", "A", "price", Value.decimal("1.50"));
    send(FileAdapter.WRITE, "{sku}.xml", LINE, line);
    assertThat(Files.readString(folder.resolve("A.xml")))
        .isEqualTo(
            "<?xml version='1.0' encoding='UTF-8'?><Line><sku>A</sku><price>1.50</price></Line>");
    send(FileAdapter.WRITE, "note.csv", Type.Text.ANY_TEXT, Value.text("as it is"));
    assertThat(Files.readString(folder.resolve("note.csv"))).isEqualTo("as it is");
  }

  @Test
  void whatIsMalformedIsToldWithItsPlace() throws Exception {
    Files.writeString(folder.resolve("a.csv"), "sku,price\nA,1,5\n");
    var thrown = Assertions.catchThrowableOfType(FaultException.class, () -> read("a.csv", LINES));
    assertThat(thrown.fault().code()).isEqualTo(Fault.Code.MALFORMED);
    assertThat(thrown.fault().details().field("line")).isEqualTo(Value.integer(2));
  }

  @Test
  void whatCannotBeIsRefusedByTheChecker() {
    assertThat(problems(FileAdapter.APPEND, "a.xml")).contains("`xml` cannot be added to");
    assertThat(problems(FileAdapter.APPEND, "a.txt", FileAdapter.FORMAT, "text"))
        .contains("`text` cannot be added to");
    assertThat(problems(FileAdapter.READ, "a.xml", option("csv"), semicolons()))
        .contains("`csv` is not the format of these files");
    assertThat(problems(FileAdapter.READ, "a.csv", FileAdapter.RETURNS, Type.Int.ANY_INT))
        .contains("`csv` cannot hold `int`");
    assertThat(problems(FileAdapter.LIST, "*.csv", FileAdapter.FORMAT, "csv"))
        .contains("`format` does not belong to `list`");
    assertThat(problems(FileAdapter.APPEND, "a.csv")).isEmpty();
    assertThat(problems(FileAdapter.APPEND, "a.log")).isEmpty();
  }

  private String problems(Object... options) {
    return String.join("; ", Bench.problems(bench.shape("op", options)));
  }
}
