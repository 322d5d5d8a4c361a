package io.unikernal.udl;

import io.unikernal.spi.Adapter;
import io.unikernal.udl.UdlCompiler.Options;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What tools work on: what came of a definition, and what is written in its files. */
record ToolInput(Compilation compilation, Definition definition, Diagnostics found) {

  /** Empty if the files cannot be read; then the compilation says why. */
  static Optional<ToolInput> of(Path path, Map<String, Adapter> adapters, Options options)
      throws InterruptedException {
    Compilation compilation = UdlCompiler.compile(path, adapters, options);
    if (compilation.plan().isEmpty()) {
      return Optional.empty();
    }
    var found = new Diagnostics();
    return Loader.load(path, options.overlay(), found)
        .map(definition -> new ToolInput(compilation, definition, found));
  }
}
