package io.unikernal.cli;

import static io.unikernal.server.ControlWords.dict;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "why",
    description = "Says why a message went where it went, and what happened to it on its way.",
    footer = {
      "",
      "Asks the definition that runs. It remembers the last 1,000 messages that failed, and one in",
      "128 of the others; `--record all` remembers all from now on, `--record off` none.",
      "Exit codes: 0 told, 1 nothing is remembered of it, 2 usage or nothing runs.",
      "",
      "Examples:",
      "  unikernal why                                     the last that failed",
      "  unikernal why 4bf92f3577b34da6a3ce929d0e0e4736    a trace, or a message's id",
      "  unikernal why --last 5 --all --json",
      "  unikernal why --record all",
    })
final class WhyCommand implements Callable<Integer> {
  /** What is recorded. */
  enum Recorded {
    off,
    failed,
    all
  }

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private RunningArgument running = new RunningArgument();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ID",
      description = "A trace or a message (default: the last that failed).")
  private String id = "";

  @Option(
      names = "--last",
      paramLabel = "N",
      description = "So many of the last, the newest first (default: ${DEFAULT-VALUE}).")
  private int last = 1;

  @Option(names = "--all", description = "Also those that did not fail.")
  private boolean all;

  @Option(
      names = "--record",
      paramLabel = "WHAT",
      description = "What is remembered from now on: ${COMPLETION-CANDIDATES}.")
  private Optional<Recorded> record = Optional.empty();

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (record.isPresent()) {
      running.ask(dict("do", Value.text("record"), "mode", Value.text(record.get().name())));
      out.println("recorded from now on: " + record.get());
      out.flush();
      return ExitCode.OK;
    }
    List<Value> stories = StoryText.items(running.ask(request()).field("stories"));
    if (json) {
      out.println(Json.pretty(new Value.Items(stories)));
    } else {
      out.print(String.join(System.lineSeparator(), stories.stream().map(StoryText::of).toList()));
    }
    out.flush();
    if (!stories.isEmpty()) {
      return ExitCode.OK;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        id.isEmpty()
            ? "No message has failed yet."
            : "Nothing is remembered of " + id + ". Try `unikernal why --record all` before.");
    err.flush();
    return ExitCode.FINDINGS;
  }

  private Value request() {
    return id.isEmpty()
        ? dict("do", Value.text("last"), "max", Value.integer(last), "failed", Value.Bool.of(!all))
        : dict("do", Value.text("why"), "id", Value.text(id));
  }
}
