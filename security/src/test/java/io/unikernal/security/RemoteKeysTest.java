package io.unikernal.security;

import static io.unikernal.security.Given.bearer;
import static io.unikernal.security.Given.why;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.spi.IdentityProvider.Identifier;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An issuer's server that exchanges its keys, is slow, is dead, and talks nonsense. */
@Timeout(60)
class RemoteKeysTest {
  private final JwtProvider provider = new JwtProvider();
  private final Clock clock = new Clock();
  private final Issuer issuer;

  RemoteKeysTest() throws Exception {
    issuer = new Issuer();
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  private Given given() {
    return new Given()
        .with(JwtProvider.ISSUER, "https://id.example.com")
        .with(JwtProvider.AUDIENCE, List.of("orders"))
        .with(JwtProvider.JWKS, issuer.url() + "/keys")
        .with(JwtProvider.TIMEOUT, Duration.ofMillis(500));
  }

  private Identifier open() {
    return given().open(provider, clock);
  }

  private String said(Identifier identity) throws Exception {
    return why(identity.identify(bearer(issuer.token(clock.now()))));
  }

  private void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 500 && !condition.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @Test
  void keysAreFetchedOnceForMany() throws Exception {
    try (var identity = open()) {
      for (int i = 0; i < 20; i++) {
        assertThat(said(identity)).isEqualTo("known: ann");
        clock.pass(Duration.ofSeconds(1));
      }
    }
    assertThat(issuer.asked).hasValue(1);
  }

  @Test
  void anUnknownKeyHasThemFetchedAnewButNotForEachToken() throws Exception {
    try (var identity = open()) {
      assertThat(said(identity)).isEqualTo("known: ann");
      issuer.key = Issuer.newKey("k2");
      issuer.published = Issuer.keys(issuer.key);
      for (int i = 0; i < 50; i++) {
        assertThat(said(identity)).contains("which the issuer does not have");
      }
      assertThat(issuer.asked).hasValue(1);
      clock.pass(Duration.ofSeconds(30));
      assertThat(said(identity)).isEqualTo("known: ann");
      assertThat(issuer.asked).hasValue(2);
    }
  }

  @Test
  void aTokenOfAKeyThatWasTakenAwayIsGoodNoMore() throws Exception {
    try (var identity = open()) {
      String old = issuer.token(clock.now());
      assertThat(why(identity.identify(bearer(old)))).isEqualTo("known: ann");
      assertThat(why(identity.identify(bearer(old)))).isEqualTo("known: ann");
      issuer.published = Issuer.keys(Issuer.newKey("k2"));
      clock.pass(Duration.ofSeconds(30));
      issuer.key = Issuer.newKey("k3");
      said(identity); // has the keys fetched
      assertThat(why(identity.identify(bearer(old)))).contains("which the issuer does not have");
    }
  }

  @Test
  void oldKeysAreFetchedAnewWithoutAnybodyWaiting() throws Exception {
    try (var identity = open()) {
      assertThat(said(identity)).isEqualTo("known: ann");
      issuer.takes = Duration.ofMillis(300);
      clock.pass(Duration.ofMinutes(11));
      assertThat(said(identity)).isEqualTo("known: ann");
      await(() -> issuer.asked.get() == 2);
    }
  }

  @Test
  void whileTheServerIsDeadOldKeysCountForAnHourAndNoLonger() throws Exception {
    try (var identity = open()) {
      assertThat(said(identity)).isEqualTo("known: ann");
      issuer.status = 500;
      clock.pass(Duration.ofMinutes(69));
      assertThat(said(identity)).isEqualTo("known: ann");
      await(() -> issuer.asked.get() == 2);
      clock.pass(Duration.ofMinutes(2));
      assertThat(said(identity)).startsWith("refused: the keys of the issuer cannot be had");
    }
  }

  @Test
  void aServerThatIsDeadSlowOrTalksNonsenseLetsNobodyIn() throws Exception {
    String good = issuer.published;
    for (String nonsense :
        List.of("", "{", "[]", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", "<html>")) {
      issuer.published = nonsense;
      try (var identity = open()) {
        assertThat(said(identity)).startsWith("refused: the keys of the issuer cannot be had");
      }
    }
    issuer.published = "x".repeat((int) Remote.BYTES_MAX + 1);
    try (var identity = open()) {
      assertThat(said(identity)).startsWith("refused: the keys");
    }
    issuer.published = good;
    issuer.takes = Duration.ofSeconds(2);
    try (var identity = open()) {
      long begun = System.nanoTime();
      assertThat(said(identity)).startsWith("refused: the keys");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(1900));
    }
    issuer.takes = Duration.ZERO;
    issuer.status = 302;
    try (var identity = open()) {
      assertThat(said(identity)).contains("answers 302");
    }
    issuer.close();
    try (var identity = open()) {
      assertThat(said(identity)).startsWith("refused: the keys");
    }
  }

  @Test
  void theIssuerItselfSaysWhereItsKeysAre() throws Exception {
    var given =
        new Given()
            .with(JwtProvider.ISSUER, issuer.url())
            .with(JwtProvider.AUDIENCE, List.of("orders"));
    String token = Issuer.token(issuer.key, clock.now(), claims -> claims.issuer(issuer.url()));
    try (var identity = given.open(provider, clock)) {
      assertThat(why(identity.identify(bearer(token)))).isEqualTo("known: ann");
    }
    issuer.issuerInConfiguration = "https://somebody.example.com";
    try (var identity = given.open(provider, clock)) {
      assertThat(why(identity.identify(bearer(token)))).contains("of another issuer");
    }
  }
}
