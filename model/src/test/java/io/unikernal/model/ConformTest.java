package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConformTest {
  private static Value dict(Object... pairs) {
    var fields = new LinkedHashMap<String, Value>();
    for (int i = 0; i < pairs.length; i += 2) {
      fields.put((String) pairs[i], (Value) pairs[i + 1]);
    }
    return new Value.Dict(fields);
  }

  private static Value fits(Type type, Value value, Conform.Extra extra) {
    return switch (Conform.check(type, value, extra)) {
      case Conform.Result.Fits(var fitted) -> fitted;
      case Conform.Result.Breaks(var violations) -> throw new AssertionError(violations);
    };
  }

  private static List<Fault.Violation> breaks(Type type, Value value, Conform.Extra extra) {
    return switch (Conform.check(type, value, extra)) {
      case Conform.Result.Fits(var fitted) -> throw new AssertionError(fitted);
      case Conform.Result.Breaks(var violations) -> violations;
    };
  }

  private static String fromText(String type, String text) {
    return switch (Conform.fromText(JsonTest.type(type), text)) {
      case Conform.Result.Fits(var value) -> new String(Json.write(value), StandardCharsets.UTF_8);
      case Conform.Result.Breaks(var violations) -> violations.getFirst().message();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "int(1..99);12;12",
        "int(1..99);100;must be from 1 to 99, got 100",
        "int;1.0;must be an integer, got \"1.0\"",
        "int;x;must be an integer, got \"x\"",
        "int;99999999999999999999;must be an integer of 64 bits, got 99999999999999999999",
        "uint;18446744073709551615;18446744073709551615",
        "uint;-1;must be at least 0, got -1",
        "double;1e3;1000.0",
        "double;NaN;must be a number (double), got \"NaN\"",
        "double;12;12.0",
        "bool;true;true",
        "bool;yes;must be true or false, got \"yes\"",
        "decimal(12,2);0.1;0.10",
        "decimal(12,2);1.990;1.99",
        "decimal(12,2);1.999;must have at most 2 decimal places, got 1.999",
        "decimal(3,2);10;must have at most 1 digit before the point, got 10",
        "decimal(2,2);0;0.00",
        "decimal(5,0);1.5;must have no decimal places, got 1.5",
        "decimal(12,2);abc;must be a decimal number, got \"abc\"",
        "decimal;01;must be a decimal number, got \"01\"",
        "string;12;\"12\"",
        "string(1..2);``;must have from 1 to 2 characters, got \"\"",
        "string(..1);😀;\"😀\"",
        "string(5);a;must have 5 characters, got \"a\"",
        "string(/[a-z]+/);abc;\"abc\"",
        "string(/[a-z]+/);abc1;must match /[a-z]+/, got \"abc1\"",
        "enum(a, b);a;\"a\"",
        "enum(a, b);c;must be one of a, b, got \"c\"",
        "uuid;00112233-4455-6677-8899-AABBCCDDEEFF;\"00112233-4455-6677-8899-aabbccddeeff\"",
        "uuid;1-1-1-1-1;must be a uuid, got \"1-1-1-1-1\"",
        "timestamp;2026-01-31T12:00:00+01:00;\"2026-01-31T11:00:00Z\"",
        "timestamp;2026-01-31T12:00:00.123456789Z;\"2026-01-31T12:00:00.123456789Z\"",
        "timestamp;2026-02-30T12:00:00Z;must be a timestamp such as 2026-01-31T12:00:00Z, got \"2026-02-30T12:00:00Z\"",
        "timestamp;0001-01-01T00:00:00+01:00;"
            + "must be a timestamp such as 2026-01-31T12:00:00Z, got \"0001-01-01T00:00:00+01:00\"",
        "date;2024-02-29;\"2024-02-29\"",
        "date;2023-02-29;must be a date such as 2026-01-31, got \"2023-02-29\"",
        "time;23:59:59.5;\"23:59:59.5\"",
        "time;24:00:00;must be a time such as 12:00:00, got \"24:00:00\"",
        "time;12:00:00.;must be a time such as 12:00:00, got \"12:00:00.\"",
        "duration;1h30m;\"5400s\"",
        "duration;3.5s;\"3.5s\"",
        "duration;-250ms;\"-0.25s\"",
        "duration;2d;\"172800s\"",
        "duration;0;\"0s\"",
        "duration;1m1h;must be a duration such as 1h30m or 2.5s, got \"1m1h\"",
        "duration;5;must be a duration such as 1h30m or 2.5s, got \"5\"",
        "duration;0.1ns;must be a duration such as 1h30m or 2.5s, got \"0.1ns\"",
        "bytes(..2);AQI=;\"AQI=\"",
        "bytes(..2);AQIDBA==;must have at most 2 bytes, got \"AQIDBA==\"",
        "bytes;?;must be bytes, as base64, got \"?\"",
        "int?;3;3",
        "pii(int);x;must be an integer",
        "list(decimal(3,1));[1.1,\"2\"];[1.1,2.0]",
        "list(int);[1,x;must be a list, got \"[1,x\"",
        "list(int);[1,`x`];must be a list, got \"[1,`x`]\"",
        "map(string, int);{\"a\":1};{\"a\":1}",
        "any;x;\"x\"",
        "null;``;null"
      })
  void theTextOfAParameterIsReadAsItsType(String type, String text, String expected) {
    assertThat(fromText(type, text)).isEqualTo(expected);
  }

  @Test
  void defaultsFillWhatIsAbsentAndNullIsAbsent() {
    var type =
        new Type.Record(
            "T",
            List.of(
                new Type.Field(
                    "status",
                    new Type.Enum(List.of("new", "paid")),
                    Optional.of(Value.text("new")),
                    ""),
                Type.Field.of("note", JsonTest.type("string?")),
                Type.Field.of("data", Type.Simple.ANY)));
    var rec =
        (Rec)
            fits(
                type,
                dict("status", Value.Null.NULL, "note", Value.Null.NULL, "data", Value.Null.NULL),
                Conform.Extra.REFUSE);
    assertThat(rec.toMap()).isEqualTo(Map.of("status", Value.text("new"), "data", Value.Null.NULL));
    assertThat(breaks(type, dict("data", Value.Absent.ABSENT), Conform.Extra.REFUSE))
        .containsExactly(new Fault.Violation("data", "required", "must be given"));
  }

  @Test
  void unknownFieldsAreRefusedWithASuggestionKeptOrDropped() {
    var value =
        dict(
            "sku",
            Value.text("ABC-0001"),
            "qtty",
            Value.integer(1),
            "qty",
            Value.integer(2),
            "price",
            Value.integer(3));
    assertThat(breaks(JsonTest.ITEM, value, Conform.Extra.REFUSE))
        .containsExactly(
            new Fault.Violation(
                "qtty", "unknown field", "is not a field of Item; did you mean `qty`?"));
    var kept = (Rec) fits(JsonTest.ITEM, value, Conform.Extra.KEEP);
    assertThat(kept.extras()).containsOnlyKeys("qtty");
    assertThat(fits(JsonTest.ITEM, kept, Conform.Extra.KEEP)).isSameAs(kept);
    var list = new Value.Items(List.of(kept));
    var dropped = (Value.Items) fits(Type.ListOf.of(JsonTest.ITEM), list, Conform.Extra.DROP);
    assertThat(((Rec) dropped.items().getFirst()).extras()).isEmpty();
    assertThat(fits(JsonTest.ITEM, dropped.items().getFirst(), Conform.Extra.REFUSE))
        .isSameAs(dropped.items().getFirst());
  }

  @Test
  void aRecordThatFitsAlreadyStillLosesWhatIsHiddenInsideIt() {
    var outer = new Type.Record("Outer", List.of(Type.Field.of("item", JsonTest.ITEM)));
    var item =
        dict(
            "sku",
            Value.text("ABC-0001"),
            "qty",
            Value.integer(2),
            "price",
            Value.integer(3),
            "x",
            Value.integer(4));
    Value kept = fits(outer, dict("item", item), Conform.Extra.KEEP);
    assertThat(Json.pretty(fits(outer, kept, Conform.Extra.DROP))).doesNotContain("\"x\"");
    assertThat(breaks(outer, kept, Conform.Extra.REFUSE).getFirst().path()).isEqualTo("item.x");
  }

  @Test
  void numbersWidenButNeverLoseExactness() {
    assertThat(fits(Type.Real.ANY_DOUBLE, Value.integer(3), Conform.Extra.REFUSE))
        .isEqualTo(new Value.Real(3));
    assertThat(fits(new Type.Decimal(5, 2), Value.integer(3), Conform.Extra.REFUSE))
        .hasToString("Decimal[value=3.00]");
    assertThat(breaks(new Type.Decimal(5, 2), new Value.Real(0.5), Conform.Extra.REFUSE).getFirst())
        .extracting(Fault.Violation::message)
        .asString()
        .contains("a double is not exact");
    assertThat(fits(Type.Real.ANY_DOUBLE, Value.decimal("0.1"), Conform.Extra.REFUSE))
        .isEqualTo(new Value.Real(0.1));
    assertThat(
            breaks(
                Type.Real.ANY_DOUBLE,
                Value.decimal("0.12345678901234567890"),
                Conform.Extra.REFUSE))
        .hasSize(1);
    assertThat(breaks(Type.Int.ANY_INT, new Value.UInt(-1), Conform.Extra.REFUSE)).hasSize(1);
    assertThat(fits(Type.Int.ANY_INT, new Value.UInt(5), Conform.Extra.REFUSE))
        .isEqualTo(Value.integer(5));
  }

  @Test
  void violationsAreBoundedAndQuotesAreShort() {
    var items = java.util.Collections.<Value>nCopies(1000, Value.text("x".repeat(1000)));
    var violations =
        breaks(Type.ListOf.of(Type.Int.ANY_INT), new Value.Items(items), Conform.Extra.REFUSE);
    assertThat(violations).hasSize(Problems.MAX);
    assertThat(violations.getFirst().message()).hasSizeLessThan(80).endsWith("…");
    assertThat(violations.getLast().path()).isEqualTo("[99]");
  }

  @Test
  void pathsQuoteKeysThatAreNoNames() {
    Type type = JsonTest.type("map(string, list(int))");
    Value list = new Value.Items(List.of(Value.integer(1), Value.Bool.TRUE));
    assertThat(breaks(type, dict("a b", list, "c", list), Conform.Extra.REFUSE))
        .extracting(Fault.Violation::path)
        .containsExactly("[\"a b\"][1]", "c[1]");
  }

  @Test
  void depthIsBounded() {
    var tree = new Type.Record("Tree");
    tree.define(List.of(Type.Field.of("child", new Type.Maybe(tree))));
    Value value = dict();
    for (int i = 0; i < 5000; i++) {
      value = dict("child", value);
    }
    assertThat(breaks(tree, value, Conform.Extra.REFUSE))
        .extracting(Fault.Violation::rule)
        .containsExactly("depth");
  }

  @Test
  void aRecordMayHaveMorePrimitivesThanBits() {
    var fields = new LinkedHashMap<String, Type>();
    var values = new LinkedHashMap<String, Value>();
    for (int i = 0; i < 150; i++) {
      fields.put("f" + i, Type.Int.ANY_INT);
      values.put("f" + i, Value.integer(i));
    }
    var rec = (Rec) fits(Type.record(fields), new Value.Dict(values), Conform.Extra.REFUSE);
    assertThat(rec.toMap()).isEqualTo(values);
    byte[] json = Json.write(rec);
    assertThat(Json.read(json, Type.record(fields), Conform.Extra.REFUSE, Json.Limits.DEFAULT))
        .isEqualTo(rec);
    values.remove("f149");
    assertThat(breaks(Type.record(fields), new Value.Dict(values), Conform.Extra.REFUSE))
        .extracting(Fault.Violation::path)
        .containsExactly("f149");
  }
}
