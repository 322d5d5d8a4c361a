package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.UdlCompiler.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: what a workspace keeps never shows. Method: random edits of the corpus, files that break
 * and mend among them; after each one a workspace that saw all of them, and a compilation from
 * nothing, must say the same.
 */
class IncrementalTest {
  private static final int EDITS = 10;
  private static final int SEQUENCES = Boolean.getBoolean("unikernal.long") ? 2_000 : 120;

  @TempDir Path folder;
  private final Map<Path, String> texts = new HashMap<>();

  @Test
  void aWorkspaceSaysWhatACompilationFromNothingSays() throws Exception {
    List<Path> cases = Golden.cases();
    for (int seed = 0; seed < SEQUENCES; seed++) {
      var random = new Random(seed);
      edit(cases.get(random.nextInt(cases.size())), random, "seed " + seed);
    }
  }

  @Test
  void aTypeThatComesAndGoesIsKnownOnlyWhileItIsThere() throws Exception {
    Path file = folder.resolve("a.udl.yaml").toAbsolutePath();
    var workspace = new Workspace(Fakes.all());
    String base = "types:\n  A: { b: B, c: string }\n%s  D: list(A)\n  E: { d: D? }\n";
    for (String b : List.of("  B: int\n", "", "  B: { x: E? }\n", "  B: E\n", "", "  B: int\n")) {
      Files.writeString(file, base.formatted(b));
      compare(file, workspace, "with " + b);
    }
  }

  @Test
  void whatIsOfferedForATypeDoesNotDependOnWhatIsKnownAlready() throws Exception {
    Path file = folder.resolve("a.udl.yaml").toAbsolutePath();
    var workspace = new Workspace(Fakes.all());
    String text =
        """
        types:
          Card: { kind: enum(%s), number: string }
          Payment: Card | Transfr
          Transfer: { kind: enum(transfer), iban: string }
        """;
    for (String symbol : List.of("card", "ca#rd", "card")) {
      Files.writeString(file, text.formatted(symbol));
      compare(file, workspace, "with " + symbol);
    }
  }

  private void edit(Path definition, Random random, String seed) throws Exception {
    texts.clear();
    var files = new ArrayList<Path>();
    if (Files.isDirectory(definition)) {
      try (var list = Files.list(definition)) {
        list.filter(it -> it.toString().matches(".*\\.udl(\\.yaml)?")).sorted().forEach(files::add);
      }
    } else {
      files.add(definition);
    }
    var workspace = new Workspace(Fakes.all());
    for (int i = 0; i < EDITS; i++) {
      Path file = files.get(random.nextInt(files.size())).toAbsolutePath().normalize();
      String before = texts.getOrDefault(file, Golden.read(file));
      texts.put(file, random.nextInt(4) == 0 ? Golden.read(file) : change(before, random));
      compare(definition, workspace, seed + ", edit " + i + " of " + definition);
    }
  }

  private void compare(Path definition, Workspace workspace, String where) throws Exception {
    Options options =
        new Options(Golden.ENVIRONMENT, true)
            .with((Overlay) path -> Optional.ofNullable(texts.get(path)));
    Compilation kept = workspace.compile(definition, options);
    Compilation fresh = UdlCompiler.compile(definition, Fakes.all(), options);
    assertThat(said(kept)).as(where).isEqualTo(said(fresh));
    ask(kept);
    Compilation again = new Workspace(Fakes.all()).compile(definition, options);
    assertThat(indexed(kept)).as(where).isEqualTo(indexed(again));
  }

  /** Whatever is asked of whatever place, there is an answer. */
  private void ask(Compilation compilation) {
    if (compilation.index().isEmpty()) {
      return;
    }
    Index index = compilation.index().get();
    index
        .texts()
        .forEach((file, text) -> {
          var random = new Random(text.length());
          for (int i = 0; i < 5; i++) {
            int offset = random.nextInt(text.length() + 1);
            assertThat(index.suggest(file, text, offset))
                .allMatch(it -> it.replaced().start() <= offset && offset <= it.replaced().end());
            index.explain(file, offset);
            index.at(file, offset).ifPresent(it -> index.rename(it.symbol(), "other"));
          }
          assertThat(index.tokens(file)).allMatch(it -> it.location().end() <= text.length());
        });
  }

  static String said(Compilation compilation) {
    return compilation.rendered().text(false)
        + compilation.rendered().json()
        + compilation.plan().map(PlanText::of).orElse("");
  }

  static String indexed(Compilation compilation) {
    if (compilation.index().isEmpty()) {
      return "";
    }
    Index index = compilation.index().get();
    var text = new StringBuilder();
    index
        .symbols()
        .forEach(
            it -> text.append(it).append(index.brief(it)).append(index.places(it)).append('\n'));
    return text.toString();
  }

  static String change(String text, Random random) {
    if (text.isEmpty()) {
      return "x";
    }
    int at = random.nextInt(text.length());
    int lineStart = text.lastIndexOf('\n', at - 1) + 1;
    int lineEnd = text.indexOf('\n', at) < 0 ? text.length() : text.indexOf('\n', at);
    return switch (random.nextInt(7)) {
      case 0 -> text.substring(0, at) + text.substring(Math.min(text.length(), at + 1));
      case 1 ->
          text.substring(0, at) + "{}[]:'\"$ \n#x?".charAt(random.nextInt(13)) + text.substring(at);
      case 2 -> text.substring(0, lineStart) + text.substring(Math.min(text.length(), lineEnd + 1));
      case 3 -> text.substring(0, lineEnd) + '\n' + text.substring(lineStart);
      case 4 -> swapWords(text, random);
      case 5 -> text.substring(0, lineStart) + "  " + text.substring(lineStart);
      default -> text.substring(0, at) + '\uD83D' + '\uDE00' + text.substring(at);
    };
  }

  private static String swapWords(String text, Random random) {
    String[] words = text.split("(?<=\\W)|(?=\\W)");
    int from = random.nextInt(words.length);
    words[random.nextInt(words.length)] = words[from];
    return String.join("", words);
  }

  @Test
  void aSketchIsMadeOfAnything() throws IOException {
    var random = new Random(7);
    for (Path file : Golden.cases()) {
      String text = Files.isDirectory(file) ? "" : Golden.read(file);
      for (int i = 0; i < 20; i++) {
        text = change(text, random);
        Node sketch = Sketch.read(new Source("x", file, text));
        assertThat(sketch.place().end()).isLessThanOrEqualTo(text.length());
      }
    }
  }
}
