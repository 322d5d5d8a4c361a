package io.unikernal.security;

import io.unikernal.model.Config;
import io.unikernal.model.Principal;
import io.unikernal.model.Value;
import io.unikernal.spi.IdentityProvider.Identifier;
import io.unikernal.spi.IdentityProvider.Verdict;
import io.unikernal.spi.Sender;
import io.unikernal.spi.World;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Knows keys by the hash of them. */
final class ApiKeyIdentifier implements Identifier {
  /** Compared with where no key is known, so that this takes no other time. */
  private static final ApiKeys.Hash NONE = new ApiKeys.Hash("", new byte[32]);

  private final String header;
  private final World world;
  private final Map<String, Key> keys = new HashMap<>();

  private record Key(ApiKeys.Hash hash, Principal principal, Optional<Instant> expires) {}

  ApiKeyIdentifier(String identity, String header, List<Config> keys, World world) {
    this.header = header;
    this.world = world;
    for (Config key : keys) {
      var hash =
          ApiKeys.Hash.parse(key.get(ApiKeyProvider.HASH))
              .orElseThrow(() -> new IllegalArgumentException("a hash that was not checked"));
      var principal =
          new Principal(
              key.get(ApiKeyProvider.NAME),
              Set.copyOf(key.get(ApiKeyProvider.ROLES)),
              identity,
              Value.Dict.EMPTY);
      this.keys.put(hash.open(), new Key(hash, principal, ApiKeyProvider.expiry(key)));
    }
  }

  @Override
  public Verdict identify(Sender sender) {
    String shown = sender.headers().getOrDefault(header, "");
    if (shown.isBlank()) {
      return Verdict.Absent.ABSENT;
    }
    String text = Headers.credential(header, shown, "ApiKey");
    Optional<String> open = ApiKeys.open(text);
    if (open.isEmpty()) {
      return new Verdict.Foreign("what `" + header + "` holds has not the form of a key");
    }
    Optional<Key> key = Optional.ofNullable(keys.get(open.get()));
    boolean isGood = key.map(Key::hash).orElse(NONE).isOf(ApiKeys.hash(text));
    if (key.isEmpty()) {
      return new Verdict.Foreign("there is no key `" + open.get() + "`");
    }
    if (!isGood) {
      return refused(key.get(), " is wrong in its secret part");
    }
    Optional<Instant> expires = key.get().expires();
    if (expires.isPresent() && !world.now().isBefore(expires.get())) {
      return refused(key.get(), " expired at " + expires.get());
    }
    return new Verdict.Known(key.get().principal());
  }

  private static Verdict refused(Key key, String why) {
    return new Verdict.Refused(
        "the key `" + key.hash().open() + "` of `" + key.principal().name() + "`" + why);
  }
}
