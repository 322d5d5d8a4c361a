package io.unikernal.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Conform;
import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Records;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Goal: what a format can hold comes back as it was. Method: types and values made by jqwik, with
 * texts of characters that formats trip over; compared as JSON writes them, which tells scales
 * apart.
 */
class RoundTripTest {
  private static final int TRIES = 400;
  private static final String SEED = "20261126";

  /** XML has neither carriage returns as they are nor most control characters. */
  private static final String CONTROLS = "\u0000\u0001\u007f\u001b";

  @Provide
  Arbitrary<Typed> rows() {
    return Typed.rows(Typed.SIGNS + CONTROLS);
  }

  @Provide
  Arbitrary<Typed> xmlRows() {
    return Typed.rows(Typed.SIGNS);
  }

  @Provide
  Arbitrary<Typed> flat() {
    return Typed.flat(Typed.SIGNS + CONTROLS);
  }

  @Provide
  Arbitrary<Typed> deep() {
    return Typed.deep(Typed.SIGNS + CONTROLS, Typed.SIGNS, 3);
  }

  @Provide
  Arbitrary<Typed> xmlDeep() {
    return Typed.deep(Typed.SIGNS, "abcäß_", 3);
  }

  @Provide
  Arbitrary<Typed> scalar() {
    return Typed.scalar(Typed.SIGNS + CONTROLS);
  }

  private static void comesBack(Codec codec, Typed typed) {
    assertThat(json(back(codec, typed)))
        .as(() -> typed.type() + " as " + Codecs.write(codec, typed.value(), typed.type()))
        .isEqualTo(json(typed.value()));
  }

  private static Value back(Codec codec, Typed typed) {
    byte[] bytes = codec.write(typed.value(), typed.type());
    return codec.read(bytes, Codec.Reading.of(typed.type(), Conform.Extra.REFUSE));
  }

  /** An optional list without items is lost where lists are repeated elements. */
  private static String withoutEmptyLists(String json) {
    return json.replaceAll("\"[\\wäß]+\":\\[\\],?", "").replace(",}", "}");
  }

  static String json(Value value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }

  private static void comesBackAsAStream(Codec codec, Typed typed) throws IOException {
    Records records = codec.records().orElseThrow();
    Type element = Texts.element(typed.type());
    var out = new ByteArrayOutputStream();
    List<Value> all = ((Value.Items) typed.value()).items();
    try (var writer = records.writer(out, element, false)) {
      for (Value one : all) {
        writer.write(one);
      }
    }
    var back = new ArrayList<Value>();
    var in = new ByteArrayInputStream(out.toByteArray());
    try (var reader = records.reader(in, Codec.Reading.of(element, Conform.Extra.REFUSE))) {
      for (var one = reader.next(); one.isPresent(); one = reader.next()) {
        back.add(one.get());
      }
    }
    assertThat(json(new Value.Items(back)))
        .as(() -> out.toString(StandardCharsets.UTF_8))
        .isEqualTo(json(typed.value()));
  }

  @Property(tries = TRIES, seed = SEED)
  void rowsComeBackFromCsv(@ForAll("rows") Typed typed) throws IOException {
    comesBack(Codecs.of("csv"), typed);
    comesBack(Codecs.csv("delimiter", ";", "quote", "'", "line_end", "lf"), typed);
    comesBack(Codecs.csv("header", false), typed);
    comesBack(Codecs.csv("null", "NULL", "charset", "utf-16le", "mark", true), typed);
    comesBack(Codecs.of("tsv"), typed);
    comesBackAsAStream(Codecs.of("csv"), typed);
  }

  @Property(tries = TRIES, seed = SEED)
  void nestedValuesComeBackFromCellsOfCsv(@ForAll("deep") Typed typed) {
    comesBack(Codecs.of("csv"), Typed.list(List.of(Typed.record("Row", List.of(typed, typed)))));
  }

  @Property(tries = TRIES, seed = SEED)
  void anythingComesBackFromNdjson(@ForAll("deep") Typed typed) throws IOException {
    comesBack(Codecs.of("ndjson"), Typed.list(List.of(typed, typed)));
    comesBackAsAStream(Codecs.of("ndjson"), Typed.list(List.of(typed, typed)));
  }

  @Property(tries = TRIES, seed = SEED)
  void anythingComesBackFromYaml(@ForAll("deep") Typed typed) throws IOException {
    comesBack(Codecs.of("yaml"), typed);
    comesBackAsAStream(Codecs.of("yaml"), Typed.list(List.of(typed, typed)));
  }

  @Property(tries = TRIES, seed = SEED)
  void anythingComesBackFromCbor(@ForAll("deep") Typed typed) {
    // As values: the keys of a map come back in the order that makes CBOR deterministic.
    assertThat(back(Codecs.of("cbor"), typed)).isEqualTo(typed.value());
  }

  @Property(tries = TRIES, seed = SEED)
  void anythingWithNamesComesBackFromXml(@ForAll("xmlDeep") Typed typed) throws IOException {
    // In an element, since a list without items is not there where lists are repeated.
    Typed record = Typed.record("Whole", List.of(typed));
    comesBack(Codecs.xml("lists", "wrapped"), record);
    var repeated = Codecs.xml("namespace", "urn:x", "root", "r", "item", "i");
    assertThat(withoutEmptyLists(json(back(repeated, record))))
        .isEqualTo(withoutEmptyLists(json(record.value())));
    comesBackAsAStream(Codecs.xml("lists", "wrapped"), Typed.list(List.of(record, record)));
  }

  @Property(tries = TRIES, seed = SEED)
  void recordsComeBackFromAttributesOfXml(@ForAll("xmlRows") Typed typed) {
    comesBack(Codecs.xml("attributes", List.of("f0", "f2")), typed);
  }

  @Property(tries = TRIES, seed = SEED)
  void recordsComeBackFromForms(@ForAll("flat") Typed typed) {
    comesBack(Codecs.of("form"), typed);
  }

  @Property(tries = TRIES, seed = SEED)
  void oneValueComesBackFromText(@ForAll("scalar") Typed typed) {
    comesBack(Codecs.of("text"), typed);
    comesBack(Codecs.of("json"), typed);
  }
}
