package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.LanguageSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the documents, the examples and the adapters show is valid by the schema we publish. */
class SchemaTest {
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(LanguageSchema.of(AdapterCatalog.load(List.of())));

  @Test
  void everyDefinitionThatWeShowIsValid() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Path document : Fence.documents()) {
      for (Fence fence : Fence.of(document)) {
        if (fence.language().equals("udl")) {
          texts.put(fence.toString(), fence.text());
        }
      }
    }
    for (Adapter adapter : AdapterCatalog.load(List.of()).values()) {
      adapter.spec().examples().forEach(example -> texts.put(example.title(), example.udl()));
    }
    try (var files = Files.walk(Definitions.root().resolve("examples"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".udl.yaml")).toList()) {
        texts.put(file.toString(), Files.readString(file));
      }
    }
    assertThat(texts).hasSizeGreaterThan(10);
    var problems = new ArrayList<String>();
    texts.forEach((name, text) ->
        SCHEMA.validate(text, InputFormat.YAML).forEach(e -> problems.add(name + ": " + e)));
    assertThat(problems).isEmpty();
    assertThat(SCHEMA.validate("systems: { a: { type: http, lisen: 1 } }", InputFormat.YAML))
        .isNotEmpty();
  }
}
