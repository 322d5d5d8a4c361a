package io.unikernal.cli;

import io.unikernal.model.Plan;
import io.unikernal.model.Suggest;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.UdlCompiler;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
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
    name = "export",
    description = "Writes a definition as others have it.",
    footer = {
      "",
      "Formats: json-schema (2020-12), openapi (3.1, of the http systems that serve),",
      "proto (proto3: a message for each type, a service for each system).",
      "Runs no user code: functions are what the definition says.",
      "Exit codes: 0 exported (perhaps with losses), 1 the definition has errors, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal export openapi orders.udl.yaml -o orders.openapi.json",
      "  unikernal export json-schema orders.udl.yaml --type Order",
      "  unikernal export proto definitions/ -o all.proto --force",
    })
final class ExportCommand implements Callable<Integer> {
  /** What can be written. */
  enum Target {
    JSON_SCHEMA,
    OPENAPI,
    PROTO;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private OutputFile output = new OutputFile();

  @Parameters(index = "0", paramLabel = "FORMAT", description = "json-schema, openapi or proto.")
  private Target target = Target.JSON_SCHEMA;

  @Parameters(
      index = "1",
      paramLabel = "DEFINITION",
      description = "A .udl or .udl.yaml file, or a folder of them.")
  private Path path = Path.of(".");

  @Option(
      names = "--type",
      paramLabel = "NAME",
      description = "json-schema: the schema of this type, with what it refers to.")
  private Optional<String> type = Optional.empty();

  @Option(names = "--json", description = "Print the document and all losses as JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (!Files.exists(path)) {
      throw new ParameterException(spec.commandLine(), "There is no " + path + ".");
    }
    if (type.isPresent() && target != Target.JSON_SCHEMA) {
      throw new ParameterException(spec.commandLine(), "--type is for json-schema only.");
    }
    output.check();
    Map<String, Adapter> adapters = AdapterCatalog.load();
    Compilation compilation =
        UdlCompiler.compile(path, adapters, new UdlCompiler.Options(System.getenv(), true));
    Optional<Plan> plan = compilation.plan();
    if (plan.isEmpty()) {
      PrintWriter err = spec.commandLine().getErr();
      err.print(compilation.rendered().text(DefinitionArgument.color()));
      err.flush();
      return ExitCode.FINDINGS;
    }
    type.filter(name -> !compilation.types().containsKey(name))
        .ifPresent(name -> noType(name, compilation));
    String name = String.valueOf(path.toAbsolutePath().normalize().getFileName());
    new ExportRun(spec, output, json)
        .run(target, compilation, adapters, name.replaceFirst("\\.udl(\\.yaml)?$", ""), type);
    return ExitCode.OK;
  }

  private void noType(String name, Compilation compilation) {
    var near = Suggest.closest(name, compilation.types().keySet());
    throw new ParameterException(
        spec.commandLine(),
        "There is no type " + name + near.map(n -> "; did you mean " + n + "?").orElse("."));
  }
}
