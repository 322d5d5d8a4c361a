package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Reply;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint.Duplex;
import io.unikernal.spi.Endpoint.PushSource;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule.Problem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Serving and calling https, with certificates on one side and on both. */
@Timeout(30)
class TlsTest {
  @TempDir private static Path folder;
  @TempDir private static Path elsewhere;
  private static Certificates certificates;
  private static Certificates strangers;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.in(folder).issue("server").issue("renewed").issue("acme");
    strangers = Certificates.in(elsewhere).issue("acme");
  }

  private static Config tls(Object... more) {
    var pairs = new LinkedHashMap<Object, Object>();
    pairs.put(TlsOptions.CERTIFICATE, certificates.pem("server"));
    pairs.put(TlsOptions.KEY, certificates.key("server"));
    for (int i = 0; i < more.length; i += 2) {
      pairs.put(more[i], more[i + 1]);
    }
    return Definition.config(
        pairs.entrySet().stream()
            .flatMap(pair -> java.util.stream.Stream.of(pair.getKey(), pair.getValue()))
            .toArray());
  }

  private static Definition serves(Config tls) {
    return Web.definition()
        .with(TlsOptions.TLS, tls)
        .operation("hello", HttpAdapter.GET, "/hello", HttpAdapter.RETURNS, Type.Text.ANY_TEXT);
  }

  /** A server that answers with whom the connection proved. */
  private static final class Server implements AutoCloseable {
    final OpenSystem system;
    final BlockingQueue<List<X509Certificate>> shown = new LinkedBlockingQueue<>();

    Server(Definition definition) throws InterruptedException {
      system = new HttpAdapter().open(definition.context());
      start(system, definition);
    }

    void start(OpenSystem of, Definition definition) {
      ((PushSource) of.bind(definition.operation("hello")))
          .start((delivery, _) -> answer(delivery));
    }

    private void answer(Delivery delivery) {
      shown.add(delivery.sender().certificates());
      delivery.settle(new Outcome.Done(Reply.of(Value.text("hello"))));
    }

    List<String> names() throws InterruptedException {
      return shown.poll(5, TimeUnit.SECONDS).stream()
          .map(one -> one.getSubjectX500Principal().getName())
          .toList();
    }

    URI uri() {
      return URI.create(system.describe() + "/hello");
    }

    @Override
    public void close() {
      system.close();
    }
  }

  private static HttpResponse<String> get(URI uri, Certificates by, String name)
      throws IOException, InterruptedException, GeneralSecurityException {
    try (var client = HttpClient.newBuilder().sslContext(by.client(name)).build()) {
      var request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
      return client.send(request, BodyHandlers.ofString());
    }
  }

  private static String subject(HttpResponse<String> response) throws SSLException {
    var chain = response.sslSession().orElseThrow().getPeerCertificates();
    return ((X509Certificate) chain[0]).getSubjectX500Principal().getName();
  }

  @Test
  void aServerWithACertificateSpeaksHttpsAndNothingElse() throws Exception {
    try (var server = new Server(serves(tls()))) {
      assertThat(server.system.describe()).startsWith("https://127.0.0.1:");
      var response = get(server.uri(), certificates, "");
      assertThat(response.body()).isEqualTo("\"hello\"");
      assertThat(subject(response)).isEqualTo("O=Acme,CN=server");
      assertThat(server.names()).isEmpty();
      assertThatThrownBy(() -> get(server.uri(), strangers, "")).isInstanceOf(SSLException.class);
      try (Raw raw = new Raw(server.uri().getPort())) {
        assertThat(raw.send("GET /hello HTTP/1.1\nHost: x\n\n").rest()).doesNotContain("hello");
      }
    }
  }

  @Test
  void aClientThatMustShowACertificateIsRefusedWithoutOneOfTheAuthority() throws Exception {
    try (var server = new Server(serves(tls(TlsOptions.AUTHORITIES, certificates.pem("ca"))))) {
      assertThat(get(server.uri(), certificates, "acme").body()).isEqualTo("\"hello\"");
      assertThat(server.names()).containsExactly("O=Acme,CN=acme");
      assertThatThrownBy(() -> get(server.uri(), certificates, "")).isInstanceOf(IOException.class);
      assertThat(server.shown).isEmpty();
    }
  }

  @Test
  void aClientThatMayShowOneIsServedWithAndWithoutButNotWithAForeignOne() throws Exception {
    var tls = tls(TlsOptions.AUTHORITIES, certificates.pem("ca"), TlsOptions.CLIENTS, "optional");
    try (var server = new Server(serves(tls))) {
      assertThat(get(server.uri(), certificates, "").body()).isEqualTo("\"hello\"");
      assertThat(server.names()).isEmpty();
      assertThat(get(server.uri(), certificates, "acme").body()).isEqualTo("\"hello\"");
      assertThat(server.names()).containsExactly("O=Acme,CN=acme");
    }
  }

  @Test
  void aRenewedCertificateIsShownAfterAReloadWithTheSameFiles() throws Exception {
    Path pem = folder.resolve("changing.pem");
    Path key = folder.resolve("changing.key");
    copy("server", pem, key);
    var definition = serves(tls(TlsOptions.CERTIFICATE, pem, TlsOptions.KEY, key));
    try (var server = new Server(definition)) {
      assertThat(subject(get(server.uri(), certificates, ""))).isEqualTo("O=Acme,CN=server");
      copy("renewed", pem, key);
      assertThat(subject(get(server.uri(), certificates, ""))).isEqualTo("O=Acme,CN=server");
      OpenSystem next = server.system.successor(definition.context()).orElseThrow();
      server.start(next, definition);
      next.takeOver();
      assertThat(subject(get(server.uri(), certificates, ""))).isEqualTo("O=Acme,CN=renewed");
      next.close();
    }
  }

  private static void copy(String name, Path pem, Path key) throws IOException {
    Files.copy(certificates.pem(name), pem, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(certificates.key(name), key, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void whatIsNoRequestIsToldSoAndTheConnectionEndsAsTlsWantsIt() throws Exception {
    try (var server = new Server(serves(tls()));
        var socket =
            (SSLSocket)
                certificates
                    .client("")
                    .getSocketFactory()
                    .createSocket("127.0.0.1", server.uri().getPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write("GET /hello HTTP/1.1\r\nHost x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      // A cut without a farewell would be an SSLException here.
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(all).startsWith("HTTP/1.1 400").contains("\"MALFORMED\"");
    }
  }

  private static Reply call(Definition definition) throws InterruptedException {
    OpenSystem system = new HttpAdapter().open(definition.context());
    try {
      var duplex = (Duplex) system.bind(definition.operations().getFirst());
      return duplex.call(
          Message.received(
              "", new LinkedHashMap<>(), io.unikernal.model.Body.of(Value.Dict.EMPTY), Trace.NONE));
    } finally {
      system.close();
    }
  }

  private static Definition calls(Server server, Config tls) {
    return new Definition("bank")
        .with(HttpAdapter.URL, server.system.describe())
        .with(TlsOptions.TLS, tls)
        .operation("hello", HttpAdapter.GET, "/hello", HttpAdapter.RETURNS, Type.Text.ANY_TEXT);
  }

  @Test
  void aCallShowsItsCertificateAndBelievesItsOwnAuthoritiesAlone() throws Exception {
    try (var server = new Server(serves(tls(TlsOptions.AUTHORITIES, certificates.pem("ca"))))) {
      var own =
          Definition.config(
              TlsOptions.CERTIFICATE, certificates.pem("acme"),
              TlsOptions.KEY, certificates.key("acme"),
              TlsOptions.AUTHORITIES, certificates.pem("ca"));
      assertThat(call(calls(server, own)).body()).isEqualTo(Value.text("hello"));
      assertThat(server.names()).containsExactly("O=Acme,CN=acme");

      var foreign = Definition.config(TlsOptions.AUTHORITIES, strangers.pem("ca"));
      Fault fault =
          catchThrowableOfType(FaultException.class, () -> call(calls(server, foreign))).fault();
      assertThat(fault.code()).isEqualTo(Fault.Code.REJECTED);
      assertThat(fault.message()).contains("has no trusted TLS");
    }
  }

  @Test
  void filesThatAreNotThereOrDoNotFitAreToldBeforeAnythingIsServed() {
    Fault missing = fails(tls(TlsOptions.KEY, folder.resolve("none.key")));
    assertThat(missing.code()).isEqualTo(Fault.Code.NOT_FOUND);
    assertThat(missing.message()).contains("none.key");
    Fault none = fails(tls(TlsOptions.CERTIFICATE, certificates.key("server")));
    assertThat(none.message()).contains("holds no certificates in PEM");
    Fault other = fails(tls(TlsOptions.KEY, certificates.key("renewed")));
    assertThat(other.code()).isEqualTo(Fault.Code.INVALID);
    assertThat(other.message()).contains("renewed.key is not the key of the certificate");
  }

  private static Fault fails(Config tls) {
    return catchThrowableOfType(
            FaultException.class, () -> new HttpAdapter().open(serves(tls).context()).close())
        .fault();
  }

  @Test
  void optionsThatDoNotGoTogetherAreFoundByTheChecker() {
    assertThat(
            problems(HttpAdapter.LISTEN, "8080", Definition.config(TlsOptions.KEY, Path.of("k"))))
        .containsExactly("`tls` needs the certificate and its key");
    assertThat(problems(HttpAdapter.LISTEN, "8080", tls(TlsOptions.CLIENTS, "optional")))
        .containsExactly("`clients` is for a server that knows who issues their certificates");
    assertThat(problems(HttpAdapter.URL, "http://a.example", tls()))
        .containsExactly("`tls` is for an address that begins with `https`");
    assertThat(problems(HttpAdapter.URL, "https://a.example", tls())).isEmpty();
  }

  private static List<String> problems(
      io.unikernal.model.Field<String> option, String value, Config tls) {
    return TlsOptions.problems(Definition.config(option, value, TlsOptions.TLS, tls)).stream()
        .map(Problem::message)
        .toList();
  }
}
