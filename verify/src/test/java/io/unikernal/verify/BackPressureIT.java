package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is fast does not fill the memory of who is slow. */
class BackPressureIT {
  private static final int ELEMENT_BYTES = 1_000;

  /** Elements that may lie between a worker and a reader: in sockets, frames and queues. */
  private static final int BETWEEN_MAX = 40_000;

  /** Together more than three times the heap. */
  private static final int LINES = 20_000;

  private static final int LINE_BYTES = 10_000;
  private static final int CLIENTS = 700;
  private static final int BODY_BYTES = 900_000;

  /** The heap of 512 MB, and what a JVM has beside it. */
  private static final long RSS_MAX_KB = 1_000_000;

  @TempDir private Path folder;

  private static long rssKb(RunningProgram program) throws IOException {
    long most = 0;
    for (ProcessHandle one :
        Stream.concat(
                Stream.of(program.process().toHandle()), program.process().toHandle().descendants())
            .toList()) {
      Path status = Path.of("/proc/" + one.pid() + "/status");
      if (Files.exists(status)) {
        for (String line : Files.readAllLines(status)) {
          if (line.startsWith("VmHWM:")) {
            most = Math.max(most, Long.parseLong(line.replaceAll("\\D", "")));
          }
        }
      }
    }
    return most;
  }

  private Path maker() throws IOException {
    return Definitions.of(
        folder.resolve("slow"),
        "slow.udl.yaml",
        """
        udl: 7
        types: { Line: { text: string } }
        systems:
          web:
            type: http
            listen: 0
            operations: { lines: { get: /lines, returns: stream(Line) } }
          maker:
            type: python
            path: ./maker.py
            operations: { lines: { returns: stream(Line), effect: reads } }
        routes:
          - { from: web.lines, to: maker.lines }
        """,
        "maker.py",
        """
        import itertools
        from dataclasses import dataclass
        from typing import Iterator


        @dataclass
        class Line:
            text: str


        def lines() -> Iterator[Line]:
            with open("made", "w") as made:
                for number in itertools.count():
                    yield Line("x" * %d)
                    if number %% 500 == 0:
                        made.seek(0)
                        made.write(str(number))
                        made.flush()
        """
            .formatted(ELEMENT_BYTES));
  }

