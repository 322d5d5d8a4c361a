package io.unikernal.testing;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Runs tests of definitions. */
final class Suites {
  static final Suite.Progress SILENT =
      new Suite.Progress() {
        @Override
        public void began(Path definition) {}

        @Override
        public void ended(TestResult result) {}
      };

  private Suites() {}

  static Suite.Report run(Path path, long seed) throws InterruptedException {
    return run(path, new Suite.Settings(seed, "", Set.of(), true, Opener.REAL));
  }

  static Suite.Report run(Path path, Suite.Settings settings) throws InterruptedException {
    return new Suite(
            AdapterCatalog.load(), new UdlCompiler.Options(Map.of(), false), settings, SILENT)
        .run(List.of(path));
  }

  static List<String> lines(Suite.Report report) {
    return Stream.concat(
            report.refused().stream().map(one -> one.rendered().text(false)),
            report.results().stream().flatMap(result -> Reports.lines(result).stream()))
        .toList();
  }
}
