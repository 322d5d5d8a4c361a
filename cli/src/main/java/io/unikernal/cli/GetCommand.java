package io.unikernal.cli;

import static io.unikernal.server.ControlWords.dict;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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
    name = "get",
    description =
        "Prints what runs: routes with their books, systems, calls, workers, errors, messages in flight.",
    footer = {
      "",
      "Errors are those of one kind at one place, with their count and the trace of the last, for",
      "`unikernal why`. Exit codes: 0 ok, 2 usage or nothing runs.",
      "",
      "Examples:",
      "  unikernal get routes",
      "  unikernal get operations",
      "  unikernal get errors --json",
      "  unikernal get inflight --watch 2",
    })
final class GetCommand implements Callable<Integer> {
  /** What there is to get. */
  enum What {
    routes,
    systems,
    operations,
    workers,
    errors,
    inflight
  }

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private RunningArgument running = new RunningArgument();

  @Parameters(index = "0", paramLabel = "WHAT", description = "${COMPLETION-CANDIDATES}")
  private What what = What.routes;

  @Option(
      names = "--watch",
      paramLabel = "SECONDS",
      arity = "0..1",
      fallbackValue = "1",
      description = "Print it again and again, until Ctrl-C (default of SECONDS: 1).")
  private Optional<Integer> watch = Optional.empty();

  @Option(names = "--json", description = "Print it as JSON; with --watch a line each time.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (watch.isPresent() && watch.get() < 1) {
      throw new ParameterException(spec.commandLine(), "--watch takes a second at least.");
    }
    PrintWriter out = spec.commandLine().getOut();
    do {
      Value answer = running.ask(dict("do", Value.text(request())));
      out.print(json ? written(answer) : table(answer));
      out.flush();
      if (watch.isPresent()) {
        Thread.sleep(watch.get() * 1_000L);
      }
    } while (watch.isPresent() && !out.checkError());
    return ExitCode.OK;
  }

  private String request() {
    return switch (what) {
      case routes, systems, operations -> "status";
      case workers -> "workers";
      case errors -> "errors";
      case inflight -> "inflight";
    };
  }

  private Value chosen(Value answer) {
    return switch (what) {
      case routes -> answer.field("routes");
      case systems -> answer.field("systems");
      case operations -> answer.field("operations");
      case workers -> answer.field("workers");
      case errors -> answer.field("errors");
      case inflight -> answer.field("stories");
    };
  }

  private String written(Value answer) {
    Value shown = chosen(answer);
    return (watch.isPresent()
            ? new String(Json.write(shown), StandardCharsets.UTF_8)
            : Json.pretty(shown))
        + System.lineSeparator();
  }

  private String table(Value answer) {
    var rows = new ArrayList<List<String>>();
    rows.add(heads());
    StoryText.items(chosen(answer)).forEach(one -> rows.add(row(one)));
    return rows.size() == 1
        ? "no " + (what == What.inflight ? "messages in flight" : what) + System.lineSeparator()
        : Output.table(rows);
  }

  private List<String> heads() {
    return switch (what) {
      case routes -> List.of("route", "received", "delivered", "failed", "in flight", "guarantee");
      case systems -> List.of("system", "type", "health", "what it is");
      case operations -> List.of("operation", "calls", "errors", "p50 ms", "p95 ms", "p99 ms");
      case workers -> List.of("worker", "pid", "calls", "at most", "starts", "why it does none");
      case errors ->
          List.of("count", "last", "route", "step", "code", "message", "trace of the last");
      case inflight -> List.of("since", "route", "where it is", "trace");
    };
  }

  private List<String> row(Value one) {
    return switch (what) {
      case routes ->
          texts(one, "name", "received", "delivered", "failed", "in_flight", "guarantee");
      case operations -> texts(one, "name", "calls", "errors", "p50_ms", "p95_ms", "p99_ms");
      case workers -> texts(one, "name", "pid", "calls", "calls_max", "starts", "trouble");
      case systems -> texts(one, "name", "adapter", "health", "description");
      case errors -> texts(one, "count", "last", "route", "step", "code", "message", "trace");
      case inflight ->
          List.of(
              StoryText.millis(one.field("way").field("took_ms")),
              one.fieldText("route").isEmpty()
                  ? one.fieldText("operation")
                  : one.fieldText("route"),
              where(one.field("way")),
              one.fieldText("trace"));
    };
  }

  private static List<String> texts(Value one, String... names) {
    var texts = new ArrayList<String>();
    for (String name : names) {
      texts.add(StoryText.shown(one.field(name)));
    }
    return texts;
  }

  /** The innermost parts that have not ended. */
  private static String where(Value part) {
    var within = new ArrayList<String>();
    for (Value inner : StoryText.items(part.field("parts"))) {
      if (inner.field("ended") != Value.Bool.TRUE) {
        String deeper = where(inner);
        within.add(inner.fieldText("name") + (deeper.isEmpty() ? "" : " > " + deeper));
      }
    }
    return String.join(", ", within);
  }
}
