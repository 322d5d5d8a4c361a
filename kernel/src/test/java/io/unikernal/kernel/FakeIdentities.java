package io.unikernal.kernel;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Principal;
import io.unikernal.model.Value;
import io.unikernal.spi.IdentityProvider;
import io.unikernal.spi.OperationRule;
import io.unikernal.spi.Sender;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Believes the header `who`: `ann`, `ann:role,role` or `ann:role:tenant`, with the name of the
 * identity and a slash before it for that one only; `bad`, `foreign` and `breaks` are those.
 */
final class FakeIdentities implements IdentityProvider {
  int opened;
  int closed;

  @Override
  public Spec spec() {
    return new Spec("fake", "", ConfigSpec.NONE, List.of());
  }

  @Override
  public List<OperationRule.Problem> problems(Config options) {
    return List.of();
  }

  @Override
  public Optional<Set<String>> roles(Config options) {
    return Optional.empty();
  }

  @Override
  public Identifier open(Context context) {
    opened++;
    return new Identifier() {
      @Override
      public Verdict identify(Sender sender) {
        return verdict(context.name(), sender.headers().getOrDefault("who", ""));
      }

      @Override
      public void close() {
        closed++;
      }
    };
  }

  private static Verdict verdict(String identity, String who) {
    return switch (who) {
      case "" -> Verdict.Absent.ABSENT;
      case "bad" -> new Verdict.Refused("it is bad");
      case "foreign" -> new Verdict.Foreign("it is another's");
      case "breaks" -> throw new IllegalStateException("broken");
      default -> {
        int slash = who.indexOf('/');
        if (slash >= 0 && !who.substring(0, slash).equals(identity)) {
          yield Verdict.Absent.ABSENT;
        }
        String[] parts = who.substring(slash + 1).split(":", -1);
        Set<String> roles = parts.length > 1 ? Set.of(parts[1].split(",", -1)) : Set.of();
        var claims =
            parts.length > 2
                ? Value.Dict.EMPTY.with("tenant", Value.text(parts[2]))
                : Value.Dict.EMPTY;
        yield new Verdict.Known(new Principal(parts[0], roles, identity, claims));
      }
    };
  }
}
