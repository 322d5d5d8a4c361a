package io.unikernal.adapter.http;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.spi.OperationRule.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The option {@code tls}: whose certificate this side shows, and whose it believes. */
final class TlsOptions {
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

  private TlsOptions() {}

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
}
