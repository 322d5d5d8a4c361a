package io.unikernal.cli;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.Expander;
import io.unikernal.udl.UdlCompiler;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "expand",
    description = "Writes a definition out: imports, defaults, inheritance, each with its origin.",
    footer = {
      "",
      "The output is a definition again; where nothing is masked it means the same. Passwords, and",
      "whatever may hold one, are ***.",
      "Exit codes: 0 ok, 1 the definition has errors, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal expand orders.udl.yaml",
      "  unikernal expand --json definitions/",
    })
final class ExpandCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DefinitionArgument definition = new DefinitionArgument();

  @Option(
      names = "--offline",
      description = "Run no user code: functions are what the definition says.")
  private boolean offline;

  @Option(names = "--json", description = "Print a tree of JSON, each value with its origin.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    var options = new UdlCompiler.Options(System.getenv(), offline);
    var expanded = Expander.expand(definition.path(), AdapterCatalog.load(), options);
    var text = json ? expanded.json() : expanded.text();
    if (text.isEmpty()) {
      return DefinitionArgument.refused(spec, expanded.compilation());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(text.get().stripTrailing() + "\n");
    out.flush();
    return ExitCode.OK;
  }
}
