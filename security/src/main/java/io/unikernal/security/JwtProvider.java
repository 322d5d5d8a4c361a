package io.unikernal.security;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Expression;
import io.unikernal.model.Field;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.IdentityProvider;
import io.unikernal.spi.OperationRule.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code jwt}: a token that an issuer signed, as of OpenID Connect and OAuth 2. */
public final class JwtProvider implements IdentityProvider {
  /** Signatures with a private key; whoever can check one cannot make one. */
  static final List<String> ASYMMETRIC =
      List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  /** With one secret that both sides know. */
  static final List<String> SHARED = List.of("HS256", "HS384", "HS512");

  static final Field<String> ISSUER =
      Field.text("issuer", "Who signs: exactly what `iss` of the token says.")
          .example("https://id.example.com");
  static final Field<List<String>> AUDIENCE =
      Field.texts("audience", "For whom: `aud` of the token holds one of these.").example("orders");
  static final Field<String> JWKS =
      Field.text(
              "jwks",
              "The issuer's public keys: an address, a file or the JSON itself; where nothing is said,"
                  + " what the issuer's `/.well-known/openid-configuration` names.")
          .optional()
          .example("https://id.example.com/jwks.json")
          .example("./keys.json");
  static final Field<String> SECRET =
      Field.text("secret", "Instead of keys: the secret of HS256 and the like, 32 bytes at least.")
          .optional()
          .secret()
          .example("\"${secret.token_secret}\"");
  static final Field<List<String>> ALGORITHMS =
      Field.symbols(
              "algorithms",
              "The signatures that are taken, no others; where nothing is said RS256 and ES256, with a"
                  + " `secret` HS256.",
              java.util.stream.Stream.concat(ASYMMETRIC.stream(), SHARED.stream())
                  .toArray(String[]::new))
          .optional()
          .example("[RS256]");
  static final Field<String> HEADER =
      Field.text("header", "The header that holds the token; in `authorization` after `Bearer`.")
          .or(Headers.AUTHORIZATION);
  static final Field<String> NAME =
      Field.text("name", "The claim that becomes `auth.name`.").or("sub");
  static final Field<Expression> ROLES =
      Field.expression(
              "roles",
              "The roles, made of the token's `claims`; where nothing is said, its claim `roles`.")
          .optional()
          .example("\"${claims.realm_access.roles}\"");
  static final Field<Duration> SKEW =
      Field.duration("clock_skew", "How far the issuer's clock and this one may be apart.")
          .or(Duration.ofSeconds(60))
          .atLeast(Duration.ZERO)
          .atMost(Duration.ofMinutes(5));
  static final Field<Duration> REFRESH =
      Field.duration("refresh", "How long fetched keys are good before they are fetched anew.")
          .or(Duration.ofMinutes(10))
          .atLeast(Duration.ofSeconds(10))
          .atMost(Duration.ofHours(24));
  static final Field<Duration> REFETCH =
      Field.duration(
              "refetch",
              "A key that is not known has them fetched anew, at most once in this time.")
          .or(Duration.ofSeconds(30))
          .atLeast(Duration.ofSeconds(1))
          .atMost(Duration.ofHours(1));
  static final Field<Duration> TIMEOUT =
      Field.duration("timeout", "How long fetching keys may take.")
          .or(Duration.ofSeconds(5))
          .atLeast(Duration.ofMillis(10))
          .atMost(Duration.ofSeconds(30));
  static final Field<Boolean> ONCE =
      Field.bool("once", "Whether a token is good for one message only; it needs a `jti` then.")
          .or(false);
  static final Field<List<String>> REVOKED =
      Field.texts("revoked", "Tokens that are good no more, by their `jti`.").or(List.of());

  static final int SECRET_BYTES_MIN = 32;

