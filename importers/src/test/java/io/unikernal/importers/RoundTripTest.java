package io.unikernal.importers;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.importers.RandomTypes.Profile;
import io.unikernal.model.Type;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: what has no loss on the way out comes back the same, and what has one still comes back.
 * Method: random declared types, written and read again, by every format.
 */
class RoundTripTest {
  private static final int CASES = Boolean.getBoolean("unikernal.long") ? 20_000 : 400;

  @TempDir private Path folder;

  private static SourceFile file(String name, String text) {
    return new SourceFile(name, Path.of(name), text);
  }

  /** How many of the cases were without loss, all of which came back the same. */
  private static int check(
      Profile profile,
      Function<SequencedMap<String, Type>, Exported> out,
      Function<String, Imported> back,
      Function<SequencedMap<String, Type>, String> text) {
    int lossless = 0;
    for (long seed = 0; seed < CASES; seed++) {
      SequencedMap<String, Type> types = new RandomTypes(seed, profile).types();
      Exported exported = out.apply(types);
      Imported imported = back.apply(exported.text());
      // That numbers follow the order of the fields takes nothing from the types.
      boolean isWhole =
          exported.losses().stream().allMatch(loss -> loss.kind() == Loss.Kind.FIELD_NUMBER);
      if (isWhole) {
        lossless++;
        assertThat(text.apply(imported.types().types()))
            .as("seed %d\n%s", seed, exported.text())
            .isEqualTo(text.apply(types));
        assertThat(Same.isClosed(imported.types().types())).isTrue();
      }
    }
    return lossless;
  }

  @Test
  void jsonSchemaGivesBackWhatItWasGiven() {
    int lossless =
        check(
            Profile.EVERY,
            types -> Exporters.jsonSchema(types, Optional.empty()),
            json -> JsonSchemaImport.read(List.of(file("types.json", json))),
            Same::text);
    assertThat(lossless).isGreaterThan(CASES / 10);
  }

  @Test
  void protobufGivesBackWhatItWasGiven() {
    int lossless =
        check(
            Profile.PROTO,
            types -> Exporters.proto(types, List.of(), "sample"),
            proto -> ProtoImport.read(List.of(file("types.proto", proto))),
            Same::text);
    assertThat(lossless).isEqualTo(CASES);
  }

  @Test
  void avroGivesBackWhatItWasGiven() {
    int lossless =
        check(
            Profile.PLAIN,
            Exporters::avro,
            avro -> AvroImport.read(List.of(file("types.avsc", avro))),
            types -> Same.text(sorted(types)));
    assertThat(lossless).isGreaterThan(CASES / 20);
  }

  /** Avro writes a record where it is first met, so the order of the types is another. */
  private static SequencedMap<String, Type> sorted(SequencedMap<String, Type> types) {
    var sorted = new LinkedHashMap<String, Type>();
    types.keySet().stream().sorted().forEach(name -> sorted.put(name, types.get(name)));
    return sorted;
  }

  @Test
  void sqlGivesBackWhatItWasGiven() {
    int lossless =
        check(
            Profile.PLAIN,
            Exporters::sql,
            sql -> SqlImport.read(List.of(file("types.sql", sql)), Optional.empty()),
            Same::text);
    assertThat(lossless).isGreaterThan(CASES / 50);
  }

  /** The writer of definitions, against the compiler: nothing is lost, however odd the names. */
  @Test
  void theCompilerReadsWhatTheWriterWrote() throws Exception {
    for (long seed = 0; seed < CASES / 4; seed++) {
      SequencedMap<String, Type> types = new RandomTypes(seed, Profile.EVERY).types();
      var imported =
          new Imported(Format.JSON_SCHEMA, TypeSet.of(types), List.of(), List.of(), List.of());
      UdlText.Written written = UdlText.write(imported, "seed " + seed);
      var compiled = Adapters.compiled(written.text(), folder);
      assertThat(written.losses()).as(written.text()).isEmpty();
      assertThat(Same.text(compiled.types())).as(written.text()).isEqualTo(Same.text(types));
    }
  }

  /** Total: whatever the type, every format writes it, reads that, and the result compiles. */
  @Test
  void everyTypeComesThroughEveryFormat() throws Exception {
    for (long seed = 0; seed < CASES / 8; seed++) {
      SequencedMap<String, Type> types = new RandomTypes(seed, Profile.EVERY).types();
      var read =
          List.of(
              ProtoImport.read(
                  List.of(file("a.proto", Exporters.proto(types, List.of(), "sample").text()))),
              AvroImport.read(List.of(file("a.avsc", Exporters.avro(types).text()))),
              SqlImport.read(List.of(file("a.sql", Exporters.sql(types).text())), Optional.empty()),
              JsonSchemaImport.read(
                  List.of(file("a.json", Exporters.jsonSchema(types, Optional.empty()).text()))));
      for (Imported imported : read) {
        Adapters.compiled(UdlText.write(imported, "seed " + seed).text(), folder);
      }
    }
  }

  @Test
  void aLossIsToldForWhatDoesNotComeBack() {
    SequencedMap<String, Type> types = new LinkedHashMap<>();
    types.put(
        "Item",
        new Type.Record("Item", List.of(Type.Field.of("qty", new Type.Int(Type.Range.of(1, 9))))));
    Exported exported = Exporters.proto(types, List.of(), "sample");
    assertThat(exported.losses())
        .extracting(Loss::text)
        .containsExactly("Item.qty: the bounds (1..9); check it where it is read");
    assertThat(
            Same.text(ProtoImport.read(List.of(file("a.proto", exported.text()))).types().types()))
        .isNotEqualTo(Same.text(types));
  }
}
