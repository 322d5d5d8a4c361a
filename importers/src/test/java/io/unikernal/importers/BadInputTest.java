package io.unikernal.importers;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.importers.Importers.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a document is told with its place, and nothing is fetched or overrun. */
class BadInputTest {
  @TempDir private Path folder;

  private static final Importers.Options ANY =
      new Importers.Options(Optional.empty(), Optional.empty(), Set.of(), false);

  private Result read(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(30), () -> Importers.read(List.of(file), ANY));
  }

  /** The problem as people see it, without the folder. */
  private String problem(String name, String text) throws IOException {
    Result result = read(name, text);
    assertThat(result).isInstanceOf(Result.Refused.class);
    return ((Result.Refused) result).problem().text().replace(folder + "/", "");
  }

  @Test
  void wrongSyntaxIsToldWithItsLine() throws Exception {
    assertThat(problem("a.schema", "{\"$schema\": \"x\",\n  \"type\": tru}"))
        .startsWith("a.schema:2:")
        .contains("error: this is not JSON: Unrecognized token 'tru'");
    assertThat(problem("a.yaml", "openapi: 3.0.0\npaths: {a: [}\n"))
        .startsWith("a.yaml:2:13: error: ");
    assertThat(problem("a.proto", "syntax = \"proto3\";\nmessage A {\n  int64 = 1;\n}"))
        .startsWith("a.proto:3:")
        .contains("this is not protobuf");
    assertThat(problem("a.avsc", "{\"type\": \"record\",\n \"name\": \"A\",,}"))
        .startsWith("a.avsc:2:");
    assertThat(problem("a.avsc", "{\"type\": \"record\", \"name\": \"A\"}"))
        .isEqualTo(
            "a.avsc:1:1: error: this is no Avro schema: Record has no fields: {\"type\":\"record\",\"name\":\"A\"}");
    assertThat(problem("a.sql", "-- x\ncreate table a (\n  id int,\n  name varchar(\n);"))
        .startsWith("a.sql:5:1: error: this `create table` cannot be read")
        .contains("take the statement out");
    assertThat(problem("a.sql", "create table a (id int default 'x);"))
        .isEqualTo("a.sql:1:32: error: this quote does not end");
    assertThat(problem("a.jsonl", "{\"a\": 1}\n{\"a\": 1\n{\"a\": 2}\n"))
        .startsWith("a.jsonl:2:")
        .contains("this is not JSON");
  }

  @Test
  void aKeyThatStandsTwiceIsRefused() throws Exception {
    assertThat(problem("a.schema", "{\"$id\": \"x\", \"type\": \"a\",\n \"type\": \"b\"}"))
        .startsWith("a.schema:2:");
    assertThat(problem("a.yaml", "openapi: 3.0.0\nopenapi: 3.1.0\n"))
        .isEqualTo("a.yaml:2:1: error: the key `openapi` stands twice");
    assertThat(
            problem(
                "a.proto",
                "syntax = \"proto3\";\nmessage A {\n  message B {}\n  message B {}\n}\n"))
        .startsWith("a.proto:4")
        .contains("`A.B` is declared twice");
  }

  @Test
  void nothingIsFetched() throws Exception {
    String remote = "{\"$schema\": \"x\", \"properties\": {\"a\": {\"$ref\": \"%s\"}}}";
    assertThat(problem("a.schema", remote.formatted("https://example.org/a.json")))
        .isEqualTo(
            "a.schema:1:47: error: `https://example.org/a.json` is elsewhere, and nothing is fetched\n"
                + "  = save that document beside this one and import both");
    assertThat(problem("a.schema", remote.formatted("file:///etc/passwd")))
        .contains("is elsewhere");
    assertThat(problem("a.schema", remote.formatted("//host/a.json"))).contains("is elsewhere");
    assertThat(problem("a.schema", remote.formatted("missing.json")))
        .contains("`missing.json` is not there");
    assertThat(problem("a.schema", remote.formatted("#/$defs/nope"))).contains("leads to nothing");
  }

  @Test
  void depthIsBounded() throws Exception {
    int deep = 100_000;
    assertThat(problem("a.schema", "[".repeat(deep))).contains("nested deeper than");
    assertThat(problem("a.yaml", "a: " + "[".repeat(deep))).contains("nested deeper than");
    assertThat(problem("a.proto", "message A {".repeat(deep))).contains("nested deeper than");
    assertThat(problem("a.avsc", "{\"type\": \"array\", \"items\": ".repeat(deep)))
        .contains("nested deeper than");
    assertThat(problem("a.sql", "create table a (id int check " + "(".repeat(deep) + ");"))
        .contains("nested too deep");
    assertThat(problem("a.jsonl", "{\"a\": ".repeat(deep))).contains("nested deeper than");
  }

  @Test
  void numbersAreBounded() throws Exception {
    for (String number : List.of("1e99999999999", "1e999999999", "-1e-999999999")) {
      assertThat(problem("a.jsonl", "{\"a\": " + number + "}")).contains("out of range");
      assertThat(problem("a.schema", "{\"$id\": \"x\", \"default\": " + number + "}"))
          .contains("out of range");
    }
    assertThat(read("a.yaml", "openapi: 3.0.0\nx: 1e999\n")).isInstanceOf(Result.Written.class);
  }

  @Test
  void cyclesEnd() throws Exception {
    String cyclic =
        """
        {"$schema": "x", "$defs": {
          "A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}, "C": {"type": "array", "items": {"$ref": \
          "#/$defs/C"}},
          "D": {"allOf": [{"$ref": "#/$defs/D"}], "properties": {"d": {"$ref": "#/$defs/D"}}},
          "E": {"oneOf": [{"$ref": "#/$defs/E"}, {"type": "null"}]},
          "F": {"allOf": [{"$ref": "#/$defs/G"}]}, "G": {"allOf": [{"$ref": "#/$defs/F"}]}}}
        """;
    String itself = "{\"$ref\": \"#/$defs/H\"}";
    String often = String.join(", ", Collections.nCopies(20, itself));
    String all = cyclic.replace("\"F\":", "\"H\": {\"allOf\": [" + often + "]}, \"F\":");
    Result result = read("a.schema", all);
    assertThat(result).isInstanceOf(Result.Written.class);
    var written = (Result.Written) result;
    Adapters.compiled(written.text(), folder);
    assertThat(written.losses()).extracting(Loss::kind).contains(Loss.Kind.ALIAS_CYCLE);
    assertThat(read("a.yaml", "openapi: 3.0.0\npaths: &a\n  /x: *a\n"))
        .isInstanceOf(Result.Refused.class);
  }

  /** An annotation of ours in a document of others is only believed where a field may hold it. */
  @Test
  void anAnnotationThatNoFieldMayHoldIsPassedOver() throws Exception {
    String hostile =
        "{\"$schema\": \"x\", \"properties\": {\"a\": {\"type\": \"string\", \"x-udl\": \"%s\"}}}";
    for (String written :
        List.of("stream(int)", "blob", "null", "Order", "list(stream(int))", "int(")) {
      var result = read("a.schema", hostile.formatted(written));
      assertThat(result).as(written).isInstanceOf(Result.Written.class);
      assertThat(((Result.Written) result).text()).contains("    a: string?\n");
      Adapters.compiled(((Result.Written) result).text(), folder);
    }
    String number = ((Result.Written) read("a.schema", hostile.formatted("decimal(3,1)"))).text();
    assertThat(number).contains("    a: \"decimal(3,1)? as string\"\n");
    Adapters.compiled(number, folder);
  }

  /** A chain of references is as long as it likes: no stack is needed for it. */
  @Test
  void longChainsOfRecordsAreRead() throws Exception {
    var text = new StringBuilder("{\"$schema\": \"x\", \"$defs\": {");
    for (int i = 0; i < 5_000; i++) {
      text.append("\"T")
          .append(i)
          .append("\": {\"properties\": {\"n\": {\"$ref\": \"#/$defs/T")
          .append(i + 1)
          .append("\"}}},");
    }
    var written =
        read("a.schema", text.append("\"T5000\": {\"properties\": {\"n\": {}}}}}").toString());
    assertThat(written).isInstanceOf(Result.Written.class);
  }

  @Test
  void aliasesOfYamlCannotFillTheMemory() throws Exception {
    var bomb = new StringBuilder("openapi: 3.0.0\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      bomb.append("a")
          .append(i)
          .append(": &a")
          .append(i)
          .append(" [")
          .append(("*a" + (i - 1) + ", ").repeat(10))
          .append("]\n");
    }
    assertThat(problem("a.yaml", bomb.toString())).contains("parts");
  }

  /** Long spaces and quotes are what patterns with choices are slow at, or run out of stack. */
  @Test
  void longRunsOfOneSignTakeNoTime() throws Exception {
    int length = 200_000;
    for (String sign : List.of(" ", "'", "''", "a", "in (", "(", "\\\\")) {
      String run = sign.repeat(length);
      read("a.sql", "create domain d as " + run + "; create table a (id int);");
      read(
          "a.sql", "create table a (id text default '" + run + "' check (id in ('" + run + "')));");
      read("a.schema", "{\"$schema\": \"x\", \"pattern\": \"" + run.replace("\\", "\\\\") + "\"}");
      read("a.proto", "message A { " + run + " }");
    }
  }

  @Test
  void whatIsNoDocumentOfItsFormatIsTold() throws Exception {
    assertThat(problem("a.yaml", "swagger: \"2.0\"\n"))
        .contains("a.yaml:1:10: error: this is Swagger 2.0");
    assertThat(problem("a.sql", "select 1;")).contains("there is no `create table` in it");
    assertThat(problem("a.json", "{\"a\": 1}"))
        .contains("which format this is cannot be told", "unikernal import json");
    assertThat(problem("a.txt", "x")).contains("which format this is cannot be told");
    assertThat(problem("a.jsonl", "")).contains("the file is empty");
    Path absent = folder.resolve("absent.proto");
    assertThat(((Result.Refused) Importers.read(List.of(absent), ANY)).problem().message())
        .isEqualTo("there is no such file");
    Path latin = Files.write(folder.resolve("latin.sql"), new byte[] {'-', '-', (byte) 0xe9});
    assertThat(((Result.Refused) Importers.read(List.of(latin), ANY)).problem().message())
        .isEqualTo("the file is not UTF-8");
  }
}
