package io.unikernal.cli;

import static io.unikernal.server.ControlWords.dict;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "tap",
    description = "Shows messages as they pass, with what they were and what was answered.",
    footer = {
      "",
      "Labelled values (secret, pii) are masked. A reader that is too slow misses messages, and is",
      "told how many; no message ever waits for one. Ctrl-C ends it.",
      "Exit codes: 0 ended, 2 usage or nothing runs.",
      "",
      "Examples:",
      "  unikernal tap",
      "  unikernal tap web.create_order --max 10",
      "  unikernal tap --json | jq .input",
    })
final class TapCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private RunningArgument running = new RunningArgument();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ROUTE",
      description = "A route, or the operation that it starts from (default: all).")
  private String route = "";

  @Option(names = "--max", paramLabel = "N", description = "End after so many (default: never).")
  private long max = Long.MAX_VALUE;

  @Option(names = "--json", description = "Print each as a line of JSON.")
  private boolean json;

  private long shown;

  @Override
  public Integer call() {
    running.listen(dict("do", Value.text("tap"), "route", Value.text(route)), this::hear);
    return ExitCode.OK;
  }

  private boolean hear(Value line) {
    RunningArgument.throwFault(line);
    PrintWriter out = spec.commandLine().getOut();
    Value passed = line.field("passed");
    if (passed != Value.Absent.ABSENT) {
      out.println(json ? compact(passed) : text(passed));
      shown++;
    } else if (line.field("missed") != Value.Absent.ABSENT) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("missed " + StoryText.shown(line.field("missed")));
      err.flush();
    }
    out.flush();
    return shown < max && !out.checkError();
  }

  private static String text(Value passed) {
    Value answer = passed.field("answer");
    Value fault = passed.field("fault");
    return "%s  %s  %s  %s -> %s"
        .formatted(
            StoryText.shown(passed.field("at")),
            passed.fieldText("route"),
            passed.fieldText("ending").replace('_', ' '),
            compact(passed.field("input")),
            fault == Value.Absent.ABSENT ? compact(answer) : passed.fieldText("fault"));
  }

  private static String compact(Value value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }
}
