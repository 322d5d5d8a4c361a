package io.unikernal.security;

import static io.unikernal.security.Given.bearer;
import static io.unikernal.security.Given.sends;
import static io.unikernal.security.Given.why;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.unikernal.model.Config;
import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.IdentityProvider.Identifier;
import io.unikernal.spi.IdentityProvider.Verdict;
import io.unikernal.spi.OperationRule.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Tokens that are good, and every way in which one is not. */
class JwtTest {
  private static final RSAKey KEY = Issuer.newKey("k1");
  private static final RSAKey OTHER = Issuer.newKey("k1");
  private final JwtProvider provider = new JwtProvider();
  private final Clock clock = new Clock();

  private static Given given() {
    return new Given()
        .with(JwtProvider.ISSUER, "https://id.example.com")
        .with(JwtProvider.AUDIENCE, List.of("orders"));
  }

  private static Given withKeys() {
    return given().with(JwtProvider.JWKS, Issuer.keys(KEY.toPublicJWK()));
  }

  private String token(UnaryOperator<JWTClaimsSet.Builder> other) throws Exception {
    return Issuer.token(KEY, clock.now(), other);
  }

  private String said(String token) throws Exception {
    return said(withKeys().open(provider, clock), token);
  }

  private static String said(Identifier identity, String token) throws Exception {
    return why(identity.identify(bearer(token)));
  }

  @Test
  void aGoodTokenNamesWhoAndWithWhichRoles() throws Exception {
    var verdict = withKeys().open(provider, clock).identify(bearer(token(claims -> claims)));
    assertThat(verdict).isInstanceOf(Verdict.Known.class);
    var principal = ((Verdict.Known) verdict).principal();
    assertThat(principal.name()).isEqualTo("ann");
    assertThat(principal.roles()).containsExactly("clerk");
    assertThat(principal.identity()).isEqualTo("test");
    assertThat(principal.claims().fieldText("sub")).isEqualTo("ann");
  }

  @Test
  void tokensOfAnotherLibraryAreGood() throws Exception {
    Path folder = Path.of("src/test/resources/foreign");
    var identity = given().with(JwtProvider.JWKS, "foreign/jwks.json").open(provider, clock);
    for (String token : Files.readAllLines(folder.resolve("tokens.txt"))) {
      assertThat(said(identity, token)).isEqualTo("known: ann");
      assertThat(said(identity, token.substring(0, token.length() - 6) + "AAAAAA"))
          .isEqualTo("refused: a token whose signature is wrong");
    }
  }

  @Test
  void timesAreLookedAtWithTheSkewAndNoFurther() throws Exception {
    Instant now = clock.now();
    assertThat(said(token(claims -> claims.expirationTime(Date.from(now.minusSeconds(59))))))
        .isEqualTo("known: ann");
    assertThat(said(token(claims -> claims.expirationTime(Date.from(now.minusSeconds(60))))))
        .startsWith("refused:")
        .contains("it expired at");
    assertThat(said(token(claims -> claims.notBeforeTime(Date.from(now.plusSeconds(60))))))
        .isEqualTo("known: ann");
    assertThat(said(token(claims -> claims.notBeforeTime(Date.from(now.plusSeconds(61))))))
        .contains("not good before");
    assertThat(said(token(claims -> claims.issueTime(Date.from(now.plusSeconds(61))))))
        .contains("not good before");
    assertThat(said(token(claims -> claims.expirationTime(null)))).contains("it has no `exp`");
    assertThat(said(token(claims -> claims.claim("exp", "tomorrow")))).contains("no `exp`");
    assertThat(said(token(claims -> claims.claim("nbf", "soon")))).contains("`nbf` is no time");
  }

  @Test
  void tokensForOthersAndOfOthersAreNotTaken() throws Exception {
    assertThat(said(token(claims -> claims.audience("billing"))))
        .startsWith("refused:")
        .contains("for others");
    assertThat(said(token(claims -> claims.audience((String) null)))).contains("for others");
    assertThat(said(token(claims -> claims.audience(List.of("billing", "orders")))))
        .isEqualTo("known: ann");
    assertThat(said(token(claims -> claims.issuer("https://id.example.com/"))))
        .startsWith("foreign:");
    assertThat(said(token(claims -> claims.issuer(null)))).startsWith("foreign:");
    assertThat(said(token(claims -> claims.subject(null)))).contains("names nobody");
    assertThat(said(token(claims -> claims.subject("a\nb")))).contains("names nobody");
  }

