package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a definition does not use is not initialised; the JVM's own log of class initialisation says
 * so.
 */
class FirstUseIT {
  private static final List<String> UNUSED =
      List.of(
          "io.vertx.core.Vertx",
          "io.netty.channel",
          "org.sqlite.",
          "org.postgresql.",
          "com.zaxxer.hikari");
  @TempDir private Path folder;

  @Test
  void aDefinitionWithoutHttpAndDatabasesInitialisesNoneOfTheirClasses() throws Exception {
    Path definition =
        Definitions.of(
            folder.resolve("ticks"),
            "ticks.udl.yaml",
            """
            udl: 7
            types:
              Tick: { at: timestamp }
            systems:
              clock: { type: timer, operations: { tick: { every: 50ms } } }
              diary: { type: file, path: ./diary, operations: { note: { append: ticks.jsonl, accepts: Tick } } }
            routes:
              - { from: clock.tick, to: write }
            pipelines:
              write:
                steps:
                  - { name: line, as: Tick, set: { at: "${input.scheduled_at}" } }
                  - { system: diary.note, with: "${line}" }
            """);
    Path log = folder.resolve("classes.log");
    var options = Map.of("UNIKERNAL_JAVA_OPTS", "-Xlog:class+init=info:file=" + log + ":none");
    try (var program = RunningProgram.start(folder, options, "run", definition.toString())) {
      program.awaitOutput("Ctrl-C stops it.");
      Path ticks = definition.resolve("diary/ticks.jsonl");
      for (int i = 0; i < 100 && !Files.exists(ticks); i++) {
        Thread.sleep(50);
      }
      assertThat(ticks).exists();
      assertThat(program.interrupt()).isZero();
    }
    String initialised = Files.readString(log).replace('/', '.');
    assertThat(initialised).contains("io.unikernal.adapter.file.FileAdapter");
    for (String unused : UNUSED) {
      assertThat(initialised).doesNotContain(unused);
    }
  }
}
