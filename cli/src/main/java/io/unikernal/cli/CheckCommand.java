package io.unikernal.cli;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.CheckReport;
import io.unikernal.udl.Compilation;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    description = "Checks a whole definition without starting anything.",
    footer = {
      "",
      "Runs each worker's describe mode to learn its functions, unless --offline.",
      "Exit codes: 0 no errors, 1 errors (with --strict also warnings), 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal check orders.udl.yaml",
      "  unikernal check --effects orders.udl.yaml",
      "  unikernal check --strict --json definitions/",
    })
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DefinitionArgument definition = new DefinitionArgument();

  @Option(names = "--strict", description = "Warnings are findings too.")
  private boolean strict;

  @Option(
      names = "--offline",
      description = "Run no user code: functions are what the definition says.")
  private boolean offline;

  @Option(
      names = "--effects",
      description = "Print what happens when an operation runs twice, and who says so.")
  private boolean effects;

  @Option(
      names = "--json",
      description = "Print all as one JSON object: diagnostics with edits, routes, operations.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    var compilation = definition.check(AdapterCatalog.load(), offline);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(CheckReport.json(compilation));
    } else {
      print(compilation, out);
    }
    if (effects && !json) {
      out.print(Output.table(CheckReport.effects(compilation)));
    }
    out.flush();
    boolean findings =
        DefinitionArgument.hasErrors(compilation) || strict && !compilation.diagnostics().isEmpty();
    return findings ? ExitCode.FINDINGS : ExitCode.OK;
  }

  private static void print(Compilation compilation, PrintWriter out) {
    out.print(compilation.rendered().text(DefinitionArgument.color()));
    compilation
        .plan()
        .ifPresent(plan -> {
          out.println(
              "ok: "
                  + plan.systems().size()
                  + " systems, "
                  + plan.routes().size()
                  + " routes, "
                  + plan.pipelines().size()
                  + " pipelines");
          out.print(
              Output.table(
                  plan.routes().stream()
                      .map(route -> List.of(route.name(), route.guarantee().toString()))
                      .toList()));
        });
  }
}
