package io.unikernal.cli;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.LanguageSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "schema",
    description = "Prints the JSON Schema of the language, for any editor that knows YAML.",
    footer = {
      "",
      "It knows the adapters of this installation. Begin a file with",
      "  # yaml-language-server: $schema=udl.schema.json",
      "",
      "Example:",
      "  unikernal schema > udl.schema.json",
    })
final class SchemaCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "It always is JSON.")
  private boolean json;

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(LanguageSchema.of(AdapterCatalog.load()));
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }
}
