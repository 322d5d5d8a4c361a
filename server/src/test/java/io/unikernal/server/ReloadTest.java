package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.kernel.Listener;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.udl.UdlCompiler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A definition that runs and follows its file, with real clients that stay connected. */
class ReloadTest {
  private static final int CHANGES = Boolean.getBoolean("unikernal.long") ? 200 : 20;
  private static final int CLIENTS = 8;

  @TempDir private Path folder;

  /**
   * Each is another answer; every second has one operation more, every third another type of it.
   */
  private static String definition(int number) {
    String more = number % 2 == 0 ? "" : "      more: { get: /more, returns: { number: int } }\n";
    String moreRoute = number % 2 == 0 ? "" : "  - { from: web.more, to: say }\n";
    String other = number % 3 == 0 ? "{ number: int }" : "{ number: double }";
    return """
    systems:
      web:
        type: http
        listen: 127.0.0.1:0
        operations:
          said: { get: /said, returns: { number: int } }
          other: { get: /other, returns: %s }
    %sroutes:
      - { from: web.said, to: say }
      - { from: web.other, to: say }
    %spipelines:
      say:
        steps: [{ name: one, set: { number: %d } }]
    """
        .formatted(other, more, moreRoute, number);
  }

  private Path file() {
    return folder.resolve("talk.udl.yaml");
  }

  private RunningDefinition started() throws Exception {
    Files.writeString(file(), definition(0));
    var adapters = AdapterCatalog.load();
    Reloading.Compiler compiler =
        () -> UdlCompiler.compile(file(), adapters, new UdlCompiler.Options(Map.of(), false));
    var compiled = compiler.compile();
    assertThat(compiled.rendered().text(false)).isEmpty();
    return RunningDefinition.start(
        new Reloading(compiled, adapters, compiler),
        adapters,
        Listener.SILENT,
        OptionalInt.empty(),
        "");
  }

  private static int port(RunningDefinition running) {
    return URI.create(running.status().systems().getFirst().description()).getPort();
  }

