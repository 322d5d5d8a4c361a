package io.unikernal.importers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.unikernal.importers.Importers.Result;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: no document crashes an import, keeps it busy for ever or makes a definition that does not
 * compile. Method: good documents with bytes changed, cut, doubled and moved, by a seed.
 */
class FuzzTest {
  private static final int CASES = Boolean.getBoolean("unikernal.long") ? 10_000 : 250;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String SIGNS = "{}[]()\"':,;-.0123456789ae$#/\\ \n\té\u0000<>=";

  @TempDir private Path folder;

  private static String mutated(String text, Random random) {
    var changed = new StringBuilder(text);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && !changed.isEmpty(); i++) {
      int at = random.nextInt(changed.length());
      int end = Math.min(changed.length(), at + 1 + random.nextInt(40));
      switch (random.nextInt(7)) {
        case 0 -> changed.setLength(at);
        case 1 -> changed.delete(at, end);
        case 2 -> changed.insert(at, changed.substring(at, end));
        case 3 -> changed.insert(random.nextInt(changed.length()), changed.substring(at, end));
        case 4 -> changed.setCharAt(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
        case 5 -> changed.insert(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
        default -> changed.insert(at, "[".repeat(random.nextInt(300)));
      }
    }
    return changed.toString();
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void aBrokenDocumentGivesADiagnosticOrADefinition(Format format) throws Exception {
    var options = new Importers.Options(Optional.of(format), Optional.empty(), Set.of(), true);
    Map<Boolean, Integer> outcomes = new HashMap<>();
    for (int seed = 0; seed < CASES; seed++) {
      String text = mutated(Seeds.of(format), new Random(seed));
      Path file = Files.write(folder.resolve("fuzz"), text.getBytes(StandardCharsets.UTF_8));
      Result result =
          Assertions.assertTimeoutPreemptively(
              PATIENCE, () -> Importers.read(List.of(file), options), "seed " + seed + "\n" + text);
      switch (result) {
        case Result.Refused(var problem) ->
            assertThat(problem.message()).as("seed " + seed).isNotBlank();
        case Result.Written written -> {
          try {
            Adapters.compiled(written.text(), folder);
          } catch (AssertionError wrong) {
            fail("seed " + seed + "\n" + text, wrong);
          }
        }
      }
      outcomes.merge(result instanceof Result.Written, 1, Integer::sum);
    }
    assertThat(outcomes).as("both outcomes are met").containsKeys(true, false);
  }

  @Test
  void theDocumentsThatAreBrokenAreGood() throws Exception {
    for (var seed : new EnumMap<>(Seeds.ALL).entrySet()) {
      Path file = Files.writeString(folder.resolve("good"), seed.getValue());
      var options =
          new Importers.Options(Optional.of(seed.getKey()), Optional.empty(), Set.of(), false);
      Result result = Importers.read(List.of(file), options);
      assertThat(result).as(seed.getKey() + " " + result).isInstanceOf(Result.Written.class);
      Adapters.compiled(((Result.Written) result).text(), folder);
    }
  }
}
