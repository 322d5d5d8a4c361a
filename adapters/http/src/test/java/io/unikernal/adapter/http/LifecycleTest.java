package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Health;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How systems begin and end, and what is left of them. */
@Timeout(20)
class LifecycleTest {
  private static final String HELLO = "GET /hello HTTP/1.1\nHost: x\n\n";

  private static Definition hello() {
    return hello("127.0.0.1:0");
  }

  private static Definition hello(String listen) {
    return new Definition("web")
        .with(HttpAdapter.LISTEN, listen)
        .operation("hello", HttpAdapter.GET, "/hello", HttpAdapter.RETURNS, Type.Simple.ANY);
  }

  private static Fault openFails(HttpAdapter adapter, Definition definition) {
    return catchThrowableOfType(
            FaultException.class, () -> adapter.open(definition.context()).close())
        .fault();
  }

  @Test
  void beforeTheStartAndAfterTheStopItIsNotReady() throws Exception {
    try (Web web = Web.bound(new HttpAdapter(), hello())) {
      assertThat(web.get("/hello").statusCode()).isEqualTo(503);
      assertThat(web.get("/hello").headers().firstValue("retry-after")).hasValue("1");
      web.start(_ -> Value.text("hello"));
      assertThat(web.get("/hello").statusCode()).isEqualTo(200);
      web.stop();
      try (Raw raw = new Raw(web.port())) {
        assertThat(raw.send(HELLO).rest()).startsWith("HTTP/1.1 503").contains("connection: close");
      }
    }
  }

  @Test
  void anOperationThatNoRouteTakesIsNotThere() throws Exception {
    var system = new HttpAdapter().open(hello().context());
    try (Raw raw = new Raw(java.net.URI.create(system.describe()).getPort())) {
      assertThat(raw.send(HELLO).response()).startsWith("HTTP/1.1 404").contains("NO_ROUTE");
    } finally {
      system.close();
    }
  }

  @Test
  void whatIsUnderWayWhenItStopsIsStillAnsweredAndTheConnectionEnds() throws Exception {
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    try (Web web =
            Web.running(
                hello(),
                _ -> {
                  entered.countDown();
                  leave.await();
                  return Value.text("late");
                });
        Raw raw = new Raw(web.port())) {
      raw.send(HELLO);
      entered.await();
      web.stop();
      leave.countDown();
      assertThat(raw.rest()).startsWith("HTTP/1.1 200").contains("connection: close", "\"late\"");
    }
  }

  @Test
  void closingCancelsWhatIsUnderWayAndFreesThePort() throws Exception {
    var entered = new CountDownLatch(1);
    Web web =
        Web.running(
            hello(),
            _ -> {
              entered.countDown();
              Thread.sleep(60_000);
              return Value.Null.NULL;
            });
    int port = web.port();
    try (Raw raw = new Raw(port)) {
      raw.send(HELLO);
      entered.await();
      web.close();
      assertThat(raw.rest()).isEmpty();
    }
    assertThat(web.cancelled.get()).isEqualTo(1);
    web.system.close();
    try (var again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(again.getLocalPort()).isEqualTo(port);
    }
  }

