package io.unikernal.cli;

import io.unikernal.importers.Format;
import io.unikernal.importers.Importers;
import io.unikernal.importers.Importers.Result;
import io.unikernal.importers.Problem;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "import",
    description =
        "Makes a definition of what others wrote: types, and operations where there are some.",
    footer = {
      "",
      "Formats: openapi, json-schema, proto, avro, sql, json (samples, or one on each line).",
      "Only files are read: what a document refers to elsewhere is refused, not fetched.",
      "Exit codes: 0 imported (perhaps with losses), 1 the document is wrong, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal import openapi petstore.json -o petstore.udl.yaml",
      "  unikernal import schema.sql --system shop",
      "  unikernal import json samples.jsonl --enums --json",
    })
final class ImportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private OutputFile output = new OutputFile();

  @Parameters(
      paramLabel = "[FORMAT] FILE",
      arity = "1..*",
      description = "The format, if the file does not show it, and one file or several.")
  private List<String> arguments = new ArrayList<>();

  @Option(names = "--system", paramLabel = "NAME", description = "The name of the imported system.")
  private Optional<String> system = Optional.empty();

  @Option(
      names = "--only",
      paramLabel = "TYPE",
      split = ",",
      description = "Only these types, with what they refer to, and no operations.")
  private List<String> only = new ArrayList<>();

  @Option(names = "--enums", description = "Of samples: few texts that come again are an enum.")
  private boolean enums;

  @Option(names = "--json", description = "Print the definition and all losses as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    // A file may have the name of a format: what stands alone is a file.
    Optional<Format> format =
        arguments.size() > 1 ? Format.find(arguments.getFirst()) : Optional.empty();
    List<Path> files = arguments.stream().skip(format.isPresent() ? 1 : 0).map(this::path).toList();
    output.check();
    var options = new Importers.Options(format, system, new LinkedHashSet<>(only), enums);
    return switch (Importers.read(files, options)) {
      case Result.Refused(var problem) -> {
        show(problem);
        yield ExitCode.FINDINGS;
      }
      case Result.Written written -> {
        show(written);
        yield ExitCode.OK;
      }
    };
  }

  private Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException _) {
      throw new ParameterException(spec.commandLine(), text + " cannot be a file's path.");
    }
  }

  private void show(Problem problem) {
    PrintWriter to = json ? spec.commandLine().getOut() : spec.commandLine().getErr();
    to.println(
        json
            ? Json.pretty(
                ControlWords.dict(
                    "file", Value.text(problem.file()),
                    "line", Value.integer(problem.line()),
                    "column", Value.integer(problem.column()),
                    "message", Value.text(problem.message()),
                    "hint", Value.text(problem.hint())))
            : problem.text());
    to.flush();
  }

  private static String count(int number, String noun) {
    return (number == 0 ? "no" : "" + number) + " " + noun + (number == 1 ? "" : "s");
  }

  private static String losses(int number) {
    return number == 1 ? "1 loss" : number == 0 ? "no losses" : number + " losses";
  }

  private void show(Result.Written written) {
    if (json) {
      output.write(written.text(), spec, false);
      PrintWriter out = spec.commandLine().getOut();
      out.println(Json.pretty(report(written)));
      out.flush();
      return;
    }
    output.write(written.text(), spec, true);
    PrintWriter err = spec.commandLine().getErr();
    written.imported().notes().forEach(err::println);
    LossReport.lines(written.losses()).forEach(err::println);
    err.println(
        "imported "
            + count(written.imported().types().types().size(), "type")
            + " and "
            + count(written.imported().operations(), "operation")
            + ", with "
            + losses(written.losses().size()));
    err.flush();
  }

  private static Value.Dict report(Result.Written written) {
    return ControlWords.dict(
        "format", Value.text(written.imported().format().toString()),
        "types", Value.integer(written.imported().types().types().size()),
        "operations", Value.integer(written.imported().operations()),
        "losses", LossReport.json(written.losses()),
        "notes", new Value.Items(written.imported().notes().stream().map(Value::text).toList()),
        "definition", Value.text(written.text()));
  }
}
