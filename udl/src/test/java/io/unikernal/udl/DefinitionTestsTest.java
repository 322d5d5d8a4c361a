package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.DefinitionTest.Count;
import io.unikernal.udl.DefinitionTest.Span;
import io.unikernal.udl.Diagnostic.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests beside a definition: where they are found, and what is made of them. */
class DefinitionTestsTest {
  private static final Path GOOD = Golden.FOLDER.resolve("good_tests_offline.udl.yaml");
  private static final String DEFINITION =
      """
      systems:
        bus: { type: memory, operations: { a: { receives: { n: int } }, b: { accepts: { n: int } } } }
      routes: [{ from: bus.a, to: bus.b }]
      """;

  @TempDir Path folder;

  private static String test(String name) {
    return "tests: [{ name: %s, send: { to: bus.a, input: { n: 1 } }, expect: { dropped: 0 } }]\n"
        .formatted(name);
  }

  private static List<String> names(Compilation compilation) {
    assertThat(compilation.diagnostics())
        .as(compilation.rendered().text(false))
        .allMatch(found -> found.severity() == Severity.WARNING);
    return compilation.tests().stream().map(DefinitionTest::name).toList();
  }

  @Test
  void theContractsTestsAreTypedAndAllThere() throws Exception {
    Compilation compilation =
        Golden.check(Path.of("src/test/contract/routing/routing.udl.yaml"), false);
    assertThat(compilation.diagnostics())
        .as(compilation.rendered().text(false))
        .noneMatch(found -> found.severity() == Severity.ERROR);
    assertThat(compilation.tests()).hasSize(3);
    DefinitionTest adaptive = compilation.tests().get(1);
    assertThat(adaptive.mocks().getFirst().takes())
        .containsExactly(
            new DefinitionTest.Takes(Optional.of(Duration.ofSeconds(60)), Duration.ofMillis(400)),
            new DefinitionTest.Takes(Optional.empty(), Duration.ofMillis(5)));
    assertThat(adaptive.sends().getFirst().times()).isEqualTo(6000);
    assertThat(adaptive.expect().shares()).hasSize(2);
    assertThat(adaptive.expect().replies().orElseThrow().quantiles())
        .containsEntry(99, new Span(Optional.empty(), Optional.of(Duration.ofMillis(450))));
    assertThat(compilation.tests().get(2).mocks().get(1).hangs()).isTrue();
  }

  @Test
  void runNeverReadsThem() throws Exception {
    Files.writeString(folder.resolve("a.udl.yaml"), DEFINITION);
    Files.writeString(folder.resolve("a.test.udl.yaml"), "tests: {{{");
    Compilation run = Golden.compile(folder.resolve("a.udl.yaml"));
    assertThat(run.diagnostics()).isEmpty();
    assertThat(run.tests()).isEmpty();
    assertThat(Golden.check(folder.resolve("a.udl.yaml"), false).diagnostics()).isNotEmpty();
  }

  @Test
  void aFileHasTheTestsOfItsNameAndAFolderAllInIt() throws Exception {
    Files.writeString(folder.resolve("a.udl.yaml"), DEFINITION);
    Files.writeString(folder.resolve("a.test.udl.yaml"), test("one"));
    Files.writeString(folder.resolve("b.test.udl.yaml"), test("two"));
    Files.writeString(
        folder.resolve("c.test.udl.yaml"), "definition: elsewhere.udl.yaml\n" + test("three"));
    assertThat(names(Golden.check(folder.resolve("a.udl.yaml"), false))).containsExactly("one");
    assertThat(names(Golden.check(folder, false))).containsExactly("one", "two");
  }

