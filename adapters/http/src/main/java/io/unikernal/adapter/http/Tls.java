package io.unikernal.adapter.http;

import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What {@link TlsOptions} say, as Vert.x wants it: TLS 1.3 and 1.2. */
final class Tls {
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA");

  private Tls() {}

  /**
   * Of a server; empty if it speaks without TLS. The files are read now.
   *
   * @throws io.unikernal.model.FaultException if one cannot be read, or is none
   */
  static Optional<ServerSSLOptions> server(Config system) {
    return system
        .find(TlsOptions.TLS)
        .map(tls -> {
          var options = new ServerSSLOptions();
          options.setUseAlpn(false);
          limits(options);
          key(tls).ifPresent(options::setKeyCertOptions);
          authorities(tls)
              .ifPresent(trusted -> {
                boolean isOptional =
                    tls.find(TlsOptions.CLIENTS).filter("optional"::equals).isPresent();
                options.setTrustOptions(trusted);
                options.setClientAuth(isOptional ? ClientAuth.REQUEST : ClientAuth.REQUIRED);
              });
          return options;
        });
  }

  /** The same of a client. */
  static void client(Config system, HttpClientOptions options) {
    system
        .find(TlsOptions.TLS)
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
    return tls.find(TlsOptions.CERTIFICATE)
        .map(certificate -> {
          Buffer shown = certificates(certificate);
          Buffer key = read(tls.get(TlsOptions.KEY));
          checkPair(shown, key, tls.get(TlsOptions.KEY));
          return new PemKeyCertOptions().setCertValue(shown).setKeyValue(key);
        });
  }

  /** Else the first client would be who finds out. */
  private static void checkPair(Buffer certificates, Buffer pem, Path file) {
    String text = pem.toString(StandardCharsets.US_ASCII);
    if (!text.contains("-----BEGIN PRIVATE KEY-----")) {
      return; // an older form: Vert.x reads it
    }
    try {
      var shown =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(certificates.getBytes()));
      String kind = shown.getPublicKey().getAlgorithm();
      byte[] bytes = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
      var key = KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(bytes));
      var signature = Signature.getInstance(SIGNATURES.getOrDefault(kind, kind));
      signature.initSign(key);
      signature.update(bytes);
      byte[] signed = signature.sign();
      signature.initVerify(shown.getPublicKey());
      signature.update(bytes);
      if (signature.verify(signed)) {
        return;
      }
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      // A key of another kind, or none: told below.
    }
    throw Fault.of(
            Fault.Code.INVALID,
            file + " is not the key of the certificate",
            "write the `key` that belongs to `certificate`, in PEM, PKCS #8")
        .toException();
  }

  private static Optional<PemTrustOptions> authorities(Config tls) {
    return tls.find(TlsOptions.AUTHORITIES)
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