  @Test
  void aSlowReaderHoldsTheWorkerBackThatMakesTheStream() throws Exception {
    Path definition = maker();
    try (var program = RunningProgram.run(folder, definition);
        var socket =
            new Socket(InetAddress.getLoopbackAddress(), URI.create(program.url()).getPort())) {
      socket
          .getOutputStream()
          .write("GET /lines HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      long read = 0;
      byte[] buffer = new byte[64 << 10];
      for (int i = 0; i < 40; i++) {
        read += socket.getInputStream().read(buffer);
        Thread.sleep(50);
      }
      long made = made();
      Thread.sleep(2_000); // nobody reads: nothing is made
      assertThat(made()).isLessThanOrEqualTo(made + 500);
      assertThat(made()).isLessThan(read / ELEMENT_BYTES + BETWEEN_MAX);
      assertThat(rssKb(program)).isLessThan(RSS_MAX_KB);
      long more = 0;
      while (more < 100L << 20) { // and it goes on
        more += socket.getInputStream().read(buffer);
      }
      assertThat(made()).isGreaterThan(made);
    }
  }

  private long made() throws IOException {
    Path file = folder.resolve("slow/made");
    String text = Files.exists(file) ? Files.readString(file) : "";
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  @Test
  void aBodyLargerThanTheHeapIsReadLineByLine() throws Exception {
    Path definition =
        Definitions.of(
            folder.resolve("lines"),
            "lines.udl.yaml",
            """
            udl: 7
            types: { Line: { number: int, text: string } }
            systems:
              web:
                type: http
                listen: 0
                operations: { load: { post: /load, body: stream(Line), returns: string } }
              out:
                type: file
                path: ./out
                operations: { keep: { append: numbers.jsonl, accepts: { number: int }, effect: idempotent } }
            routes:
              - { from: web.load, to: load }
            pipelines:
              load:
                input: stream(Line)
                steps:
                  - for_each:
                      in: ${input}
                      steps: [{ system: out.keep, with: { number: "${item.number}" } }]
                  - { set: kept }
            """);
    Map<String, String> small = Map.of("UNIKERNAL_JAVA_OPTS", "-Xmx64m");
    try (var program = RunningProgram.start(folder, small, "run", definition.toString())) {
      program.awaitOutput("Ctrl-C stops it.");
      var request =
          HttpRequest.newBuilder(URI.create(program.url() + "/load"))
              .header("content-type", "application/x-ndjson")
              .POST(HttpRequest.BodyPublishers.ofInputStream(BackPressureIT::lines))
              .build();
      try (var client = HttpClient.newHttpClient()) {
        var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("\"kept\"");
      }
    }
    try (var kept = Files.lines(folder.resolve("lines/out/numbers.jsonl"))) {
      assertThat(kept.count()).isEqualTo(LINES);
    }
  }

  /** {@link #LINES} lines of JSON, each made when it is read. */
  private static InputStream lines() {
    String text = "x".repeat(LINE_BYTES);
    var numbers = IntStream.range(0, LINES).iterator();
    return new SequenceInputStream(
        new Enumeration<>() {
          @Override
          public boolean hasMoreElements() {
            return numbers.hasNext();
          }

          @Override
          public InputStream nextElement() {
            String line = "{\"number\":%d,\"text\":\"%s\"}\n".formatted(numbers.next(), text);
            return new ByteArrayInputStream(line.getBytes(StandardCharsets.US_ASCII));
          }
        });
  }

  private Path forwarder(int port) throws IOException {
    return Definitions.of(
        folder.resolve("flood"),
        "flood.udl.yaml",
        """
        udl: 7
        systems:
          web:
            type: http
            listen: 0
            operations:
              put: { post: /put, body: { list: list(string) }, status: 202 }
              health: { get: /health, returns: string }
          slow:
            type: http
            url: http://127.0.0.1:%d
            operations: { put: { post: /put, body: { list: list(string) }, effect: idempotent } }
        routes:
          - { from: web.put, to: put }
          - { from: web.health, to: fine }
        pipelines:
          put:
            input: { list: list(string) }
            steps:
              - { system: slow.put, with: { list: "${input.list.map(s, s + '!')}" } }
          fine: { steps: [{ set: fine }] }
        """
            .formatted(port));
  }

  @Test
  void aFloodOfLargeBodiesIsRefusedBeforeItFillsTheHeap() throws Exception {
    var backend =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
    backend.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    backend.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            Thread.sleep(1_000);
            exchange.sendResponseHeaders(204, -1);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    backend.start();
    Path definition = forwarder(backend.getAddress().getPort());
    String item = "\"abcdefgh\",";
    String text = "{\"list\":[" + item.repeat(BODY_BYTES / item.length()) + "\"end\"]}";
    byte[] body = text.getBytes(StandardCharsets.US_ASCII);
    try (var program = RunningProgram.run(folder, definition)) {
      Map<Integer, Integer> answers = flood(program.url(), body);
      assertThat(answers.keySet()).as("" + answers).isSubsetOf(202, 503, 0);
      assertThat(answers.get(503)).as("" + answers).isPositive();
      assertThat(answers.get(202)).as("" + answers).isPositive();
      assertThat(Http.get(program.url() + "/health").statusCode()).isEqualTo(200);
      assertThat(Http.post(program.url() + "/put", body).statusCode()).isEqualTo(202);
      assertThat(program.errors()).doesNotContain("OutOfMemoryError");
      assertThat(rssKb(program)).isLessThan(RSS_MAX_KB);
    } finally {
      backend.stop(0);
    }
  }

  /** How many got which status; 0 where the connection was closed while it still sent. */
  private static Map<Integer, Integer> flood(String url, byte[] body) throws Exception {
    var answers = new TreeMap<Integer, Integer>();
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.submit(() -> {
          int status;
          try {
            status = Http.post(url + "/put", body).statusCode();
          } catch (IOException _) {
            status = 0;
          }
          synchronized (answers) {
            answers.merge(status, 1, Integer::sum);
          }
          return status;
        });
      }
    }
    return answers;
  }
}