  @Test
  void aFileOfTestsFindsItsDefinition() throws Exception {
    Files.writeString(folder.resolve("a.udl.yaml"), DEFINITION);
    Files.writeString(folder.resolve("a.test.udl.yaml"), test("one"));
    Files.writeString(folder.resolve("b.test.udl.yaml"), "definition: a.udl.yaml\n" + test("two"));
    Files.writeString(folder.resolve("c.test.udl.yaml"), test("three"));
    assertThat(names(Golden.check(folder.resolve("a.test.udl.yaml"), false)))
        .containsExactly("one");
    assertThat(names(Golden.check(folder.resolve("b.test.udl.yaml"), false)))
        .containsExactly("two");
    assertThat(names(Golden.check(folder.resolve("c.test.udl.yaml"), false)))
        .containsExactly("three");
    Files.writeString(folder.resolve("d.test.udl.yaml"), "definition: no.udl.yaml\n" + test("x"));
    assertThat(Golden.check(folder.resolve("d.test.udl.yaml"), false).diagnostics())
        .extracting(Diagnostic::code)
        .contains(Code.FILE_UNREADABLE.id());
  }

  @Test
  void whatAMockReturnsAndWhatIsSentCanBeEvaluated() throws Exception {
    DefinitionTest second = Golden.check(GOOD, true).tests().get(1);
    DefinitionTest.Send send = second.sends().getFirst();
    Frame frame = frame();
    frame.set(Frame.INPUT, Value.integer(7));
    Value sent = send.input().evaluate(frame);
    assertThat(sent.field("customer")).isEqualTo(Value.text("customer 7"));
    DefinitionTest.Mock mock = second.mocks().getFirst();
    frame.set(Frame.INPUT, sent);
    assertThat(mock.returns().orElseThrow().evaluate(frame).field("total"))
        .isEqualTo(Value.decimal("1.00"));
    assertThat(mock.fails().orElseThrow())
        .isEqualTo(new DefinitionTest.Failure(2, OptionalLong.of(4), Fault.Code.TIMEOUT));
    assertThat(second.expect().faults()).containsOnlyKeys(Fault.Code.TIMEOUT, Fault.Code.INTERNAL);
    assertThat(second.expect().shares().getFirst().above()).contains(0.5);
  }

  private static Frame frame() {
    return new Frame(
        Frame.FIRST_STEP,
        new Frame.Ambient() {
          @Override
          public Instant now() {
            return Instant.EPOCH;
          }

          @Override
          public UUID uuid() {
            return new UUID(0, 0);
          }

          @Override
          public double random() {
            return 0;
          }
        });
  }

  @Test
  void aPatternNamesWhatMattersAndNothingElse() throws Exception {
    var fields = new LinkedHashMap<String, Type>();
    fields.put("id", Type.Text.ANY_TEXT);
    fields.put("total", new Type.Decimal(12, 2));
    fields.put("tags", Type.ListOf.of(Type.Text.ANY_TEXT));
    fields.put("note", new Type.Maybe(Type.Text.ANY_TEXT));
    Type.Record type = Type.record(fields);
    Value value =
        Rec.builder(type.shape())
            .set("id", Value.text("a"))
            .set("total", Value.decimal("12.50"))
            .set("tags", new Value.Items(List.of(Value.text("x"), Value.text("y"))))
            .build();
    assertThat(pattern("{ total: 12.5 }", type).matches(value)).isTrue();
    assertThat(pattern("{ total: 12.6 }", type).matches(value)).isFalse();
    assertThat(pattern("{ id: \"*\", tags: [x, \"*\"], note: null }", type).matches(value))
        .isTrue();
    assertThat(pattern("{ note: \"*\" }", type).matches(value)).isFalse();
    assertThat(pattern("{ tags: [x] }", type).matches(value)).isFalse();
    assertThat(pattern("{ tags: [x, z] }", type).matches(value)).isFalse();
  }

  private static ValuePattern pattern(String text, Type type) {
    var diagnostics = new Diagnostics();
    Node node = YamlReader.read(new Source("", Path.of(""), text), diagnostics).orElseThrow();
    ValuePattern pattern = new PatternReader(diagnostics).read(node, type);
    assertThat(diagnostics.hasErrors()).isFalse();
    return pattern;
  }

