package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import io.unikernal.udl.Formatter;
import io.unikernal.udl.Formatter.Result;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "fmt",
    description = "Writes definitions as all are written; comments stay, no value changes.",
    footer = {
      "",
      "A folder means every *.udl and *.udl.yaml in it and below, tests too. A file that cannot be",
      "read is left as it is.",
      "Exit codes: 0 ok, 1 not formatted (with --check) or not readable, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal fmt .",
      "  unikernal fmt --check definitions/",
      "  unikernal fmt - < orders.udl.yaml",
    })
final class FmtCommand implements Callable<Integer> {
  private static final int INPUT_BYTES_MAX = 4 << 20;
  private static final int DEPTH_MAX = 32;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files, folders, or - for standard input, which is written to standard output.")
  private List<String> files = new ArrayList<>();

  @Option(names = "--check", description = "Change nothing; list what is not formatted.")
  private boolean check;

  @Option(names = "--stdout", description = "Change nothing; print the formatted text.")
  private boolean stdout;

  @Option(names = "--json", description = "Print what became of each file as JSON.")
  private boolean json;

  /** What became of a file. */
  private enum Outcome {
    UNCHANGED,
    CHANGED,
    REFUSED
  }

  private record Report(String file, Outcome outcome, String text, String problem) {}

  @Override
  public Integer call() throws IOException {
    var reports = new ArrayList<Report>();
    for (String name : files) {
      if (name.equals("-")) {
        reports.add(format("-", System.in.readNBytes(INPUT_BYTES_MAX)));
        continue;
      }
      for (Path file : expand(name)) {
        Report report = format(file.toString(), Files.readAllBytes(file));
        reports.add(report);
        if (report.outcome() == Outcome.CHANGED && !check && !stdout) {
          Files.writeString(file, report.text(), StandardCharsets.UTF_8);
        }
      }
    }
    print(reports);
    boolean isBad =
        reports.stream()
            .anyMatch(report ->
                report.outcome() == Outcome.REFUSED
                    || check && report.outcome() == Outcome.CHANGED);
    return isBad ? ExitCode.FINDINGS : ExitCode.OK;
  }

  private List<Path> expand(String name) throws IOException {
    Path path = Path.of(name);
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    if (!Files.isDirectory(path)) {
      throw new ParameterException(spec.commandLine(), "There is no " + path + ".");
    }
    try (var walk = Files.walk(path, DEPTH_MAX)) {
      return walk.filter(file -> file.toString().matches(".*\\.udl(\\.yaml)?"))
          .filter(Files::isRegularFile)
          .filter(file -> !isHidden(path.relativize(file)))
          .sorted()
          .toList();
    }
  }

  private static boolean isHidden(Path path) {
    for (Path part : path) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static Report format(String name, byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      return new Report(name, Outcome.REFUSED, "", "error: `" + name + "` is not UTF-8\n");
    }
    return switch (Formatter.format(name, text)) {
      case Result.Formatted(var formatted) ->
          new Report(
              name, formatted.equals(text) ? Outcome.UNCHANGED : Outcome.CHANGED, formatted, "");
      case Result.Refused(var _, var rendered) ->
          new Report(name, Outcome.REFUSED, text, rendered.text(DefinitionArgument.color()));
    };
  }

  private void print(List<Report> reports) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (json) {
      out.println(Json.pretty(new Value.Items(reports.stream().map(FmtCommand::value).toList())));
      out.flush();
      return;
    }
    for (Report report : reports) {
      err.print(report.problem());
      boolean isPrinted = report.file().equals("-") || stdout;
      if (report.outcome() != Outcome.REFUSED && isPrinted && !check) {
        out.print(report.text());
      } else if (report.outcome() == Outcome.CHANGED) {
        out.println((check ? "not formatted: " : "formatted ") + report.file());
      }
    }
    err.flush();
    out.flush();
  }

  private static Value value(Report report) {
    String outcome = report.outcome().name().toLowerCase(java.util.Locale.ROOT);
    return ControlWords.dict(
        "file", Value.text(report.file()),
        "outcome", Value.text(outcome),
        "problem", Value.text(report.problem()));
  }
}
