package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: the rules of STYLE.md hold because a test fails, not because somebody remembers them.
 * Method: each rule is run over every file that git knows, and over its own bad example.
 */
class TidyTest {
  /** Files whose words or bytes are test data, not ours to tidy. */
  private static final Pattern TEST_DATA = Pattern.compile(".*/(golden|vectors|testdata)/.*");

  private static final Pattern BUILT =
      Pattern.compile(".*\\.(class|jar|war|so|dylib|dll|exe|o|pyc)");

  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<dependency>\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>");

  static List<String> ruleNames() {
    return TidyRule.ALL.stream().map(TidyRule::name).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ruleNames")
  void everyFileFollows(String ruleName) {
    TidyRule rule = rule(ruleName);
    List<String> problems =
        Checkout.files().stream()
            .filter(path -> rule.applies().test(path) && !TEST_DATA.matcher(path).matches())
            .flatMap(path -> problems(rule, path))
            .toList();
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ruleNames")
  void aBadFileIsCaughtBy(String ruleName) {
    TidyRule rule = rule(ruleName);
    assertThat(rule.applies()).accepts(rule.bad().path());
    assertThat(rule.check().problems(rule.bad().text())).isNotEmpty();
  }

  @Test
  void commentsAndStringsAreNotCode() {
    String harmless =
        "/** Not synchronized, no Thread.sleep. */ class A { String s = \"System.out, Instant.now()\"; }";
    assertThat(TidyRule.ALL)
        .allSatisfy(rule -> assertThat(rule.check().problems(harmless)).isEmpty());
  }

  @Test
  void namesWrittenInFullAreCaught() {
    JavaSource source = JavaSource.parse("class A { Object o = new java.util.Random(); }");
    assertThat(source.uses()).extracting(JavaSource.Use::what).contains("new java.util.Random");
    assertThat(rule("time, sleep, threads and randomness in the kernel come from World").check())
        .extracting(check -> check.problems("class A { Object o = new java.util.Random(); }"))
        .asString()
        .contains("new java.util.Random");
  }

  @Test
  void nothingThatWasBuiltIsTracked() {
    assertThat(built(Checkout.tracked())).isEmpty();
    assertThat(built(List.of("lib/a.jar", "A.java"))).containsExactly("lib/a.jar");
  }

  @Test
  void everyModuleOfThePomHasCode() {
    assertThat(Checkout.modules()).isNotEmpty();
    Map<String, Long> files =
        Checkout.modules().stream()
            .collect(Collectors.toMap(module -> module, TidyTest::javaFiles));
    assertThat(files).allSatisfy((module, count) -> assertThat(count).as(module).isPositive());
    assertThat(javaFiles("no-such-module")).isZero();
  }

  @Test
  void everyDependencyHasItsRow() {
    assertThat(withoutRow(Checkout.text("pom.xml"), Checkout.text("docs/dependencies.md")))
        .isEmpty();
    String pom = "<dependency><groupId>a.b</groupId><artifactId>c</artifactId>";
    assertThat(withoutRow(pom, "| a.b:d |")).containsExactly("c");
  }

  private static List<String> withoutRow(String pom, String rows) {
    return DEPENDENCY
        .matcher(pom)
        .results()
        .filter(match -> !match.group(1).equals("io.unikernal") && !match.group(2).endsWith("-bom"))
        .map(match -> match.group(2))
        .filter(artifact -> !rows.contains(artifact))
        .distinct()
        .toList();
  }

  private static List<String> built(List<String> paths) {
    return paths.stream().filter(path -> BUILT.matcher(path).matches()).toList();
  }

  private static long javaFiles(String module) {
    return Checkout.files().stream()
        .filter(path -> path.startsWith(module + "/src/") && path.endsWith(".java"))
        .filter(path -> !path.endsWith("/package-info.java"))
        .count();
  }

  private static Stream<String> problems(TidyRule rule, String path) {
    return rule.check().problems(readable(Checkout.root().resolve(path))).stream()
        .map(problem -> path + ": " + problem);
  }

  /** One character for each byte where it is no text, so that a binary can be looked at too. */
  private static String readable(Path path) {
    try {
      byte[] bytes = Files.readAllBytes(path);
      String text = new String(bytes, StandardCharsets.UTF_8);
      return text.indexOf('\uFFFD') < 0 ? text : new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TidyRule rule(String name) {
    return TidyRule.ALL.stream().filter(rule -> rule.name().equals(name)).findFirst().orElseThrow();
  }
}
