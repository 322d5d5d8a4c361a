package io.unikernal.cli;

import io.unikernal.model.Fault;
import io.unikernal.model.Value;
import io.unikernal.server.ControlClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The definition that runs and is asked. */
final class RunningArgument {
  /** How deep below the working folder it is looked for. */
  private static final int DEPTH_MAX = 3;

  @Spec(Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-d", "--definition"},
      paramLabel = "DEFINITION",
      description =
          "The file or folder that runs; else what runs in this folder, above or below it.")
  private Optional<Path> path = Optional.empty();

  /** What it answers; a fault is thrown. */
  Value ask(Value request) {
    Value answer = asked(state -> ControlClient.ask(state, request));
    throwFault(answer);
    return answer;
  }

  static void throwFault(Value answer) {
    Value fault = answer.field("fault");
    if (fault != Value.Absent.ABSENT) {
      throw Fault.of(Fault.Code.REJECTED, fault.fieldText("message")).toException();
    }
  }

  /** Hears line after line until the hearer has enough or the definition ends. */
  void listen(Value request, ControlClient.Hearer hearer) {
    boolean _ =
        asked(state ->
            ControlClient.listen(state, request, hearer) ? Optional.of(true) : Optional.empty());
  }

  private <T> T asked(Function<Path, Optional<T>> ask) {
    return ask.apply(stateDir()).orElseThrow(this::nothingRuns);
  }

  private Path stateDir() {
    if (path.isPresent()) {
      if (!Files.exists(path.get())) {
        throw new ParameterException(spec.commandLine(), "There is no " + path.get() + ".");
      }
      return DefinitionArgument.stateDir(path.get());
    }
    Path here = Path.of("").toAbsolutePath();
    for (Path folder = here; folder != null; folder = folder.getParent()) {
      if (ControlClient.isRunning(folder.resolve(DefinitionArgument.STATE))) {
        return folder.resolve(DefinitionArgument.STATE);
      }
    }
    List<Path> below = below(here);
    return switch (below.size()) {
      case 0 -> throw nothingRuns();
      case 1 -> below.getFirst();
      default ->
          throw new ParameterException(
              spec.commandLine(),
              "Several definitions run here; say which with -d: "
                  + String.join(
                      ", ",
                      below.stream()
                          .map(state -> here.relativize(state.resolveSibling("")).toString())
                          .toList()));
    };
  }

  private static List<Path> below(Path folder) {
    try (var paths =
        Files.find(
            folder,
            DEPTH_MAX,
            (path, attributes) ->
                attributes.isDirectory() && path.endsWith(DefinitionArgument.STATE))) {
      return paths.filter(ControlClient::isRunning).sorted().toList();
    } catch (IOException | UncheckedIOException _) {
      return List.of(); // a folder that may not be read has nothing for us
    }
  }

  private ParameterException nothingRuns() {
    return new ParameterException(
        spec.commandLine(),
        path.map(one -> "Nothing runs at " + one + ".").orElse("Nothing runs here.")
            + " Start it with `unikernal run`, or say where it runs with -d.");
  }
}
