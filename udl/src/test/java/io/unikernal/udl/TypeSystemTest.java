package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Conform;
import io.unikernal.model.Json;
import io.unikernal.model.Plan;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sections Types and Sensitive data of the reference, a test for each thing they say. */
class TypeSystemTest {
  private static final String TYPES =
      """
      types:
        Sku: string(/[A-Z]{3}-[0-9]{4}/)
        Item: { sku: Sku, qty: "int(1..999) = 1", price: "decimal(12,2)" }
        NewItem: { sku: Sku, qty: "int(1..999) = 1" }
        Order: { id: uuid, items: "list(Item, 1..100)" }
        NewOrder: { id: uuid, items: "list(NewItem, 1..100)" }
        Card: { kind: enum(card), number: string }
        Transfer: { kind: enum(transfer), iban: string }
        Payment: Card | Transfer
        Folder: { name: string, folders: list(Folder) }
        Base: { a: string, b: "int = 5" }
        Other: { c: bool? }
        Both: { extends: [Base, Other], d: date }
      """;

  @TempDir Path folder;

  /** An edge from a source that gives one type to a target that takes another. */
  private Compilation edge(String from, String to) throws Exception {
    return compile(
        TYPES
            + "systems: { bus: { type: memory, clearance: [pii, secret], operations: { given: { receives: \""
            + from
            + "\" }, taken: { accepts: \""
            + to
            + "\" } } } }\nroutes: [ { from: bus.given, to: bus.taken } ]\n");
  }

  private Compilation compile(String text) throws Exception {
    return Golden.compile(Files.writeString(folder.resolve("a.udl.yaml"), text));
  }

  private static String text(Compilation compilation) {
    return compilation.rendered().text(false);
  }

  private void fits(String from, String to) throws Exception {
    Compilation compilation = edge(from, to);
    assertThat(compilation.plan()).as(from + " to " + to + "\n" + text(compilation)).isPresent();
  }

  private void refused(String from, String to, String... reasons) throws Exception {
    Compilation compilation = edge(from, to);
    assertThat(compilation.diagnostics().stream().map(Diagnostic::code))
        .as(from + " to " + to + "\n" + text(compilation))
        .contains("UDL-2104");
    assertThat(text(compilation)).contains(reasons);
  }

  private Type type(String text) throws Exception {
    Plan plan = edge(text, "any").plan().orElseThrow(() -> new AssertionError(text));
    return Optional.ofNullable(plan.systems().getFirst().operations().get("given"))
        .orElseThrow()
        .input();
  }

  private static boolean holds(Type type, String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    try {
      Json.read(bytes, type, Conform.Extra.REFUSE, Json.Limits.DEFAULT);
      return true;
    } catch (io.unikernal.model.FaultException _) {
      return false;
    }
  }

  @Test
  void everyTypeOfTheTableIsOne() throws Exception {
    for (String text :
        List.of(
            "bool",
            "int",
            "uint",
            "double",
            "decimal",
            "decimal(12,2)",
            "string",
            "bytes",
            "timestamp",
            "date",
            "time",
            "duration",
            "uuid",
            "enum(a, b)",
            "list(int)",
            "list(int, 1..100)",
            "map(string, int)",
            "any",
            "string?",
            "pii(string)",
            "secret(string)",
            "Card | Transfer",
            "bytes(0..16)",
            "int(0..)",
            "string(1..80)")) {
      assertThat(type(text).toString().replace(" ", "")).isEqualTo(text.replace(" ", ""));
    }
  }

  @Test
  void boundsAreKept() throws Exception {
    assertThat(holds(type("int(1..999)"), "1")).isTrue();
    assertThat(holds(type("int(1..999)"), "1000")).isFalse();
    assertThat(holds(type("int(0..)"), "-1")).isFalse();
    assertThat(holds(type("string(1..3)"), "\"\"")).isFalse();
    assertThat(holds(type("string(1..3)"), "\"abcd\"")).isFalse();
    assertThat(holds(type("list(int, 1..2)"), "[]")).isFalse();
    assertThat(holds(type("bytes(0..2)"), "\"AAAA\"")).isFalse();
  }

