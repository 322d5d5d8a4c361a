package io.unikernal.cli;

import io.unikernal.spi.Adapter;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.Diagnostic;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The definition that a command works on. */
final class DefinitionArgument {
  @Spec(Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "DEFINITION",
      description = "A .udl or .udl.yaml file, or a folder of them.")
  private Path path = Path.of(".");

  Path path() {
    if (!Files.exists(path)) {
      throw new ParameterException(spec.commandLine(), "There is no " + path + ".");
    }
    return path;
  }

  Compilation compile(Map<String, Adapter> adapters, boolean offline) throws InterruptedException {
    return UdlCompiler.compile(path(), adapters, new UdlCompiler.Options(System.getenv(), offline));
  }

  /** Says why there is nothing to work on. */
  static int refused(CommandSpec command, Compilation compilation) {
    var err = command.commandLine().getErr();
    err.print(compilation.rendered().text(color()));
    err.flush();
    return ExitCode.FINDINGS;
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
