package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Pipeline;
import io.unikernal.udl.UdlCompiler.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: systems, functions and pipelines that are kept come out as they would anew, whichever of
 * the things that they are made of has changed, in whichever file. Method: a definition of files
 * that name each other in every way; edits of one file, after each of which a workspace that saw
 * all of them must say what a compilation from nothing says.
 */
class ReuseTest {
  private static final int EDITS = 12;
  private static final int PLACES = 8;
  private static final int SEQUENCES = Boolean.getBoolean("unikernal.long") ? 1_500 : 20;
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private static final Map<String, String> FILES = new LinkedHashMap<>();

  static {
    FILES.put(
        "types.udl.yaml",
        """
        types:
          Money: "decimal(12,2)"
          Line: { sku: string, qty: "int(1..99)", price: Money }
          Order: { id: uuid, email: pii(string), note: string?, net: Money, lines: list(Line) }
          Total: { id: uuid, total: Money, text: string? }
        """);
    FILES.put(
        "functions.udl.yaml",
        """
        functions:
          rate: { value: "${1.19}" }
          gross: { params: { net: Money }, returns: Money, value: "${round(net * decimal('1.19'), 2)}" }
          twice: { params: { net: Money }, value: "${gross(net) + gross(net)}" }
          domain: { params: { email: pii(string) }, value: "${email.split('@').size()}" }
          region: { value: "${env.REGION}" }
        """);
    FILES.put(
        "policies.udl.yaml",
        """
        policies:
          patient: { type: retry, attempts: 5, delay: 50ms }
          more_patient: { extends: patient, attempts: 9 }
          gentle:
            - { type: rate_limit, limit: 100, window: 1s, key: "${input.id}" }
            - { type: timeout, after: 5s }
          lost: { type: dead_letter, to: bury }
        defaults:
          policy: { type: timeout, after: 30s }
        """);
    FILES.put(
        "systems.udl.yaml",
        """
        systems:
          bus:
            type: memory
            clearance: [pii]
            operations:
              orders: { receives: Order, policy: lost }
              small: { receives: { id: uuid, net: Money } }
              totals: { accepts: Total, effect: idempotent, policy: { extends: patient, attempts: 2 } }
              letters: { accepts: any, effect: idempotent }
          quiet: { type: memory, policy: gentle, operations: { ids: { accepts: { id: uuid }, effect: idempotent } } }
          web:
            type: http
            url: "http://${HOST}:80"
            operations: { put_total: { put: "/totals/{id}", path: { id: uuid }, body: Total } }
          py: { type: python, path: ./functions.py }
        """);
    FILES.put(
        "pipelines.udl.yaml",
        """
        pipelines:
          total:
            input: Order
            policy: gentle
            steps:
              - { name: sum, set: "${sum(input.lines.map(line, line.price))}" }
              - { name: full, set: "${gross(sum)}" }
              - { name: note, set: { text: "${input.?note.orValue('none')}", twice: "${twice(sum)}" } }
              - system: bus.totals
                when: full > decimal('0') && domain(input.email) > 1
                with: { id: "${input.id}", total: "${full}", text: "${note.text} of ${input.id}" }
                policy: more_patient
              - system: called
            output: "${note}"
          called:
            steps:
              - { name: kept, set: "${input.text}" }
              - { system: bus.letters, with: { text: "${kept}" } }
            on_error:
              - { system: bus.letters, with: { why: "${error.message}" } }
          bury:
            input: pii(any)
            steps:
              - { system: bus.letters, with: { letter: "${input}" } }
        """);
    FILES.put(
        "more.udl.yaml",
        """
        pipelines:
          small:
            steps:
              - { name: text, set: "${input.net} of ${env.REGION}" }
              - { system: quiet.ids, with: { id: "${input.id}" }, policy: [patient, { type: timeout, after: 1s }] }
              - { system: bus.totals, with: { id: "${input.id}", total: "${input.net}", text: "${text}" } }
              - { name: made, as: Total, set: { id: "${input.id}", total: "${input.net}" } }
              - { system: web.put_total, with: { id: "${input.id}", body: "${made}" } }
          guarded:
            input: { id: uuid, net: Money }
            steps:
              - { system: small, with: "${input}" }
              - { name: odd, system: py.odd, with: { id: "${input.id}" } }
        templates:
          copies:
            params: { name: name, text: string }
            pipelines:
              "${param.name}": { input: Order, steps: [{ name: a, set: "${param.text + string(input.id)}" }] }
        use:
          - { template: copies, with: { name: copied, text: "it is " } }
        """);
    FILES.put(
        "routes.udl.yaml",
        """
        routes:
          - { from: bus.orders, when: input.net > decimal('5'), to: total, policy: patient }
          - { from: bus.orders, when: input.net > decimal('3'), to: copied }
          - { from: bus.orders, to: bury }
          - { from: bus.small, when: input.net > decimal('5'), to: guarded, dead_letter: bury }
          - { from: bus.small, to: small }
        """);
  }

  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final Map<Path, String> texts = new LinkedHashMap<>();