  @Test
  void aPatternMustMatchAsAWhole() throws Exception {
    assertThat(holds(type("Sku"), "\"ABC-1234\"")).isTrue();
    assertThat(holds(type("Sku"), "\"xABC-1234\"")).isFalse();
    assertThat(holds(type("Sku"), "\"ABC-12345\"")).isFalse();
  }

  @Test
  void aDecimalIsReadExactlyFromANumberAndFromAText() throws Exception {
    Type money = type("decimal(20,2)");
    for (String json : List.of("123456789012345678.91", "\"123456789012345678.91\"")) {
      Value value =
          Json.read(
              json.getBytes(StandardCharsets.UTF_8),
              money,
              Conform.Extra.REFUSE,
              Json.Limits.DEFAULT);
      assertThat(value).isEqualTo(new Value.Decimal(new BigDecimal("123456789012345678.91")));
    }
  }

  @Test
  void aDecimalGoesOutWithTheScaleThatIsDeclared() throws Exception {
    byte[] five = "5".getBytes(StandardCharsets.UTF_8);
    Value value = Json.read(five, type("decimal(12,2)"), Conform.Extra.REFUSE, Json.Limits.DEFAULT);
    assertThat(new String(Json.write(value), StandardCharsets.UTF_8)).isEqualTo("5.00");
  }

  @Test
  void aFractionWithoutATypeIsADouble() {
    assertThat(Json.read("1.5".getBytes(StandardCharsets.UTF_8), Json.Limits.DEFAULT))
        .isEqualTo(new Value.Real(1.5));
  }

  @Test
  void anIntMayNotHoldADecimal() throws Exception {
    refused("decimal(12,2)", "int", "`decimal(12,2)` is not `int`: use int(...)");
  }

  @Test
  void moreScaleThanDeclaredWantsRound() throws Exception {
    refused("decimal(12,4)", "decimal(12,2)", "round(");
    fits("decimal(12,2)", "decimal(14,4)");
  }

  @Test
  void aNumberWidensWhereNothingIsLost() throws Exception {
    fits("int", "decimal(19,0)");
    fits("int", "double");
    fits("int(0..5)", "uint");
    refused("double", "int", "`double` is not `int`");
    refused("double", "decimal(12,2)", "`double` is not `decimal(12,2)`");
    refused("string", "int", "`string` is not `int`");
    refused("bool", "int", "`bool` is not `int`");
  }

  @Test
  void aConstraintThatMayBreakIsCheckedWhenTheMessageComes() throws Exception {
    fits("string", "string(1..80)");
    fits("int", "int(1..999)");
    fits("string", "Sku");
    refused("string", "uuid", "`string` is not `uuid`: use uuid(...)");
  }

  @Test
  void rangesThatNeverMeetAreRefused() throws Exception {
    refused("int(1..5)", "int(10..20)", "`int(1..5)`", "`int(10..20)`");
  }

  @Test
  void anyIsTheExplicitEscape() throws Exception {
    fits("any", "Order");
    fits("Order", "any");
    fits("list(any)", "list(Order)");
    fits("map(string, any)", "Order");
  }

  @Test
  void whatMayBeAbsentWantsAnAnswerForThat() throws Exception {
    refused("string?", "string", "may be absent: use .orValue(...)");
    fits("string", "string?");
    fits("string?", "string?");
  }

  @Test
  void nullIsReadAsAbsent() throws Exception {
    assertThat(
            Json.read(
                "{\"c\":null}".getBytes(StandardCharsets.UTF_8),
                type("Other"),
                Conform.Extra.REFUSE,
                Json.Limits.DEFAULT))
        .asString()
        .doesNotContain("Null");
  }

