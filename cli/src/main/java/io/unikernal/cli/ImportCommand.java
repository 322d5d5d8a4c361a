package io.unikernal.cli;

import io.unikernal.importers.Format;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
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
    return new ImportRun(spec, output, json)
        .run(files, format.map(Format::toString).orElse(""), system, only, enums);
  }

  private Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException _) {
      throw new ParameterException(spec.commandLine(), text + " cannot be a file's path.");
    }
  }
}
