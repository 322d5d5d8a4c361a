package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * All cases of cel-spec, in CEL's own semantics and in UDL's. Which ones fail is written down
 * exactly, each under its reason: a case that starts to pass must leave its list. The page of the
 * reference is made from the same run; {@code -Dconformance.write=true} writes it.
 */
class CelConformanceTest {
  private static final String PROTOBUF = "It needs a message or an enum of protobuf";

  /** Names that only protobuf defines. */
  private static final List<String> MESSAGES =
      List.of("TestAllTypes", "TestRequired", "GlobalEnum", "google.protobuf", "conformance.proto");

  private record Count(int cases, int pass, int asUdl, int needProtobuf) {}

  /**
   * @param failing what each case gave that does not pass
   * @param deviating what each case gave in UDL that passes in CEL's semantics
   */
  private record Run(
      Map<String, CelSpec.Case> cases,
      Map<String, String> failing,
      Map<String, String> deviating,
      SequencedMap<String, Count> counts) {}

  private static final Map<CelSpec.Way, Run> RUNS = new EnumMap<>(CelSpec.Way.class);

  private static Run run(CelSpec.Way way) throws IOException {
    Optional<Path> folder = CelSpec.folder();
    assumeTrue(folder.isPresent(), "data: no cel-spec among the shared data");
    Run known = RUNS.get(way);
    if (known == null) {
      known = run(folder.orElseThrow(), way);
      RUNS.put(way, known);
    }
    return known;
  }

  private static Run run(Path folder, CelSpec.Way way) throws IOException {
    var run = new Run(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new LinkedHashMap<>());
    var messages = new TreeSet<>(listed("cel-known-failing.txt").getOrDefault(PROTOBUF, List.of()));
    for (String file : CelSpec.files(folder)) {
      var all = CelSpec.cases(folder, file);
      int pass = 0;
      int asUdl = 0;
      for (CelSpec.Case one : all) {
        run.cases().put(one.name(), one);
        String strictly = CelSpec.strictly(one, way);
        String udl = strictly.isEmpty() ? CelSpec.asUdl(one, way) : strictly;
        pass += strictly.isEmpty() ? 1 : 0;
        asUdl += udl.isEmpty() ? 1 : 0;
        if (!strictly.isEmpty()) {
          run.failing().put(one.name(), one.expression() + " -> " + strictly);
        } else if (!udl.isEmpty()) {
          run.deviating().put(one.name(), one.expression() + " -> " + udl);
        }
      }
      int need = (int) all.stream().filter(one -> messages.contains(one.name())).count();
      run.counts().put(file, new Count(all.size(), pass, asUdl, need));
    }
    return run;
  }

  @Test
  void theCasesOfCelSpecGiveWhatTheySayButThoseOnTheList() throws IOException {
    Run run = run(CelSpec.Way.INTERPRETED);
    Files.writeString(
        Files.createDirectories(Path.of("target")).resolve("cel-conformance.txt"),
        lines(run.failing()) + "\nonly in UDL:\n" + lines(run.deviating()));
    assertThat(run.failing().keySet())
        .as("what each gave is in target/cel-conformance.txt")
        .isEqualTo(names("cel-known-failing.txt"));
    assertThat(run.deviating().keySet())
        .as("what each gave is in target/cel-conformance.txt")
        .isEqualTo(names("cel-deviations.txt"));
  }

  @Test
  void bytecodePassesTheSameCasesAsTheInterpreter() throws IOException {
    Run compiled = run(CelSpec.Way.COMPILED);
    assertThat(lines(compiled.failing())).isEqualTo(lines(run(CelSpec.Way.INTERPRETED).failing()));
    assertThat(lines(compiled.deviating()))
        .isEqualTo(lines(run(CelSpec.Way.INTERPRETED).deviating()));
  }

