package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "version",
    description = "Prints the version of Unikernal and of its Java.",
    footer = {"", "Example:", "  unikernal version --json"})
final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          Json.pretty(
              ControlWords.dict(
                  "version", Value.text(version()),
                  "java", Value.text(Runtime.version().toString()))));
    } else {
      out.println("unikernal " + version() + " (Java " + Runtime.version() + ")");
    }
    out.flush();
    return ExitCode.OK;
  }

  static String version() {
    var properties = new Properties();
    try (var stream = VersionCommand.class.getResourceAsStream("version.properties")) {
      if (stream != null) {
        properties.load(stream);
      }
    } catch (IOException _) {
      // A damaged jar: the answer below says so.
    }
    return Optional.ofNullable(properties.getProperty("version")).orElse("unknown");
  }
}
