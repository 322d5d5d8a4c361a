package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Suggest;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import io.unikernal.udl.Code;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "explain",
    description = "Says what a diagnostic means, why it is one, and what to write.",
    footer = {"", "Example:", "  unikernal explain UDL-4002"})
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "CODE", description = "As a diagnostic prints it, e.g. UDL-4002.")
  private String text = "";

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    Code code =
        Code.find(text)
            .orElseThrow(() -> {
              var near = Suggest.closest(text, Arrays.stream(Code.values()).map(Code::id).toList());
              return new ParameterException(
                  spec.commandLine(),
                  "There is no code "
                      + text
                      + near.map(n -> "; did you mean " + n + "?").orElse("."));
            });
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          Json.pretty(
              ControlWords.dict(
                  "code", Value.text(code.id()),
                  "title", Value.text(code.title()),
                  "why", Value.text(code.why()),
                  "fix", Value.text(code.fix()),
                  "before", Value.text(code.before()),
                  "after", Value.text(code.after()))));
    } else {
      out.println(code.id() + ": " + code.title());
      out.println();
      out.println(code.why());
      out.println(code.fix());
      out.println();
      out.println("before");
      out.println(code.before().indent(4).stripTrailing());
      out.println("after");
      out.println(code.after().indent(4).stripTrailing());
    }
    out.flush();
    return ExitCode.OK;
  }
}
