package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.server.ControlWords;
import io.unikernal.udl.GraphText;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "graph",
    description = "Draws what flows where: systems, routes, pipelines, policies, guarantees.",
    footer = {
      "",
      "Exit codes: 0 ok, 1 the definition has errors, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal graph orders.udl.yaml",
      "  unikernal graph --format svg orders.udl.yaml > orders.svg",
    })
final class GraphCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DefinitionArgument definition = new DefinitionArgument();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private GraphText.Format format = GraphText.Format.TEXT;

  @Option(
      names = "--offline",
      description = "Run no user code: functions are what the definition says.")
  private boolean offline;

  @Option(names = "--json", description = "Print it as one JSON text.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    var compilation = definition.compile(AdapterCatalog.load(), offline);
    if (compilation.plan().isEmpty()) {
      return DefinitionArgument.refused(spec, compilation);
    }
    String graph = GraphText.of(compilation.plan().get(), format);
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        json
            ? Json.pretty(
                    ControlWords.dict(
                        "format", Value.text(format.toString()),
                        "graph", Value.text(graph)))
                + "\n"
            : graph);
    out.flush();
    return ExitCode.OK;
  }
}
