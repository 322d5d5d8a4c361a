package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Prints a completion script for bash and zsh.",
    footer = {"", "Example:", "  source <(unikernal completion)"})
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Print it as one JSON text.")
  private boolean json;

  @Override
  public Integer call() {
    String script = Main.completion();
    spec.commandLine()
        .getOut()
        .println(json ? Json.pretty(ControlWords.dict("script", Value.text(script))) : script);
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }
}
