package io.unikernal.security;

import static io.unikernal.security.Given.sends;
import static io.unikernal.security.Given.why;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Config;
import io.unikernal.model.Principal;
import io.unikernal.model.Value;
import io.unikernal.spi.IdentityProvider.Identifier;
import io.unikernal.spi.IdentityProvider.Verdict;
import io.unikernal.spi.OperationRule.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ApiKeyTest {
  private final ApiKeyProvider provider = new ApiKeyProvider();
  private final Clock clock = new Clock();
  private final ApiKeys.Made old = ApiKeys.make();
  private final ApiKeys.Made fresh = ApiKeys.make();

  private static Config key(String name, String hash) {
    return new Given()
        .with(ApiKeyProvider.NAME, name)
        .with(ApiKeyProvider.HASH, hash)
        .with(ApiKeyProvider.ROLES, List.of("partner"))
        .config();
  }

  private Given two() {
    var ending =
        new Given()
            .with(ApiKeyProvider.NAME, "acme")
            .with(ApiKeyProvider.HASH, old.hash())
            .with(ApiKeyProvider.EXPIRES, "2027-06-02")
            .config();
    return new Given().with(ApiKeyProvider.KEYS, List.of(ending, key("acme", fresh.hash())));
  }

  private Identifier open() {
    return two().open(provider, clock);
  }

  @Test
  void bothKeysOfAClientAreGoodUntilTheOldOneExpires() throws Exception {
    var identity = open();
    assertThat(identity.identify(sends("x-api-key", fresh.text())))
        .isEqualTo(
            new Verdict.Known(new Principal("acme", Set.of("partner"), "test", Value.Dict.EMPTY)));
    assertThat(why(identity.identify(sends("x-api-key", old.text())))).isEqualTo("known: acme");
    clock.pass(Duration.ofHours(12));
    assertThat(why(identity.identify(sends("x-api-key", old.text()))))
        .startsWith("refused:")
        .contains("expired at 2027-06-02T00:00:00Z");
    assertThat(why(identity.identify(sends("x-api-key", fresh.text())))).isEqualTo("known: acme");
  }

  @Test
  void aKeyWithAWrongSecretPartIsRefusedAndNeverTold() throws Exception {
    String text = fresh.text();
    String wrong = text.substring(0, 63 - 1) + (text.endsWith("A") ? "E" : "A");
    var verdict = open().identify(sends("x-api-key", wrong));
    assertThat(why(verdict)).startsWith("refused:").contains("secret part").doesNotContain(wrong);
  }

  @Test
  void aKeyThatNobodyHasIsForeign() throws Exception {
    assertThat(why(open().identify(sends("x-api-key", ApiKeys.make().text()))))
        .startsWith("foreign: there is no key");
  }

  @Test
  void whatHasNotTheFormOfAKeyIsForeignAndNotAnonymous() throws Exception {
    for (String garbage :
        List.of(
            "x",
            "uk_",
            "uk_" + "a".repeat(100_000),
            old.text() + "=",
            old.hash(),
            "\u0000\u0000",
            old.text() + ", " + fresh.text())) {
      assertThat(why(open().identify(sends("x-api-key", garbage))))
          .isEqualTo("foreign: what `x-api-key` holds has not the form of a key");
    }
  }

  @Test
  void whoShowsNothingIsNobodysMatter() throws Exception {
    assertThat(open().identify(sends("x-api-key", "  "))).isEqualTo(Verdict.Absent.ABSENT);
    assertThat(open().identify(sends("other", fresh.text()))).isEqualTo(Verdict.Absent.ABSENT);
  }

  @Test
  void inAuthorizationTheKeyStandsAfterAScheme() throws Exception {
    var identity = two().with(ApiKeyProvider.HEADER, "Authorization").open(provider, clock);
    for (String scheme : List.of("Bearer ", "ApiKey ", "apikey ", "")) {
      assertThat(why(identity.identify(sends("authorization", scheme + fresh.text()))))
          .isEqualTo("known: acme");
    }
    assertThat(why(identity.identify(sends("authorization", "Basic YTpi")))).startsWith("foreign:");
  }

  @Test
  void aKeyInPlaceOfItsHashIsRefusedWithoutBeingRepeated() {
    var config = new Given().with(ApiKeyProvider.KEYS, List.of(key("acme", old.text()))).config();
    assertThat(provider.problems(config))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.field()).isEqualTo("keys.0.hash");
          assertThat(problem.toString()).doesNotContain(old.text());
        });
  }

  @Test
  void twoKeysMayNotShareAHashAndADayMustBeOne() {
    var twice =
        new Given()
            .with(ApiKeyProvider.KEYS, List.of(key("a", old.hash()), key("b", old.hash())))
            .config();
    assertThat(provider.problems(twice)).extracting(Problem::field).containsExactly("keys.1.hash");
    var never =
        new Given()
            .with(ApiKeyProvider.NAME, "a")
            .with(ApiKeyProvider.HASH, old.hash())
            .with(ApiKeyProvider.EXPIRES, "soon")
            .config();
    assertThat(provider.problems(new Given().with(ApiKeyProvider.KEYS, List.of(never)).config()))
        .extracting(Problem::field)
        .containsExactly("keys.0.expires");
  }
}
