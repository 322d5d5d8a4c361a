package io.unikernal.security;

import static io.unikernal.security.Given.why;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Config;
import io.unikernal.model.FaultException;
import io.unikernal.spi.IdentityProvider.Identifier;
import io.unikernal.spi.Sender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Chains that openssl made. */
class CertificateTest {
  private static final Path FOLDER = Path.of("src/test/resources/certificates");
  private final CertificateProvider provider = new CertificateProvider();
  private final Clock clock = new Clock();

  private static Config bySubject(String subject) {
    return new Given()
        .with(CertificateProvider.NAME, "acme")
        .with(CertificateProvider.SUBJECT, subject)
        .with(CertificateProvider.ROLES, List.of("partner"))
        .config();
  }

  private static Config bySan(String name) {
    return new Given()
        .with(CertificateProvider.NAME, "acme")
        .with(CertificateProvider.SAN, name)
        .config();
  }

  private static Given given(Config client) {
    return new Given()
        .with(CertificateProvider.AUTHORITIES, FOLDER.resolve("ca.pem"))
        .with(CertificateProvider.CLIENTS, List.of(client));
  }

  private Identifier open(Config client) {
    return given(client).open(provider, clock);
  }

  private static Sender shows(String... names) throws Exception {
    var chain = new ArrayList<X509Certificate>();
    for (String name : names) {
      try (var bytes = Files.newInputStream(FOLDER.resolve(name + ".pem"))) {
        chain.add(
            (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(bytes));
      }
    }
    return new Sender(new LinkedHashMap<>(), chain, "");
  }

  @Test
  void aClientIsKnownByItsSubjectOrByOneOfItsNames() throws Exception {
    for (Config client :
        List.of(
            bySubject("CN=acme, O=Acme"),
            bySan("spiffe://example.org/acme"),
            bySan("acme.example.org"))) {
      assertThat(why(open(client).identify(shows("acme")))).isEqualTo("known: acme");
      assertThat(why(open(client).identify(shows("acme", "ca")))).isEqualTo("known: acme");
    }
    assertThat(why(open(bySubject("CN=acme")).identify(shows("acme")))).startsWith("foreign:");
    assertThat(why(open(bySan("acme")).identify(shows("acme")))).startsWith("foreign:");
    assertThat(why(open(bySan("acme")).identify(shows()))).isEqualTo("absent");
  }

  @Test
  void whatNoAuthorityIssuedIsRefusedThoughItSaysTheSame() throws Exception {
    var identity = open(bySubject("CN=acme, O=Acme"));
    assertThat(why(identity.identify(shows("self")))).startsWith("refused:");
    assertThat(why(identity.identify(shows("short")))).startsWith("refused:").contains("EXPIRED");
    assertThat(why(identity.identify(shows("server")))).contains("is not for clients");
    assertThat(why(identity.identify(shows("ca")))).startsWith("refused:");
    clock.pass(Duration.ofDays(-400));
    assertThat(why(identity.identify(shows("acme")))).contains("NOT_YET_VALID");
  }

  @Test
  void aCertificateThatWasKnownIsRefusedWhenItHasExpired() throws Exception {
    var identity = open(bySubject("CN=acme, O=Acme"));
    assertThat(why(identity.identify(shows("acme")))).isEqualTo("known: acme");
    assertThat(why(identity.identify(shows("acme")))).isEqualTo("known: acme");
    clock.pass(Duration.ofDays(150 * 365));
    assertThat(why(identity.identify(shows("acme")))).contains("EXPIRED");
  }

  @Test
  void aClientIsKnownByOneThingAndAFileOfAuthoritiesMustBeThere() {
    var both =
        new Given()
            .with(CertificateProvider.NAME, "acme")
            .with(CertificateProvider.SUBJECT, "acme")
            .with(CertificateProvider.SAN, "x")
            .config();
    assertThat(provider.problems(given(both).config())).hasSize(2);
    assertThatThrownBy(() ->
            given(bySan("x"))
                .with(CertificateProvider.AUTHORITIES, FOLDER.resolve("none.pem"))
                .open(provider, clock))
        .isInstanceOf(FaultException.class);
  }
}
