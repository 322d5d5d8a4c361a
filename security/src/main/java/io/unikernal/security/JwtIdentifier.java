package io.unikernal.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jwt.SignedJWT;
import io.unikernal.model.Config;
import io.unikernal.model.Expression;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Json;
import io.unikernal.model.Principal;
import io.unikernal.model.Value;
import io.unikernal.spi.IdentityProvider.Context;
import io.unikernal.spi.IdentityProvider.Identifier;
import io.unikernal.spi.IdentityProvider.Verdict;
import io.unikernal.spi.Sender;
import io.unikernal.spi.World;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Knows whom a token names, once its signature, its issuer, its audience and its times are right.
 * What a token says of its own key (`jwk`, `jku`, `x5c`) is not looked at.
 */
final class JwtIdentifier implements Identifier {
  static final int TOKEN_CHARS_MAX = 16 * 1024;
  private static final int NAME_MAX = 256;
  private static final int ROLES_MAX = 100;

  private final String identity;
  private final String header;
  private final String issuer;
  private final String name;
  private final List<String> audience;
  private final Set<String> algorithms;
  private final Set<String> revoked;
  private final Duration skew;
  private final boolean isOnce;
  private final Optional<Expression> roles;
  private final World world;
  private final KeySource keys;
  private final TokenCache cache = new TokenCache();
  private final SeenTokens used = new SeenTokens();

  JwtIdentifier(Context context, KeySource keys) {
    Config options = context.options();
    this.keys = keys;
    identity = context.name();
    world = context.world();
    header = options.get(JwtProvider.HEADER).toLowerCase(Locale.ROOT);
    issuer = options.get(JwtProvider.ISSUER);
    name = options.get(JwtProvider.NAME);
    audience = options.get(JwtProvider.AUDIENCE);
    algorithms = Set.copyOf(JwtProvider.algorithms(options));
    revoked = Set.copyOf(options.get(JwtProvider.REVOKED));
    skew = options.get(JwtProvider.SKEW);
    isOnce = options.get(JwtProvider.ONCE);
    roles = options.find(JwtProvider.ROLES);
  }

  @Override
  public Verdict identify(Sender sender) throws InterruptedException {
    String shown = sender.headers().getOrDefault(header, "");
    if (shown.isBlank()) {
      return Verdict.Absent.ABSENT;
    }
    if (header.equals(Headers.AUTHORIZATION) && !Headers.hasScheme(shown.strip(), "Bearer")) {
      return new Verdict.Foreign("`authorization` holds no `Bearer` token");
    }
    String token = Headers.credential(header, shown, "Bearer");
    if (token.length() > TOKEN_CHARS_MAX) {
      return new Verdict.Refused("the token is over " + TOKEN_CHARS_MAX + " characters");
    }
    try {
      return identify(token);
    } catch (KeySource.Unavailable e) {
      return new Verdict.Refused(String.valueOf(e.getMessage()));
    }
  }

  private Verdict identify(String token) throws KeySource.Unavailable, InterruptedException {
    String hash =
        isOnce ? "" : ApiKeys.base64(ApiKeys.sha256(token.getBytes(StandardCharsets.UTF_8)));
    if (!isOnce) {
      Optional<Principal> known = cache.find(hash, keys.generation(), world.now());
      if (known.isPresent()) {
        return new Verdict.Known(known.get());
      }
    }
    SignedJWT signed;
    JwtClaims claims;
    try {
      signed = SignedJWT.parse(token);
      claims = read(signed);
    } catch (ParseException | IllegalArgumentException | FaultException _) {
      return new Verdict.Foreign("what `" + header + "` holds is no signed token");
    }
    if (!claims.text("iss").equals(issuer)) {
      return new Verdict.Foreign("the token is of the issuer " + Headers.shown(claims.text("iss")));
    }
    return checked(signed, claims, hash);
  }

