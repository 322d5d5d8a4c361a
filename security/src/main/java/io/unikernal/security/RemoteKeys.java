package io.unikernal.security;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.spi.IdentityProvider.Context;
import io.unikernal.spi.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The keys that an issuer publishes. They are fetched when first needed, anew in the background
 * when they are old, and at once when a token names a key that is not among them, but never more
 * often than {@code refetch}: who sends tokens with made-up keys must not make us call the issuer
 * for each. While it does not answer the old keys count, for a time.
 */
final class RemoteKeys implements KeySource, AutoCloseable {
  /** How long keys count after they should have been fetched anew. */
  static final Duration GRACE = Duration.ofHours(1);

  private final String identity;
  private final String issuer;
  private final Optional<String> address;
  private final World world;
  private final Remote remote;
  private final Duration refresh;
  private final Duration refetch;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile @Nullable Held held;
  private volatile @Nullable Attempt last;

  private record Held(PublicKeys keys, long fetchedAt, int generation) {}

  private record Attempt(long at, String problem) {}

  /** {@code address} is empty where the issuer itself says where its keys are. */
  RemoteKeys(Context context, Optional<String> address) {
    this.address = address;
    identity = context.name();
    issuer = context.options().get(JwtProvider.ISSUER);
    world = context.world();
    remote = new Remote(context.options().get(JwtProvider.TIMEOUT));
    refresh = context.options().get(JwtProvider.REFRESH);
    refetch = context.options().get(JwtProvider.REFETCH);
  }

  @Override
  public List<JWSVerifier> verifiers(JWSHeader header) throws Unavailable, InterruptedException {
    var known = held;
    if (known != null) {
      var found = KeySource.verifiers(known.keys(), header);
      if (!found.isEmpty()) {
        return found;
      }
    }
    fetch(known);
    return KeySource.verifiers(usable().keys(), header);
  }

  @Override
  public int generation() throws Unavailable {
    var known = held;
    if (known == null) {
      return 0;
    }
    if (age(known.fetchedAt()).compareTo(refresh) > 0 && mayTry() && !fetching.isLocked()) {
      world.start(
          "keys-of-" + identity,
          () -> {
            try {
              fetch(known);
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
          });
    }
    return usable().generation();
  }

  private Held usable() throws Unavailable {
    var known = held;
    if (known == null || age(known.fetchedAt()).compareTo(refresh.plus(GRACE)) > 0) {
      var tried = last;
      throw new Unavailable(
          "the keys of the issuer cannot be had: " + (tried == null ? "" : tried.problem()));
    }
    return known;
  }

  private Duration age(long since) {
    return Duration.ofNanos(world.nanos() - since);
  }

  private boolean mayTry() {
    var tried = last;
    return tried == null || age(tried.at()).compareTo(refetch) >= 0;
  }

  /** One at a time; who waited for another's attempt does not try again. */
  private void fetch(@Nullable Held known) throws InterruptedException {
    if (!mayTry() && !fetching.isLocked()) {
      return;
    }
    fetching.lockInterruptibly();
    try {
      if (held != known || !mayTry()) {
        return;
      }
      String problem = "";
      try {
        var keys = PublicKeys.parse(remote.get(place()));
        var before = held;
        boolean isNew = before == null || !before.keys().prints().equals(keys.prints());
        int generation = before == null ? 1 : before.generation() + (isNew ? 1 : 0);
        held = new Held(keys, world.nanos(), generation);
      } catch (IOException | PublicKeys.Unusable e) {
        problem = String.valueOf(e.getMessage());
      }
      last = new Attempt(world.nanos(), problem);
    } finally {
      fetching.unlock();
    }
  }

  private String place() throws IOException, InterruptedException {
    if (address.isPresent()) {
      return address.get();
    }
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    String text = remote.get(base + "/.well-known/openid-configuration");
    Value document;
    try {
      document = Json.read(text.getBytes(StandardCharsets.UTF_8), Json.Limits.DEFAULT);
    } catch (FaultException e) {
      throw new IOException("the issuer's configuration is no JSON", e);
    }
    if (!document.fieldText("issuer").equals(issuer)) {
      throw new IOException("the configuration is of another issuer than `" + issuer + "`");
    }
    return document.fieldText("jwks_uri");
  }

  @Override
  public void close() {
    remote.close();
  }
}