  @Test
  void aWrongSignatureIsRefused() throws Exception {
    assertThat(said(Issuer.token(OTHER, clock.now(), claims -> claims)))
        .isEqualTo("refused: a token whose signature is wrong");
    String good = token(claims -> claims);
    String payload =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                "{\"iss\":\"https://id.example.com\",\"aud\":\"orders\",\"sub\":\"root\",\"exp\":9999999999}"
                    .getBytes(StandardCharsets.UTF_8));
    String[] parts = good.split("\\.", -1);
    assertThat(said(parts[0] + "." + payload + "." + parts[2]))
        .isEqualTo("refused: a token whose signature is wrong");
  }

  private static String unsigned(String header, String payload) {
    var encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString(header.getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(payload.getBytes(StandardCharsets.UTF_8))
        + ".";
  }

  @Test
  void noSignatureAtAllIsNone() throws Exception {
    String payload =
        "{\"iss\":\"https://id.example.com\",\"aud\":\"orders\",\"sub\":\"root\",\"exp\":9999999999}";
    for (String algorithm : List.of("none", "None", "NONE", "nOnE")) {
      assertThat(said(unsigned("{\"alg\":\"" + algorithm + "\"}", payload)))
          .doesNotStartWith("known")
          .doesNotStartWith("absent");
    }
  }

  @Test
  void aPublicKeyIsNoSharedSecret() throws Exception {
    // RS256 -> HS256: everybody knows the public key, so everybody could sign with it.
    var claims =
        new JWTClaimsSet.Builder()
            .issuer("https://id.example.com")
            .audience("orders")
            .subject("root")
            .expirationTime(Date.from(clock.now().plusSeconds(300)))
            .build();
    for (byte[] secret :
        List.of(
            KEY.toRSAPublicKey().getEncoded(),
            Issuer.keys(KEY.toPublicJWK()).getBytes(StandardCharsets.UTF_8),
            KEY.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))) {
      var token =
          new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("k1").build(), claims);
      token.sign(new MACSigner(secret));
      assertThat(said(token.serialize())).startsWith("refused:").contains("`HS256`, which is not");
    }
  }

  @Test
  void anAlgorithmThatIsNotAllowedIsRefusedThoughTheKeyFits() throws Exception {
    var claims =
        new JWTClaimsSet.Builder()
            .issuer("https://id.example.com")
            .audience("orders")
            .subject("ann")
            .expirationTime(Date.from(clock.now().plusSeconds(300)))
            .build();
    var token =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.PS512).keyID("k1").build(), claims);
    token.sign(new RSASSASigner(KEY));
    assertThat(said(token.serialize())).contains("`PS512`, which is not taken");
    var wide = withKeys().with(JwtProvider.ALGORITHMS, List.of("PS512"));
    assertThat(said(wide.open(provider, clock), token.serialize())).isEqualTo("known: ann");
  }

  @Test
  void aKeyThatTheTokenBringsAlongIsNotLookedAt() throws Exception {
    var claims =
        new JWTClaimsSet.Builder()
            .issuer("https://id.example.com")
            .audience("orders")
            .subject("root")
            .expirationTime(Date.from(clock.now().plusSeconds(300)))
            .build();
    var token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(OTHER.toPublicJWK()).build(), claims);
    token.sign(new RSASSASigner(OTHER));
    assertThat(said(token.serialize())).isEqualTo("refused: a token whose signature is wrong");
  }

  @Test
  void garbageAndHugeTokensAreRefusedAtOnce() throws Exception {
    for (String garbage : List.of("x", "a.b", "a.b.c", "....", "\u0000", "e30.e30.e30", "{}")) {
      assertThat(said(garbage)).startsWith("foreign:");
    }
    assertThat(said("a".repeat(JwtIdentifier.TOKEN_CHARS_MAX + 1)))
        .startsWith("refused: the token is over");
    String deep = "[".repeat(100_000);
    assertThat(said(unsigned("{\"alg\":\"RS256\"}", deep))).isNotEqualTo("known: ann");
    var identity = withKeys().open(provider, clock);
    assertThat(why(identity.identify(sends("authorization", "Basic YTpi")))).startsWith("foreign:");
    assertThat(why(identity.identify(sends("authorization", "Bearer")))).startsWith("foreign:");
    assertThat(why(identity.identify(sends("other", "x")))).isEqualTo("absent");
  }

  @Test
  void aClaimThatStandsTwiceIsRefused() throws Exception {
    // Two parsers could read two names; ours reads none.
    String payload =
        "{\"iss\":\"https://id.example.com\",\"aud\":\"orders\",\"sub\":\"ann\",\"sub\":\"root\","
            + "\"exp\":9999999999}";
    var header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build();
    var object = new com.nimbusds.jose.JWSObject(header, new com.nimbusds.jose.Payload(payload));
    object.sign(new RSASSASigner(KEY));
    assertThat(said(object.serialize())).startsWith("foreign: what `authorization` holds is no");
  }

  @Test
  void aTokenForOneUseIsRefusedTheSecondTime() throws Exception {
    var identity = withKeys().with(JwtProvider.ONCE, true).open(provider, clock);
    String token = token(claims -> claims);
    assertThat(said(identity, token)).isEqualTo("known: ann");
    assertThat(said(identity, token)).startsWith("refused:").contains("it came before");
    assertThat(said(identity, token(claims -> claims.jwtID("t-2")))).isEqualTo("known: ann");
    assertThat(said(identity, token(claims -> claims.jwtID(null)))).contains("it has no `jti`");
  }

  @Test
  void aRevokedTokenIsRefused() throws Exception {
    var identity = withKeys().with(JwtProvider.REVOKED, List.of("t-1")).open(provider, clock);
    assertThat(said(identity, token(claims -> claims))).contains("it is revoked");
    assertThat(said(identity, token(claims -> claims.jwtID("t-2")))).isEqualTo("known: ann");
  }

  @Test
  void aTokenThatWasCheckedExpiresAllTheSame() throws Exception {
    var identity = withKeys().open(provider, clock);
    String token = token(claims -> claims);
    assertThat(said(identity, token)).isEqualTo("known: ann");
    clock.pass(Duration.ofSeconds(359));
    assertThat(said(identity, token)).isEqualTo("known: ann");
    clock.pass(Duration.ofSeconds(1));
    assertThat(said(identity, token)).contains("it expired at");
  }

  @Test
  void rolesComeFromWhereTheDefinitionSays() throws Exception {
    var roles = new Claim("groups");
    var identity = withKeys().with(JwtProvider.ROLES, roles).open(provider, clock);
    var verdict =
        identity.identify(bearer(token(claims -> claims.claim("groups", List.of("a", "b")))));
    assertThat(((Verdict.Known) verdict).principal().roles()).containsExactlyInAnyOrder("a", "b");
    var none = identity.identify(bearer(token(claims -> claims.claim("groups", 7))));
    assertThat(((Verdict.Known) none).principal().roles()).isEmpty();
  }

  private record Claim(String name) implements Expression {
    @Override
    public Type type() {
      return Type.Simple.ANY;
    }

    @Override
    public Value evaluate(Frame frame) {
      return frame.get(Frame.INPUT).field(name);
    }

    @Override
    public String text() {
      return "claims." + name;
    }
  }

  @Test
  void aSharedSecretIsForItsOwnAlgorithmsOnly() throws Exception {
    String secret = "0123456789abcdef0123456789abcdef";
    var identity = given().with(JwtProvider.SECRET, secret).open(provider, clock);
    var claims =
        new JWTClaimsSet.Builder()
            .issuer("https://id.example.com")
            .audience("orders")
            .subject("ann")
            .expirationTime(Date.from(clock.now().plusSeconds(300)))
            .build();
    var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
    token.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
    assertThat(said(identity, token.serialize())).isEqualTo("known: ann");
    assertThat(said(identity, token(it -> it))).contains("`RS256`, which is not taken");
  }

  @Test
  void optionsThatProveNothingAreProblems() {
    assertThat(fields(withKeys().with(JwtProvider.ALGORITHMS, List.of("HS256")).config()))
        .containsExactly("algorithms");
    assertThat(fields(given().with(JwtProvider.SECRET, "short").config()))
        .containsExactly("secret");
    assertThat(fields(withKeys().with(JwtProvider.SECRET, "x".repeat(32)).config()))
        .containsExactly("secret");
    assertThat(fields(given().with(JwtProvider.JWKS, "http://id.example.com/keys").config()))
        .containsExactly("jwks");
    assertThat(fields(given().with(JwtProvider.JWKS, "http://127.0.0.1:1/keys").config()))
        .isEmpty();
    assertThat(fields(given().with(JwtProvider.JWKS, "{\"keys\":[]}").config()))
        .containsExactly("jwks");
    assertThat(fields(given().with(JwtProvider.ISSUER, "accounts").config()))
        .containsExactly("issuer");
    assertThat(fields(given().config())).isEmpty();
  }

  private List<String> fields(Config config) {
    return provider.problems(config).stream().map(Problem::field).toList();
  }
}
