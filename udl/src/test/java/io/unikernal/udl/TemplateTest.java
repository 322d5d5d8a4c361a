package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A template gives what one would have written by hand. */
class TemplateTest {
  private static final int CASES = 150;

  /** {@code @{x}} is a parameter in a text, {@code @(x)} one in an expression. */
  private static final Pattern PLACE = Pattern.compile("@(?:\\{(\\w+)}|\\((\\w+)\\))");

  /** What of a definition a template may hold; a use would need its own templates. */
  private static final Set<String> IN_A_TEMPLATE =
      Grammar.TEMPLATE.keys().stream()
          .filter(key -> !key.equals("use"))
          .collect(Collectors.toSet());

  private static final String TYPES =
      """
      types:
        User: { id: uuid, name: string(1..80) }
        Order: { id: uuid, total: "decimal(12,2)", note: string? }
      """;

  private static final String SECTIONS =
      """
      types:
        "Page_@{name}": { rows: "list(@{item})", size: int }
      policies:
        "@{name}_policy": { type: retry, attempts: "@{attempts}" }
      systems:
        "@{name}_web":
          type: http
          listen: "@{port}"
          operations:
            "get_@{name}": { get: "/@{table}/{id}", path: { id: uuid }, returns: "@{item}?" }
            "list_@{name}": { get: "/@{table}", query: { limit: int }, returns: "Page_@{name}" }
        "@{name}_db":
          type: sqlite
          path: "./.unikernal/@{table}.db"
          operations:
            by_id: { sql: "select * from @{table} where id = :id", returns: "@{item}?" }
            all: { sql: "select * from @{table} limit :limit", returns: "list(@{item})" }
      routes:
        - { from: "@{name}_web.get_@{name}", to: "@{name}_db.by_id", policy: "@{name}_policy" }
        - { from: "@{name}_web.list_@{name}", when: input.limit <= @(limit), to: "@{name}_list" }
        - { from: "@{name}_web.list_@{name}", to: "@{name}_list" }
      pipelines:
        "@{name}_list":
          input: { limit: int }
          steps:
            - name: rows
              system: "@{name}_db.all"
              with: { limit: "${input.limit > @(limit) ? @(limit) : input.limit}" }
            - name: page
              as: "Page_@{name}"
              set: { rows: "${rows}", size: "${rows.size() + size(@(table)) * @(attempts)}" }
            - { name: text, set: "@{name} $${kept} ${@(table) + ' of '} @{limit}" }
          output: ${page}
      """;

  @TempDir Path folder;

  private static String filled(String text, Map<String, String> texts, Map<String, String> values) {
    return PLACE
        .matcher(text)
        .replaceAll(match ->
            Matcher.quoteReplacement(
                match.group(1) != null
                    ? texts.getOrDefault(match.group(1), "${param." + match.group(1) + "}")
                    : values.getOrDefault(match.group(2), "param." + match.group(2))));
  }

  private static String indented(String text, String by) {
    return text.lines().map(line -> by + line + "\n").reduce("", String::concat);
  }

  private String plan(String text) throws Exception {
    Compilation compilation = Golden.compile(Files.writeString(folder.resolve("a.udl.yaml"), text));
    assertThat(compilation.diagnostics()).as(text + compilation.rendered().text(false)).isEmpty();
    return PlanText.of(compilation.plan().orElseThrow());
  }

  private static Map<String, String> arguments(Random random, int number) {
    var texts = new LinkedHashMap<String, String>();
    texts.put("name", "n" + number + "_" + Integer.toString(random.nextInt(1 << 20), 36));
    texts.put("table", List.of("users", "t", "it's", "a b", "x$y", "ö").get(random.nextInt(6)));
    texts.put("item", List.of("User", "Order", "int", "list(User)").get(random.nextInt(4)));
    texts.put("port", String.valueOf(1000 + random.nextInt(60_000)));
    texts.put("attempts", String.valueOf(1 + random.nextInt(9)));
    texts.put("limit", String.valueOf(random.nextInt(1000)));
    return texts;
  }

  private static Map<String, String> values(Map<String, String> texts) {
    var values = new LinkedHashMap<>(texts);
    values.replaceAll(
        (name, text) -> name.equals("table") ? "'" + text.replace("'", "\\\\'") + "'" : text);
    return values;
  }

  private static String use(Map<String, String> texts) {
    var with = new ArrayList<String>();
    texts.forEach(
        (name, text) -> with.add(name + ": " + (text.matches("\\w+") ? text : "\"" + text + "\"")));
    return "- { template: crud, with: { " + String.join(", ", with) + " } }\n";
  }

  /** Merges the sections of several definitions, as files of a folder are. */
  private String byHand(List<String> parts) throws Exception {
    Path whole = Files.createTempDirectory(folder, "by_hand");
    for (int i = 0; i < parts.size(); i++) {
      Files.writeString(whole.resolve("p%02d.udl.yaml".formatted(i)), parts.get(i));
    }
    Compilation compilation = Golden.compile(whole);
    assertThat(compilation.diagnostics()).as(compilation.rendered().text(false)).isEmpty();
    return PlanText.of(compilation.plan().orElseThrow());
  }

