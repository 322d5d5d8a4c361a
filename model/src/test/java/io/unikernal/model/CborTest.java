package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CborTest {
  private static String hex(Value value) {
    return HexFormat.of().formatHex(Cbor.write(value));
  }

  @Test
  void aRecordIsWrittenWithItsKeysSortedAndWithoutWhatIsAbsent() {
    var type =
        new Type.Record(
            "T",
            List.of(
                Type.Field.of("zz", Type.Int.ANY_INT),
                Type.Field.of("b", Type.Simple.BOOL),
                Type.Field.of("c", JsonTest.type("string?")),
                Type.Field.of("a", Type.Real.ANY_DOUBLE)));
    var rec =
        Rec.builder(type.shape())
            .set("zz", Value.integer(500))
            .set("b", Value.Bool.TRUE)
            .set("a", new Value.Real(1));
    String fields = "6161fb3ff00000000000006162f5627a7a1901f4";
    assertThat(hex(rec.build())).isEqualTo("a3" + fields);
    assertThat(hex(rec.extra("zzz", Value.Null.NULL).extra("gone", Value.Absent.ABSENT).build()))
        .isEqualTo("a4" + fields + "637a7a7af6");
  }

  @Test
  void keysAreSortedByTheirBytesWhateverTheyAreWrittenIn() {
    var names =
        List.of("", "a", "b", "zz", "\u00e9", "\u00e9a", "\uffff", "\ud83d\ude00", "x".repeat(23))
            .stream()
            .flatMap(name -> Stream.of(name, name + "y", name + "x".repeat(300)))
            .distinct()
            .toList();
    var fields = new LinkedHashMap<String, Value>();
    names.forEach(name -> fields.put(name, Value.Null.NULL));
    var sorted =
        names.stream()
            .map(name -> hex(Value.text(name)))
            .sorted() // hexadecimal digits sort as their bytes do
            .map(key -> key + "f6")
            .toList();
    assertThat(hex(new Value.Dict(fields))).endsWith(String.join("", sorted));
  }

  @Test
  void aTimeOfDayIsTextAndAbsentInAListIsNull() {
    assertThat(hex(new Value.Time(LocalTime.of(1, 2, 3)))).isEqualTo("6830313a30323a3033");
    assertThat(hex(new Value.Items(List.of(Value.Absent.ABSENT)))).isEqualTo("81f6");
  }

  @Test
  void aPartOfABufferIsReadAndPositionsCountFromItsStart() {
    byte[] bytes = HexFormat.of().parseHex("ffff" + "820118" + "ffff");
    assertThat(Cbor.read(bytes, 3, 1)).isEqualTo(Value.integer(1));
    var fault = catchThrowableOfType(FaultException.class, () -> Cbor.read(bytes, 2, 3)).fault();
    assertThat(fault.code()).isEqualTo(Fault.Code.MALFORMED);
    assertThat(fault.message()).isEqualTo("the value is cut off at byte 3");
    assertThat(fault.details().fields()).containsEntry("position", Value.integer(3));
  }

  @Test
  void whatTheProfileCannotHoldIsAFault() {
    Value deep = Value.Items.EMPTY;
    for (int i = 0; i < 64; i++) {
      deep = new Value.Items(List.of(deep));
    }
    for (Value value :
        List.of(
            deep,
            Value.text("\ud800"),
            new Value.Timestamp(Instant.MAX),
            new Value.Date(LocalDate.MIN),
            new Value.Duration(Duration.ofSeconds(Long.MAX_VALUE)),
            new Value.Decimal(BigDecimal.TEN.pow(400)),
            new Value.Decimal(new BigDecimal("1e10000")))) {
      var fault = catchThrowableOfType(FaultException.class, () -> Cbor.write(value)).fault();
      assertThat(fault.code()).isEqualTo(Fault.Code.INVALID);
    }
  }

  @Test
  void mapsOfTheSameEntriesAreTheSameBytes() {
    var one = new LinkedHashMap<String, Value>();
    one.put("b", Value.integer(1));
    one.put("a", Value.integer(2));
    var other = new LinkedHashMap<String, Value>();
    other.put("a", Value.integer(2));
    other.put("b", Value.integer(1));
    assertThat(hex(new Value.Dict(one))).isEqualTo(hex(new Value.Dict(other)));
  }
}
