package io.unikernal.adapter.http;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Fault;
import io.unikernal.model.Field;
import io.unikernal.spi.OperationRule.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The option {@code tls}: whose certificate this side shows, and whose it believes. TLS 1.3 and
 * 1.2.
 */
final class Tls {
  static final Field<Path> CERTIFICATE =
      Field.path(
              "certificate",
              "The certificate that is shown, with those between it and its authority, in PEM.")
          .optional()
          .example("./server.pem");
  static final Field<Path> KEY =
      Field.path("key", "The certificate's private key, in PEM (PKCS #8, not encrypted).")
          .optional()
          .example("./server.key");
  static final Field<Path> AUTHORITIES =
      Field.path(
              "authorities",
              "Serving: who issues the clients' certificates, in PEM. Calling: who issues the"
                  + " server's, in place of those that Java trusts.")
          .optional()
          .example("./ca.pem");
  static final Field<String> CLIENTS =
      Field.symbol(
              "clients",
              "Serving, with `authorities`: whether a client must show a certificate, or may.",
              "required",
              "optional")
          .optional()
          .example("optional");
  static final ConfigSpec SPEC = ConfigSpec.of(CERTIFICATE, KEY, AUTHORITIES, CLIENTS);

  static final Field<Config> TLS =
      Field.options(
              "tls",
              "Serving: `https`, with this certificate. Calling an `https` address: the certificate of"
                  + " this side, and who is trusted.",
              SPEC)
          .optional()
          .example("{ certificate: ./server.pem, key: ./server.key }");

  private static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");

  private Tls() {}

  /** What of a system's options does not go together. */
  static List<Problem> problems(Config system) {
    var problems = new ArrayList<Problem>();
    Optional<Config> tls = system.find(TLS);
    if (tls.isEmpty()) {
      return problems;
    }
    boolean serves = system.has(HttpAdapter.LISTEN);
    Config options = tls.get();
    if (options.has(CERTIFICATE) != options.has(KEY) || serves && !options.has(CERTIFICATE)) {
      problems.add(
          new Problem(
              "",
              "`tls` needs the certificate and its key",
              "write tls: { certificate: ./server.pem, key: ./server.key }"));
    }
    if (options.has(CLIENTS) && !(serves && options.has(AUTHORITIES))) {
      problems.add(
          new Problem(
              "",
              "`clients` is for a server that knows who issues their certificates",
              serves ? "add `authorities` to `tls`" : "remove `clients` from `tls`"));
    }
    boolean isHttps =
        system.find(HttpAdapter.URL).map(url -> url.startsWith("https:")).orElse(true);
    if (!isHttps) {
      problems.add(
          new Problem("", "`tls` is for an address that begins with `https`", "change `url`"));
    }
    return problems;
  }

  /**
   * Of a server; empty if it speaks without TLS. The files are read now.
   *
   * @throws io.unikernal.model.FaultException if one cannot be read, or is none
   */
  static Optional<ServerSSLOptions> server(Config system) {
    return system
        .find(TLS)
        .map(tls -> {
          var options = new ServerSSLOptions();
          options.setUseAlpn(false);
          limits(options);
          key(tls).ifPresent(options::setKeyCertOptions);
          authorities(tls)
              .ifPresent(trusted -> {
                boolean isOptional = tls.find(CLIENTS).filter("optional"::equals).isPresent();
                options.setTrustOptions(trusted);
                options.setClientAuth(isOptional ? ClientAuth.REQUEST : ClientAuth.REQUIRED);
              });
          return options;
        });
  }

  /** The same of a client. */
  static void client(Config system, HttpClientOptions options) {
    system
        .find(TLS)
        .ifPresent(tls -> {
          key(tls).ifPresent(options::setKeyCertOptions);
          authorities(tls).ifPresent(options::setTrustOptions);
        });
    options.setSslHandshakeTimeout(HANDSHAKE.toMillis());
    options.setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    options.setEnabledSecureTransportProtocols(PROTOCOLS);
  }

  private static void limits(SSLOptions options) {
    options.setSslHandshakeTimeout(HANDSHAKE.toMillis());
    options.setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    options.setEnabledSecureTransportProtocols(PROTOCOLS);
  }

  private static Optional<PemKeyCertOptions> key(Config tls) {
    return tls.find(CERTIFICATE)
        .map(certificate ->
            new PemKeyCertOptions()
                .setCertValue(certificates(certificate))
                .setKeyValue(read(tls.get(KEY))));
  }

  private static Optional<PemTrustOptions> authorities(Config tls) {
    return tls.find(AUTHORITIES)
        .map(file -> new PemTrustOptions().addCertValue(certificates(file)));
  }

  private static Buffer certificates(Path file) {
    Buffer bytes = read(file);
    try {
      var found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes.getBytes()));
      if (!found.isEmpty()) {
        return bytes;
      }
    } catch (CertificateException _) {
      // Told below, as that there is none.
    }
    throw Fault.of(Fault.Code.INVALID, file + " holds no certificates in PEM").toException();
  }

  private static Buffer read(Path file) {
    try {
      return Buffer.buffer(Files.readAllBytes(file));
    } catch (IOException e) {
      throw Fault.of(Fault.Code.NOT_FOUND, file + " cannot be read", "check `tls`").toException(e);
    }
  }
}
