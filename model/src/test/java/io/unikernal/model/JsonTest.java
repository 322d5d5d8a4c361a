package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  static final Type.Record ITEM =
      new Type.Record(
          "Item",
          List.of(
              Type.Field.of("sku", type("string(/[A-Z]{3}-[0-9]{4}/)")),
              Type.Field.of("qty", type("int(1..999)")),
              Type.Field.of("price", type("decimal(12,2)"))));
  static final Type.Record NEW_ORDER =
      new Type.Record(
          "NewOrder",
          List.of(
              Type.Field.of("customer", type("string(1..80)")),
              Type.Field.of("email", type("pii(string)")),
              Type.Field.of("items", new Type.ListOf(ITEM, Type.Range.of(1, 100))),
              Type.Field.of("note", type("string?"))));

  static Type type(String text) {
    return TypeParserTest.parsed(text);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Value read(String text) {
    return Json.read(bytes(text), Json.Limits.DEFAULT);
  }

  private static Fault fault(String text) {
    return fault(bytes(text));
  }

  private static Fault fault(byte[] bytes) {
    return catchThrowableOfType(FaultException.class, () -> Json.read(bytes, Json.Limits.DEFAULT))
        .fault();
  }

  static Fault typedFault(String text, Type type, Conform.Extra extra) {
    return catchThrowableOfType(
            FaultException.class, () -> Json.read(bytes(text), type, extra, Json.Limits.DEFAULT))
        .fault();
  }

  private static String write(Value value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"customer\":;12;expected a value at byte 12, but the body ends",
        "``;0;expected a value, but the body is empty",
        "[1,];3;expected a value at byte 3",
        "[1 2];3;expected `,` or `]` at byte 3",
        "{\"a\" 1};5;expected `:` at byte 5",
        "{a:1};1;expected a key at byte 1",
        "01;1;the number at byte 0 begins with 0",
        "-;1;expected a digit at byte 1, but the body ends",
        "tru;3;expected `true` at byte 3",
        "\"abc;4;expected the end of a text at byte 4, but the body ends",
        "\"\\x\";2;expected an escape",
        "\"\\u12g4\";5;expected four hexadecimal digits",
        "1 2;2;expected the end of the body at byte 2",
        "{\"a\":1,\"a\":2};7;the key at byte 7 stands twice",
        "\"\\ud800\";1;half a pair of surrogates",
        "\"\\ude00\\ud83d\";1;half a pair",
        "\"\\ud83d\\u0041\";1;half a pair",
        "\u00ef\u00bb;0;expected a value at byte 0"
      })
  void aMalformedBodySaysWhereAndWhatWasExpected(String text, int position, String message) {
    var fault = fault(text);
    assertThat(fault.code()).isEqualTo(Fault.Code.MALFORMED);
    assertThat(fault.message()).contains(message);
    assertThat(fault.details().fields()).containsEntry("position", Value.integer(position));
    var typed = typedFault(text, NEW_ORDER, Conform.Extra.REFUSE);
    assertThat(typed.code()).isEqualTo(Fault.Code.MALFORMED);
  }

  @Test
  void bytesThatAreNotUtf8AndAByteOrderMarkAreRefused() {
    assertThat(fault(new byte[] {'"', (byte) 0xc0, (byte) 0xaf, '"'}).details().fields())
        .containsEntry("position", Value.integer(1));
    assertThat(fault(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}).message())
        .contains("not UTF-8");
    assertThat(fault("\uFEFF{}").message()).contains("byte order mark");
    assertThat(fault("\"\u0001\"").message()).contains("not escaped");
  }

  @Test
  void nestingNumbersAndExponentsHaveLimits() {
    assertThat(fault("[".repeat(65)).code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("[".repeat(200_000)).code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(read("[".repeat(64) + "]".repeat(64))).isInstanceOf(Value.Items.class);
    assertThat(fault("1".repeat(401)).code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("1e10000").code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("1e-99999999999").code()).isEqualTo(Fault.Code.TOO_LARGE);
    var wide = new Json.Limits(1000, 1000);
    assertThat(Json.read(bytes("[".repeat(900) + "]".repeat(900)), wide)).isNotNull();
  }

  @Test
  void numbersWithoutATypeKeepWhatTheyCan() {
    assertThat(read("-0")).isEqualTo(Value.integer(0));
    assertThat(read("-0.0")).isEqualTo(new Value.Real(-0.0));
    assertThat(read("9223372036854775807")).isEqualTo(Value.integer(Long.MAX_VALUE));
    assertThat(read("-9223372036854775808")).isEqualTo(Value.integer(Long.MIN_VALUE));
    assertThat(read("18446744073709551615")).isEqualTo(new Value.UInt(-1));
    assertThat(read("18446744073709551616")).isEqualTo(Value.decimal("18446744073709551616"));
    assertThat(read("-9223372036854775809")).isEqualTo(Value.decimal("-9223372036854775809"));
    assertThat(read("1.10")).isEqualTo(new Value.Real(1.1));
    assertThat(read("1e2")).isEqualTo(new Value.Real(100));
    assertThat(read("1e400")).isEqualTo(Value.decimal("1e400"));
  }

  @Test
  void aDocumentIsReadIntoTheSlotsOfItsType() {
    String text =
        """
        { "items" : [ {"sku":"ABC-0001","qty":3,"price":19.990} ,
          {"price":"0.10","sku":"ABC-0002","qty":1}],
          "email":"a@b","customer":"Bj\\u00f6rn \\ud83d\\ude00 ü", "note": null }
        """;
    var order = (Rec) Json.read(bytes(text), NEW_ORDER, Conform.Extra.REFUSE, Json.Limits.DEFAULT);
    assertThat(order.has(3)).isFalse();
    assertThat(write(order))
        .isEqualTo(
            "{\"customer\":\"Björn 😀 ü\",\"email\":\"a@b\",\"items\":["
                + "{\"sku\":\"ABC-0001\",\"qty\":3,\"price\":19.99},"
                + "{\"sku\":\"ABC-0002\",\"qty\":1,\"price\":0.10}]}");
  }

  @Test
  void allThatBreaksARuleIsReportedAtOnce() {
    String text =
        "{\"customer\":\"\",\"email\":\"x\",\"items\":[{\"sku\":\"ABC-0001\",\"qty\":0,"
            + "\"price\":1.999}],\"gift\":true}";
    var fault = typedFault(text, NEW_ORDER, Conform.Extra.REFUSE);
    assertThat(fault.code()).isEqualTo(Fault.Code.INVALID);
    assertThat(fault.violations())
        .containsExactly(
            new Fault.Violation(
                "customer", "string(1..80)", "must have from 1 to 80 characters, got \"\""),
            new Fault.Violation("items[0].qty", "int(1..999)", "must be from 1 to 999, got 0"),
            new Fault.Violation(
                "items[0].price", "decimal(12,2)", "must have at most 2 decimal places, got 1.999"),
            new Fault.Violation("gift", "unknown field", "is not a field of NewOrder"));
  }

  @Test
  void aMalformedEndOutweighsBrokenRules() {
    var fault = typedFault("{\"customer\":1,\"email\":2", NEW_ORDER, Conform.Extra.REFUSE);
    assertThat(fault.code()).isEqualTo(Fault.Code.MALFORMED);
    assertThat(typedFault("{\"gift\":1,\"gift\":2}", NEW_ORDER, Conform.Extra.DROP).code())
        .isEqualTo(Fault.Code.MALFORMED);
    assertThat(typedFault("{\"note\":null,\"note\":null}", NEW_ORDER, Conform.Extra.DROP).code())
        .isEqualTo(Fault.Code.MALFORMED);
  }

  @Test
  void unknownFieldsAreKeptOrDroppedAsAsked() {
    var type = new Type.Record("T", List.of(Type.Field.of("a", Type.Int.ANY_INT)));
    byte[] body = bytes("{\"x\":[1],\"a\":1,\"y\":null}");
    assertThat(write(Json.read(body, type, Conform.Extra.KEEP, Json.Limits.DEFAULT)))
        .isEqualTo("{\"a\":1,\"x\":[1],\"y\":null}");
    assertThat(write(Json.read(body, type, Conform.Extra.DROP, Json.Limits.DEFAULT)))
        .isEqualTo("{\"a\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1e2", "\"1\"", "true", "[1]", "99999999999999999999"})
  void anIntegerIsWrittenAsOne(String text) {
    assertThat(typedFault(text, Type.Int.ANY_INT, Conform.Extra.REFUSE).violations().getFirst())
        .extracting(Fault.Violation::message)
        .asString()
        .startsWith("must be an integer");
  }

  @Test
  void aNumberBeyondADoubleBreaksItsRule() {
    assertThat(typedFault("1e400", Type.Real.ANY_DOUBLE, Conform.Extra.REFUSE).violations())
        .hasSize(1);
    assertThat(
            Json.read(
                bytes("18446744073709551616"),
                Type.Real.ANY_DOUBLE,
                Conform.Extra.REFUSE,
                Json.Limits.DEFAULT))
        .isEqualTo(new Value.Real(0x1p64));
  }

  @Test
  void aUnionIsReadByItsTagWhereverItStands() {
    Type union = type("Card | Transfer");
    for (String text :
        List.of(
            "{\"kind\":\"transfer\",\"amount\":1.50}", "{\"amount\":1.50,\"kind\":\"transfer\"}")) {
      var read = (Rec) Json.read(bytes(text), union, Conform.Extra.REFUSE, Json.Limits.DEFAULT);
      assertThat(read.shape().name()).isEqualTo("Transfer");
      assertThat(write(read)).isEqualTo("{\"kind\":\"transfer\",\"amount\":1.50}");
    }
    assertThat(typedFault("{\"kind\":\"cash\"}", union, Conform.Extra.REFUSE).violations())
        .containsExactly(
            new Fault.Violation(
                "kind", "enum(card, transfer)", "must be one of card, transfer, got \"cash\""));
    assertThat(typedFault("{}", union, Conform.Extra.REFUSE).violations().getFirst().rule())
        .isEqualTo("required");
  }

  @Test
  void whatIsLabelledIsQuotedNowhere() {
    Type person =
        new Type.Record(
            "Person",
            List.of(
                Type.Field.of("mail", type("pii(string(1..5))")),
                Type.Field.of("tags", type("pii(map(string, int))")),
                Type.Field.of("keys", type("list(secret(string(/k.*/)))")),
                Type.Field.of("pin", type("secret(int(1..9)?)"))));
    var fault =
        typedFault(
            "{\"mail\":\"hidden@x\",\"tags\":{\"hidden\":\"hidden\"},\"keys\":[\"hidden\"],"
                + "\"pin\":777}",
            person,
            Conform.Extra.REFUSE);
    assertThat(fault.violations()).hasSize(4);
    assertThat(fault.toString()).doesNotContain("hidden", "777");
    assertThat(fault.violations().get(1).path()).isEqualTo("tags.*");
  }

  @Test
  void eachKindOfValueHasItsText() {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("ts", new Value.Timestamp(Instant.parse("2026-01-31T12:00:00.500Z")));
    fields.put("date", new Value.Date(LocalDate.of(1, 2, 3)));
    fields.put("time", new Value.Time(LocalTime.of(1, 2, 3, 40)));
    fields.put("dur", new Value.Duration(Duration.ofMillis(-1500)));
    fields.put("uuid", new Value.Uuid(new UUID(1, 2)));
    fields.put("bytes", new Value.Bytes(new byte[] {1, 2, 3, 4}));
    fields.put("uint", new Value.UInt(-1));
    fields.put("dec", Value.decimal("1E+3"));
    fields.put("real", new Value.Real(0.1));
    fields.put("big", new Value.Real(1e21));
    fields.put("null", Value.Null.NULL);
    fields.put("gone", Value.Absent.ABSENT);
    fields.put("list", new Value.Items(List.of(Value.Absent.ABSENT, Value.Bool.TRUE)));
    fields.put("text", Value.text("\"\\/\b\f\n\r\t\u0001\u007fé😀"));
    assertThat(write(new Value.Dict(fields)))
        .isEqualTo(
            "{\"ts\":\"2026-01-31T12:00:00.5Z\",\"date\":\"0001-02-03\","
                + "\"time\":\"01:02:03.00000004\",\"dur\":\"-1.5s\","
                + "\"uuid\":\"00000000-0000-0001-0000-000000000002\",\"bytes\":\"AQIDBA==\","
                + "\"uint\":18446744073709551615,\"dec\":1000,\"real\":0.1,\"big\":1.0E21,"
                + "\"null\":null,\"list\":[null,true],"
                + "\"text\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u007fé😀\"}");
  }

  @Test
  void whatJsonCannotHoldIsAFault() {
    for (Value value :
        List.of(
            new Value.Real(Double.NaN),
            new Value.Real(Double.NEGATIVE_INFINITY),
            Value.text("\ud800"),
            new Value.Decimal(new BigDecimal("1e2000000000")))) {
      var fault = catchThrowableOfType(FaultException.class, () -> Json.write(value)).fault();
      assertThat(fault.code()).isEqualTo(Fault.Code.INVALID);
    }
  }

  @Test
  void whatPeopleSeeIsIndentedAndMasked() {
    var order =
        Json.read(
            bytes(
                "{\"customer\":\"ann\",\"email\":\"a@b\",\"items\":[{\"sku\":\"ABC-0001\","
                    + "\"qty\":1,\"price\":2}],\"more\":{\"email\":\"c\"}}"),
            NEW_ORDER,
            Conform.Extra.KEEP,
            Json.Limits.DEFAULT);
    assertThat(Json.pretty(new Value.Items(List.of(Value.Items.EMPTY, Value.integer(1)))))
        .isEqualTo("[\n  [],\n  1\n]");
    assertThat(Json.masked(order, NEW_ORDER))
        .isEqualTo(
            """
            {
              "customer": "ann",
              "email": "***",
              "items": [
                {
                  "sku": "ABC-0001",
                  "qty": 1,
                  "price": 2.00
                }
              ],
              "more": {
                "email": "c"
              }
            }\
            """);
    assertThat(Json.masked(new Value.Items(List.of(order)), Type.Simple.ANY)).doesNotContain("a@b");
    assertThat(Json.masked(Value.text("a@b"), type("list(pii(string))"))).isEqualTo("\"***\"");
    assertThat(Json.masked(read("[\"a@b\",null]"), type("list(pii(string)?)")))
        .isEqualTo("[\n  \"***\",\n  null\n]");
    assertThat(order.toString()).doesNotContain("a@b");
  }
}
