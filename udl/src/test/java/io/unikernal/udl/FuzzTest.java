package io.unikernal.udl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FuzzTest {
  private static final int CASES = 1000;
  private static final String SIGNS =
      "{}[]():,-#&*!|>'\"%@`$\\?=~ \t\n\r0a.\u00e9\u4e2d\ud83d\ude00\u0000";

  private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*|[0-9]+");

  @TempDir Path folder;

  @Test
  void garbageIsRefusedWithWordsAndNeverCrashes() throws Exception {
    List<String> seeds = seeds();
    var random = new Random(20260101);
    long started = System.nanoTime();
    int deep = 0;
    for (int i = 0; i < CASES; i++) {
      String seed = seeds.get(random.nextInt(seeds.size()));
      String text = i % 2 == 0 ? mutate(seed, random) : swapWords(seed, random);
      Path file = Files.write(folder.resolve("f.udl.yaml"), text.getBytes(UTF_8));
      Compilation compilation;
      try {
        compilation = Golden.compile(file);
      } catch (RuntimeException e) {
        throw new IllegalStateException(text, e);
      }
      assertThat(compilation.plan().isPresent() || !compilation.diagnostics().isEmpty())
          .as("case %d has a plan or says why not:%n%s", i, text)
          .isTrue();
      boolean isDeep =
          compilation.diagnostics().stream().anyMatch(found -> !found.code().startsWith("UDL-1"));
      deep += isDeep || compilation.plan().isPresent() ? 1 : 0;
      compilation.rendered().text(true);
      compilation.rendered().json();
    }
    assertThat(deep).as("cases that are YAML still").isGreaterThan(CASES / 4);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMinutes(3));
  }

  private static List<String> seeds() throws IOException {
    var seeds = new ArrayList<String>();
    seeds.add(Golden.read(Path.of("src/test/contract/orders/orders.udl.yaml")));
    seeds.add(Golden.read(Path.of("src/test/contract/v7/v7.udl")));
    seeds.add(Golden.read(Path.of("src/test/contract/routing/routing.udl.yaml")));
    for (Path path : Golden.cases()) {
      if (Files.isRegularFile(path)) {
        seeds.add(Golden.read(path));
      }
    }
    return seeds;
  }

  /** Stays YAML for the most part: a word comes to stand where another one was. */
  private static String swapWords(String seed, Random random) {
    List<String> words = WORD.matcher(seed).results().map(MatchResult::group).toList();
    if (words.isEmpty()) {
      return seed;
    }
    int share = 2 + random.nextInt(words.size());
    return WORD.matcher(seed)
        .replaceAll(match ->
            random.nextInt(share) < 2 ? words.get(random.nextInt(words.size())) : match.group());
  }

  private static String mutate(String seed, Random random) {
    var text = new StringBuilder(seed);
    int times = 1 + random.nextInt(6);
    for (int i = 0; i < times && text.length() > 2; i++) {
      int at = random.nextInt(text.length());
      int length = Math.min(text.length() - at, 1 + random.nextInt(20));
      switch (random.nextInt(5)) {
        case 0 -> text.delete(at, at + length);
        case 1 -> text.insert(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
        case 2 -> text.setCharAt(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
        case 3 -> text.insert(random.nextInt(text.length()), text.substring(at, at + length));
        default -> text.setLength(Math.max(2, at));
      }
    }
    return text.toString();
  }

  @Test
  void deepAndWideDocumentsAreBounded() throws Exception {
    assertRefused("a: " + "[".repeat(100_000));
    assertRefused("{".repeat(5_000));
    var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)));
    }
    assertRefused(bomb.toString());
    assertRefused("x: &x [*x]");
    assertRefused("systems: " + "a".repeat(5 << 20));
  }

  private void assertRefused(String text) throws Exception {
    Path file = Files.write(folder.resolve("f.udl.yaml"), text.getBytes(UTF_8));
    long started = System.nanoTime();
    Compilation compilation = Golden.compile(file);
    assertThat(compilation.plan()).isEmpty();
    assertThat(compilation.diagnostics()).isNotEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
  }
}
