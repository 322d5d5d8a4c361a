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

  /** With the tests that stand beside the definition. */
  Compilation check(Map<String, Adapter> adapters, boolean offline) throws InterruptedException {
    return UdlCompiler.check(path(), adapters, new UdlCompiler.Options(System.getenv(), offline));
  }

  static boolean hasErrors(Compilation compilation) {
    return compilation.diagnostics().stream()
        .anyMatch(diagnostic -> diagnostic.severity() == Diagnostic.Severity.ERROR);
  }

  /** Colours where a person reads them, unless NO_COLOR says otherwise. */
  static boolean color() {
    return System.console() != null
        && System.console().isTerminal()
        && System.getenv("NO_COLOR") == null;
  }
}
