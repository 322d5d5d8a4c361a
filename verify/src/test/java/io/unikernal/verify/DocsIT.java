package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: what the docs show on a terminal is what a reader sees. Method: each document's console
 * blocks are typed, in order, in a folder with a copy of the examples; {@code …} stands for any
 * text. {@code unikernal run} goes on in the background until {@code ^C}.
 */
class DocsIT {
  private static final String RUN = "./unikernal run ";
  private static final String RUNNING = "Ctrl-C stops it.";
  @TempDir private Path folder;
  private int port;
  private int shownBefore;
  private Optional<RunningProgram> running = Optional.empty();

  static Stream<Path> documents() throws IOException {
    var documents = new ArrayList<Path>();
    for (Path document : Fence.documents()) {
      if (Fence.of(document).stream().anyMatch(fence -> fence.language().equals("console"))) {
        documents.add(Definitions.root().relativize(document));
      }
    }
    return documents.stream();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void whatADocumentTypesGivesWhatItShows(Path document) throws Exception {
    prepare();
    try {
      for (Fence fence : Fence.of(Definitions.root().resolve(document))) {
        if (fence.language().equals("console")) {
          play(fence);
        }
      }
      assertThat(running).as("a run without ^C").isEmpty();
    } finally {
      running.ifPresent(RunningProgram::close);
    }
  }

  private void prepare() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path example = Definitions.example("01-orders", folder.resolve("examples"));
    Definitions.example("02-templates", folder.resolve("examples"));
    Definitions.example("05-routing", folder.resolve("examples"));
    Path file = example.resolve("orders.udl.yaml");
    Files.writeString(file, Files.readString(file).replace("listen: 0", "listen: " + port));
    Files.createSymbolicLink(folder.resolve("unikernal"), RunningProgram.launcher());
  }

  private void play(Fence fence) throws Exception {
    String command = "";
    var expected = new StringBuilder();
    for (String line : fence.text().lines().toList()) {
      if (line.startsWith("$ ") || line.equals("^C")) {
        type(fence, command, expected.toString());
        command = line.equals("^C") ? line : line.substring(2);
        expected.setLength(0);
      } else {
        expected.append(line).append('\n');
      }
    }
    type(fence, command, expected.toString());
  }

  private String lastExit = "0";

  private void type(Fence fence, String command, String expected) throws Exception {
    if (command.isEmpty()) {
      assertThat(expected).as(fence + ": output before a command").isBlank();
      return;
    }
    String typed = command.replace("8080", "" + port);
    String shown;
    if (command.equals("^C")) {
      var program = running.orElseThrow();
      assertThat(program.interrupt()).isZero();
      shown = program.output().substring(shownBefore);
      running = Optional.empty();
    } else if (typed.startsWith(RUN)) {
      var program =
          RunningProgram.start(
              folder, Map.of(), "run", folder.resolve(typed.substring(RUN.length())).toString());
      running = Optional.of(program);
      program.awaitOutput(RUNNING);
      shown = program.output();
      shownBefore = shown.length();
    } else {
      shown = shell(typed);
    }
    assertThat(shown.strip().replace("" + port, "8080"))
        .as(fence + "\n$ " + command)
        .matches(pattern(expected.strip()));
  }

  private String shell(String typed) throws IOException, InterruptedException {
    if (typed.equals("echo $?")) {
      return lastExit;
    }
    Path output = folder.resolve("shell.out");
    var shell =
        new ProcessBuilder("bash", "-c", typed)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(shell.waitFor(60, TimeUnit.SECONDS)).as(typed).isTrue();
    lastExit = "" + shell.exitValue();
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  private static Pattern pattern(String expected) {
    List<String> parts = List.of(expected.split("…", -1));
    return Pattern.compile(
        parts.stream().map(Pattern::quote).collect(java.util.stream.Collectors.joining(".*?")),
        Pattern.DOTALL);
  }
}
