package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API on the control socket, asked by curl. */
class ControlSocketHttpTest {
  private static final int BIG = 2_000_000;
  @TempDir private Path folder;
  private Kernel kernel;
  private ControlServer control;
  private Path state;

  @BeforeEach
  void starts() throws Exception {
    var world = new SystemWorld();
    kernel = ApiDefinition.start(folder, world);
    state = folder.resolve("state");
    control = ControlServer.claim(state);
    control.start(kernel, world, OptionalInt.empty(), Optional.empty());
  }

  @AfterEach
  void stops() {
    control.close();
    kernel.close();
  }

  private String curl(String... arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                "curl", "-sS", "--max-time", "20", "--unix-socket", control.socket().toString()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void theRightsOfTheFileAreEnoughAndNoTokenIsAsked() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(control.socket())))
        .isEqualTo("rw-------");
    assertThat(control.token()).isEmpty();
    assertThat(curl("http://unikernal/v1/system/status")).contains("\"inbox\"");
    assertThat(
            curl(
                "http://unikernal/v1/execute",
                "--json",
                "{\"operation\":\"inbox.noted\",\"input\":{\"text\":\"hi\"}}"))
        .isEqualTo("{\"reply\":{\"said\":\"hi!\"}}");
  }

  @Test
  void oneConnectionServesManyRequestsAndFaultsToo() throws Exception {
    var answers =
        curl(
            "-w",
            " %{http_code} %{num_connects}\n",
            "http://u/health/live",
            "http://u/none",
            "http://u/v1/nodes",
            "-o",
            "/dev/null",
            "-o",
            "/dev/null",
            "-o",
            "/dev/null");
    assertThat(answers).isEqualToIgnoringNewLines(" 200 1 404 0 200 0");
  }

  /** curl asks first whether a body of this length is wanted. */
  @Test
  void aLargeBodyIsTakenAndOneInChunksToo() throws Exception {
    Path body = folder.resolve("body.json");
    var text = "x".repeat(BIG);
    Files.writeString(
        body, "{\"operation\":\"inbox.noted\",\"input\":{\"text\":\"" + text + "\"}}");
    for (var extra : List.of("x: y", "transfer-encoding: chunked")) {
      var answer =
          curl(
              "http://u/v1/execute",
              "-H",
              extra,
              "-H",
              "expect: 100-continue",
              "-H",
              "content-type: application/json",
              "--data-binary",
              "@" + body);
      assertThat(answer).hasSize("{\"reply\":{\"said\":\"!\"}}".length() + BIG);
    }
  }

  @Test
  void aLineOfJsonIsAnsweredAsBefore() throws Exception {
    assertThat(ControlClient.isRunning(state)).isTrue();
    curl("http://u/health");
    var call =
        ControlWords.dict(
            "do",
            Value.text("call"),
            "operation",
            Value.text("inbox.noted"),
            "input",
            ControlWords.dict("text", Value.text("hi")));
    assertThat(ControlClient.ask(state, call).orElseThrow().field("reply").fieldText("said"))
        .isEqualTo("hi!");
  }

  @Test
  void aPageFromElsewhereIsRefusedHereToo() throws Exception {
    assertThat(curl("http://u/v1/nodes", "-H", "origin: http://evil.example")).contains("403");
  }
}
