package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.UdlCompiler.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of each other in a row costs the stack, and has a bound. */
class ChainTest {
  private static final int BOUND = 200;

  @TempDir private Path folder;

  private final Workspace workspace = new Workspace(Fakes.all());

  private List<String> errors(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("chain.udl.yaml"), text);
    return workspace.compile(file, new Options(Map.of(), true)).diagnostics().stream()
        .filter(found -> found.severity() == Diagnostic.Severity.ERROR)
        .map(found -> found.code() + " " + found.message())
        .toList();
  }

  /** Each type is the next one; the last is an int. */
  private static String types(int length) {
    return IntStream.range(0, length)
        .mapToObj(i -> "  T%d: %s\n".formatted(i, i + 1 < length ? "T" + (i + 1) : "int"))
        .collect(Collectors.joining("", "types:\n", ""));
  }

  /** Each pipeline calls the next one; the last gives an int. */
  private static String pipelines(int length) {
    String head =
        "systems: { bus: { type: memory, operations: { a: { receives: any } } } }\n"
            + "routes: [ { from: bus.a, to: p0 } ]\npipelines:\n";
    return IntStream.range(0, length)
        .mapToObj(i -> "  p%d: { steps: [ { %s } ] }\n".formatted(i, step(i + 1, length)))
        .collect(Collectors.joining("", head, ""));
  }

  private static String step(int next, int length) {
    return next < length ? "system: p" + next : "set: 1";
  }

  @Test
  void aChainOfTypesIsReadUpToTheBoundAndSaidOnceBeyond() throws Exception {
    assertThat(errors(types(BOUND))).isEmpty();
    assertThat(errors(types(10 * BOUND)))
        .containsExactly("UDL-1005 types are made of each other more than 200 times in a row");
  }

  @Test
  void aChainOfTypesThatIsTooLongIsSaidAgainByTheNextCompilation() throws Exception {
    String text = types(3 * BOUND);
    List<String> first = errors(text);
    assertThat(first).hasSize(1);
    assertThat(errors(text + "  Other: int\n")).isEqualTo(first);
    assertThat(
            errors(text.replace("T50: T51\n", "T50: int\n").replace("T250: T251\n", "T250: int\n")))
        .as("T251 and what follows is too long still")
        .isEqualTo(first);
  }

  @Test
  void aChainOfPipelinesIsReadUpToTheBoundAndSaidOnceBeyond() throws Exception {
    assertThat(errors(pipelines(BOUND))).isEmpty();
    assertThat(errors(pipelines(10 * BOUND)))
        .containsExactly("UDL-1005 pipelines call each other more than 200 times in a row");
  }

  @Test
  void theBoundOfPipelinesHoldsWhateverTheOrderOfTheirDeclaration() throws Exception {
    List<String> lines = pipelines(BOUND + 1).lines().toList();
    String head = String.join("\n", lines.subList(0, 3)) + "\n";
    List<String> declared = lines.subList(3, lines.size());
    assertThat(errors(head + String.join("\n", declared) + "\n")).hasSize(1);
    assertThat(errors(head + String.join("\n", declared.reversed()) + "\n")).hasSize(1);
    List<String> shorter = pipelines(BOUND).lines().toList();
    List<String> reversed = shorter.subList(3, shorter.size()).reversed();
    assertThat(errors(head + String.join("\n", reversed) + "\n")).isEmpty();
  }
}
