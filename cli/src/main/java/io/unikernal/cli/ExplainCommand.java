package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Suggest;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import io.unikernal.udl.Code;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
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
    footer = {
      "",
      "Without a code it lists all of them.",
      "",
      "Examples:",
      "  unikernal explain UDL-4002",
      "  unikernal explain",
    })
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "CODE",
      description = "As a diagnostic prints it, e.g. UDL-4002.")
  private String text = "";

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    return text.isEmpty() ? list() : one();
  }

  private int list() {
    PrintWriter out = spec.commandLine().getOut();
    var codes = Arrays.asList(Code.values());
    if (json) {
      var items =
          codes.stream()
              .map(code ->
                  (Value)
                      ControlWords.dict(
                          "code", Value.text(code.id()),
                          "title", Value.text(code.page().title())))
              .toList();
      out.println(Json.pretty(new Value.Items(items)));
    } else {
      out.print(
          Output.table(
              codes.stream().map(code -> List.of(code.id(), code.page().title())).toList()));
    }
    out.flush();
    return ExitCode.OK;
  }

  private int one() {
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
    Code.Page page = code.page();
    if (json) {
      out.println(
          Json.pretty(
              ControlWords.dict(
                  "code", Value.text(code.id()),
                  "title", Value.text(page.title()),
                  "why", Value.text(page.why()),
                  "fix", Value.text(page.fix()),
                  "before", files(page.before()),
                  "after", files(page.after()))));
    } else {
      out.println(code.id() + ": " + page.title());
      out.println();
      out.println(page.why());
      out.println(page.fix());
      out.println();
      out.println("before");
      print(out, page.before());
      out.println("after");
      print(out, page.after());
    }
    out.flush();
    return ExitCode.OK;
  }

  private static Value files(List<Code.Snippet> snippets) {
    return new Value.Items(
        snippets.stream()
            .<Value>map(snippet ->
                ControlWords.dict(
                    "file", Value.text(snippet.file()), "text", Value.text(snippet.text())))
            .toList());
  }

  private static void print(PrintWriter out, List<Code.Snippet> snippets) {
    for (Code.Snippet snippet : snippets) {
      if (!snippet.file().isEmpty()) {
        out.println("  " + snippet.file() + ":");
      }
      out.println(snippet.text().indent(4).stripTrailing());
    }
  }
}
