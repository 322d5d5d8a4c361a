package io.unikernal.cli;

import static io.unikernal.server.ControlWords.dict;

import io.unikernal.model.Value;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "top",
    description = "Shows what happens now: messages a second of each route, health, errors.",
    footer = {
      "",
      "Ctrl-C ends it. Exit codes: 0 ended, 2 usage or nothing runs.",
      "",
      "Examples:",
      "  unikernal top",
      "  unikernal top --every 5 --times 3 > now.txt",
    })
final class TopCommand implements Callable<Integer> {
  private static final String CLEAR = "\u001b[H\u001b[2J";
  private static final int ERRORS_SHOWN = 5;
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private RunningArgument running = new RunningArgument();

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      description = "How often (default: ${DEFAULT-VALUE}).")
  private int everySeconds = 1;

  @Option(names = "--times", paramLabel = "N", description = "End after so many (default: never).")
  private long times = Long.MAX_VALUE;

  private final Map<String, Long> before = new LinkedHashMap<>();
  private long beforeNanos;

  @Override
  public Integer call() throws InterruptedException {
    if (everySeconds < 1) {
      throw new ParameterException(spec.commandLine(), "--every takes a second at least.");
    }
    PrintWriter out = spec.commandLine().getOut();
    boolean isTerminal = System.console() != null && System.console().isTerminal();
    look(); // rates are of two looks
    for (long shown = 0; shown < times && !out.checkError(); shown++) {
      Thread.sleep(everySeconds * 1_000L);
      String page = look();
      out.print((isTerminal ? CLEAR : "") + page);
      out.flush();
    }
    return ExitCode.OK;
  }

  private String look() {
    Value status = running.ask(dict("do", Value.text("status")));
    Value errors = running.ask(dict("do", Value.text("errors")));
    long now = System.nanoTime();
    double seconds = (now - beforeNanos) / 1e9;
    beforeNanos = now;
    return routes(status, seconds) + systems(status) + errors(errors);
  }

  private String routes(Value status, double seconds) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("route", "in/s", "out/s", "failed/s", "in flight", "received"));
    for (Value route : StoryText.items(status.field("routes"))) {
      rows.add(
          List.of(
              route.fieldText("name"),
              rate(route, "received", seconds),
              rate(route, "delivered", seconds),
              rate(route, "failed", seconds),
              StoryText.shown(route.field("in_flight")),
              StoryText.shown(route.field("received"))));
    }
    return Output.table(rows);
  }

  private String rate(Value route, String count, double seconds) {
    long now = route.field(count) instanceof Value.Int(var number) ? number : 0;
    Long was = before.put(route.fieldText("name") + "\n" + count, now);
    return was == null ? "" : String.format(Locale.ROOT, "%.1f", (now - was) / seconds);
  }

  private static String systems(Value status) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("system", "type", "health"));
    for (Value system : StoryText.items(status.field("systems"))) {
      rows.add(
          List.of(
              system.fieldText("name"), system.fieldText("adapter"), system.fieldText("health")));
    }
    return System.lineSeparator() + Output.table(rows);
  }

  private static String errors(Value errors) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("errors", "code", "route", "message", "trace of the last"));
    for (Value error : StoryText.items(errors.field("errors"))) {
      if (rows.size() <= ERRORS_SHOWN) {
        rows.add(
            List.of(
                StoryText.shown(error.field("count")),
                error.fieldText("code"),
                error.fieldText("route"),
                error.fieldText("message"),
                error.fieldText("trace")));
      }
    }
    return rows.size() == 1 ? "" : System.lineSeparator() + Output.table(rows);
  }
}
