package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each bad input gets a clear error at the earliest point; nothing hangs and nothing is lost. */
class BadInputIT {
  private static final String WEB_AND_JOBS =
      """
      udl: 7
      systems:
        web:
          type: http
          listen: 0
          operations:
            work: { post: /work, body: { text: "string(1..20)" }, returns: { text: string } }
        jobs: { type: python, path: ./jobs.py }
      routes:
        - from: web.work
          to: jobs.work
          policy: { type: timeout, after: 2s }
      """;

  private static final String WORK =
      """
      import time
      from dataclasses import dataclass


      @dataclass
      class Answer:
          text: str


      def work(text: str) -> Answer:
          print("printed to stdout", flush=True)
          if text == "hang":
              time.sleep(3600)
          if text == "wrong":
              return 42
          if text == "throw":
              raise ValueError("no " + text)
          return Answer(text)
      """;

  @TempDir private Path folder;

  /** A command that ends by itself. */
  private record Ended(int exit, String text) {}

  private Ended unikernal(Map<String, String> environment, String... arguments) throws Exception {
    try (var program = RunningProgram.start(folder, environment, arguments)) {
      int exit = program.exitCode();
      String text = program.output() + program.errors();
      assertThat(text).doesNotContain("Exception", "\tat ");
      return new Ended(exit, text);
    }
  }

