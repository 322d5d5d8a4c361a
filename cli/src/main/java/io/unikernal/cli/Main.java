package io.unikernal.cli;

import io.unikernal.model.FaultException;
import java.io.PrintWriter;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. A user's mistake never shows a stack trace. */
@Command(
    name = "unikernal",
    description = "Connects any system, language or database.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RunCommand.class,
      CheckCommand.class,
      TestCommand.class,
      SimCommand.class,
      PolicyCommand.class,
      CallCommand.class,
      WhyCommand.class,
      TopCommand.class,
      TapCommand.class,
      GetCommand.class,
      DlqCommand.class,
      LspCommand.class,
      FmtCommand.class,
      FixCommand.class,
      ExpandCommand.class,
      GraphCommand.class,
      DocsCommand.class,
      PlanCommand.class,
      ApplyCommand.class,
      JoinCommand.class,
      EvalCommand.class,
      SchemaCommand.class,
      ExplainCommand.class,
      InitCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      KeyCommand.class,
      DoctorCommand.class,
      VersionCommand.class,
      CompletionCommand.class
    },
    mixinStandardHelpOptions = false,
    footer = {
      "",
      "Exit codes: 0 ok, 1 findings, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal run examples/01-orders",
      "  unikernal check --strict orders.udl.yaml",
      "  unikernal call orders.udl.yaml pricing.quote '{\"items\": []}'",
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @CommandLine.Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  @CommandLine.Option(
      names = "--verbose",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Show stack traces and debug lines.")
  private static void verbose(boolean on) {
    Logs.verbose(on);
  }

  @CommandLine.Option(
      names = "--log-format",
      paramLabel = "FORM",
      scope = CommandLine.ScopeType.INHERIT,
      description = "What lines of the log are: ${COMPLETION-CANDIDATES} (default: text).")
  private static void logFormat(Logs.Form form) {
    Logs.form(form);
  }

  public static void main(String[] arguments) {
    Logs.setUp();
    System.exit(execute(arguments));
  }

  static int execute(String... arguments) {
    return execute(new CommandLine(new Main()), arguments);
  }

  /** For tests: with what is printed in their hands. */
  static int execute(PrintWriter out, PrintWriter err, String... arguments) {
    return execute(new CommandLine(new Main()).setOut(out).setErr(err), arguments);
  }

  private static int execute(CommandLine command, String... arguments) {
    return command
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Main::report)
        .setParameterExceptionHandler(Main::usage)
        .execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say which command.");
  }

  private static int usage(ParameterException error, String[] arguments) {
    PrintWriter err = error.getCommandLine().getErr();
    err.println("error: " + error.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(error, err);
    err.println("Try `" + error.getCommandLine().getCommandSpec().qualifiedName() + " --help`.");
    err.flush();
    return ExitCode.USAGE;
  }

  private static int report(Exception error, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (error instanceof FaultException fault) {
      err.println(Output.fault(fault.fault()));
      err.flush();
      return ExitCode.ENVIRONMENT;
    }
    err.println("error: Unikernal itself failed: " + error);
    err.println("       run again with --verbose, and report what it prints");
    if (Logs.isVerbose()) {
      error.printStackTrace(err);
    }
    err.flush();
    return ExitCode.ENVIRONMENT;
  }

  /** The names of the commands, in the order of the help. */
  static List<String> commands() {
    return List.copyOf(new CommandLine(new Main()).getSubcommands().keySet());
  }

  /** The page about the commands, from what they say themselves. */
  public static String reference() {
    return CommandReference.page(new CommandLine(new Main()));
  }

  static String completion() {
    return AutoComplete.bash("unikernal", new CommandLine(new Main()));
  }
}
