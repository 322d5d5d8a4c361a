package io.unikernal.udl;

import io.unikernal.spi.SecretProvider;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The values of secrets, from the providers that the definition names, each asked once. */
final class Secrets {
  private final List<SecretProvider> providers;
  private final SecretProvider.Request request;
  private final Map<String, Optional<String>> known = new HashMap<>();

  private Secrets(List<SecretProvider> providers, SecretProvider.Request request) {
    this.providers = providers;
    this.request = request;
  }

  static Secrets of(
      Defaults defaults,
      List<SecretProvider> found,
      Map<String, String> environment,
      Path stateDir,
      Diagnostics diagnostics) {
    var available = new LinkedHashMap<String, SecretProvider>();
    builtIn().forEach(provider -> available.put(provider.name(), provider));
    found.forEach(provider -> available.putIfAbsent(provider.name(), provider));
    List<SecretProvider> chosen =
        defaults
            .find("secrets")
            .flatMap(entry -> Grammar.SECRETS.read(entry.value(), diagnostics))
            .flatMap(mapping -> mapping.get("from"))
            .map(node -> chosen(node, available, diagnostics))
            .orElseGet(Secrets::builtIn);
    return new Secrets(chosen, new SecretProvider.Request(environment, stateDir));
  }

  private static List<SecretProvider> builtIn() {
    return List.of(new OfEnvironment(), new OfFiles());
  }

  private static List<SecretProvider> chosen(
      Node node, Map<String, SecretProvider> available, Diagnostics diagnostics) {
    List<Node> items = node instanceof Sequence sequence ? sequence.items() : List.of(node);
    var chosen = new ArrayList<SecretProvider>();
    for (Node item : items) {
      Optional<Scalar> name = Vocabulary.text(item, "a provider of secrets", diagnostics);
      if (name.isEmpty()) {
        continue;
      }
      String text = name.get().text();
      Optional.ofNullable(available.get(text))
          .ifPresentOrElse(
              chosen::add,
              () -> {
                var finding =
                    diagnostics
                        .error(
                            Code.SECRET_PROVIDER,
                            item.place(),
                            "there is no provider of secrets `" + text + "`")
                        .label(Suggestions.label(text, available.keySet()));
                Suggestions.closest(text, available.keySet())
                    .ifPresent(better -> finding.edit(item.place(), better));
              });
    }
    return chosen.isEmpty() ? builtIn() : chosen;
  }

  /** Empty and reported if no provider has it. */
  Optional<String> find(String name, Place place, Diagnostics diagnostics) {
    Optional<String> before = known.get(name);
    if (before != null && before.isPresent()) {
      return before;
    }
    for (SecretProvider provider : providers) {
      try {
        Optional<String> value = provider.find(name, request);
        if (value.isPresent()) {
          known.put(name, value);
          return value;
        }
      } catch (IOException e) {
        diagnostics.error(
            Code.SECRET_PROVIDER,
            place,
            "`"
                + provider.name()
                + "` cannot say what the secret `"
                + name
                + "` is: "
                + e.getMessage());
        return Optional.empty();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
    if (known.put(name, Optional.empty()) == null) {
      List<String> places = providers.stream().map(provider -> provider.where(name)).toList();
      diagnostics
          .error(Code.SECRET_MISSING, place, "the secret `" + name + "` has no value")
          .label((places.size() > 1 ? "neither in " : "not in ") + String.join(" nor in ", places));
    }
    return Optional.empty();
  }

  /** {@code env}: the variable UNIKERNAL_SECRET_NAME. */
  private static final class OfEnvironment implements SecretProvider {
    @Override
    public String name() {
      return "env";
    }

    @Override
    public Optional<String> find(String secret, Request request) {
      return Optional.ofNullable(request.environment().get(where(secret)));
    }

    @Override
    public String where(String secret) {
      return "UNIKERNAL_SECRET_" + secret.toUpperCase(Locale.ROOT);
    }
  }

  /** {@code file}: a file of the state folder, as an orchestrator mounts it. */
  private static final class OfFiles implements SecretProvider {
    private static final int SIZE_MAX = 1 << 20;

    @Override
    public String name() {
      return "file";
    }

    @Override
    public Optional<String> find(String secret, Request request) throws IOException {
      Path file = request.stateDir().resolve("secrets").resolve(secret);
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      if (Files.size(file) > SIZE_MAX) {
        throw new IOException(where(secret) + " is larger than 1 MiB");
      }
      try {
        return Optional.of(Files.readString(file, StandardCharsets.UTF_8).stripTrailing());
      } catch (IOException e) {
        throw new IOException(where(secret) + " cannot be read", e);
      }
    }

    @Override
    public String where(String secret) {
      return ".unikernal/secrets/" + secret;
    }
  }
}