  @Test
  void aFieldWithADefaultMayBeLeftOutAndThenHasIt() throws Exception {
    Value read =
        Json.read(
            "{\"a\":\"x\"}".getBytes(StandardCharsets.UTF_8),
            type("Base"),
            Conform.Extra.REFUSE,
            Json.Limits.DEFAULT);
    assertThat(read.field("b")).isEqualTo(Value.integer(5));
  }

  @Test
  void extendsTakesTheFieldsOfOneRecordOrOfMany() throws Exception {
    assertThat(((Type.Record) type("Both")).fields().stream().map(Type.Field::name))
        .containsExactly("a", "b", "c", "d");
  }

  @Test
  void aFieldThatIsMissingIsNamedWithItsPath() throws Exception {
    refused("NewOrder", "Order", "`items[]`: field `price: decimal(12,2)` is missing");
  }

  @Test
  void aFieldOfAnotherTypeIsNamedWithItsPath() throws Exception {
    Compilation compilation =
        compile(
            """
            types: { A: { x: { y: string } }, B: { x: { y: int } } }
            systems: { bus: { type: memory, operations: { given: { receives: A }, taken: { accepts: B } } } }
            routes: [ { from: bus.given, to: bus.taken } ]
            """);
    assertThat(text(compilation)).contains("`x.y`: `string` is not `int`");
  }

  @Test
  void recordsAreStructuralAndProjected() throws Exception {
    fits("Item", "NewItem");
    Compilation compilation =
        compile(
            """
            types: { A: { x: int, more: string }, B: { x: int } }
            systems: { bus: { type: memory, operations: { given: { receives: A }, taken: { accepts: B } } } }
            routes: [ { from: bus.given, to: bus.taken } ]
            """);
    var route = compilation.plan().orElseThrow().routes().getFirst();
    assertThat(route.with().type().toString()).isEqualTo("B");
  }

  @Test
  void recordsMayHoldThemselves() throws Exception {
    fits("Folder", "Folder");
    assertThat(
            holds(type("Folder"), "{\"name\":\"a\",\"folders\":[{\"name\":\"b\",\"folders\":[]}]}"))
        .isTrue();
  }

  @Test
  void unionsAreToldApartByTheirTag() throws Exception {
    fits("Card", "Payment");
    fits("Payment", "Payment");
    refused("Payment", "Card", "Transfer");
    assertThat(holds(type("Payment"), "{\"kind\":\"card\",\"number\":\"1\"}")).isTrue();
    assertThat(holds(type("Payment"), "{\"kind\":\"card\",\"iban\":\"1\"}")).isFalse();
    assertThat(holds(type("Payment"), "{\"kind\":\"cash\"}")).isFalse();
  }

  @Test
  void enumsFitWhereTheirSymbolsDo() throws Exception {
    fits("enum(a)", "enum(a, b)");
    fits("enum(a)", "string");
    refused("enum(a, b)", "enum(c)", "`enum(a, b)` has no symbol of `enum(c)`");
    fits("enum(a, b)", "enum(a)");
  }

  @Test
  void listsAndMapsFitByTheirElements() throws Exception {
    fits("list(int)", "list(double)");
    refused("list(string)", "list(int)", "`[]`: `string` is not `int`");
    refused("string", "list(string)", "`string` is not `list(string)`");
    fits("map(string, int)", "map(string, double)");
  }

  @Test
  void streamsAndBlobsAreRefusedForThatAlone() throws Exception {
    for (String text : List.of("stream(Item)", "blob")) {
      Compilation compilation = edge(text, "any");
      assertThat(compilation.diagnostics().stream().map(Diagnostic::code).distinct())
          .containsExactly("UDL-9001");
    }
    assertThat(text(edge("list(stream(int))", "any")))
        .contains("stands only as a whole input, output or last field");
  }