  @Test
  void aPortInUseIsSaidBeforeTheFirstRequest() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path definition =
          Definitions.of(
              folder.resolve("port"),
              "a.udl.yaml",
              WEB_AND_JOBS.replace("listen: 0", "listen: " + taken.getLocalPort()),
              "jobs.py",
              WORK);
      var ended = unikernal(Map.of(), "run", definition.toString());
      assertThat(ended.exit()).as(ended.text()).isEqualTo(3);
      assertThat(ended.text()).contains("" + taken.getLocalPort(), "in use", "listen");
    }
  }

  @Test
  void aDatabaseThatIsNotThereIsSaidBeforeTheFirstRequestAndItsPasswordIsNot() throws Exception {
    Path definition =
        Definitions.of(
            folder.resolve("db"),
            "a.udl.yaml",
            """
            udl: 7
            systems:
              web: { type: http, listen: 0, operations: { all: { get: /all, returns: "list(any)" } } }
              db:
                type: postgres
                connection: ${ORDER_DB}
                operations: { all: { sql: select 1 as one } }
            routes:
              - { from: web.all, to: db.all }
            """);
    var ended =
        unikernal(
            Map.of("ORDER_DB", "postgres://ann:Wint3rmute@127.0.0.1:1/orders"),
            "run",
            definition.toString());
    assertThat(ended.exit()).as(ended.text()).isEqualTo(3);
    assertThat(ended.text()).contains("db").doesNotContain("Wint3rmute");
    var unset = unikernal(Map.of(), "check", definition.toString());
    assertThat(unset.exit()).isEqualTo(1);
    assertThat(unset.text()).contains("ORDER_DB");
  }

  @Test
  void aFunctionFileWithASyntaxErrorIsAFindingWithItsPlace() throws Exception {
    Path definition =
        Definitions.of(
            folder.resolve("syntax"),
            "a.udl.yaml",
            WEB_AND_JOBS,
            "jobs.py",
            "def work(text: str) -> str\n");
    var ended = unikernal(Map.of(), "check", definition.toString());
    assertThat(ended.exit()).as(ended.text()).isEqualTo(1);
    assertThat(ended.text()).contains("SyntaxError", "jobs.py:1");
  }

  @Test
  void aMissingFunctionIsAFindingThatNamesANearOne() throws Exception {
    Path definition =
        Definitions.of(
            folder.resolve("missing"),
            "a.udl.yaml",
            WEB_AND_JOBS.replace("jobs.work", "jobs.wrok"),
            "jobs.py",
            WORK);
    var ended = unikernal(Map.of(), "check", definition.toString());
    assertThat(ended.exit()).as(ended.text()).isEqualTo(1);
    assertThat(ended.text()).contains("wrok", "work");
  }

  @Test
  void cyclicImportsAreAFinding() throws Exception {
    Path definition =
        Definitions.of(
            folder.resolve("cycle"),
            "a.udl",
            "import: ./more/b.udl\n",
            "more/b.udl",
            "import: ../a.udl\n");
    var ended = unikernal(Map.of(), "check", definition.toString());
    assertThat(ended.exit()).as(ended.text()).isEqualTo(1);
    assertThat(ended.text()).contains("a.udl", "b.udl");
  }

  @Test
  void aFunctionMayPrintThrowAnswerWronglyOrHangAndTheNextCallWorks() throws Exception {
    Path definition =
        Definitions.of(folder.resolve("work"), "a.udl.yaml", WEB_AND_JOBS, "jobs.py", WORK);
    try (var program = RunningProgram.run(folder, definition)) {
      String url = program.url() + "/work";
      assertThat(Http.post(url, "{\"text\":\"fine\"}").body()).isEqualTo("{\"text\":\"fine\"}");
      program.awaitErrors("jobs#1: printed to stdout");
      assertThat(Http.post(url, "{\"text\":\"throw\"}").statusCode()).isEqualTo(500);
      assertThat(Http.post(url, "{\"text\":\"wrong\"}").statusCode()).isBetween(500, 502);
      assertThat(Http.post(url, "{\"text\":\"hang\"}").statusCode()).isEqualTo(504);
      assertThat(Http.post(url, "{\"text\":\"again\"}").statusCode()).isEqualTo(200);
      assertThat(program.interrupt()).isZero();
    }
  }

  @Test
  void aBodyThatIsNotWhatItShouldBeGetsItsStatus() throws Exception {
    Path definition =
        Definitions.of(folder.resolve("body"), "a.udl.yaml", WEB_AND_JOBS, "jobs.py", WORK);
    try (var program = RunningProgram.run(folder, definition)) {
      String url = program.url() + "/work";
      assertThat(status(url, "{\"text\":\"a\",\"text\":\"b\"}"))
          .as("duplicate keys")
          .isEqualTo(400);
      assertThat(status(url, "[".repeat(100_000))).as("deep nesting").isBetween(400, 413);
      assertThat(status(url, "{\"text\":" + "9".repeat(100_000) + "}"))
          .as("a huge number")
          .isBetween(400, 422);
      assertThat(status(url, "{\"text\":\"a\",\"more\":1}")).as("an extra field").isEqualTo(422);
      assertThat(status(url, "{}")).as("a missing field").isEqualTo(422);
      assertThat(status(url, "{\"text\":7}")).as("a wrong type").isEqualTo(422);
      byte[] invalid = {'{', '"', 't', 'e', 'x', 't', '"', ':', '"', (byte) 0xc3, '(', '"', '}'};
      assertThat(Http.post(url, invalid).statusCode()).as("invalid UTF-8").isEqualTo(400);
      assertThat(status(url, "{\"text\":\"fine\"}")).isEqualTo(200);
    }
  }

  @Test
  void slowAndHalfClosedClientsKeepNobodyElseWaiting() throws Exception {
    Path definition =
        Definitions.of(folder.resolve("slow"), "a.udl.yaml", WEB_AND_JOBS, "jobs.py", WORK);
    try (var program = RunningProgram.run(folder, definition)) {
      URI url = URI.create(program.url());
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        var socket = new Socket(url.getHost(), url.getPort());
        OutputStream out = socket.getOutputStream();
        out.write(
            "POST /work HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        if (i % 2 == 0) {
          socket.shutdownOutput();
        }
        slow.add(socket);
      }
      assertThat(status(url + "/work", "{\"text\":\"fine\"}")).isEqualTo(200);
      for (Socket socket : slow) {
        socket.close();
      }
      assertThat(program.interrupt()).isZero();
      assertThat(program.output()).contains("balanced");
    }
  }

  private static int status(String url, String json) throws Exception {
    return Http.post(url, json).statusCode();
  }
}
