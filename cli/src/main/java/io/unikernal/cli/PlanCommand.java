package io.unikernal.cli;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.PlanDiff;
import io.unikernal.udl.UdlCompiler;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "plan",
    description = "Says what would change between two definitions, and what that means.",
    footer = {
      "",
      "Where things are written plays no part: what does the same is the same.",
      "Exit codes: 0 nothing of what --fail-on names, 1 some of it or errors, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal plan running.udl.yaml next.udl.yaml",
      "  unikernal plan --fail-on breaking old/ new/",
    })
final class PlanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** What ends with exit code 1. */
  enum FailOn {
    ANY,
    DRAIN,
    BREAKING,
    NOTHING
  }

  @Parameters(index = "0", paramLabel = "BEFORE", description = "The definition as it is.")
  private Path before = Path.of(".");

  @Parameters(index = "1", paramLabel = "AFTER", description = "The definition as it will be.")
  private Path after = Path.of(".");

  @Option(
      names = "--fail-on",
      paramLabel = "CHANGES",
      description =
          "Which changes end with exit code 1: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private FailOn failOn = FailOn.ANY;

  @Option(
      names = "--offline",
      description = "Run no user code: functions are what the definitions say.")
  private boolean offline;

  @Option(names = "--json", description = "Print the changes as JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    var options = new UdlCompiler.Options(System.getenv(), offline);
    var adapters = AdapterCatalog.load();
    for (Path path : List.of(before, after)) {
      if (!Files.exists(path)) {
        throw new ParameterException(spec.commandLine(), "There is no " + path + ".");
      }
    }
    var old = UdlCompiler.compile(before, adapters, options);
    if (old.plan().isEmpty()) {
      return DefinitionArgument.refused(spec, old);
    }
    var next = UdlCompiler.compile(after, adapters, options);
    if (next.plan().isEmpty()) {
      return DefinitionArgument.refused(spec, next);
    }
    var changes = PlanDiff.between(old, next);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? PlanDiff.json(changes) + "\n" : PlanDiff.text(changes));
    out.flush();
    boolean fails =
        switch (failOn) {
          case ANY -> !changes.isEmpty();
          case DRAIN -> changes.stream().anyMatch(PlanDiff.Change::needsDrain);
          case BREAKING -> changes.stream().anyMatch(PlanDiff.Change::isBreaking);
          case NOTHING -> false;
        };
    return fails ? ExitCode.FINDINGS : ExitCode.OK;
  }
}