  @BeforeEach
  void write() throws IOException {
    folder = folder.toAbsolutePath().normalize();
    environment.putAll(Map.of("HOST", "there", "REGION", "north"));
    for (var file : FILES.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
      texts.put(folder.resolve(file.getKey()), file.getValue());
    }
  }

  @Test
  void theDefinitionIsRightSoThatThereIsSomethingToKeep() throws Exception {
    Compilation fresh = UdlCompiler.compile(folder, Fakes.all(), options());
    assertThat(fresh.diagnostics())
        .filteredOn(it -> it.severity() == Diagnostic.Severity.ERROR)
        .allMatch(it -> it.code().equals(Code.NOT_YET.id()));
    assertThat(fresh.draft()).isPresent();
  }

  @Test
  void whatIsNotEditedIsKeptAndSaysTheSame() throws Exception {
    var workspace = new Workspace(Fakes.all());
    compare(workspace, "at first");
    List<Pipeline> before = pipelines(workspace);
    texts.compute(folder.resolve("routes.udl.yaml"), (_, text) -> text + "# changed\n");
    List<Pipeline> after = pipelines(workspace);
    assertThat(after).hasSameSizeAs(before).hasSize(6);
    long kept = after.stream().filter(it -> before.stream().anyMatch(old -> old == it)).count();
    assertThat(kept).isEqualTo(4); // not that of the template, nor what calls code
    compare(workspace, "with a comment");
  }

  @Test
  void aFieldThatNobodyAskedForIsNoReasonToMakeAnythingAnew() throws Exception {
    var workspace = new Workspace(Fakes.all());
    compare(workspace, "at first");
    List<Pipeline> before = pipelines(workspace);
    edit("types.udl.yaml", "sku: string,", "sku: string(1..9),");
    assertThat(kept(before, pipelines(workspace))).contains("total", "called", "small");
    compare(workspace, "with a bound at a field that is only passed on");
    edit("types.udl.yaml", "price: Money }", "price: Money, gift: bool? }");
    assertThat(kept(before, pipelines(workspace))).contains("total", "called", "small");
    compare(workspace, "with another field after those that are asked for");
  }

  @Test
  void whoAskedForAFieldIsMadeAnewWhenItIsAnother() throws Exception {
    var workspace = new Workspace(Fakes.all());
    compare(workspace, "at first");
    List<Pipeline> before = pipelines(workspace);
    edit("types.udl.yaml", "price: Money", "price: \"decimal(9,2)\"");
    assertThat(kept(before, pipelines(workspace))).contains("small").doesNotContain("total");
    compare(workspace, "with another type of a field that is summed up");
    edit("types.udl.yaml", "note: string?", "note: pii(string)?");
    compare(workspace, "with a label where there was none");
    edit("types.udl.yaml", "note: pii(string)?", "note: string");
    compare(workspace, "with a field that is always there");
  }

  @Test
  void aPlaceInWhatIsKeptIsExplainedByTheTypesOfNow() throws Exception {
    var workspace = new Workspace(Fakes.all());
    compare(workspace, "at first");
    edit("types.udl.yaml", "sku: string,", "sku: string(1..9),");
    Path file = folder.resolve("pipelines.udl.yaml");
    int at = texts.getOrDefault(file, "").indexOf("line, line.price") + "line, li".length();
    String kept = explained(workspace.compile(folder, options()), file, at);
    assertThat(kept).contains("sku: string(1..9)");
    assertThat(kept)
        .isEqualTo(explained(new Workspace(Fakes.all()).compile(folder, options()), file, at));
  }

  private static String explained(Compilation compilation, Path file, int at) {
    return compilation.index().orElseThrow().explain(file, at).orElseThrow().text();
  }

  private void edit(String file, String from, String to) {
    texts.computeIfPresent(
        folder.resolve(file),
        (_, text) -> {
          assertThat(text).contains(from);
          return text.replace(from, to);
        });
  }

