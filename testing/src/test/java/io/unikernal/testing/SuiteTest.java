package io.unikernal.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SuiteTest {
  static Suite.Report run(Path path, long seed) throws InterruptedException {
    return new Suite(
            AdapterCatalog.load(),
            new UdlCompiler.Options(Map.of(), false),
            new Suite.Settings(seed, "", Set.of(), true, Opener.REAL),
            new Suite.Progress() {
              @Override
              public void began(Path definition) {}

              @Override
              public void ended(TestResult result) {}
            })
        .run(List.of(path));
  }

  @Test
  void theRoutingExampleHolds() throws Exception {
    var report = run(Path.of("../examples/05-routing"), 1);
    var failed = new ArrayList<String>();
    report.refused().forEach(one -> failed.add(one.rendered().text(false)));
    report.results().forEach(result -> {
      System.out.println(result.test().name() + " " + result.virtual() + " " + result.real());
      result.failings().forEach(failing -> failed.add(failing.toString().replace(", ", ",\n   ")));
    });
    report.coverage().get().branches().forEach(System.out::println);
    assertThat(failed).isEmpty();
  }
}
