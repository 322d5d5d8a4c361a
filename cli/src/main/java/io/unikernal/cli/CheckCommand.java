package io.unikernal.cli;

import io.unikernal.model.Plan;
import io.unikernal.model.Texts;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.CheckReport;
import io.unikernal.udl.Code;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.Contact;
import io.unikernal.udl.Diagnostic;
import io.unikernal.udl.Diagnostic.Severity;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "check",
    description = "Checks a whole definition without starting anything.",
    footer = {
      "",
      "Runs each worker's describe mode to learn its functions, unless --offline.",
      "With --connect asks the real systems too: prepares each SQL statement, starts each",
      "worker, tries each connection and port. Nothing is changed in any of them.",
      "Exit codes: 0 no errors, 1 errors (with --strict also warnings), 2 usage,",
      "3 environment: with --connect also when nothing is wrong but that a system is not there.",
      "",
      "Examples:",
      "  unikernal check orders.udl.yaml",
      "  unikernal check --effects orders.udl.yaml",
      "  unikernal check --strict --json definitions/",
      "  unikernal check --connect orders.udl.yaml",
      "  unikernal check --connect --timeout 30s --json orders.udl.yaml",
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
      names = "--connect",
      description = "Ask the real systems whether they are as the definition says.")
  private boolean connect;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Time.class,
      description = "How long each system may take to answer --connect, as 10s (default: 10s).")
  private Duration timeout = Duration.ofSeconds(10);

  @Option(
      names = "--json",
      description =
          "Print all as one JSON object: diagnostics with edits, routes, operations, tests.")
  private boolean json;

  /**
   * A time as definitions write it; a number alone is seconds, as elsewhere on the command line.
   */
  static final class Time implements ITypeConverter<Duration> {
    private static final Duration MAX = Duration.ofHours(1);

    @Override
    public Duration convert(String text) {
      return Texts.duration(text.matches("\\d{1,9}") ? text + "s" : text)
          .filter(time -> time.isPositive() && time.compareTo(MAX) <= 0)
          .orElseThrow(() ->
              new TypeConversionException("`" + text + "` is no time from 1ms to 1h, as 10s"));
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    if (connect && offline) {
      throw new ParameterException(
          spec.commandLine(), "--offline runs nothing, and --connect starts workers: choose one.");
    }
    var compilation =
        definition.check(
            AdapterCatalog.load(), offline, connect ? Optional.of(timeout) : Optional.empty());
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
    return exitCode(compilation.diagnostics());
  }

  private int exitCode(List<Diagnostic> diagnostics) {
    boolean isFinding =
        diagnostics.stream()
            .anyMatch(diagnostic -> isFinding(diagnostic) && !isUnreachable(diagnostic));
    boolean isUnreachable = diagnostics.stream().anyMatch(CheckCommand::isUnreachable);
    return isFinding ? ExitCode.FINDINGS : isUnreachable ? ExitCode.ENVIRONMENT : ExitCode.OK;
  }

  private boolean isFinding(Diagnostic diagnostic) {
    return switch (diagnostic.severity()) {
      case ERROR -> true;
      case WARNING -> strict;
      case NOTE -> false;
    };
  }

  private static boolean isUnreachable(Diagnostic diagnostic) {
    return diagnostic.severity() == Severity.ERROR
        && diagnostic.code().equals(Code.CONNECT_UNREACHABLE.id());
  }

  private void print(Compilation compilation, PrintWriter out) {
    if (connect && compilation.contacts().isEmpty()) {
      out.println("the systems were not asked: the definition has errors of its own");
    } else if (connect) {
      out.println("systems");
      out.print(Output.table(rows(compilation.contacts())));
    }
    out.print(compilation.rendered().text(DefinitionArgument.color()));
    compilation.plan().ifPresent(plan -> print(plan, out));
  }

  private static List<List<String>> rows(List<Contact> contacts) {
    var rows = new ArrayList<List<String>>();
    for (Contact contact : contacts) {
      rows.add(
          List.of(contact.system(), contact.type(), contact.status().toString(), contact.detail()));
      contact.notes().forEach(note -> rows.add(List.of("", "", "", "note: " + note)));
    }
    return rows;
  }

  private static void print(Plan plan, PrintWriter out) {
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
  }
}
