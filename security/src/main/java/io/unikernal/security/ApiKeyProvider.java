package io.unikernal.security;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.IdentityProvider;
import io.unikernal.spi.OperationRule.Problem;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** {@code api_key}: a key in a header, of which the definition holds the hash. */
public final class ApiKeyProvider implements IdentityProvider {
  static final Field<String> HEADER =
      Field.text(
              "header",
              "The header that holds the key; in `authorization` after `Bearer` or `ApiKey`.")
          .or("x-api-key");
  static final Field<String> NAME =
      Field.text("name", "Whose key it is: `auth.name`. A client may have several.")
          .example("acme");
  static final Field<String> HASH =
      Field.text("hash", "What `unikernal key new` printed; never the key.")
          .example("\"sha256:Jx5R0gO5mC4mRk2b:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\"")
          .secret();
  static final Field<List<String>> ROLES =
      Field.texts("roles", "The roles that it gives.").or(List.of()).example("[partner]");
  static final Field<String> EXPIRES =
      Field.text(
              "expires", "From then on it is refused: a day (as it begins, in UTC) or a timestamp.")
          .optional()
          .example("2027-01-31");
  static final Field<List<Config>> KEYS =
      Field.optionsList(
          "keys", "The keys that are good.", ConfigSpec.of(NAME, HASH, ROLES, EXPIRES));

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
        partners:
          type: api_key
          keys:
            - name: acme
              hash: "sha256:Jx5R0gO5mC4mRk2b:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
              roles: [partner]
      roles:
        partner: { may: [web.ping] }
      """;

  private static final Spec SPEC =
      new Spec(
          "api_key",
          "A key in a header, of which the definition holds only a hash.",
          ConfigSpec.of(HEADER, KEYS),
          List.of(new AdapterSpec.Example("One client, one operation", EXAMPLE)));

  @Override
  public Spec spec() {
    return SPEC;
  }

  @Override
  public List<Problem> problems(Config options) {
    var problems = new ArrayList<Problem>();
    var seen = new HashSet<String>();
    List<Config> keys = options.get(KEYS);
    for (int i = 0; i < keys.size(); i++) {
      Config key = keys.get(i);
      String at = "keys." + i + ".";
      Optional<ApiKeys.Hash> hash = ApiKeys.Hash.parse(key.get(HASH));
      if (hash.isEmpty()) {
        problems.add(
            new Problem(
                at + "hash",
                "the hash of the key of `" + key.get(NAME) + "` is none",
                "`unikernal key new " + key.get(NAME) + "` makes a key and prints its hash"));
      } else if (!seen.add(hash.get().open())) {
        problems.add(new Problem(at + "hash", "two keys have one hash", "each key is made anew"));
      }
      if (key.find(EXPIRES).isPresent() && expiry(key).isEmpty()) {
        problems.add(
            new Problem(
                at + "expires",
                "`expires` is no day and no timestamp",
                "write expires: 2027-01-31"));
      }
    }
    return problems;
  }

  /** When it ends; empty if it never does, or if it cannot be read. */
  static Optional<Instant> expiry(Config key) {
    return key.find(EXPIRES).flatMap(ApiKeyProvider::instant);
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(
          text.contains("T")
              ? Instant.parse(text)
              : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Set<String>> roles(Config options) {
    var roles = new LinkedHashSet<String>();
    options.get(KEYS).forEach(key -> roles.addAll(key.get(ROLES)));
    return Optional.of(roles);
  }

  @Override
  public Identifier open(Context context) {
    return new ApiKeyIdentifier(
        context.name(),
        context.options().get(HEADER).toLowerCase(Locale.ROOT),
        context.options().get(KEYS),
        context.world());
  }
}
