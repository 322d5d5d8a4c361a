package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.server.ControlWords;
import io.unikernal.udl.DocsPage;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "docs",
    description = "Writes a page about a definition, for people who use it.",
    footer = {
      "",
      "Markdown with the graph in Mermaid, or one HTML file with the graph drawn. No secret is on it.",
      "Exit codes: 0 ok, 1 the definition has errors, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal docs orders.udl.yaml > orders.md",
      "  unikernal docs --html -o site orders.udl.yaml",
    })
final class DocsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DefinitionArgument definition = new DefinitionArgument();

  @Option(names = "--html", description = "One HTML file instead of Markdown.")
  private boolean html;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Write a file into this folder instead of printing the page.")
  private Optional<Path> folder = Optional.empty();

  @Option(
      names = "--offline",
      description = "Run no user code: functions are what the definition says.")
  private boolean offline;

  @Option(names = "--json", description = "Print the page, or where it is, as JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException, IOException {
    var options = new UdlCompiler.Options(System.getenv(), offline);
    var page = DocsPage.write(definition.path(), AdapterCatalog.load(), options, html);
    if (page.page().isEmpty()) {
      return DefinitionArgument.refused(spec, page.compilation());
    }
    String text = page.page().get();
    PrintWriter out = spec.commandLine().getOut();
    if (folder.isPresent()) {
      Files.createDirectories(folder.get());
      Path file = folder.get().resolve(name());
      Files.writeString(file, text, StandardCharsets.UTF_8);
      out.println(
          json
              ? Json.pretty(ControlWords.dict("file", Value.text(file.toString())))
              : "wrote " + file);
    } else {
      out.print(json ? Json.pretty(ControlWords.dict("page", Value.text(text))) + "\n" : text);
    }
    out.flush();
    return ExitCode.OK;
  }

  private String name() {
    Path path = definition.path().toAbsolutePath().normalize();
    String name = String.valueOf(path.getFileName()).replaceFirst("\\.udl(\\.yaml)?$", "");
    return name + (html ? ".html" : ".md");
  }
}
