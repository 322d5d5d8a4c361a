package io.unikernal.importers;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.spi.Adapter;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.Diagnostic;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;

/** The compiler with the adapters that imported systems need. */
final class Adapters {
  private Adapters() {}

  static Map<String, Adapter> all() {
    Map<String, Adapter> adapters = new HashMap<>();
    for (Adapter adapter : ServiceLoader.load(Adapter.class)) {
      adapters.put(adapter.spec().name(), adapter);
    }
    return adapters;
  }

  /** Fails unless the text is a definition without errors. */
  static Compilation compiled(String udl, Path folder) throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("imported.udl.yaml"), udl);
    Compilation compilation =
        UdlCompiler.compile(file, all(), new UdlCompiler.Options(Map.of(), true));
    assertThat(compilation.diagnostics())
        .as("%s\n%s", compilation.rendered().text(false), udl.length() < 20_000 ? udl : "")
        .noneMatch(diagnostic -> diagnostic.severity() == Diagnostic.Severity.ERROR);
    return compilation;
  }
}