  @Test
  void aDefinitionWrittenByHandAndOneThroughATemplateAreTheSamePlan() throws Exception {
    var random = new Random(20260104);
    String template =
        "templates:\n  crud:\n"
            + "    params: { name: name, table: string, item: type, port: \"int = 8080\","
            + " attempts: \"int(1..100)\", limit: \"int(0..1000) = 100\" }\n"
            + indented(filled(SECTIONS, Map.of(), Map.of()), "    ");
    for (int i = 0; i < CASES; i++) {
      var parts = new ArrayList<String>(List.of(TYPES));
      var uses = new StringBuilder("use:\n");
      int count = 1 + random.nextInt(3);
      for (int use = 0; use < count; use++) {
        Map<String, String> texts = arguments(random, use);
        parts.add(filled(SECTIONS, texts, values(texts)));
        uses.append(use(texts));
      }
      assertThat(plan(TYPES + template + uses)).isEqualTo(byHand(parts));
    }
  }

  @Test
  void aWholeDefinitionInATemplateIsTheSamePlan() throws Exception {
    int count = 0;
    for (Path path : Golden.cases()) {
      String text = Files.isDirectory(path) ? "" : Golden.read(path);
      boolean isPlain =
          path.toString().contains("/good_")
              && !text.isEmpty()
              && !text.contains("${")
              && Pattern.compile("(?m)^(\\w+):")
                  .matcher(text)
                  .results()
                  .map(key -> key.group(1))
                  .allMatch(IN_A_TEMPLATE::contains)
              && !path.toString().contains("offline");
      if (!isPlain) {
        continue;
      }
      Compilation byHand = Golden.compile(path);
      Path file = folder.resolve("whole.udl.yaml");
      Files.writeString(
          file, "templates:\n  all:\n" + indented(text, "    ") + "use: [{ template: all }]\n");
      Compilation used = Golden.compile(file);
      assertThat(used.plan().map(Golden::meaning))
          .as(path + used.rendered().text(false))
          .isEqualTo(byHand.plan().map(Golden::meaning));
      count++;
    }
    assertThat(count).isGreaterThan(2);
  }

  @Test
  void whateverIsMisspeltInATemplateOrItsUseIsNoticed() throws Exception {
    String text = Golden.read(Golden.FOLDER.resolve("good_template.udl.yaml"));
    var silent = new ArrayList<String>();
    int count = 0;
    Matcher words = Pattern.compile("param\\.[a-z]+|(?<=[ {])[a-z_]+(?=: )|use:").matcher(text);
    // Before it stand types, whose fields nobody reads.
    int at = text.indexOf("templates:");
    while (words.find(at)) {
      at = words.end();
      String mutated =
          text.substring(0, words.end() - (words.group().endsWith(":") ? 1 : 0))
              + "x"
              + text.substring(words.end() - (words.group().endsWith(":") ? 1 : 0));
      Path file = Files.writeString(folder.resolve("m.udl.yaml"), mutated);
      count++;
      if (Golden.compile(file).diagnostics().isEmpty()) {
        int line = (int) text.substring(0, words.start()).lines().count();
        silent.add(words.group() + " in line " + line);
      }
    }
    assertThat(count).isGreaterThan(60);
    assertThat(silent).isEmpty();
  }

  @Test
  void aMistakeIsOneFindingWithAsManyUsesAsThereAre() throws Exception {
    Compilation compilation =
        Golden.compile(Golden.FOLDER.resolve("template_mistake_once.udl.yaml"));
    assertThat(compilation.diagnostics())
        .extracting(Diagnostic::code)
        .containsExactly("UDL-1011", "UDL-4002");
    assertThat(compilation.diagnostics())
        .allSatisfy(found -> assertThat(found.label()).contains("used at", "and 49 more"));
  }

  @Test
  void manyUsesCostLittleEach() throws Exception {
    var text = new StringBuilder(TYPES);
    text.append("templates:\n  t:\n    params: { name: name }\n    pipelines:\n");
    text.append("      \"${param.name}\": { output: \"${1 + 2}\" }\nuse:\n");
    for (int i = 0; i < 3000; i++) {
      text.append("  - { template: t, with: { name: p%d } }\n".formatted(i));
    }
    Path file = Files.writeString(folder.resolve("many.udl.yaml"), text);
    long started = System.nanoTime();
    Compilation compilation = Golden.compile(file);
    assertThat(compilation.plan().orElseThrow().pipelines()).hasSize(3000);
    assertThat(compilation.diagnostics()).hasSize(1);
    assertThat(System.nanoTime() - started).isLessThan(20_000_000_000L);
  }
}
