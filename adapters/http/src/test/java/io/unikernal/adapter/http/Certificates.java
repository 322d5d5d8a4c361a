package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority and what it issues, made by openssl in a folder. */
final class Certificates {
  private static final char[] NONE = new char[0];
  private final Path folder;

  private Certificates(Path folder) {
    this.folder = folder;
  }

  static Certificates in(Path folder) throws IOException, InterruptedException {
    var made = new Certificates(folder);
    made.openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=tests"
            + " -keyout ca.key -out ca.pem");
    return made;
  }

  /** With its key beside it, for this machine's loopback. */
  Certificates issue(String name) throws IOException, InterruptedException {
    Files.writeString(folder.resolve("san"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    openssl(
        ("req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=%s/O=Acme"
                + " -keyout %s.key -out %s.csr")
            .formatted(name, name, name));
    openssl(
        "x509 -req -in %s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out %s.pem"
            .formatted(name, name));
    return this;
  }

  private void openssl(String arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ")));
    var process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  Path pem(String name) {
    return folder.resolve(name + ".pem");
  }

  Path key(String name) {
    return folder.resolve(name + ".key");
  }

  /** As a client of Java trusts the authority, and shows a certificate if it has a name. */
  SSLContext client(String name) throws IOException, GeneralSecurityException {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, NONE);
    trusted.setCertificateEntry("ca", read("ca").getFirst());
    var trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    var keys = KeyManagerFactory.getInstance("PKIX");
    var own = KeyStore.getInstance("PKCS12");
    own.load(null, NONE);
    if (!name.isEmpty()) {
      String pem = Files.readString(key(name)).replaceAll("-----.*?-----|\\s", "");
      var key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
      own.setKeyEntry(name, key, NONE, read(name).toArray(new Certificate[0]));
    }
    keys.init(own, NONE);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private List<Certificate> read(String name) throws IOException, GeneralSecurityException {
    try (var bytes = Files.newInputStream(pem(name))) {
      return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(bytes));
    }
  }
}