  @Test
  void aPortInUseIsToldWithWhatToDo() throws Exception {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = other.getLocalPort();
      var fault = openFails(new HttpAdapter(), hello("127.0.0.1:" + port));
      assertThat(fault.code()).isEqualTo(Fault.Code.REJECTED);
      assertThat(fault.message()).isEqualTo("port " + port + " on 127.0.0.1 is in use");
      assertThat(fault.hint()).isEqualTo("stop what listens there or change `listen` of `web`");
    }
  }

  @Test
  void twoSystemsOfOneAdapterDoNotShareAPort() throws Exception {
    var adapter = new HttpAdapter();
    try (Web web = Web.bound(adapter, hello())) {
      var fault = openFails(adapter, hello("127.0.0.1:" + web.port()));
      assertThat(fault.message()).contains("is in use");
    }
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (Web web = Web.bound(adapter, hello(String.valueOf(port)))) {
      assertThat(web.system.describe()).isEqualTo("http://127.0.0.1:" + port);
      assertThat(openFails(adapter, hello(String.valueOf(port))).message()).contains("is in use");
    }
    try (Web web = Web.bound(adapter, hello(String.valueOf(port)))) {
      assertThat(web.system.probe()).isEqualTo(Health.UP);
    }
  }

  @Test
  void twoOperationsOnOneAddressAreRefused() {
    var definition =
        hello()
            .operation("one", HttpAdapter.GET, "/a/{x}")
            .operation("two", HttpAdapter.GET, "/a/{y}");
    assertThat(openFails(new HttpAdapter(), definition).message())
        .isEqualTo("`web.one` and `web.two` both serve GET /a/{y}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1:2:3", "70000", "-1", "[::1]", "::1:80", ":80", "127.0.0.1:"})
  void whatIsNotAnAddressIsRefused(String listen) {
    assertThat(openFails(new HttpAdapter(), hello(listen)).message()).contains("is not an address");
  }

  @Test
  void ipv6AddressesServeToo() throws Exception {
    try (Web web = Web.running(hello("[::1]:0"), _ -> Value.text("six"))) {
      assertThat(web.system.describe()).startsWith("http://[::1]:");
      assertThat(web.get("/hello").body()).isEqualTo("\"six\"");
    }
  }

  @Test
  void moreConnectionsThanAllowedAreToldToComeBack() throws Exception {
    try (Web web =
            Web.running(hello().with(HttpAdapter.MAX_CONNECTIONS, 2), _ -> Value.text("hello"));
        Raw first = new Raw(web.port());
        Raw second = new Raw(web.port())) {
      first.send(HELLO).response();
      second.send(HELLO).response();
      assertThat(web.system.probe()).isInstanceOf(Health.Degraded.class);
      try (Raw third = new Raw(web.port())) {
        assertThat(third.rest()).startsWith("HTTP/1.1 503").contains("retry-after: 1");
      }
      first.socket.close();
      for (int i = 0; i < 500 && !web.system.probe().equals(Health.UP); i++) {
        Thread.sleep(10);
      }
      try (Raw third = new Raw(web.port())) {
        assertThat(third.send(HELLO).response()).startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void nothingIsLeftAfterTheLastSystemIsClosed() throws Exception {
    Web.running(hello(), _ -> Value.text("warm")).close();
    awaitNoThreads();
    Set<String> files = openFiles();
    var adapter = new HttpAdapter();
    for (int i = 0; i < 3; i++) {
      var webs = new ArrayList<Web>();
      for (int n = 0; n < 2; n++) {
        Web web = Web.bound(adapter, hello());
        web.start(_ -> Value.text("hello"));
        assertThat(web.get("/hello").statusCode()).isEqualTo(200);
        webs.add(web);
      }
      webs.forEach(Web::close);
    }
    awaitNoThreads();
    for (int i = 0; i < 300 && openFiles().size() > files.size(); i++) {
      Thread.sleep(10);
    }
    assertThat(openFiles()).hasSizeLessThanOrEqualTo(files.size());
  }

  @Test
  void askingWhatItIsLoadsNoDriver() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-verbose:class",
                "-cp",
                System.getProperty("java.class.path"),
                SpecOnly.class.getName())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(out).contains("io.unikernal.adapter.http.HttpAdapter", "spec of http");
    assertThat(out).doesNotContain("io.vertx.", "io.netty.");
  }

  /** Run in a process of its own. */
  static final class SpecOnly {
    private SpecOnly() {}

    public static void main(String[] arguments) {
      System.out.println("spec of " + new HttpAdapter().spec().name());
    }
  }

  private static void awaitNoThreads() throws InterruptedException {
    for (int i = 0; i < 500 && !driverThreads().isEmpty(); i++) {
      Thread.sleep(10);
    }
    assertThat(driverThreads()).isEmpty();
  }

  private static Set<String> driverThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.contains("vert.x") || name.contains("vertx"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> openFiles() throws java.io.IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.map(Path::toString).collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
