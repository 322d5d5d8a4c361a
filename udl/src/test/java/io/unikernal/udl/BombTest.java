package io.unikernal.udl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: no file of a megabyte costs more than seconds and half a gigabyte, whatever it holds.
 * Method: each is checked in a JVM of its own with that heap; it must end, with a diagnostic or a
 * plan.
 */
class BombTest {
  private static final int SIZE = 1_000_000;
  private static final int SECONDS_MAX = 60;

  /** CPU of the whole JVM, its start included; the bound of a file is five seconds. */
  private static final long CPU_MS_MAX = 15_000;

  @TempDir private Path folder;

  private record Bomb(String name, String text) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Bomb> bombs() {
    return Stream.of(
        new Bomb("types in a long chain of extends", chain()),
        new Bomb("a union of very many records", union()),
        new Bomb("types in one large circle", circle()),
        new Bomb("pipelines that call each other", pipelines()),
        new Bomb("a million braces", "a: " + "{".repeat(SIZE)),
        new Bomb("a million dashes", "- ".repeat(SIZE / 2)),
        new Bomb("a million quotes", "a: " + "'".repeat(SIZE + 1)),
        new Bomb("one scalar", "types: { A: " + "a".repeat(SIZE) + " }"),
        new Bomb("one number", "types: { A: \"int(0.." + "9".repeat(SIZE) + ")\" }"),
        new Bomb("many broken lines", "a b\n".repeat(SIZE / 4)),
        new Bomb("many tabs", "a:\n\tb: 1\n".repeat(SIZE / 9)),
        new Bomb(
            "many wrong types", many("types:\n", i -> "  T" + i + ": { a: Nobody" + i + " }\n")),
        new Bomb("many wrong expressions", expressions("${inpt.a" + "1 + 'x'}")),
        new Bomb(
            "long wrong expressions",
            expressions("${" + "(".repeat(90) + "x" + ")".repeat(89) + "}")),
        new Bomb("a regular expression", "types: { A: \"string(/" + "(a*)*".repeat(100) + "/)\" }"),
        new Bomb("markers that are open", "types:\n  A: \"" + "${".repeat(SIZE / 2) + "\"\n"),
        new Bomb("templates of other tools", expressions("{{ " + "a".repeat(5000) + " {{")));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void itIsCheckedInBoundedTimeAndMemory(Bomb bomb) throws Exception {
    Path file = Files.write(folder.resolve("bomb.udl.yaml"), bomb.text().getBytes(UTF_8));
    Process process = start(file);
    boolean isDone = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
    process.destroyForcibly();
    String output = Files.readString(folder.resolve("out"));
    assertThat(isDone).as("ends within " + SECONDS_MAX + " s: " + output).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    String cost = Files.readString(folder.resolve("cost"));
    long cpu = Long.parseLong(cost.replaceAll("(?s).*cpu ms: (\\d+).*", "$1"));
    assertThat(cpu).as(output).isLessThan(CPU_MS_MAX);
  }

  private Process start(Path file) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(classPath());
    command.add(Checked.class.getName());
    command.add(file.toString());
    command.add(folder.resolve("cost").toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("out").toFile())
        .start();
  }

  /** What this test runs with. */
  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private interface Line {
    String of(int number);
  }

  private static String many(String head, Line line) {
    var text = new StringBuilder(head);
    for (int i = 0; text.length() < SIZE; i++) {
      text.append(line.of(i));
    }
    return text.toString();
  }

  private static String chain() {
    return many("types:\n  T0: { a: int }\n", i -> "  T" + (i + 1) + ": { extends: T" + i + " }\n");
  }

  private static String circle() {
    int count = SIZE / 16;
    var text = new StringBuilder("types:\n");
    for (int i = 0; i < count; i++) {
      text.append("  T%d: T%d\n".formatted(i, (i + 1) % count));
    }
    return text.toString();
  }

  private static String union() {
    int count = SIZE / 60;
    var text = new StringBuilder("types:\n");
    var names = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      text.append("  T%d: { kind: enum(k%d), a: int }\n".formatted(i, i));
      names.add("T" + i);
    }
    return text.append("  All: ").append(String.join(" | ", names)).append('\n').toString();
  }

  private static String pipelines() {
    String head =
        "systems: { bus: { type: memory, operations: { a: { receives: any } } } }\n"
            + "routes: [ { from: bus.a, to: p0 } ]\npipelines:\n";
    return many(head, i -> "  p" + i + ": { steps: [ { system: p" + (i + 1) + " } ] }\n");
  }

  private static String expressions(String expression) {
    String head =
        "systems: { bus: { type: memory, operations: { a: { receives: { a: int } } } } }\n"
            + "routes: [ { from: bus.a, to: p } ]\npipelines:\n  p:\n    steps:\n";
    return many(head, i -> "      - { name: s" + i + ", set: \"" + expression + "\" }\n");
  }
}
