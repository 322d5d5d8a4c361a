package io.unikernal.cli;

import io.unikernal.model.Plan;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.server.ConnectedCheck;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.Diagnostic;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The definition that a command works on. */
final class DefinitionArgument {
  static final String STATE = ".unikernal";

  @Spec(Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "DEFINITION",
      description = "A .udl or .udl.yaml file, or a folder of them.")
  private Path path = Path.of(".");

  @Option(
      names = "--env",
      paramLabel = "FILE",
      description = "Variables, instead of the .env beside the definition. Repeatable.")
  private List<Path> environmentFiles = List.of();

  Path path() {
    if (!Files.exists(path)) {
      throw new ParameterException(spec.commandLine(), "There is no " + path + ".");
    }
    return path;
  }

  /** Where it keeps its state. */
  Path stateDir() {
    return stateDir(path());
  }

  /** Beside a definition's file, or in its folder. */
  static Path stateDir(Path definition) {
    Path path = definition.toAbsolutePath().normalize();
    Path folder =
        Files.isDirectory(path) ? path : Optional.ofNullable(path.getParent()).orElse(path);
    return folder.resolve(STATE);
  }

  /** What opens its state, as far as its files tell: one that has errors has no keys. */
  Optional<Plan.StateKeys> stateKeys() {
    try {
      return compile(AdapterCatalog.load(), true).plan().flatMap(Plan::state);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  Compilation compile(Map<String, Adapter> adapters, boolean offline) throws InterruptedException {
    return UdlCompiler.compile(path(), adapters, options(offline));
  }

  /** What a compilation depends on besides the files, as this command was told. */
  UdlCompiler.Options options(boolean offline) {
    return new UdlCompiler.Options(System.getenv(), offline)
        .withEnvironmentFiles(environmentFiles)
        .withSecrets(AdapterCatalog.secretProviders());
  }

  /** Says why there is nothing to work on. */
  static int refused(CommandSpec command, Compilation compilation) {
    var err = command.commandLine().getErr();
    err.print(compilation.rendered().text(color()));
    err.flush();
    return ExitCode.FINDINGS;
  }

  /** With the tests that stand beside the definition; {@code connect} asks the systems too. */
  Compilation check(Map<String, Adapter> adapters, boolean offline, Optional<Duration> connect)
      throws InterruptedException {
    UdlCompiler.Options options = options(offline);
    return UdlCompiler.check(
        path(),
        adapters,
        connect.map(limit -> options.with(ConnectedCheck.within(limit))).orElse(options));
  }

  static boolean hasErrors(Compilation compilation) {
    return compilation.diagnostics().stream()
        .anyMatch(diagnostic -> diagnostic.severity() == Diagnostic.Severity.ERROR);
  }

  /** A path as a person would write it, who stands in the working folder. */
  static String shown(Path file) {
    Path here = Path.of("").toAbsolutePath();
    return file.startsWith(here) ? here.relativize(file).toString() : file.toString();
  }

  /** Colours where a person reads them, unless NO_COLOR says otherwise. */
  static boolean color() {
    return System.console() != null
        && System.console().isTerminal()
        && System.getenv("NO_COLOR") == null;
  }
}