  /** The names of those that are the same objects. */
  private static List<String> kept(List<Pipeline> before, List<Pipeline> after) {
    return after.stream()
        .filter(it -> before.stream().anyMatch(old -> old == it))
        .map(Pipeline::name)
        .toList();
  }

  private List<Pipeline> pipelines(Workspace workspace) throws Exception {
    return List.copyOf(
        workspace.compile(folder, options()).draft().orElseThrow().pipelines().values());
  }

  @Test
  void eachWordOfEachFileThatIsTakenAwayAndPutBackLeavesNoTrace() throws Exception {
    var workspace = new Workspace(Fakes.all());
    compare(workspace, "at first");
    var random = new Random(11);
    for (var entry : List.copyOf(texts.entrySet())) {
      Path file = entry.getKey();
      String text = entry.getValue();
      var words = WORD.matcher(text);
      while (words.find()) {
        if (random.nextInt(Boolean.getBoolean("unikernal.long") ? 1 : 10) > 0) {
          continue;
        }
        String where = file.getFileName() + ":" + words.start() + " " + words.group();
        texts.put(file, text.substring(0, words.start()) + "zz" + text.substring(words.end()));
        compare(workspace, "with another word at " + where);
        texts.put(file, text);
        compare(workspace, "again without it at " + where);
      }
    }
  }

  @Test
  void randomEditsOfAllFilesSayWhatACompilationFromNothingSays() throws Exception {
    var files = List.copyOf(texts.keySet());
    for (int seed = 0; seed < SEQUENCES; seed++) {
      write();
      var random = new Random(seed);
      var workspace = new Workspace(Fakes.all());
      for (int i = 0; i < EDITS; i++) {
        Path file = files.get(random.nextInt(files.size()));
        texts.put(file, edited(file, random));
        if (random.nextInt(6) == 0) {
          environment.put("REGION", random.nextBoolean() ? "south" : "north");
        }
        String where = "seed " + seed + ", edit " + i + " of " + file.getFileName();
        try {
          compare(workspace, where);
        } catch (RuntimeException e) {
          throw new AssertionError(where + "\n" + texts, e);
        }
      }
    }
  }

  private String edited(Path file, Random random) {
    String original = FILES.getOrDefault(String.valueOf(file.getFileName()), "");
    return switch (random.nextInt(6)) {
      case 0, 1 -> original;
      case 2 -> withoutDeclaration(original, random);
      case 3 -> "# one line further down\n" + original;
      case 4 -> renamed(original, random);
      default -> IncrementalTest.change(texts.getOrDefault(file, original), random);
    };
  }

  /** Without one of the lines that begin two columns in, and what is below it. */
  private static String withoutDeclaration(String text, Random random) {
    var blocks = new ArrayList<>(List.of(text.split("(?m)^(?=  \\w|\\w)")));
    blocks.remove(random.nextInt(blocks.size()));
    return String.join("", blocks);
  }

  private static String renamed(String text, Random random) {
    List<String> words = WORD.matcher(text).results().map(it -> it.group()).distinct().toList();
    String from = words.get(random.nextInt(words.size()));
    String to = words.get(random.nextInt(words.size()));
    return text.replaceAll("\\b" + from + "\\b", random.nextBoolean() ? to : from + "_two");
  }

  private Options options() {
    return new Options(Map.copyOf(environment), true)
        .with((Overlay) path -> Optional.ofNullable(texts.get(path)));
  }

  private void compare(Workspace workspace, String where) throws Exception {
    Compilation kept = workspace.compile(folder, options());
    Compilation fresh = UdlCompiler.compile(folder, Fakes.all(), options());
    assertThat(IncrementalTest.said(kept)).as(where).isEqualTo(IncrementalTest.said(fresh));
    Compilation again = new Workspace(Fakes.all()).compile(folder, options());
    assertThat(IncrementalTest.indexed(kept)).as(where).isEqualTo(IncrementalTest.indexed(again));
    assertThat(shown(kept, where)).as(where).isEqualTo(shown(again, where));
  }

  /** What an editor shows at some places of each file: the types are those of now. */
  private static String shown(Compilation compilation, String where) {
    if (compilation.index().isEmpty()) {
      return "";
    }
    Index index = compilation.index().get();
    var random = new Random(where.hashCode());
    var text = new StringBuilder();
    index
        .texts()
        .forEach((file, content) -> {
          for (int i = 0; i < PLACES; i++) {
            int offset = random.nextInt(content.length() + 1);
            index.explain(file, offset).ifPresent(it -> text.append(it.text()).append('\n'));
          }
        });
    return text.toString();
  }
}