  @Test
  void aStreamInARecordIsItsLastField() throws Exception {
    Compilation compilation =
        compile(
            "types: { Upload: { content: blob, name: string }, Good: { name: string, content: blob } }\n");
    assertThat(
            compilation.diagnostics().stream()
                .filter(one -> one.code().equals("UDL-4120"))
                .map(Diagnostic::message))
        .containsExactly("`content` is a `blob`, and not the last field");
  }

  @Test
  void labelsOfAnInputThatIsNotAskedForDoNotFlow() throws Exception {
    assertThat(
            text(
                compile(
                    """
                    types: { Person: { name: string, email: pii(string) } }
                    systems:
                      a: { type: memory, clearance: [pii], operations: { given: { receives: Person } } }
                      b: { type: memory, operations: { taken: { accepts: { name: string } } } }
                    routes: [ { from: a.given, to: b.taken } ]
                    """)))
        .doesNotContain("error");
  }

  private List<String> leaks(String step) throws Exception {
    Compilation compilation =
        compile(
            """
            types: { Person: { name: string, email: pii(string), cards: list(secret(string)) } }
            systems:
              a: { type: memory, clearance: [pii, secret], operations: { given: { receives: Person } } }
              b: { type: memory, operations: { text: { accepts: { text: string } }, open: { accepts: any } } }
            routes: [ { from: a.given, to: p } ]
            pipelines:
              p:
                input: Person
                steps:
            """
                + step.indent(6)
                + "    output: null\n");
    return compilation.diagnostics().stream()
        .filter(one -> one.code().equals("UDL-6001") || one.severity() == Diagnostic.Severity.ERROR)
        .map(one -> one.label())
        .collect(Collectors.toList());
  }

  @Test
  void aLabelFlowsIntoTextsAndThePathIsPrinted() throws Exception {
    assertThat(leaks("- { system: b.text, with: { text: \"to ${input.email}\" } }"))
        .containsExactly("input.email: pii(string) -> b.text");
  }

  @Test
  void aLabelFlowsThroughStepsAndIntoAny() throws Exception {
    assertThat(
            leaks(
                "- { name: made, set: { a: { b: \"${input.email}\" } } }\n"
                    + "- { system: b.open, with: \"${made}\" }"))
        .containsExactly("input.email: pii(string) -> made.a.b -> b.open");
  }

  @Test
  void aLabelStaysInListsAndInWhatFunctionsMakeOfThem() throws Exception {
    assertThat(leaks("- { system: b.text, with: { text: \"${input.cards.join(' ')}\" } }"))
        .hasSize(1)
        .first()
        .asString()
        .contains("secret", "-> b.text");
    assertThat(leaks("- { system: b.text, with: { text: \"${input.email.upperAscii()}\" } }"))
        .hasSize(1);
    assertThat(leaks("- { system: b.text, with: { text: \"${input.email == 'x' ? 'a' : 'b'}\" } }"))
        .as("what is decided by a value is not the value")
        .hasSizeLessThan(2);
  }

  @Test
  void maskAndHashTakeTheLabelOff() throws Exception {
    assertThat(leaks("- { system: b.text, with: { text: \"${mask(input.email)}\" } }")).isEmpty();
    assertThat(leaks("- { system: b.text, with: { text: \"${hash(input.email)}\" } }")).isEmpty();
  }

  @Test
  void aWholeRecordCarriesTheLabelsOfItsFields() throws Exception {
    assertThat(leaks("- { system: b.open, with: \"${input}\" }"))
        .containsExactlyInAnyOrder(
            "input.email: pii(string) -> b.open", "input.cards[]: secret(string) -> b.open");
  }

  @Test
  void aRecordHasNoDefaultAndADefaultFits() throws Exception {
    assertThat(
            text(compile("types: { A: { b: int }, C: { a: \"A = x\", n: \"int(1..5) = 9\" } }\n")))
        .contains("a record has no default", "the default is no `int(1..5)`");
  }
}
