import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/** Writes a trust store: {@code java CaCerts.java STORE PEM...}. One JVM for all, where keytool needs one for each. */
class CaCerts {
  public static void main(String[] args) throws Exception {
    KeyStore store = KeyStore.getInstance("JKS"); // readable without the password, unlike PKCS12
    store.load(null, null);
    int count = 0;
    for (int i = 1; i < args.length; i++) {
      try (InputStream pem = Files.newInputStream(Path.of(args[i]))) {
        for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
          store.setCertificateEntry("ca-" + count++, certificate);
        }
      }
    }
    try (var out = Files.newOutputStream(Path.of(args[0]))) {
      store.store(out, "changeit".toCharArray());
    }
  }
}
