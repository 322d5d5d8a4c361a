package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The vectors that every SDK is tested with, {@code sdks/vectors/values.json}. */
class CborVectorsTest {
  private static final Path VECTORS = Path.of("../sdks/vectors/values.json");

  @Test
  void theVectorsOfTheWorkersProtocolAreReadWrittenAndRefusedAsTheySay() throws IOException {
    int read = 0;
    int written = 0;
    int refused = 0;
    for (Value each : cases()) {
      var fields = ((Value.Dict) each).fields();
      String name = text(field(fields, "name"));
      byte[] bytes = HexFormat.of().parseHex(text(field(fields, "hex")));
      if (fields.containsKey("refuse")) {
        assertThatThrownBy(() -> Cbor.read(bytes, 0, bytes.length))
            .as(name)
            .isInstanceOfSatisfying(
                FaultException.class,
                e -> assertThat(e.fault().code()).isEqualTo(Fault.Code.MALFORMED));
        refused++;
        continue;
      }
      Value expected = value(field(fields, "json"));
      Value found = Cbor.read(bytes, 0, bytes.length);
      assertThat(exactText(found)).as(name).isEqualTo(exactText(expected));
      read++;
      if (fields.get("encode") != Value.Bool.FALSE) {
        assertThat(Cbor.write(expected)).as(name).isEqualTo(bytes);
        written++;
      }
    }
    assertThat(read).isGreaterThanOrEqualTo(110);
    assertThat(written).isGreaterThanOrEqualTo(95);
    assertThat(refused).isGreaterThanOrEqualTo(90);
  }

  private static List<Value> cases() throws IOException {
    assertThat(VECTORS).as("the vectors of the workers' protocol").exists();
    var document = (Value.Dict) Json.read(Files.readAllBytes(VECTORS), new Json.Limits(300, 400));
    return ((Value.Items) field(document.fields(), "cases")).items();
  }

  /** Tells scales of decimals apart, which equality does not, and the signs of zeros. */
  private static String exactText(Value value) {
    return value.toString();
  }

  private static Value field(Map<String, Value> fields, String name) {
    return fields.getOrDefault(name, Value.Absent.ABSENT);
  }

  private static String text(Value value) {
    return ((Value.Text) value).value();
  }

  private static Value value(Value described) {
    var fields = ((Value.Dict) described).fields();
    Value v = fields.getOrDefault("v", Value.Absent.ABSENT);
    return switch (text(field(fields, "t"))) {
      case "null" -> Value.Null.NULL;
      case "bool", "text" -> v;
      case "int" -> integer(text(v));
      case "double" -> new Value.Real(Double.parseDouble(text(v)));
      case "decimal" -> Value.decimal(text(v));
      case "bytes" -> new Value.Bytes(HexFormat.of().parseHex(text(v)));
      case "list" ->
          new Value.Items(((Value.Items) v).items().stream().map(CborVectorsTest::value).toList());
      case "map" -> {
        var entries = new LinkedHashMap<String, Value>();
        for (Value entry : ((Value.Items) v).items()) {
          var pair = ((Value.Items) entry).items();
          entries.put(text(pair.get(0)), value(pair.get(1)));
        }
        yield new Value.Dict(entries);
      }
      case "timestamp" -> new Value.Timestamp(Instant.parse(text(v)));
      case "duration" -> duration(new BigDecimal(text(v)));
      case "uuid" -> new Value.Uuid(UUID.fromString(text(v)));
      case "date" -> new Value.Date(LocalDate.parse(text(v)));
      default -> throw new AssertionError(described);
    };
  }

  private static Value integer(String text) {
    var number = new java.math.BigInteger(text);
    return number.bitLength() < Long.SIZE
        ? Value.integer(number.longValueExact())
        : new Value.UInt(number.longValue());
  }

  private static Value duration(BigDecimal seconds) {
    var whole = seconds.setScale(0, RoundingMode.FLOOR);
    return new Value.Duration(
        Duration.ofSeconds(
            whole.longValueExact(), seconds.subtract(whole).movePointRight(9).longValueExact()));
  }
}
