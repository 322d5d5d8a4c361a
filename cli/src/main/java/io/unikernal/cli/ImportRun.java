package io.unikernal.cli;

import io.unikernal.importers.Format;
import io.unikernal.importers.Importers;
import io.unikernal.importers.Importers.Result;
import io.unikernal.importers.Problem;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What {@code import} does. Apart from the command, whose methods every start looks at: so no class
 * of the importers is loaded before it is needed.
 */
final class ImportRun {
  private final CommandSpec spec;
  private final OutputFile output;
  private final boolean json;

  ImportRun(CommandSpec spec, OutputFile output, boolean json) {
    this.spec = spec;
    this.output = output;
    this.json = json;
  }

  /**
   * @param format its name, empty to find it out
   */
  int run(
      List<Path> files, String format, Optional<String> system, List<String> only, boolean enums) {
    var options =
        new Importers.Options(Format.find(format), system, new LinkedHashSet<>(only), enums);
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
