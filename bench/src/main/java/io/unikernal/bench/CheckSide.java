package io.unikernal.bench;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** {@code check} of a definition of some size, from its files to its plan, as often as asked. */
final class CheckSide implements Side {
  private final Path folder;
  private final int routes;
  private final Map<String, Adapter> adapters = AdapterCatalog.load();
  private int checked;

  private CheckSide(Path folder, int routes) {
    this.folder = folder;
    this.routes = routes;
  }

  static CheckSide of(Path folder, int routes) throws IOException {
    BigDefinition.of(routes).write(folder);
    return new CheckSide(folder, routes);
  }

  @Override
  public int batch() {
    return routes;
  }

  @Override
  public void run(int count) {
    Compilation compilation;
    try {
      compilation = UdlCompiler.compile(folder, adapters, new UdlCompiler.Options(Map.of(), true));
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    checked =
        compilation
            .plan()
            .map(plan -> plan.routes().size())
            .orElseThrow(() -> new IllegalStateException(compilation.rendered().text(false)));
  }

  @Override
  public byte[] last() {
    return String.valueOf(checked).getBytes(StandardCharsets.UTF_8);
  }
}
