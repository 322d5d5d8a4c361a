package io.unikernal.cli;

import io.unikernal.importers.Exported;
import io.unikernal.importers.Exporters;
import io.unikernal.model.Json;
import io.unikernal.model.Plan;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.Compilation;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** What {@code export} does; apart from the command for the same reason as {@link ImportRun}. */
final class ExportRun {
  private static final String HTTP = "http";

  private final CommandSpec spec;
  private final OutputFile output;
  private final boolean json;

  ExportRun(CommandSpec spec, OutputFile output, boolean json) {
    this.spec = spec;
    this.output = output;
    this.json = json;
  }

  /**
   * @param type of json-schema: the one that is wanted
   */
  void run(
      ExportCommand.Target target,
      Compilation compilation,
      Map<String, Adapter> adapters,
      String title,
      Optional<String> type) {
    show(target, exported(target, compilation, adapters, title, type));
  }

  private Exported exported(
      ExportCommand.Target target,
      Compilation compilation,
      Map<String, Adapter> adapters,
      String title,
      Optional<String> type) {
    Plan plan = compilation.plan().orElseThrow();
    return switch (target) {
      case JSON_SCHEMA -> Exporters.jsonSchema(compilation.types(), type);
      case OPENAPI ->
          Exporters.openApi(
              compilation.types(),
              plan,
              Optional.ofNullable(adapters.get(HTTP)).orElseThrow().spec(),
              title);
      case PROTO -> Exporters.proto(compilation.types(), plan, title);
    };
  }

  private void show(ExportCommand.Target target, Exported exported) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      output.write(exported.text(), spec, false);
      out.println(
          Json.pretty(
              ControlWords.dict(
                  "format", Value.text(target.toString()),
                  "losses", LossReport.json(exported.losses()),
                  "document", Value.text(exported.text()))));
      out.flush();
      return;
    }
    output.write(exported.text(), spec, true);
    PrintWriter err = spec.commandLine().getErr();
    LossReport.lines(exported.losses()).forEach(err::println);
    err.flush();
  }
}
