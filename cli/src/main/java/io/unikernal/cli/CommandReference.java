package io.unikernal.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The commands as a page of the reference, in Markdown. */
final class CommandReference {
  private CommandReference() {}

  static String page(CommandLine main) {
    var page = new StringBuilder("# Commands\n\n");
    page.append("Every command takes `--help` and `--verbose`. ");
    page.append("Exit codes: 0 ok, 1 findings, 2 usage, 3 environment.\n");
    for (CommandLine command : main.getSubcommands().values()) {
      command(command.getCommandSpec(), page);
      command.getSubcommands().values().forEach(one -> command(one.getCommandSpec(), page));
    }
    return page.toString();
  }

  private static void command(CommandSpec command, StringBuilder page) {
    page.append("\n## `" + command.qualifiedName() + "`\n\n");
    page.append(text(command.usageMessage().description())).append("\n");
    List<PositionalParamSpec> places = command.positionalParameters();
    List<OptionSpec> options =
        command.options().stream().filter(option -> !option.inherited()).toList();
    if (!places.isEmpty() || !options.isEmpty()) {
      page.append("\n| | meaning |\n|---|---|\n");
      places.forEach(place -> row(place.paramLabel(), place, page));
      options.forEach(option -> row(name(option), option, page));
    }
    footer(command.usageMessage().footer(), page);
    command.subcommands().values().forEach(within -> command(within.getCommandSpec(), page));
  }

  private static void row(String name, ArgSpec argument, StringBuilder page) {
    String candidates =
        argument.completionCandidates() == null
            ? ""
            : String.join(", ", argument.completionCandidates());
    String meaning =
        text(argument.description())
            .replace("${DEFAULT-VALUE}", "`" + argument.initialValue() + "`")
            .replace("${COMPLETION-CANDIDATES}", candidates)
            .replace("|", "\\|");
    page.append("| `" + name.replace("|", "\\|") + "` | " + meaning + " |\n");
  }

  private static String name(OptionSpec option) {
    String label = option.arity().max() > 0 ? " " + option.paramLabel() : "";
    return String.join(", ", option.names()) + label;
  }

  private static String text(String[] lines) {
    return String.join(" ", lines).strip();
  }

  /** What is indented is an example, the rest is words. */
  private static void footer(String[] lines, StringBuilder page) {
    boolean isCode = false;
    for (String line : lines) {
      boolean isExample = line.startsWith("  ");
      page.append(isExample && !isCode ? "\n" : "");
      page.append(isExample ? "  " + line : line).append('\n');
      isCode = isExample;
    }
  }
}