  @Test
  void brokenTestsAreRefusedWithWordsAndNeverCrash() throws Exception {
    String definition = Golden.read(GOOD);
    String tests = Golden.read(Path.of(GOOD.toString().replace(".udl.yaml", ".test.udl.yaml")));
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), definition);
    var random = new Random(20260105);
    int typed = 0;
    for (int i = 0; i < 300; i++) {
      var text = new StringBuilder(tests);
      for (int times = 1 + random.nextInt(3); times > 0; times--) {
        int at = random.nextInt(text.length() - 8);
        int end = at + 1 + random.nextInt(6);
        switch (random.nextInt(3)) {
          case 0 -> text.delete(at, end);
          case 1 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
          default -> text.setCharAt(at, "{}[]:,x1 \"".charAt(random.nextInt(10)));
        }
      }
      Files.writeString(folder.resolve("a.test.udl.yaml"), text);
      Compilation compilation = Golden.check(file, true);
      if (compilation.diagnostics().isEmpty()) { // what was changed is a number or a name
        assertThat(compilation.tests()).as(text.toString()).isNotEmpty();
      }
      typed +=
          compilation.diagnostics().stream().anyMatch(f -> !f.code().startsWith("UDL-1")) ? 1 : 0;
    }
    assertThat(typed).isGreaterThan(50);
  }

  @Test
  void boundsAreOutsideOfWhatTheyAllow() {
    var count = new Count(OptionalLong.empty(), OptionalLong.of(3), OptionalLong.of(6));
    assertThat(List.of(3L, 4L, 5L, 6L))
        .extracting(count::holds)
        .containsExactly(false, true, true, false);
    assertThat(new Count(OptionalLong.of(2), OptionalLong.empty(), OptionalLong.empty()).holds(3))
        .isFalse();
    var span = new Span(Optional.of(Duration.ofMillis(1)), Optional.of(Duration.ofMillis(3)));
    assertThat(span.holds(Duration.ofMillis(2))).isTrue();
    assertThat(span.holds(Duration.ofMillis(3))).isFalse();
  }

  @Test
  void messagesMayBeMadeUpAndThenNothingNeedBeExpected() throws Exception {
    Files.writeString(folder.resolve("a.udl.yaml"), DEFINITION);
    Path file = folder.resolve("a.test.udl.yaml");
    Files.writeString(file, "tests: [{ name: any, send: { to: bus.a, any: true } }]\n");
    Compilation compilation = Golden.check(folder.resolve("a.udl.yaml"), true);
    assertThat(names(compilation)).containsExactly("any");
    DefinitionTest.Send send = compilation.tests().getFirst().sends().getFirst();
    assertThat(send.any()).isTrue();
    assertThat(send.times()).isEqualTo(100);
    assertThat(compilation.tests().getFirst().expect().calls()).isEmpty();
    Files.writeString(
        file, "tests: [{ name: both, send: { to: bus.a, any: true, input: { n: 1 } } }]\n");
    assertThat(Golden.check(folder.resolve("a.udl.yaml"), true).diagnostics())
        .extracting(Diagnostic::code)
        .containsExactly(Code.TEST_VALUE.id());
  }

  @Test
  void theVariablesOfTestsAreKnownWithoutTheDefinitionBeingRight() throws Exception {
    Path file = folder.resolve("a.test.udl.yaml");
    Files.writeString(
        folder.resolve("a.udl.yaml"), "systems: { x: { type: http, listen: \"${env.PORT}\" } }\n");
    Files.writeString(
        file,
        """
        tests:
          - { name: one, env: { PORT: "1" } }
          - { name: two }
          - { name: three, env: { PORT: "1" } }
        """);
    assertThat(
            UdlCompiler.testEnvironments(
                folder.resolve("a.udl.yaml"), new UdlCompiler.Options(java.util.Map.of(), true)))
        .containsExactly(java.util.Map.of("PORT", "1"), java.util.Map.of());
  }
}
