package io.unikernal.security;

import io.unikernal.model.Config;
import io.unikernal.model.Field;
import io.unikernal.spi.IdentityProvider;
import io.unikernal.spi.IdentityProvider.Context;
import io.unikernal.spi.IdentityProvider.Identifier;
import io.unikernal.spi.IdentityProvider.Verdict;
import io.unikernal.spi.Sender;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What tests of identities begin with. */
final class Given {
  private final LinkedHashMap<Field<?>, Object> options = new LinkedHashMap<>();

  <T> Given with(Field<T> field, T value) {
    options.put(field, value);
    return this;
  }

  Config config() {
    return new Config(options);
  }

  Identifier open(IdentityProvider provider, Clock clock) {
    return provider.open(new Context("test", config(), Path.of("src/test/resources"), clock));
  }

  static Sender sends(String header, String text) {
    return Sender.of(new LinkedHashMap<>(Map.of(header, text)));
  }

  static Sender bearer(String token) {
    return sends("authorization", "Bearer " + token);
  }

  /** Why it was not known; the kinds of refusal are told apart by their first letter. */
  static String why(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Known(var principal) -> "known: " + principal.name();
      case Verdict.Absent _ -> "absent";
      case Verdict.Foreign(var why) -> "foreign: " + why;
      case Verdict.Refused(var why) -> "refused: " + why;
    };
  }
}
