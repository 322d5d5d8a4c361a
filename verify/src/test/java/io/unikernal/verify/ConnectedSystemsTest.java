package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.unikernal.kernel.Listener;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.server.RunningDefinition;
import io.unikernal.udl.Contact.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Systems other than databases: there, not there, and there without an answer. */
class ConnectedSystemsTest {
  private static final Duration SHORT = Duration.ofMillis(500);

  @TempDir private Path folder;

  private Connected check(String systems) throws Exception {
    return Connected.check(folder, "systems:\n" + systems.indent(2));
  }

  private Connected hurried(String systems, Map<String, String> environment) throws Exception {
    long start = System.nanoTime();
    var checked = Connected.check(folder, "systems:\n" + systems.indent(2), environment, SHORT);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    return checked;
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  private static int freePort() throws IOException {
    try (var socket = listen()) {
      return socket.getLocalPort();
    }
  }

  private static String caller(String url) {
    return "shop: { type: http, url: \"%s\", headers: { authorization: \"${TOKEN}\" }, operations: { a: { get: /a } } }"
        .formatted(url);
  }

  @Test
  void whatIsInsideTheProcessIsNotAsked() throws Exception {
    var checked =
        check(
            """
            clock: { type: timer, operations: { tick: { every: 10s } } }
            bus: { type: memory, operations: { a: { accepts: any } } }
            """);

    assertThat(checked.findings()).isEmpty();
    assertThat(checked.contact("clock").status()).isEqualTo(Status.INSIDE);
    assertThat(checked.contact("bus").status()).isEqualTo(Status.INSIDE);
  }

  @Test
  void anyAnswerOfAServerWillDo() throws Exception {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean isAllowed =
              "t0p-secret".equals(exchange.getRequestHeaders().getFirst("authorization"));
          exchange.sendResponseHeaders(isAllowed ? 405 : 401, -1);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
      var checked =
          Connected.check(
              folder, "systems:\n  " + caller(url), Map.of("TOKEN", "t0p-secret"), Connected.LIMIT);
      assertThat(checked.findings()).isEmpty();
      assertThat(checked.contact("shop").detail()).isEqualTo("answered 405 to HEAD");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aServerThatIsNotThereIsUnreachable() throws Exception {
    String url = "http://127.0.0.1:" + freePort();
    var checked = hurried(caller(url), Map.of("TOKEN", "t0p-secret"));

    assertThat(checked.findings()).containsExactly("error UDL-7001 at `\"" + url + "\"`");
    assertThat(checked.text()).contains("refused", "start it, or correct `url`");
    assertThat(checked.text() + checked.compilation().contacts()).doesNotContain("t0p-secret");
  }

  @Test
  void aServerThatAcceptsAndSaysNothingIsNotWaitedForLonger() throws Exception {
    try (var silent = listen()) {
      String url = "http://127.0.0.1:" + silent.getLocalPort();
      var checked = hurried(caller(url), Map.of("TOKEN", "t"));
      assertThat(checked.findings()).containsExactly("error UDL-7001 at `\"" + url + "\"`");
      assertThat(checked.text()).contains("did not answer within 500 ms");
    }
  }

  @Test
  void oneThatIsSilentDoesNotHoldUpTheOthers() throws Exception {
    try (var silent = listen()) {
      String database = "postgres://shop:Hunter2@127.0.0.1:" + silent.getLocalPort() + "/shop";
      var checked =
          hurried(
              """
              db: { type: postgres, connection: "${DB}", operations: { a: { sql: select 1 } } }
              other: { type: postgres, connection: "${DB}", operations: { a: { sql: select 1 } } }
              log: { type: file, path: ./log, operations: { a: { append: a.jsonl } } }
              """,
              Map.of("DB", database));
      assertThat(checked.findings())
          .containsExactly("error UDL-7001 at `\"${DB}\"`", "error UDL-7001 at `\"${DB}\"`");
      assertThat(checked.contact("log").status()).isEqualTo(Status.CONNECTED);
      assertThat(
              checked.text()
                  + checked.compilation().contacts()
                  + checked.compilation().rendered().json())
          .doesNotContain("Hunter2");
    }
  }

  @Test
  void aDatabaseServerThatIsNotThereIsUnreachable() throws Exception {
    int port = freePort();
    var checked =
        hurried(
            """
            db:
              type: postgres
              connection: postgres://shop:Hunter2@127.0.0.1:%d/shop
              operations: { a: { sql: select nothing from nowhere } }
            """
                .formatted(port),
            Map.of());

    assertThat(checked.findings())
        .anyMatch(finding -> finding.startsWith("error UDL-7001 at `postgres://"))
        .noneMatch(finding -> finding.contains("UDL-71"));
    assertThat(checked.text()).contains("127.0.0.1:" + port + "/shop").doesNotContain("Hunter2");
  }

  @Test
  void aPortIsTakenOnlyToSeeWhetherItIsFree() throws Exception {
    int port = freePort();
    String web = "web: { type: http, listen: %d, operations: { a: { get: /a } } }".formatted(port);
    var free = check(web);
    assertThat(free.findings()).isEmpty();
    assertThat(free.contact("web").detail()).isEqualTo("port " + port + " is free");
    try (var taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(taken.isBound()).isTrue();
      var checked = check(web);
      assertThat(checked.findings()).containsExactly("error UDL-7001 at `" + port + "`");
      assertThat(checked.text()).contains("port " + port + " is in use");
    }
  }

  @Test
  void aDefinitionThatRunsHoldsItsPortItself() throws Exception {
    int port = freePort();
    String definition =
        """
        systems:
          web: { type: http, listen: %d, operations: { a: { get: /a, returns: string } } }
        routes: [ { from: web.a, to: answer } ]
        pipelines: { answer: { output: hello } }
        """
            .formatted(port);
    var plan = Connected.check(folder, definition).compilation().plan().orElseThrow();
    try (var running =
        RunningDefinition.start(
            plan, AdapterCatalog.load(), Listener.SILENT, OptionalInt.empty())) {
      assertThat(running.status().systems()).hasSize(1);
      var checked = Connected.check(folder, definition);
      assertThat(checked.findings()).isEmpty();
      assertThat(checked.contact("web").detail()).contains("held, by this definition");
    }
  }

  @Test
  void aFolderIsLookedAtAndNotMade() throws Exception {
    Files.createDirectories(folder.resolve("inbox"));
    Files.writeString(folder.resolve("plain"), "");
    var checked =
        check(
            """
            inbox: { type: file, path: ./inbox, operations: { a: { append: a.jsonl } } }
            outbox: { type: file, path: ./out/box, operations: { a: { append: a.jsonl } } }
            plain: { type: file, path: ./plain, operations: { a: { read: a.json } } }
            below: { type: file, path: ./plain/below, operations: { a: { append: a.jsonl } } }
            """);

    assertThat(checked.findings())
        .containsExactly("error UDL-7001 at `./plain`", "error UDL-7001 at `./plain/below`");
    assertThat(checked.contact("inbox").detail()).isEqualTo("the folder may be written");
    assertThat(checked.contact("outbox").detail()).contains("not there yet");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  // ---- workers ----

  private static final String WORKER =
      """
      import pathlib, time
      shape = (pathlib.Path(__file__).parent / "shape.txt").read_text().strip()
      if shape == "hangs":
          time.sleep(60)
      if shape == "breaks":
          raise RuntimeError("no price list")
      if shape == "old":
          def quote(items: int, country: str) -> int:
              return items
          def refund(order: str) -> bool:
              return True
      if shape == "new":
          def quote(items: int, currency: str) -> str:
              return "x"
          def refunds(order: str) -> bool:
              return True
      """;

  private static final String PRICING = "pricing: { type: python, path: ./pricing.py }";

  private void shape(String text) throws IOException {
    Files.writeString(folder.resolve("pricing.py"), WORKER);
    Files.writeString(folder.resolve("shape.txt"), text);
  }

  @Test
  void aWorkerIsStartedAndSaysWhatTheDefinitionThinks() throws Exception {
    shape("old");
    var checked = check(PRICING);

    assertThat(checked.findings()).isEmpty();
    assertThat(checked.contact("pricing").detail())
        .isEqualTo("a worker started and said hello with 2 functions");
  }

  /** What the file said before is kept by its content, and its content has not changed. */
  @Test
  void aWorkerThatSaysOtherThanItsDescriptionHasDrifted() throws Exception {
    shape("old");
    assertThat(check(PRICING).findings()).isEmpty();
    shape("new");
    var checked = check(PRICING);

    assertThat(checked.findings())
        .containsExactly(
            "error UDL-7106 at `pricing`",
            "error UDL-7106 at `pricing`",
            "error UDL-7107 at `pricing`");
    assertThat(checked.text())
        .contains(
            "field `currency: string` is missing",
            "there is no parameter `country`",
            "`pricing.quote` gives `string`",
            "`string` is not `int`",
            "did you mean `refunds`?");
  }

  @Test
  void aDeclaredFunctionHasTheCaretAtWhatIsDeclared() throws Exception {
    shape("old");
    String declared =
        """
        pricing:
          type: python
          path: ./pricing.py
          operations:
            quote: { params: { items: int, country: string }, returns: int, effect: reads }
        """;
    assertThat(check(declared).findings()).isEmpty();
    shape("new");

    assertThat(check(declared).findings())
        .containsExactly(
            "error UDL-7107 at `pricing`",
            "error UDL-7106 at `{ items: int, country: string }`",
            "error UDL-7106 at `int`");
  }

  @Test
  void aWorkerThatDoesNotStartIsUnreachable() throws Exception {
    shape("old");
    assertThat(check(PRICING).findings()).isEmpty();
    shape("breaks");
    var broken = check(PRICING);
    assertThat(broken.findings()).containsExactly("error UDL-7001 at `./pricing.py`");
    assertThat(broken.text()).contains("no price list");
    shape("hangs");
    var hanging = hurried(PRICING, Map.of());
    assertThat(hanging.findings()).containsExactly("error UDL-7001 at `./pricing.py`");
    assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
  }
}