  /** Read by our own strict parser, which all that follows looks at: two could see two tokens. */
  private static JwtClaims read(SignedJWT signed) throws ParseException {
    Value payload = Json.read(signed.getPayload().toBytes(), Json.Limits.DEFAULT);
    if (payload instanceof Value.Dict dict) {
      return new JwtClaims(dict);
    }
    throw new ParseException("no object", 0);
  }

  private Verdict checked(SignedJWT signed, JwtClaims claims, String hash)
      throws KeySource.Unavailable, InterruptedException {
    Optional<String> forged = forged(signed);
    if (forged.isPresent()) {
      return new Verdict.Refused(forged.get());
    }
    int generation = keys.generation();
    Instant now = world.now();
    String who = claims.text(name);
    String of = "the token of " + Headers.shown(who) + ": ";
    Optional<String> problem = claims.problem(audience, skew, now);
    if (problem.isPresent()) {
      return new Verdict.Refused(of + problem.get());
    }
    if (who.isBlank() || who.length() > NAME_MAX || who.chars().anyMatch(Character::isISOControl)) {
      return new Verdict.Refused("the token names nobody in its claim `" + name + "`");
    }
    String id = claims.text("jti");
    if (revoked.contains(id) && !id.isEmpty()) {
      return new Verdict.Refused(of + "it is revoked");
    }
    Principal principal;
    try {
      principal = new Principal(who, roles(claims), identity, claims.claims());
    } catch (FaultException e) {
      return new Verdict.Refused(of + "its roles cannot be computed: " + e.fault().message());
    }
    Instant until = claims.time("exp").orElse(now).plus(skew);
    if (isOnce) {
      return once(id, until, now, of).orElse(new Verdict.Known(principal));
    }
    cache.put(hash, generation, principal, until);
    return new Verdict.Known(principal);
  }

  /** Empty if the signature is good and of a kind that is taken. */
  private Optional<String> forged(SignedJWT signed)
      throws KeySource.Unavailable, InterruptedException {
    JWSHeader of = signed.getHeader();
    String algorithm = of.getAlgorithm().getName();
    if (!algorithms.contains(algorithm)) {
      return Optional.of(
          "a token signed with " + Headers.shown(algorithm) + ", which is not taken");
    }
    List<JWSVerifier> verifiers = keys.verifiers(of);
    if (verifiers.isEmpty()) {
      return Optional.of(
          "a token signed with the key "
              + Headers.shown(String.valueOf(of.getKeyID()))
              + ", which the issuer does not have");
    }
    for (JWSVerifier verifier : verifiers) {
      try {
        if (signed.verify(verifier)) {
          return Optional.empty();
        }
      } catch (JOSEException | IllegalStateException _) {
        // Not with this key.
      }
    }
    return Optional.of("a token whose signature is wrong");
  }

  /** Why it is not the first use, if it is not. */
  private Optional<Verdict> once(String id, Instant until, Instant now, String of) {
    if (id.isEmpty()) {
      return Optional.of(new Verdict.Refused(of + "it has no `jti`, so it could come again"));
    }
    return switch (used.use(id, until, now)) {
      case FIRST -> Optional.empty();
      case AGAIN -> Optional.of(new Verdict.Refused(of + "it came before"));
      case FULL -> Optional.of(new Verdict.Refused(of + "too many tokens of one use"));
    };
  }

  private Set<String> roles(JwtClaims claims) {
    Value given =
        roles.isPresent()
            ? roles.get().evaluate(frame(claims.claims()))
            : claims.claims().field("roles");
    var names = new LinkedHashSet<String>();
    switch (given) {
      case Value.Text(var one) -> names.add(one);
      case Value.Items(var items) ->
          items.stream()
              .limit(ROLES_MAX)
              .filter(Value.Text.class::isInstance)
              .forEach(item -> names.add(((Value.Text) item).value()));
      case Value _ -> {}
    }
    return names;
  }

  private Frame frame(Value claims) {
    var frame = new Frame(Frame.FIRST_STEP, world.ambient());
    frame.set(Frame.INPUT, claims);
    return frame;
  }

  @Override
  public void close() {
    if (keys instanceof RemoteKeys remote) {
      remote.close();
    }
  }
}
