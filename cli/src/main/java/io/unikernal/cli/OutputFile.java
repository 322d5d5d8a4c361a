package io.unikernal.cli;

import io.unikernal.model.Fault;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where a command writes what it made: a file that is whole or not there, or the terminal. */
final class OutputFile {
  @Spec(Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write to this file, which must not be there yet.")
  private Optional<Path> path = Optional.empty();

  @Option(names = "--force", description = "Replace the file if it is there.")
  private boolean force;

  /** Before any work is done. */
  void check() {
    if (path.isPresent() && Files.exists(path.get()) && !force) {
      throw new ParameterException(
          spec.commandLine(), path.get() + " is there already; --force replaces it.");
    }
  }

  /**
   * @param orPrint whether it is printed where there is no file
   */
  void write(String text, CommandSpec command, boolean orPrint) {
    if (path.isEmpty()) {
      if (orPrint) {
        PrintWriter out = command.commandLine().getOut();
        out.print(text);
        out.flush();
      }
      return;
    }
    Path target = path.get().toAbsolutePath();
    try {
      Path made =
          target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid());
      try {
        Files.writeString(made, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Files.move(made, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(made);
      }
    } catch (IOException _) {
      throw Fault.of(Fault.Code.REJECTED, path.get() + " cannot be written").toException();
    }
  }
}
