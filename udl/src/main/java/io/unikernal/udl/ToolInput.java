package io.unikernal.udl;

import io.unikernal.spi.Adapter;
import io.unikernal.udl.UdlCompiler.Options;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What tools work on: what came of a definition, and what is written in its files.
 *
 * @param definition empty if there are errors
 */
record ToolInput(Compilation compilation, Optional<Definition> definition) {

  static ToolInput of(Path path, Map<String, Adapter> adapters, Options options)
      throws InterruptedException {
    Compilation compilation = UdlCompiler.compile(path, adapters, options);
    Optional<Definition> definition =
        compilation.plan().flatMap(_ -> Loader.load(path, options.overlay(), new Diagnostics()));
    definition.ifPresent(found -> TemplateTable.expand(found, new Diagnostics()));
    return new ToolInput(compilation, definition);
  }
}
