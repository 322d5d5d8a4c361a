package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, as a user types them. */
class CommandLineIT {
  private static final List<String> COMMANDS =
      List.of(
          "run",
          "check",
          "test",
          "sim",
          "policy",
          "call",
          "why",
          "top",
          "tap",
          "get",
          "explain",
          "init",
          "import",
          "export",
          "fmt",
          "fix",
          "expand",
          "graph",
          "docs",
          "plan",
          "schema",
          "eval",
          "doctor",
          "version",
          "completion");
  @TempDir private Path folder;

  private record Ended(int exit, String out, String err) {}

  private Ended unikernal(String... arguments) throws Exception {
    try (var program = RunningProgram.start(folder, Map.of(), arguments)) {
      return new Ended(program.exitCode(), program.output(), program.errors());
    }
  }

  @Test
  void everyCommandHasHelpWithAnExample() throws Exception {
    var help = unikernal("--help");
    assertThat(help.exit()).isZero();
    assertThat(help.out()).contains(COMMANDS);
    for (String command : COMMANDS) {
      var own = unikernal(command, "--help");
      assertThat(own.exit()).isZero();
      assertThat(own.out()).as(command).contains("Example");
    }
  }

  @Test
  void wrongUseExitsWithTwoAndSaysWhatToTry() throws Exception {
    for (var arguments :
        List.of(List.of("rnu"), List.of("run", "--nope"), List.of(), List.of("check", "no/such"))) {
      var ended = unikernal(arguments.toArray(String[]::new));
      assertThat(ended.exit()).as("" + arguments).isEqualTo(2);
      assertThat(ended.err()).contains("error:", "--help");
    }
  }

  @Test
  void aNewDefinitionChecksRunsAndAnswers() throws Exception {
    Path made = folder.resolve("hello");
    assertThat(unikernal("init", made.toString()).exit()).isZero();
    assertThat(unikernal("init", made.toString()).exit()).as("not twice").isEqualTo(2);
    var checked = unikernal("check", "--strict", made.toString());
    assertThat(checked.exit()).as(checked.out()).isZero();
    assertThat(checked.out()).contains("web.hello");
    Path file = made.resolve("hello.udl.yaml");
    Files.writeString(file, Files.readString(file).replace("listen: 8080", "listen: 0"));
    try (var program = RunningProgram.run(folder, made)) {
      var response = Http.get(program.url() + "/hello/ann");
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(response.body()).contains("Hello, ann!");
      Path socket = made.resolve(".unikernal/control.sock");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      var called = unikernal("call", made.toString(), "functions.greet", "{\"name\": \"bob\"}");
      assertThat(called.exit()).as(called.err()).isZero();
      assertThat(called.out()).contains("Hello, bob!");
      var second = unikernal("run", made.toString());
      assertThat(second.exit()).as("a second kernel on one state folder").isEqualTo(3);
      assertThat(program.interrupt()).isZero();
      assertThat(socket).doesNotExist();
    }
    assertThat(Files.readAllLines(made.resolve("diary/said.jsonl"))).hasSize(1);
  }

  @Test
  void aCallWithoutARunningDefinitionOpensWhatItNeeds() throws Exception {
    Path example = Definitions.example("01-orders", folder);
    String input = "{\"items\": [{\"sku\": \"ABC-0001\", \"qty\": 3, \"price\": 19.99}]}";
    var called = unikernal("call", example.toString(), "pricing.quote", input);
    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(called.out()).contains("59.97");
    var unknown = unikernal("call", example.toString(), "pricing.nope", "{}");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.err()).contains("pricing.quote");
    var malformed = unikernal("call", example.toString(), "pricing.quote", "{");
    assertThat(malformed.exit()).isEqualTo(2);
  }

  @Test
  void machinesGetJson() throws Exception {
    Path example = Definitions.example("01-orders", folder);
    for (var arguments :
        List.of(
            List.of("version", "--json"),
            List.of("doctor", "--json"),
            List.of("completion", "--json"),
            List.of("explain", "--json", "UDL-4002"),
            List.of("policy", "--json", "" + example),
            List.of("check", "--json", "" + example))) {
      var ended = unikernal(arguments.toArray(String[]::new));
      assertThat(ended.exit()).as("" + arguments + ended.out() + ended.err()).isZero();
      assertThat(
              Json.read(ended.out().strip().getBytes(StandardCharsets.UTF_8), Json.Limits.DEFAULT))
          .isInstanceOfAny(Value.Dict.class, Value.Items.class);
    }
  }

  @Test
  void theControlPortWantsItsToken() throws Exception {
    Path made = folder.resolve("hello");
    assertThat(unikernal("init", made.toString()).exit()).isZero();
    Path file = made.resolve("hello.udl.yaml");
    Files.writeString(file, Files.readString(file).replace("listen: 8080", "listen: 0"));
    try (var program =
        RunningProgram.start(folder, Map.of(), "run", "--control", "0", made.toString())) {
      program.awaitOutput("Ctrl-C stops it.");
      var token =
          Pattern.compile("(http://127\\.0\\.0\\.1:[1-9]\\d*), token ([0-9a-f]{64})")
              .matcher(program.output());
      assertThat(token.find()).as(program.output()).isTrue();
      String api = token.group(1);
      assertThat(ask(api + "/v1/system/status", "").statusCode()).isEqualTo(401);
      assertThat(ask(api + "/v1/system/status", "wrong").statusCode()).isEqualTo(401);
      assertThat(ask(api + "/v1/system/status", token.group(2)).body())
          .contains("web.hello", "\"balanced\":true");
      assertThat(ask(api + "/health", "").body()).contains("ready");
      assertThat(program.interrupt()).isZero();
    }
  }

  private static HttpResponse<String> ask(String url, String token) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url)).header("authorization", "Bearer " + token).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void theCompletionScriptIsOneThatBashReads() throws Exception {
    var ended = unikernal("completion");
    assertThat(ended.exit()).isZero();
    Path script = Files.writeString(folder.resolve("completion.bash"), ended.out());
    var bash =
        new ProcessBuilder("bash", "-c", "source '" + script + "' && complete -p unikernal")
            .start();
    assertThat(bash.waitFor()).isZero();
  }
}
