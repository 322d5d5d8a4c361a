package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.server.ControlWords;
import io.unikernal.udl.Fixer;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "fix",
    description = "Applies the changes that diagnostics offer, where they are sure of them.",
    footer = {
      "",
      "After each change the definition is checked again: what does not help is taken back.",
      "Exit codes: 0 no errors left, 1 errors are left, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal fix --dry-run orders.udl.yaml",
      "  unikernal fix --all definitions/",
    })
final class FixCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DefinitionArgument definition = new DefinitionArgument();

  @Option(names = "--dry-run", description = "Write nothing; print what would change.")
  private boolean dryRun;

  @Option(names = "--all", description = "Also what a diagnostic offers without being sure of it.")
  private boolean all;

  @Option(
      names = "--offline",
      description = "Run no user code: functions are what the definition says.")
  private boolean offline;

  @Option(names = "--json", description = "Print the changes, and what is left, as JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException, IOException {
    var options = new UdlCompiler.Options(System.getenv(), offline);
    var fixed = Fixer.fix(definition.path(), AdapterCatalog.load(), options, all);
    if (!dryRun) {
      for (Fixer.Change change : fixed.changes()) {
        Files.writeString(change.file(), change.after(), StandardCharsets.UTF_8);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.pretty(value(fixed)));
    } else {
      print(fixed, out);
    }
    out.flush();
    return DefinitionArgument.hasErrors(fixed.after()) ? ExitCode.FINDINGS : ExitCode.OK;
  }

  private void print(Fixer.Fixed fixed, PrintWriter out) {
    if (dryRun) {
      fixed
          .changes()
          .forEach(change ->
              out.print(
                  UnifiedDiff.of(
                      DefinitionArgument.shown(change.file()), change.before(), change.after())));
    } else {
      fixed
          .changes()
          .forEach(change -> out.println("changed " + DefinitionArgument.shown(change.file())));
    }
    out.println(
        (dryRun ? "would fix " : "fixed ")
            + fixed.applied()
            + (fixed.takenBack() > 0 ? ", " + fixed.takenBack() + " offered did not help" : "")
            + ", left "
            + fixed.after().diagnostics().size());
    out.print(fixed.after().rendered().text(DefinitionArgument.color()));
  }

  private static Value value(Fixer.Fixed fixed) {
    var changes =
        fixed.changes().stream()
            .map(change ->
                (Value)
                    ControlWords.dict(
                        "file", Value.text(DefinitionArgument.shown(change.file())),
                        "before", Value.text(change.before()),
                        "after", Value.text(change.after())))
            .toList();
    return ControlWords.dict(
        "changes", new Value.Items(changes),
        "fixed", Value.integer(fixed.applied()),
        "taken_back", Value.integer(fixed.takenBack()),
        "left", Value.integer(fixed.after().diagnostics().size()));
  }
}
