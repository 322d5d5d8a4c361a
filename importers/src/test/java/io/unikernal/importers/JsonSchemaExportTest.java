package io.unikernal.importers;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Label;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/**
 * Goal: a schema that we write accepts and refuses the same documents as the type itself. Method:
 * random types and documents near them, judged by {@link Conform} and by another's validator.
 */
class JsonSchemaExportTest {
  private static final int CASES = Boolean.getBoolean("unikernal.long") ? 5_000 : 150;
  private static final int DOCUMENTS = 12;
  private static final SchemaRegistry VALIDATORS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private static boolean accepts(Schema schema, String json) {
    return schema
        .validate(
            json,
            InputFormat.JSON,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
        .isEmpty();
  }

  private static boolean accepts(Type type, String json) {
    try {
      Json.read(
          json.getBytes(StandardCharsets.UTF_8), type, Conform.Extra.REFUSE, Json.Limits.DEFAULT);
      return true;
    } catch (FaultException e) {
      assertThat(e.fault().code()).isEqualTo(Fault.Code.INVALID);
      return false;
    }
  }

  @Test
  void aSchemaAcceptsWhatItsTypeAccepts() {
    int accepted = 0;
    int refused = 0;
    for (long seed = 0; seed < CASES; seed++) {
      SequencedMap<String, Type> types = new RandomTypes(seed, RandomTypes.Profile.EVERY).types();
      Exported exported = Exporters.jsonSchema(types, Optional.of("Record0"));
      if (!exported.losses().isEmpty()) {
        continue;
      }
      Schema schema = VALIDATORS.getSchema(exported.text());
      Type type = Optional.ofNullable(types.get("Record0")).orElseThrow();
      for (int i = 0; i < DOCUMENTS; i++) {
        Value value = new RandomValues(seed * DOCUMENTS + i, 40).of(type, 4);
        String json = TypeTexts.json(value);
        boolean isFitting = accepts(type, json);
        accepted += isFitting ? 1 : 0;
        refused += isFitting ? 0 : 1;
        assertThat(accepts(schema, json))
            .as("seed %d\n%s\n%s", seed, exported.text(), json)
            .isEqualTo(isFitting);
      }
    }
    assertThat(accepted).isGreaterThan(CASES / 4);
    assertThat(refused).isGreaterThan(CASES / 4);
  }

  @Test
  void everySchemaPleasesTheMetaschema() {
    Schema metaschema =
        VALIDATORS.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    for (long seed = 0; seed < CASES; seed++) {
      SequencedMap<String, Type> types = new RandomTypes(seed, RandomTypes.Profile.EVERY).types();
      String text = Exporters.jsonSchema(types, Optional.empty()).text();
      assertThat(metaschema.validate(text, InputFormat.JSON)).as(text).isEmpty();
    }
    assertThat(metaschema.validate("{\"type\": \"texd\"}", InputFormat.JSON)).isNotEmpty();
  }

  @Test
  void oneTypeBringsOnlyWhatItRefersTo() {
    SequencedMap<String, Type> types = new LinkedHashMap<>();
    var item = new Type.Record("Item", List.of(Type.Field.of("qty", Type.Int.ANY_INT)));
    types.put("Item", item);
    types.put(
        "Order", new Type.Record("Order", List.of(Type.Field.of("items", Type.ListOf.of(item)))));
    types.put("Other", new Type.Record("Other", List.of()));
    assertThat(Exporters.jsonSchema(types, Optional.of("Order")).text())
        .contains("\"#/$defs/Order\"", "\"Item\"")
        .doesNotContain("Other");
  }

  @Test
  void aNumberThatJsonHasAsATextIsAStringThereAndComesBackAsWhatItWas() {
    var amount = new Type.Decimal(18, 4);
    var payment =
        new Type.Record(
            "Payment",
            List.of(
                Type.Field.of("id", Type.Int.ANY_INT).asJsonText(),
                Type.Field.of("fee", amount.maybe()).asJsonText(),
                Type.Field.of("secret", new Type.Labelled(Label.PII, amount)).asJsonText(),
                new Type.Field("tip", amount, Optional.of(Value.decimal("0.5000")), "")
                    .asJsonText(),
                Type.Field.of("plain", amount)));
    SequencedMap<String, Type> types = new LinkedHashMap<>();
    types.put("Payment", payment);
    Exported exported = Exporters.jsonSchema(types, Optional.of("Payment"));
    Schema schema = VALIDATORS.getSchema(exported.text(), InputFormat.JSON);
    String good = "{\"id\":\"7\",\"secret\":\"-1.5\",\"plain\":1}";
    assertThat(schema.validate(good, InputFormat.JSON)).isEmpty();
    String bad = good.replace("\"7\"", "7");
    assertThat(schema.validate(bad, InputFormat.JSON)).isNotEmpty();
    Imported back =
        JsonSchemaImport.read(
            List.of(new SourceFile("types.json", Path.of("types.json"), exported.text())));
    assertThat(Same.text(back.types().types())).contains(Same.text(types));
    assertThat(Same.text(types)).contains("id: int as string", "fee: decimal(18,4)? as string");
  }

  @Test
  void aPatternThatEcmaReadsOtherwiseIsToldAndNotWritten() {
    assertThat(EcmaPattern.of("[A-Z]{3}-[0-9]{4}")).contains("[A-Z]{3}-[0-9]{4}");
    assertThat(EcmaPattern.of("a.b")).as("a line's end").contains("a[^\\n]b");
    assertThat(EcmaPattern.of("[]a]")).as("a bracket first").contains("[\\]a]");
    for (String other : List.of("(?i)a", "[[:alpha:]]", "\\pL", "\\Qa\\E", "(?P<x>a)", "a\\z")) {
      assertThat(EcmaPattern.of(other)).as(other).isEmpty();
    }
  }
}
