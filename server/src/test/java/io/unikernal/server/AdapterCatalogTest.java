package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.FaultException;
import io.unikernal.spi.SecretProvider;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others put beside an installation: a folder of jars each, as `adapters/vault/vault.jar`. */
class AdapterCatalogTest {
  private static final String SERVICE = "META-INF/services/io.unikernal.spi.SecretProvider";

  /** Answers with a word that only its own code and the environment make. */
  private static final String VAULT =
      """
      package example;

      import io.unikernal.spi.SecretProvider;
      import java.util.Optional;

      public final class Vault implements SecretProvider {
        @Override
        public String name() {
          return "vault";
        }

        @Override
        public Optional<String> find(String secret, Request request) {
          return secret.equals("db_password")
              ? Optional.of(request.environment().get("VAULT_TOKEN") + "-of-" + secret)
              : Optional.empty();
        }

        @Override
        public String where(String secret) {
          return "the vault, as " + secret;
        }
      }
      """;

  @TempDir private Path folder;

  private Path plugin(String implementation) throws IOException {
    Path source = Files.createDirectories(folder.resolve("source/example")).resolve("Vault.java");
    Files.writeString(source, VAULT);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    String classPath = System.getProperty("java.class.path");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                classPath,
                "-d",
                classes.toString(),
                source.toString());
    assertThat(status).isZero();
    Path adapters = folder.resolve("adapters");
    Path jar = Files.createDirectories(adapters.resolve("vault")).resolve("vault.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(SERVICE));
      out.write(implementation.getBytes(StandardCharsets.UTF_8));
      out.putNextEntry(new JarEntry("example/Vault.class"));
      out.write(Files.readAllBytes(classes.resolve("example/Vault.class")));
    }
    return adapters;
  }

  private Compilation compiled(String text, List<SecretProvider> providers) throws Exception {
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), text);
    var options =
        new UdlCompiler.Options(Map.of("VAULT_TOKEN", "hunter2"), true).withSecrets(providers);
    return UdlCompiler.compile(file, AdapterCatalog.load(List.of()), options);
  }

  @Test
  void aProviderOfSecretsInAFolderBesideTheInstallationIsAsked() throws Exception {
    List<SecretProvider> providers =
        AdapterCatalog.secretProviders(List.of(plugin("example.Vault")));
    assertThat(providers).extracting(SecretProvider::name).containsOnlyOnce("vault");
    SecretProvider vault =
        providers.stream().filter(it -> it.name().equals("vault")).findFirst().orElseThrow();
    assertThat(vault.getClass().getClassLoader())
        .isNotSameAs(AdapterCatalog.class.getClassLoader());

    String definition =
        """
        systems:
          pg: { type: postgres, connection: "postgres://me:${secret.db_password}@db/orders" }
        defaults: { secrets: { from: [vault] } }
        """;
    var found = compiled(definition, providers);
    assertThat(found.plan()).as(found.rendered().text(false)).isPresent();
    assertThat(found.plan().orElseThrow().systems().getFirst().config().values().values())
        .contains("postgres://me:hunter2-of-db_password@db/orders");

    var missing = compiled(definition.replace("db_password", "other"), providers);
    assertThat(missing.plan()).isEmpty();
    assertThat(missing.rendered().text(false))
        .contains("the vault, as other")
        .doesNotContain("hunter2");
    assertThat(compiled(definition, List.of()).rendered().text(false)).contains("UDL-6101");
  }

  @Test
  void aProviderThatCannotBeLoadedIsToldByItsName() throws Exception {
    List<Path> adapters = List.of(plugin("example.Nobody"));
    assertThatThrownBy(() -> AdapterCatalog.secretProviders(adapters))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("a provider of secrets of ")
        .hasMessageContaining("example.Nobody");
  }
}
