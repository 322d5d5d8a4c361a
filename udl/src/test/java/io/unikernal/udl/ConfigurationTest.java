package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Config;
import io.unikernal.model.Frame;
import io.unikernal.model.Plan;
import io.unikernal.model.Step;
import io.unikernal.model.Value;
import io.unikernal.spi.SecretProvider;
import io.unikernal.udl.UdlCompiler.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where variables and secrets come from, and that none of them is ever shown. */
class ConfigurationTest {
  private static final String PLANTED = "pl4nted-value";

  private static final String QUEUE =
      """
      systems:
        bus: { type: memory, operations: { jobs: { receives: string }, done: { accepts: string, queue: "%s" } } }
      routes:
        - { from: bus.jobs, to: bus.done }
      """;

  @TempDir Path folder;

  private Compilation compile(String text, Options options) throws Exception {
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), text);
    return UdlCompiler.compile(file, Fakes.all(), options);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String queue(Compilation compilation) {
    Plan plan =
        compilation
            .plan()
            .orElseThrow(() -> new AssertionError(compilation.rendered().text(false)));
    Config options =
        Optional.ofNullable(plan.systems().getFirst().operations().get("done"))
            .orElseThrow()
            .options();
    return options.get(Fakes.Queues.QUEUE);
  }

  private static Options with(Map<String, String> environment) {
    return new Options(environment, true);
  }

  private static Options files(Path... files) {
    return new Options(Map.of(), true).withEnvironmentFiles(List.of(files));
  }

  @Test
  void aVariableComesFromTheFileBesideTheDefinition() throws Exception {
    file(".env", "NAME=from file\n");
    assertThat(queue(compile(QUEUE.formatted("${NAME}"), with(Map.of())))).isEqualTo("from file");
  }

  @Test
  void theRealEnvironmentWinsOverTheFile() throws Exception {
    file(".env", "NAME=from file\n");
    assertThat(queue(compile(QUEUE.formatted("${NAME}"), with(Map.of("NAME", "real")))))
        .isEqualTo("real");
  }

  @Test
  void filesThatAreNamedAreReadInsteadAndTheLastOfThemWins() throws Exception {
    file(".env", "NAME=beside\nOTHER=beside\n");
    Path first = file("first.env", "NAME=first\nMORE=first\n");
    Path second = file("second.env", "NAME=second\n");
    String text = QUEUE.formatted("${NAME} ${MORE} ${env.?OTHER.orValue('-')}");
    assertThat(queue(compile(text, files(first, second)))).isEqualTo("second first -");
  }

  @Test
  void aFileThatIsNamedAndNotThereIsAnError() throws Exception {
    Compilation compilation = compile(QUEUE.formatted("x"), files(folder.resolve("no.env")));
    assertThat(compilation.diagnostics()).extracting(Diagnostic::code).containsExactly("UDL-6102");
  }

  @Test
  void everyFormOfALineIsRead() throws Exception {
    file(
        ".env",
        "\uFEFF# comment\r\n\r\nA=a b  # c\r\nexport B='b # \\n'\r\nC=\"c\\n\\\"\\\\\" # x\r\n"
            + "D=\r\n  E = e#e\r\nF='' \r\nG=#\r\n");
    String text = QUEUE.formatted("${A}|${B}|${C}|${D}|${E}|${F}|${G}|");
    assertThat(queue(compile(text, with(Map.of()))))
        .isEqualTo("a b|b # \\n|c\n\"\\|\n".strip().concat("|e#e|||").replace("|\n", "|"));
  }

  @Test
  void aVariableNeverChangesTheStructureOfTheDefinition() throws Exception {
    String value = "x\" } } }\nroutes: []\n# ${OTHER}";
    assertThat(queue(compile(QUEUE.formatted("${NAME}"), with(Map.of("NAME", value)))))
        .isEqualTo(value);
  }

  @Test
  void aVariableInAValueIsAConstantOfTheTypeThatIsWanted() throws Exception {
    Compilation compilation =
        Golden.compile(Golden.FOLDER.resolve("good_environment_in_values.udl.yaml"));
    Plan plan = compilation.plan().orElseThrow();
    var pipeline = Optional.ofNullable(plan.pipelines().get("p")).orElseThrow();
    var call = (Step.Call) pipeline.steps().getFirst();
    Frame frame =
        new Frame(
            pipeline.slots(),
            new Frame.Ambient() {
              @Override
              public java.time.Instant now() {
                return java.time.Instant.EPOCH;
              }

              @Override
              public java.util.UUID uuid() {
                return new java.util.UUID(0, 0);
              }

              @Override
              public double random() {
                return 0;
              }
            });
    frame.set(Frame.INPUT, Value.text("hello"));
    Value sent = call.with().evaluate(frame);
    assertThat(sent.field("id")).isEqualTo(Value.integer(8080));
    assertThat(sent.fieldText("text")).isEqualTo("in eu: hello");
    assertThat(sent.field("rate")).isInstanceOf(Value.Decimal.class);
    assertThat(sent.field("on")).isEqualTo(Value.Bool.TRUE);
    assertThat(sent.field("tags"))
        .isEqualTo(new Value.Items(List.of(Value.text("eu"), Value.text("xeu"))));
  }

  /** A provider as an installation may bring one. */
  private record Vault(Map<String, String> values, boolean isBroken) implements SecretProvider {
    @Override
    public String name() {
      return "vault";
    }

    @Override
    public Optional<String> find(String secret, Request request) throws IOException {
      if (isBroken) {
        throw new IOException("no answer from " + request.environment().get("VAULT"));
      }
      return Optional.ofNullable(values.get(secret));
    }

    @Override
    public String where(String secret) {
      return "the vault at " + secret;
    }
  }

  private static Options vault(boolean isBroken, Map<String, String> environment) {
    var vault = new Vault(Map.of("name", "from vault"), isBroken);
    return new Options(environment, true).withSecrets(List.of(vault));
  }

  private static final String FROM_VAULT = "defaults: { secrets: { from: [env, vault] } }\n";

  @Test
  void aProviderIsAskedWhereTheDefinitionNamesIt() throws Exception {
    String text = FROM_VAULT + QUEUE.formatted("${secret.name}");
    assertThat(queue(compile(text, vault(false, Map.of())))).isEqualTo("from vault");
    assertThat(queue(compile(text, vault(false, Map.of("UNIKERNAL_SECRET_NAME", "env")))))
        .as("in the order of the definition")
        .isEqualTo("env");
  }

  @Test
  void aProviderIsNotAskedWhereNobodyNamesIt() throws Exception {
    Compilation compilation = compile(QUEUE.formatted("${secret.name}"), vault(false, Map.of()));
    assertThat(compilation.rendered().text(false))
        .contains("UDL-6005", "UNIKERNAL_SECRET_NAME nor in .unikernal/secrets/name");
  }

  @Test
  void aProviderThatFailsIsAnErrorAndNoReasonToAskTheNext() throws Exception {
    String text =
        "defaults: { secrets: { from: [vault, env] } }\n" + QUEUE.formatted("${secret.name}");
    Compilation compilation =
        compile(text, vault(true, Map.of("VAULT", "here", "UNIKERNAL_SECRET_NAME", "wrong one")));
    assertThat(compilation.plan()).isEmpty();
    assertThat(compilation.rendered().text(false)).contains("UDL-6101", "no answer from here");
  }

  @Test
  void aSecretOfAFileIsReadWithoutItsLineEnd() throws Exception {
    Files.createDirectories(folder.resolve(".unikernal/secrets"));
    file(".unikernal/secrets/name", "from a file\n");
    assertThat(queue(compile(QUEUE.formatted("${secret.name}"), with(Map.of()))))
        .isEqualTo("from a file");
  }

  /** Method: one value, planted wherever a value may come from and stand, good and wrong. */
  @Test
  void noValueIsShownByAnyOutput() throws Exception {
    Files.createDirectories(folder.resolve(".unikernal/secrets"));
    file(".unikernal/secrets/filed", PLANTED + "\n");
    file(".env", "FROM_FILE=" + PLANTED + "\nA=\"" + PLANTED + "\n" + PLANTED + "\n");
    var environment = new HashMap<String, String>();
    environment.put("SEEN", PLANTED);
    environment.put("UNIKERNAL_SECRET_SEEN", PLANTED);
    String good =
        """
        types: { Note: { id: int, text: string, list: list(string) } }
        defaults:
          policy: { type: timeout, after: 5s }
          systems: { http: { headers: { authorization: "${secret.seen}", x: "${SEEN}" } } }
        systems:
          shop: { type: http, url: "https://${SEEN}:${secret.filed}@shop", \
        operations: { find: { get: "/${FROM_FILE}" } } }
          bus: { type: memory, clearance: [secret], operations: { jobs: { receives: string }, \
        done: { accepts: Note, queue: "${SEEN}" } } }
          db: { type: postgres, connection: "postgres://a:pl4nted-value@h/?password=pl4nted-value", \
        password: pl4nted-value, operations: { all: { sql: "select ${SEEN}" } } }
        routes:
          - { from: bus.jobs, to: p, policy: { type: access, allow: [clerk] } }
        pipelines:
          p:
            steps:
              - { name: first, set: "${SEEN}" }
              - { system: bus.done, with: { id: 1, text: "${first} ${secret.seen} ${SEEN}", list: ["${SEEN}", \
        "${secret.filed}"] } }
            output: null
        """;
    assertHidden(good, environment, true);
    String wrong =
        """
        types: { Note: { id: int, text: string, list: list(string) } }
        defaults: { systems: { http: { timeout: "${SEEN}", max_body: "${secret.seen}" } } }
        systems:
          web: { type: http, listen: "${SEEN}", operations: { a: { get: /a, mode: "${SEEN}", \
        status: "${secret.filed}" } } }
          bus: { type: memory, operations: { jobs: { receives: string }, done: { accepts: Note } } }
        policies:
          p: { type: retry, attempts: "${SEEN}", backoff: "${SEEN}", jitter: "${FROM_FILE}", on: ["${SEEN}"] }
          q: [{ type: dead_letter, to: "${SEEN}" }, { type: access, allow: ["${SEEN}"] }, { type: timeout, \
        after: "${secret.seen}" }]
        routes:
          - { from: bus.jobs, to: p, policy: [p, q] }
        pipelines:
          p:
            steps:
              - { system: bus.done, with: { id: "${SEEN}", text: "${secret.seen}", list: "${SEEN}" } }
              - { name: bad, set: "${SEEN}", as: int }
            output: null
        """;
    assertHidden(wrong, environment, false);
  }

  private void assertHidden(String text, Map<String, String> environment, boolean isGood)
      throws Exception {
    Compilation compilation = compile(text, with(environment));
    assertThat(compilation.diagnostics()).isNotEmpty();
    var outputs = new StringBuilder();
    outputs.append(compilation.rendered().text(false)).append(compilation.rendered().text(true));
    outputs.append(CheckReport.json(compilation)).append(CheckReport.effects(compilation));
    compilation.diagnostics().forEach(outputs::append);
    // A broken .env is an error of its own: without it there is a plan to look at.
    Files.deleteIfExists(folder.resolve(".env"));
    environment.put("FROM_FILE", PLANTED);
    Compilation whole = compile(text, with(environment));
    assertThat(whole.draft().isPresent()).as(whole.rendered().text(false)).isEqualTo(isGood);
    whole
        .draft()
        .ifPresent(plan -> outputs.append(PlanText.of(plan)).append(CheckReport.json(whole)));
    assertThat(outputs.toString()).hasSizeGreaterThan(500).doesNotContain(PLANTED);
  }
}