  private static final String EXAMPLE =
      """
      udl: 7
      systems:
        web: { type: http, listen: 8080, operations: { ping: { get: /ping, returns: any } } }
        jobs: { type: memory, operations: { pinged: { accepts: any } } }
      routes:
        - from: web.ping
          to: jobs.pinged
      identities:
        staff:
          type: jwt
          issuer: https://id.example.com
          audience: orders
          roles: "${claims.realm_access.roles}"
      roles:
        operator: { may: ["web.*"] }
      """;

  private static final Spec SPEC =
      new Spec(
          "jwt",
          "A signed token, as of OpenID Connect and OAuth 2.",
          ConfigSpec.of(
              ISSUER,
              AUDIENCE,
              JWKS,
              SECRET,
              ALGORITHMS,
              HEADER,
              NAME,
              ROLES,
              SKEW,
              REFRESH,
              REFETCH,
              TIMEOUT,
              ONCE,
              REVOKED),
          List.of(new AdapterSpec.Example("Staff with tokens of a company's issuer", EXAMPLE)));

  @Override
  public Spec spec() {
    return SPEC;
  }

  static List<String> algorithms(Config options) {
    return options
        .find(ALGORITHMS)
        .orElse(options.has(SECRET) ? List.of("HS256") : List.of("RS256", "ES256"));
  }

  @Override
  public List<Problem> problems(Config options) {
    var problems = new ArrayList<Problem>();
    boolean isShared = options.has(SECRET);
    for (String algorithm : algorithms(options)) {
      if (SHARED.contains(algorithm) && !isShared) {
        problems.add(
            new Problem(
                "algorithms",
                "`" + algorithm + "` is signed with a shared secret, and there is none",
                "with public keys everybody could sign: write RS256 or ES256"));
      } else if (!SHARED.contains(algorithm) && isShared) {
        problems.add(
            new Problem(
                "algorithms",
                "`" + algorithm + "` is checked with a public key, and there is a `secret`",
                "write HS256, or `jwks` instead of `secret`"));
      }
    }
    if (isShared && options.has(JWKS)) {
      problems.add(
          new Problem("secret", "an identity has either `jwks` or a `secret`", "leave one out"));
    }
    if (isShared
        && options.get(SECRET).getBytes(StandardCharsets.UTF_8).length < SECRET_BYTES_MIN) {
      problems.add(
          new Problem(
              "secret",
              "the secret has less than " + SECRET_BYTES_MIN + " bytes",
              "`openssl rand -base64 48` makes one"));
    }
    if (options.get(AUDIENCE).isEmpty()) {
      problems.add(new Problem("audience", "without an audience tokens for others are taken", ""));
    }
    if (!isShared) {
      keys(options).ifPresent(problems::add);
    }
    return problems;
  }

  /** What is wrong with the place of the keys. */
  private static Optional<Problem> keys(Config options) {
    Optional<String> jwks = options.find(JWKS);
    if (jwks.isEmpty()) {
      return Remote.isSafe(options.get(ISSUER))
          ? Optional.empty()
          : Optional.of(
              new Problem(
                  "issuer",
                  "the issuer is no `https://` address, so it cannot say where its keys are",
                  "write jwks: https://… or the path of a file"));
    }
    boolean isAddress = jwks.get().contains("://");
    if (isAddress && !Remote.isSafe(jwks.get())) {
      return Optional.of(
          new Problem(
              "jwks",
              "keys are fetched over `https://`, or from this machine itself",
              "who can change them on the way lets in whom he likes"));
    }
    if (isInline(jwks.get())) {
      try {
        PublicKeys.parse(jwks.get());
      } catch (PublicKeys.Unusable e) {
        return Optional.of(new Problem("jwks", String.valueOf(e.getMessage()), ""));
      }
    }
    return Optional.empty();
  }

  static boolean isInline(String jwks) {
    return jwks.stripLeading().startsWith("{");
  }

  @Override
  public Optional<Set<String>> roles(Config options) {
    return Optional.empty();
  }

  @Override
  public Identifier open(Context context) {
    return new JwtIdentifier(context, KeySource.of(context));
  }
}