  /** One connection for all its requests. */
  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Client(int port) throws IOException {
      socket = new Socket("127.0.0.1", port);
      socket.setSoTimeout(20_000);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    String get(String path) throws IOException {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nhost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      String status = String.valueOf(in.readLine());
      int length = 0;
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
        }
      }
      var body = new StringBuilder();
      for (int i = 0; i < length; i++) {
        body.append((char) in.read());
      }
      return status + " " + body;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void noRequestFailsWhileTheDefinitionChangesUnderConnectionsThatStayOpen() throws Exception {
    var failures = new ConcurrentLinkedQueue<String>();
    var answered = new AtomicInteger();
    var isOver = new AtomicBoolean();
    try (var running = started()) {
      int port = port(running);
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < CLIENTS; i++) {
        String path = i % 2 == 0 ? "/said" : "/other";
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (var client = new Client(port)) {
                    while (!isOver.get()) {
                      String answer = client.get(path);
                      answered.incrementAndGet();
                      if (!answer.startsWith("HTTP/1.1 200 OK {\"number\":")) {
                        failures.add(path + ": " + answer);
                      }
                    }
                  } catch (IOException | RuntimeException e) {
                    failures.add(path + ": " + e);
                  }
                }));
      }
      try (var asking = new Client(port)) {
        for (int number = 1; number <= CHANGES; number++) {
          Files.writeString(file(), definition(number));
          change(running);
          assertThat(asking.get("/said")).endsWith("{\"number\":" + number + "}");
          assertThat(asking.get("/more")).startsWith("HTTP/1.1 " + (number % 2 == 0 ? 404 : 200));
          assertThat(port(running)).isEqualTo(port);
        }
      }
      isOver.set(true);
      for (var thread : threads) {
        thread.join();
      }
      var status = running.drain(Duration.ofSeconds(20));
      assertThat(status.isBalanced()).isTrue();
      assertThat(failures).isEmpty();
      long delivered =
          status.routes().stream().mapToLong(route -> route.counts().delivered()).sum();
      assertThat(delivered).isEqualTo(answered.get() + CHANGES + (CHANGES + 1) / 2);
      assertThatThrownBy(() -> new Client(port).close()).isInstanceOf(IOException.class);
    }
  }

  /** What is on its way by the definition before must have ended, which is soon. */
  private static void change(RunningDefinition running) throws Exception {
    for (int tries = 0; ; tries++) {
      try {
        assertThat(running.reload()).isInstanceOf(Reloading.Outcome.Changed.class);
        return;
      } catch (FaultException e) {
        assertThat(e).hasMessageContaining("still on their way");
        assertThat(tries).isLessThan(1000);
        Thread.sleep(5);
      }
    }
  }

  @Test
  void changesLeaveNoThreadAndNoClassBehind() throws Exception {
    try (var running = started();
        var client = new Client(port(running))) {
      for (int number = 1; number <= CHANGES; number++) {
        changeTo(number, running, client);
      }
      long classes = classesAlive();
      int threads = Thread.getAllStackTraces().size();
      for (int number = CHANGES + 1; number <= 3 * CHANGES; number++) {
        changeTo(number, running, client);
      }
      assertThat(classesAlive()).isLessThan(classes + CHANGES / 2);
      assertThat(Thread.getAllStackTraces()).hasSizeLessThan(threads + 5);
    }
  }

  private void changeTo(int number, RunningDefinition running, Client client) throws Exception {
    Files.writeString(file(), definition(number));
    change(running);
    assertThat(client.get("/said")).endsWith("{\"number\":" + number + "}");
  }

  private static long classesAlive() throws InterruptedException {
    var classes = ManagementFactory.getClassLoadingMXBean();
    long fewest = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(50);
      fewest = Math.min(fewest, classes.getLoadedClassCount());
    }
    return fewest;
  }

  @Test
  void aFileWithErrorsOrASystemThatDoesNotOpenChangesNothing() throws Exception {
    try (var running = started();
        var client = new Client(port(running))) {
      var before = running.status();
      Files.writeString(file(), definition(1).replace("to: say }", "to: sai }"));
      assertThat(running.reload())
          .isInstanceOfSatisfying(
              Reloading.Outcome.Refused.class,
              refused -> assertThat(refused.found().rendered().text(false)).contains("sai"));
      var taken = port(running);
      Files.writeString(file(), definition(1).replace("routes:", second(taken) + "routes:"));
      assertThatThrownBy(running::reload)
          .isInstanceOf(FaultException.class)
          .hasMessageContaining("in use");
      assertThat(running.status()).isEqualTo(before);
      assertThat(client.get("/said")).endsWith("{\"number\":0}");
    }
  }

  private static String second(int port) {
    return """
      second:
        type: http
        listen: 127.0.0.1:%d
        operations:
          said: { get: /said, returns: { number: int } }
    """
        .formatted(port);
  }

  @Test
  void theControlSocketSaysWhatWouldChangeAndChangesIt() throws Exception {
    try (var running = started();
        var client = new Client(port(running))) {
      Files.writeString(file(), definition(1));
      var dry = asked(Value.Bool.TRUE);
      assertThat(dry.field("outcome")).isEqualTo(Value.text("planned"));
      assertThat(dry.fieldText("text")).contains("web.more");
      assertThat(client.get("/said")).endsWith("{\"number\":0}");
      assertThat(asked(Value.Bool.FALSE).field("outcome")).isEqualTo(Value.text("changed"));
      assertThat(client.get("/said")).endsWith("{\"number\":1}");
      Files.writeString(file(), definition(1).replace("to: say }", "to: sai }"));
      var refused = asked(Value.Bool.FALSE);
      assertThat(refused.field("outcome")).isEqualTo(Value.text("refused"));
      assertThat(refused.fieldText("text")).contains("sai");
    }
  }

  @Test
  void aChangeThatDoesWorseIsTakenBack() throws Exception {
    try (var running = started()) {
      int port = port(running);
      Files.writeString(
          file(), definition(1).replace("number: 1 }", "number: \"${1 / size('')}\" }"));
      var isOver = new AtomicBoolean();
      var answers = new ConcurrentLinkedQueue<String>();
      var asking =
          Thread.ofVirtual()
              .start(() -> {
                try (var client = new Client(port)) {
                  while (!isOver.get()) {
                    answers.add(client.get("/said"));
                    Thread.sleep(5);
                  }
                } catch (IOException | InterruptedException e) {
                  answers.add(e.toString());
                }
              });
      var outcome =
          ControlClient.ask(
                  folder.resolve(".unikernal"),
                  ControlWords.dict(
                      "do", Value.text("reload"),
                      "trial", Value.integer(20),
                      "errors", Value.integer(30)))
              .orElseThrow();
      isOver.set(true);
      asking.join();
      assertThat(outcome.field("outcome")).isEqualTo(Value.text("rolled back"));
      assertThat(outcome.fieldText("why"))
          .matches("\\d+ of \\d+ messages of `web.said -> say` failed, more than 30 %");
      assertThat(answers).anyMatch(answer -> answer.startsWith("HTTP/1.1 422"));
      try (var client = new Client(port)) {
        assertThat(client.get("/said")).endsWith("{\"number\":0}");
        assertThat(client.get("/more")).startsWith("HTTP/1.1 404");
      }
    }
  }

  @Test
  void aTrialWithoutFailuresStays() throws Exception {
    try (var running = started();
        var client = new Client(port(running))) {
      Files.writeString(file(), definition(1));
      var request = ControlWords.dict("do", Value.text("reload"), "trial", new Value.Real(0.3));
      assertThat(ControlClient.ask(folder.resolve(".unikernal"), request).orElseThrow())
          .matches(answer -> answer.field("outcome").equals(Value.text("changed")));
      assertThat(client.get("/said")).endsWith("{\"number\":1}");
    }
  }

  private Value asked(Value isDry) {
    var request = ControlWords.dict("do", Value.text("reload"), "dry_run", isDry);
    return ControlClient.ask(folder.resolve(".unikernal"), request).orElseThrow();
  }
}
