package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: an editor with the schema marks no good definition, and marks what is plainly wrong. */
class LanguageSchemaTest {
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(LanguageSchema.of(Fakes.all()));

  @TestFactory
  Stream<DynamicTest> everyDefinitionThatChecksIsValid() throws Exception {
    List<Path> good = Golden.cases().stream().filter(LanguageSchemaTest::isGood).toList();
    assertThat(good).hasSizeGreaterThan(15);
    return good.stream()
        .flatMap(LanguageSchemaTest::files)
        .map(file ->
            DynamicTest.dynamicTest(
                file.toString(), () -> assertThat(problems(Files.readString(file))).isEmpty()));
  }

  private static boolean isGood(Path file) {
    try {
      return Golden.compile(file, file.toString().contains("offline")).plan().isPresent();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return Stream.of(path);
    }
    try (var list = Files.list(path)) {
      return list
          .filter(file -> file.toString().matches(".*\\.udl(\\.yaml)?"))
          .filter(file -> !file.toString().contains(".test."))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sytems: {}",
        "udl: 6.5",
        "types: []",
        "types: { A: [string] }",
        "systems: { a: { listen: 8080 } }",
        "systems: { a: { type: htp } }",
        "systems: { a: { type: http, lisen: 8080 } }",
        "systems: { a: { type: http, listen: soon } }",
        "systems: { a: { type: http, listen: 80, operations: { x: { gett: /x } } } }",
        "systems: { a: { type: http, listen: 80, operations: [x] } }",
        "systems: { a: { type: http, clearance: [nobody] } }",
        "systems: { a: { type: timer, operations: { t: { every: often } } } }",
        "routes: { from: a.b, to: c }",
        "routes: [ { from: a.b } ]",
        "routes: [ { from: a, to: c } ]",
        "routes: [ { from: a.b, to: c, whn: x } ]",
        "routes: [ { from: a.b, to: [c] } ]",
        "pipelines: { p: { steps: { name: x } } }",
        "pipelines: { p: { steps: [ { nme: x } ] } }",
        "pipelines: { p: { steps: [ { parallel: [ { sett: 1 } ] } ] } }",
        "policies: { p: { type: retry, atempts: 3 } }",
        "policies: { p: { type: retri } }",
        "policies: { p: 3 }"
      })
  void whatIsPlainlyWrongIsNot(String text) {
    assertThat(problems(text)).isNotEmpty();
  }

  @Test
  void everyKeyOfTheGrammarIsDescribed() {
    String schema = LanguageSchema.of(Fakes.all());
    for (Vocabulary vocabulary : Grammar.ALL) {
      for (Vocabulary.Key key : vocabulary.all()) {
        assertThat(schema)
            .contains("\"" + key.name() + "\":")
            .contains(key.doc().replace("\"", "\\\""));
      }
    }
  }

  private static List<Error> problems(String text) {
    var source = new Source("a", Path.of("a"), text.replace("\uFEFF", ""));
    Value value =
        YamlReader.read(source, new Diagnostics())
            .map(LanguageSchemaTest::value)
            .orElse(Value.Null.NULL);
    return SCHEMA.validate(new String(Json.write(value), StandardCharsets.UTF_8), InputFormat.JSON);
  }

  private static Value value(Node node) {
    return switch (node) {
      case Node.Scalar scalar -> scalar.value();
      case Node.Sequence list ->
          new Value.Items(list.items().stream().map(LanguageSchemaTest::value).toList());
      case Node.Mapping mapping -> {
        var fields = new LinkedHashMap<String, Value>();
        mapping.entries().forEach(entry -> fields.put(entry.name(), value(entry.value())));
        yield new Value.Dict(fields);
      }
    };
  }
}
