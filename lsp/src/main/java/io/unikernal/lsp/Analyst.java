package io.unikernal.lsp;

import io.unikernal.spi.Adapter;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.Diagnostic;
import io.unikernal.udl.Index;
import io.unikernal.udl.UdlCompiler.Options;
import io.unikernal.udl.Workspace;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compiles the definitions of the files that are open, each again only when something has changed.
 * For one thread.
 */
final class Analyst {
  private static final Logger LOG = System.getLogger("unikernal.lsp");
  private static final int DEFINITIONS_MAX = 20;

  private final Documents documents;
  private final Map<String, Adapter> adapters;
  private final Map<String, String> environment;
  private final Map<Path, Known> known = new LinkedHashMap<>();
  private final Map<Path, Path> roots = new HashMap<>();
  private final Definitions definitions;
  private Optional<Path> chosen = Optional.empty();

  /** What compilations depend on besides files. */
  record Setting(Map<String, Adapter> adapters, Map<String, String> environment) {}

  /** A definition as it was compiled last. */
  private static final class Known {
    final Workspace workspace;
    long revision = -1;
    Optional<Compilation> compilation = Optional.empty();

    Known(Workspace workspace) {
      this.workspace = workspace;
    }
  }

  /** What is known of a file: its definition, compiled. */
  record Analysis(Path definition, Compilation compilation) {
    Optional<Index> index() {
      return compilation.index();
    }

    List<Diagnostic> diagnostics() {
      return compilation.diagnostics();
    }
  }

  Analyst(Documents documents, Map<String, Adapter> adapters, Map<String, String> environment) {
    this.documents = documents;
    this.adapters = adapters;
    this.environment = environment;
    definitions = new Definitions(documents, this::holds);
  }

  /** The definition that all files are part of; empty to find it by the file. */
  void choose(Optional<Path> definition) {
    chosen = definition;
    forget();
  }

  /** Files have come or gone: which belong together may be otherwise now. */
  void forget() {
    roots.clear();
    known.values().forEach(it -> it.workspace.forgetDescriptions());
    documents.touch();
  }

  Map<String, Adapter> adapters() {
    return adapters;
  }

  /** Runs no user code. */
  Options options() {
    return new Options(environment, true).with(documents::text).remembering();
  }

  Analysis of(Path file) throws InterruptedException {
    Path root = root(file);
    return new Analysis(root, compile(root));
  }

  private Path root(Path file) {
    Path found = roots.get(file);
    if (found == null) {
      found = definitions.of(file, chosen);
      roots.put(file, found);
    }
    return found;
  }

  private boolean holds(Path root, Path file) {
    try {
      return compile(root).index().map(it -> it.texts().containsKey(file)).orElse(false);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Compilation compile(Path root) throws InterruptedException {
    Known definition = known(root);
    long revision = documents.revision();
    Optional<Compilation> last = definition.compilation;
    if (last.isPresent() && definition.revision == revision) {
      return last.get();
    }
    Compilation made = made(definition.workspace, root, options());
    definition.compilation = Optional.of(made);
    definition.revision = revision;
    return made;
  }

  private static Compilation made(Workspace workspace, Path root, Options options)
      throws InterruptedException {
    return Definitions.isTest(root)
        ? workspace.check(root, options)
        : workspace.compile(root, options);
  }

  private Known known(Path root) {
    Known found = known.remove(root);
    if (found == null) {
      found = new Known(new Workspace(adapters));
    }
    known.put(root, found);
    if (known.size() > DEFINITIONS_MAX) {
      known.remove(known.keySet().iterator().next());
    }
    return found;
  }

  /** Asks the systems of a file's definition what they offer: runs user code. */
  void describe(Path file) throws InterruptedException {
    Path root = root(file);
    made(new Workspace(adapters), root, new Options(environment, false).with(documents::text));
    forget();
  }

  /** What the compilation of a definition would be with other texts. */
  Compilation with(Path definition, Map<Path, String> texts) throws InterruptedException {
    return made(
        new Workspace(adapters),
        definition,
        options()
            .with(file -> Optional.ofNullable(texts.get(file)).or(() -> documents.text(file))));
  }

  /** A file's text as the editor or the disk has it; empty if neither has. */
  Lines lines(Path file, Optional<Index> index) {
    return documents
        .find(file)
        .map(Documents.Document::lines)
        .or(() -> index.map(it -> it.texts().get(file)).map(Lines::new))
        .orElseGet(() -> new Lines(read(file)));
  }

  private static String read(Path file) {
    try {
      boolean isReadable = Files.isRegularFile(file) && Files.size(file) <= Documents.LENGTH_MAX;
      return isReadable ? Files.readString(file) : "";
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "cannot read " + file, e);
      return "";
    }
  }
}
