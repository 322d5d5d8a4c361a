package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Formatter.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.comments.CommentType;
import org.snakeyaml.engine.v2.events.CommentEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Goal: formatting changes no value and loses no comment, and what it made it leaves alone. Method:
 * trees before and after are compared, and comments as another reader finds them; over every file
 * there is and over random ones.
 */
class FormatterTest {
  private static final int SEEDS = Boolean.getBoolean("unikernal.long") ? 200_000 : 4_000;

  @TestFactory
  Stream<DynamicTest> everyFileThatCanBeReadIsKeptWhole() throws IOException {
    return files().stream()
        .map(file -> DynamicTest.dynamicTest(file.toString(), () -> check(Files.readString(file))));
  }

  private static List<Path> files() throws IOException {
    var files = new ArrayList<Path>();
    for (String folder :
        List.of("src/test/golden", "src/test/contract", "../examples", "../bench")) {
      try (var walk = Files.walk(Path.of(folder))) {
        walk.filter(file -> file.toString().matches(".*\\.udl(\\.yaml)?"))
            .filter(Files::isRegularFile)
            .filter(FormatterTest::isText)
            .forEach(files::add);
      }
    }
    assertThat(files).hasSizeGreaterThan(100);
    return files;
  }

  private static boolean isText(Path file) {
    try {
      return !Files.readString(file, StandardCharsets.UTF_8).isEmpty();
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void randomDefinitionsAreKeptWhole() {
    int readable = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      String text = new RandomYaml(new Random(seed)).document();
      try {
        readable += check(text) ? 1 : 0;
      } catch (AssertionError | RuntimeException wrong) {
        throw new AssertionError("seed " + seed + ":\n" + text, wrong);
      }
    }
    assertThat(readable).isGreaterThan(SEEDS * 3 / 4);
  }

  /** False if the text is no YAML of ours, and then it must be refused. */
  private static boolean check(String text) {
    var diagnostics = new Diagnostics();
    Optional<Node> before = read(text.replace("\uFEFF", ""), diagnostics);
    Result result = Formatter.format("a.udl.yaml", text);
    if (diagnostics.hasErrors()) {
      assertThat(result).isInstanceOf(Result.Refused.class);
      return false;
    }
    String laidOut = Formatter.layout(text.replace("\uFEFF", "").replaceAll("\r\n?", "\n"), true);
    var after = new Diagnostics();
    Optional<Node> again = read(laidOut, after);
    assertThat(after.sorted()).as(laidOut).isEmpty();
    assertThat(again.isPresent()).isEqualTo(before.isPresent());
    before.ifPresent(
        node -> assertThat(Formatter.isSame(node, again.orElseThrow())).as(laidOut).isTrue());
    assertThat(result).isEqualTo(new Result.Formatted(laidOut));
    assertThat(Formatter.layout(laidOut, true)).isEqualTo(laidOut);
    comments(text)
        .ifPresent(comments ->
            assertThat(comments(laidOut).orElseThrow()).as(laidOut).hasSameElementsAs(comments));
    assertThat(laidOut).doesNotContain("\r");
    assertThat(laidOut.isEmpty() || laidOut.endsWith("\n")).isTrue();
    return true;
  }

  private static Optional<Node> read(String text, Diagnostics diagnostics) {
    var source = new Source("a.udl.yaml", Path.of("a.udl.yaml"), text);
    Optional<Node> root = YamlReader.read(source, diagnostics);
    root.ifPresent(node -> YamlTraps.check(node, source, diagnostics));
    return root;
  }

  /** As the parser's own reading of comments finds them; empty where it fails at one. */
  private static Optional<List<String>> comments(String text) {
    var settings = LoadSettings.builder().setParseComments(true).build();
    var found = new ArrayList<String>();
    try {
      for (var event : new Parse(settings).parseString(text.replace("\uFEFF", ""))) {
        if (event instanceof CommentEvent comment
            && comment.getCommentType() != CommentType.BLANK_LINE) {
          found.add(comment.getValue().strip());
        }
      }
    } catch (YamlEngineException _) {
      return Optional.empty();
    }
    return Optional.of(found.stream().sorted().toList());
  }

  @Test
  void theExamplesAreFormattedAlready() throws IOException {
    try (var files = Files.walk(Path.of("../examples"))) {
      List<Path> all = files.filter(it -> it.toString().endsWith(".udl.yaml")).toList();
      assertThat(all).hasSizeGreaterThan(5);
      for (Path file : all) {
        String text = Files.readString(file);
        assertThat(Formatter.format(file.toString(), text))
            .as("unikernal fmt " + file)
            .isEqualTo(new Result.Formatted(text));
      }
    }
  }

  @Test
  void whatAStepCallsStandsBeforeWhatIsGivenToIt() {
    String ordered =
        """
        pipelines:
          a:
            steps:
              - { name: x, use: t, with: { b: 1 } }
              - { name: y, route: { choose: [c, d] }, with: "${x}" }
              - { name: z, system: e.f, with: "${y}", policy: g }
        """;
    assertThat(format(ordered)).isEqualTo(ordered);
    String other =
        """
        pipelines:
          a:
            steps:
              - { with: { b: 1 }, use: t, name: x }
              - { with: "${x}", name: y, route: { choose: [c, d] } }
              - { policy: g, with: "${y}", system: e.f, name: z }
        """;
    assertThat(format(other)).isEqualTo(ordered);
  }

  @Test
  void indentationQuotesAndOrderAreMadeUniform() {
    assertThat(
            format(
                """
                # About the file.

                routes:   # one
                -   to:  'b.c'
                    from: "a.x"
                    # why
                    when: '"x" in input.tags'



                systems:
                      a:
                        listen: 8080
                        type: "http"   # the kind
                        operations: {x: {get: "/x/{id}"   , returns : 'string'}}
                      # the end of the systems
                udl: 7
                # the last word
                """))
        .isEqualTo(
            """
            # About the file.

            udl: 7

            systems:
              a:
                type: http         # the kind
                listen: 8080
                operations: { x: { get: "/x/{id}", returns: string } }
              # the end of the systems

            routes:   # one
              - from: a.x
                to: b.c
                # why
                when: '"x" in input.tags'
            # the last word
            """);
  }

  @Test
  void aFlowThatIsTooWideBecomesABlock() {
    String wide = "x".repeat(30);
    String flow = "a: { k1: %s, k2: %s, k3: %s, k4: [%s, b] }\n".replace("%s", wide);
    assertThat(format(flow))
        .isEqualTo("a:\n  k1: %s\n  k2: %s\n  k3: %s\n  k4: [%s, b]\n".replace("%s", wide));
    assertThat(format("a: {\n  b: 1,\n  c: 2 }\n")).isEqualTo("a: { b: 1, c: 2 }\n");
    assertThat(format("a: [\n  b, # why\n  c ]\n")).isEqualTo("a:\n  - b # why\n  - c\n");
    assertThat(format("a: [ # why\n  b,\n  c ]\n")).isEqualTo("a: [b, c] # why\n");
  }

  @Test
  void quotesStayWhereTheyMeanSomething() {
    assertThat(
            format("a: ['7', 'true', 'null', '', 'on', '2024-01-01', '#x', 'a: b', '-', 'x,y']\n"))
        .isEqualTo(
            "a: [\"7\", \"true\", \"null\", \"\", \"on\", \"2024-01-01\", \"#x\", \"a: b\", \"-\","
                + " \"x,y\"]\n");
    assertThat(format("a: \"plain\"\nb: '${x}'\nc: '\"'\nd: \"\\u00a0\"\n"))
        .isEqualTo("a: plain\nb: ${x}\nc: '\"'\nd: \"\\u00a0\"\n");
  }

  @Test
  void windowsLinesAndABlockTextsBlankLinesAreKept() {
    assertThat(format("a: |+\r\n    one\r\n\r\n      two\r\n\r\n\r\nb: >-  # folded\r\n  x\r\n"))
        .isEqualTo("a: |+\n  one\n\n    two\n\n\nb: >-  # folded\n  x\n");
  }

  @Test
  void aFileThatCannotBeReadIsRefused() {
    var refused = (Result.Refused) Formatter.format("x.udl.yaml", "a: { b: decimal(12,2) }\n");
    assertThat(refused.diagnostics().getFirst().code()).isEqualTo(Code.YAML_COMMA_QUOTES.id());
    assertThat(Formatter.format("x.udl.yaml", "a: [\n")).isInstanceOf(Result.Refused.class);
  }

  @Test
  void testsOfADefinitionKeepTheOrderOfTheirKeys() {
    String text = "routes: []\nudl: 7\n";
    assertThat(Formatter.format("a.test.udl.yaml", text)).isEqualTo(new Result.Formatted(text));
    assertThat(format(text)).isEqualTo("udl: 7\nroutes: []\n");
  }

  private static String format(String text) {
    return ((Result.Formatted) Formatter.format("a.udl.yaml", text)).text();
  }
}
