package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "init",
    description = "Makes a new definition that runs: HTTP in, a Python function, a file out.",
    footer = {"", "Example:", "  unikernal init hello && unikernal run hello"})
final class InitCommand implements Callable<Integer> {
  /** Files of the new definition; they lie as resources beside this class. */
  private static final List<String> FILES =
      List.of("hello.udl.yaml", "functions/hello.py", "README.md", ".gitignore");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "A folder that does not exist yet or is empty.")
  private Path folder = Path.of(".");

  @Option(names = "--json", description = "Print what was made as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (Files.exists(folder) && !isEmptyFolder()) {
      throw new ParameterException(
          spec.commandLine(), folder + " exists and is not an empty folder.");
    }
    for (String name : FILES) {
      Path file = folder.resolve(name);
      Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(folder));
      String resource = "init/" + name.replace(".gitignore", "gitignore");
      try (InputStream content = InitCommand.class.getResourceAsStream(resource)) {
        Files.copy(Optional.ofNullable(content).orElseThrow(), file);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          Json.pretty(
              ControlWords.dict(
                  "folder",
                  Value.text(folder.toString()),
                  "files",
                  new Value.Items(FILES.stream().map(Value::text).toList()))));
    } else {
      FILES.forEach(name -> out.println("made " + folder.resolve(name)));
      out.println("Try: unikernal run " + folder);
    }
    out.flush();
    return ExitCode.OK;
  }

  private boolean isEmptyFolder() throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (var entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}
