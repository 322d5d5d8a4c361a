package io.unikernal.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Effect;
import io.unikernal.model.Json;
import io.unikernal.model.Labels;
import io.unikernal.model.Operation;
import io.unikernal.model.Type;
import io.unikernal.spi.Describes.Description;
import io.unikernal.spi.Describes.Problem;
import io.unikernal.spi.Describes.Request;
import io.unikernal.spi.OperationRule.Result.Shaped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescribeTest {
  @TempDir private Path folder;

  /** Counts how often it was run, and is Python. */
  private Path counting() throws IOException {
    Path script = folder.resolve("counting");
    if (!Files.exists(script)) {
      Files.writeString(
          script, "#!/bin/sh\necho run >> '" + folder.resolve("runs") + "'\nexec python3 \"$@\"\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }
    return script;
  }

  private long runs() throws IOException {
    return Files.exists(folder.resolve("runs"))
        ? Files.readAllLines(folder.resolve("runs")).size()
        : 0;
  }

  @BeforeEach
  void makeFolder() throws IOException {
    Files.createDirectories(folder.resolve("app"));
  }

  private Description describe(String program) throws IOException, InterruptedException {
    return describe(program, counting().toString(), 10);
  }

  private Description describe(String program, String interpreter, int seconds)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve("app/program.py"), program);
    return describer(program, interpreter, seconds).describe();
  }

  private Describer describer(String program, String interpreter, int seconds) throws IOException {
    var config =
        new Bench(folder.resolve("app"), program)
            .with(PythonAdapter.INTERPRETER, interpreter)
            .config();
    var request = new Request("py", config, folder, folder.resolve("cache"));
    return new Describer(PythonRuntime.of(config, folder), request, seconds);
  }

  private static Map<String, Shaped> described(Description description) {
    assertThat(description).isInstanceOf(Description.Described.class);
    return ((Description.Described) description).operations();
  }

  private static Problem problem(Description description) {
    assertThat(description).isInstanceOf(Description.Failed.class);
    List<Problem> problems = ((Description.Failed) description).problems();
    assertThat(problems).hasSize(1);
    return problems.getFirst();
  }

  private static Description read(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return DescriptionReader.read(Json.read(bytes, Json.Limits.DEFAULT), "/a/program.py");
  }

  @Test
  void functionsAreOperationsWithTheirTypesDefaultsAndDocs() throws Exception {
    var operations =
        described(
            describe(
                """
                from dataclasses import dataclass
                from decimal import Decimal
                from enum import Enum
                from typing import Optional

                print("loading")

                class Colour(Enum):
                    RED = "red"
                    DARK = "dark, blue"

                @dataclass
                class Line:
                    sku: str
                    colour: Colour
                    qty: int = 1
                    note: Optional[str] = None

                def price(lines: list[Line], rebate: Decimal = Decimal(0)) -> Decimal:
                    \"""What they cost.\"""
                    return Decimal(0)

                def _hidden() -> int:
                    return 1
                """));
    assertThat(operations).containsOnlyKeys("price");
    Shaped price = java.util.Objects.requireNonNull(operations.get("price"));
    assertThat(price.direction()).isEqualTo(Operation.Direction.CALLED);
    assertThat(price.effect()).isEqualTo(Effect.UNKNOWN);
    assertThat(price.doc()).isEqualTo("What they cost.");
    assertThat(price.output()).isEqualTo(Type.Decimal.ANY_DECIMAL);
    var input = (Type.Record) price.input();
    assertThat(input.field("lines").orElseThrow().isRequired()).isTrue();
    assertThat(input.field("rebate").orElseThrow().isRequired()).isFalse();
    var lines = (Type.ListOf) input.field("lines").orElseThrow().type();
    var line = (Type.Record) lines.element();
    assertThat(line.name()).isEqualTo("Line");
    assertThat(line.field("sku").orElseThrow().isRequired()).isTrue();
    assertThat(line.field("qty").orElseThrow().isRequired()).isFalse();
    assertThat(line.field("note").orElseThrow().type()).isInstanceOf(Type.Maybe.class);
    assertThat(line.field("colour").orElseThrow().type())
        .isEqualTo(new Type.Enum(List.of("red", "dark, blue")))
        .hasToString("enum(red, \"dark, blue\")");
  }

  @Test
  void labelsOfOtherSdksAreKept() {
    var operations =
        described(
            read(
                """
                {"v": 1, "types": {"P": {"ssn": "pii(string)"}}, "functions": [{"name": "f",
                 "params": [{"name": "p", "type": "P"}], "returns": "null", "line": 3}]}\
                """));
    assertThat(Labels.isWithin(operations.values().iterator().next().input())).isTrue();
  }

  @Test
  void aTypeThatDoesNotReadIsAProblemWithItsLine() {
    Problem problem =
        problem(
            read(
                """
                {"v": 1, "types": {}, "functions": [{"name": "f",
                 "params": [{"name": "p", "type": "strin"}], "returns": "null", "line": 3}]}\
                """));
    assertThat(problem.file()).isEqualTo("/a/program.py");
    assertThat(problem.line()).isEqualTo(3);
    assertThat(problem.message()).contains("`f.p`", "strin");
  }

  @Test
  void whatWasSaidIsRememberedForTheSameContentAndNothingRuns() throws Exception {
    String program = "def f(a: int) -> int:\n    return a\n";
    assertThat(described(describe(program))).containsOnlyKeys("f");
    Describer describer = describer(program, counting().toString(), 10);
    assertThat(described(describer.remembered().orElseThrow())).containsOnlyKeys("f");
    Files.writeString(folder.resolve("app/program.py"), "def g() -> int:\n    return 1\n");
    assertThat(describer.remembered()).isEmpty();
    assertThat(runs()).isOne();
  }

  @Test
  void theSecondDescriptionStartsNoPython() throws Exception {
    String program = "def f(a: int) -> int:\n    return a\n";
    assertThat(described(describe(program))).containsOnlyKeys("f");
    assertThat(described(describe(program))).containsOnlyKeys("f");
    assertThat(runs()).isOne();
    Files.writeString(folder.resolve("app/neighbour.py"), "x = 1\n");
    described(describe(program));
    assertThat(runs()).as("what it may import has changed").isEqualTo(2);
    try (var kept = Files.list(folder.resolve("cache"))) {
      for (Path file : kept.toList()) {
        Files.writeString(file, "{damaged");
      }
    }
    assertThat(described(describe(program))).containsOnlyKeys("f");
    assertThat(runs()).as("a damaged cache is asked again").isEqualTo(3);
  }

  @Test
  void aSyntaxErrorIsAProblemAtItsLineAndIsNotKept() throws Exception {
    Problem problem = problem(describe("x = 1\n\ndef f(:\n"));
    assertThat(problem.file()).endsWith("app/program.py");
    assertThat(problem.line()).isEqualTo(3);
    assertThat(problem.message()).contains("SyntaxError");
    problem(describe("x = 1\n\ndef f(:\n"));
    assertThat(runs()).isEqualTo(2);
  }

  @Test
  void anErrorWhileLoadingIsAProblemAtItsLine() throws Exception {
    Problem problem = problem(describe("import os\n\nos.environ['NO_SUCH']\n"));
    assertThat(problem.line()).isEqualTo(3);
    assertThat(problem.message()).contains("KeyError");
    assertThat(problem(describe("def f(*all) -> int:\n    return 1\n")).line()).isEqualTo(1);
    assertThat(problem(describe("import sys\nsys.exit(3)\n")).message()).contains("SystemExit");
    assertThat(
            problem(
                    describe(
                        "import os, sys\nprint('why', file=sys.stderr, flush=True)\nos._exit(3)\n"))
                .message())
        .contains("could not be loaded: why");
  }

  @Test
  void aMissingInterpreterAndAMissingFileAreProblems() throws Exception {
    Problem interpreter = problem(describe("x = 1\n", "python-no", 10));
    assertThat(interpreter.message()).contains("no interpreter `python-no`");
    assertThat(interpreter.hint()).contains("Python 3.9");
    var config = new Bench(folder, "").with(PythonAdapter.PATH, folder.resolve("gone.py")).config();
    var request = new Request("py", config, folder, folder.resolve("cache"));
    assertThat(problem(new PythonAdapter().describe(request)).message()).contains("gone.py");
  }

  @Test
  void aFileThatNeverLoadsIsEnded() throws Exception {
    Problem problem = problem(describe("import time\ntime.sleep(100)\n", "python3", 1));
    assertThat(problem.message()).contains("did not load within 1 s");
    assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void hugeOutputFillsNothing() throws Exception {
    var noisy =
        described(
            describe(
                "import sys\nsys.stdout.write('x' * 50_000_000)\n\ndef f() -> int:\n    return 1\n"));
    assertThat(noisy).containsOnlyKeys("f");
    String doc = "a".repeat(5_000_000);
    Problem problem =
        problem(
            describe("def f() -> int:\n    return 1\n\nf.__doc__ = 'a' * " + doc.length() + "\n"));
    assertThat(problem.message()).contains("over 4 MiB");
  }
}
