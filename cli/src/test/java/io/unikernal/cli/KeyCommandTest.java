package io.unikernal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.SystemWorld;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.spi.IdentityProvider;
import io.unikernal.spi.IdentityProviders;
import io.unikernal.spi.Sender;
import io.unikernal.udl.UdlCompiler;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyCommandTest {
  @TempDir private Path folder;

  private static String run(int exit, String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    assertThat(Main.execute(new PrintWriter(out), new PrintWriter(err), arguments))
        .as(err.toString())
        .isEqualTo(exit);
    return out.toString();
  }

  @Test
  void theLineInTheDefinitionKnowsTheKeyThatWasPrinted() throws Exception {
    String[] lines =
        run(0, "key", "new", "acme & sons", "--roles", "partner", "--expires", "2999-01-31")
            .split("\n", -1);
    String key = lines[1].strip();
    String text =
        """
        systems:
          web: { type: http, listen: 8080, operations: { ping: { get: /ping, returns: any } } }
        roles: { partner: { may: [web.ping] } }
        identities:
          partners:
            type: api_key
            keys:
              LINE
        """
            .replace("LINE", lines[3].strip());
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), text);
    var compiled =
        UdlCompiler.compile(file, AdapterCatalog.load(), new UdlCompiler.Options(Map.of(), true));
    assertThat(compiled.rendered().text(false)).isEmpty();
    var identity = compiled.plan().orElseThrow().access().identities().getFirst();
    IdentityProvider provider =
        Objects.requireNonNull(IdentityProviders.installed().get(identity.provider()));
    try (var open =
        provider.open(
            new IdentityProvider.Context(
                "partners", identity.config(), folder, new SystemWorld()))) {
      var sender = Sender.of(new LinkedHashMap<>(Map.of("x-api-key", key)));
      assertThat(open.identify(sender).toString()).contains("acme & sons", "partner");
    }
    assertThat(text).doesNotContain(key);
  }

  @Test
  void twoKeysAreNeverTheSameAndANameIsNeeded() {
    assertThat(run(0, "key", "new", "acme")).isNotEqualTo(run(0, "key", "new", "acme"));
    assertThat(run(0, "key", "new", "acme", "--json")).contains("\"hash\": \"sha256:");
    run(2, "key", "new");
    run(2, "key");
  }
}