  /** The reason may be no excuse: what is listed as protobuf's names something of protobuf. */
  @Test
  void everyCaseThatNeedsNoProtobufPassesButThoseThatAreNamed() throws IOException {
    Run run = run(CelSpec.Way.INTERPRETED);
    var excused = listed("cel-known-failing.txt").getOrDefault(PROTOBUF, List.of());
    var tests = new TreeMap<String, String>();
    run.cases().forEach((name, one) -> tests.put(name, one.test().toString()));
    assertThat(tests.keySet()).containsAll(excused);
    assertThat(excused)
        .allSatisfy(name ->
            assertThat(MESSAGES)
                .as(name)
                .anyMatch(message -> tests.getOrDefault(name, "").contains(message)));
    assertThat(run.failing().keySet()).hasSize(excused.size() + 3);
  }

  @Test
  void thePageOfTheReferenceSaysWhatTheRunGave() throws IOException {
    String text = text(run(CelSpec.Way.INTERPRETED));
    Path page = page();
    if (Boolean.getBoolean("conformance.write")) {
      Files.writeString(page, text);
    }
    assertThat(Files.readString(page)).as("write it with -Dconformance.write=true").isEqualTo(text);
  }

  private static Path page() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("docs/reference"))) {
        return at.resolve("docs/reference/cel-conformance.md");
      }
    }
    throw new IllegalStateException("no docs above " + Path.of("").toAbsolutePath());
  }

  private static String lines(Map<String, String> failures) {
    var text = new StringBuilder();
    failures.forEach((name, what) -> text.append(name + " :: " + what.replace("\n", "\\n") + "\n"));
    return text.toString();
  }

  private static TreeSet<String> names(String list) throws IOException {
    var names = new TreeSet<String>();
    listed(list).values().forEach(names::addAll);
    return names;
  }

  /** The cases of a list under their reasons, which stand after a {@code #}. */
  private static SequencedMap<String, List<String>> listed(String list) throws IOException {
    SequencedMap<String, List<String>> listed = new LinkedHashMap<>();
    try (InputStream in = CelConformanceTest.class.getResourceAsStream("/" + list)) {
      assertThat(in).as(list).isNotNull();
      List<String> current = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (line.startsWith("# ")) {
          current = listed.computeIfAbsent(line.substring(2), _ -> new ArrayList<>());
        } else if (!line.isBlank()) {
          assertThat(listed).as("a reason before " + line).isNotEmpty();
          current.add(line);
        }
      }
    }
    return listed;
  }

  private static String text(Run run) throws IOException {
    var text =
        new StringBuilder(
            """
            # Conformance with CEL

            The cases of [cel-spec](https://github.com/google/cel-spec), each run twice by a test, which also wrote
            this page: in CEL's own semantics (“pass”), and in UDL's, with its
            [deviations](../decisions/0012-deviations-from-cel.md) (“in UDL”); interpreted and as bytecode, which give
            the same. What needs a message of protobuf cannot be said in UDL and does not pass; every other case passes
            in CEL's semantics, but for those named below.

            | file | cases | pass | in UDL | need protobuf |
            |---|---|---|---|---|
            """);
    run.counts().forEach((file, c) -> text.append(row(file, c)));
    text.append(
        row(
            "all",
            run.counts().values().stream()
                .reduce(
                    new Count(0, 0, 0, 0),
                    (a, b) ->
                        new Count(
                            a.cases() + b.cases(),
                            a.pass() + b.pass(),
                            a.asUdl() + b.asUdl(),
                            a.needProtobuf() + b.needProtobuf()))));
    text.append("\n## Cases that do not pass in CEL's semantics\n");
    reasons(text, "cel-known-failing.txt");
    text.append("\n## Cases that pass there, and not in UDL\n");
    reasons(text, "cel-deviations.txt");
    return text.toString();
  }

  /** The exact lists are the resources; only a short one is repeated. */
  private static void reasons(StringBuilder text, String list) throws IOException {
    for (var reason : listed(list).entrySet()) {
      int size = reason.getValue().size();
      text.append("\n- " + reason.getKey() + " (" + size + (size == 1 ? " case" : " cases") + ")");
      text.append(size <= 4 ? ": `" + String.join("`, `", reason.getValue()) + "`." : ".");
    }
    text.append("\n\nEach by its name: `expr/src/test/resources/" + list + "`.\n");
  }

  private static String row(String file, Count c) {
    return "| %s | %d | %d | %d | %d |\n"
        .formatted(file, c.cases(), c.pass(), c.asUdl(), c.needProtobuf());
  }
}
