package io.unikernal.cli;

import static io.unikernal.server.ControlWords.dict;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.HealthRule;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "apply",
    description = "Makes what runs go on with what its files say now, without losing a message.",
    footer = {
      "",
      "What is new is opened first; if that fails, or the files have errors, nothing changes.",
      "Messages on their way end by the definition before. Ports stay open, and so does every",
      "system that has not changed. With --trial the definition before comes back if a system goes",
      "down or too many messages of a route fail. `unikernal plan` compares two definitions that do not run.",
      "Exit codes: 0 applied (or nothing to do), 1 errors, changes that --refuse names, or rolled",
      "back, 2 usage or nothing runs, 3 it cannot change now.",
      "",
      "Examples:",
      "  unikernal apply --dry-run",
      "  unikernal apply -d orders.udl.yaml",
      "  unikernal apply --refuse breaking",
      "  unikernal apply --trial 30 --errors 5",
    })
final class ApplyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private RunningArgument running = new RunningArgument();

  /** Changes that are not applied. */
  enum Refuse {
    DRAIN,
    BREAKING,
    NOTHING
  }

  @Option(names = "--dry-run", description = "Only say what would change.")
  private boolean isTried;

  @Option(
      names = "--refuse",
      paramLabel = "CHANGES",
      description =
          "Changes that are not to be made: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Refuse refuse = Refuse.NOTHING;

  @Option(
      names = "--trial",
      paramLabel = "SECONDS",
      description = "Look for so long whether it does worse, and go back if it does.")
  private Optional<Double> trial = Optional.empty();

  @Option(
      names = "--errors",
      paramLabel = "PERCENT",
      description =
          "In a trial, how many of a route's messages may fail (default: ${DEFAULT-VALUE}).")
  private double errors = HealthRule.ERRORS_MAX * 100;

  @Option(names = "--json", description = "Print the outcome as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (isTried || refuse != Refuse.NOTHING) {
      Value planned = ask(true);
      if (isTried || isRefused(planned) || isNotWanted(planned)) {
        return say(planned);
      }
    }
    return say(ask(false));
  }

  private Value ask(boolean tries) {
    var seconds = trial.<Value>map(Value.Real::new).orElse(Value.Absent.ABSENT);
    return running.ask(
        dict(
            "do",
            Value.text("reload"),
            "dry_run",
            Value.Bool.of(tries),
            "trial",
            seconds,
            "errors",
            new Value.Real(errors)));
  }

  private static boolean isRefused(Value outcome) {
    return outcome.fieldText("outcome").equals("refused");
  }

  private boolean isNotWanted(Value outcome) {
    return switch (refuse) {
      case NOTHING -> false;
      case DRAIN -> has(outcome, "drain");
      case BREAKING -> has(outcome, "breaking");
    };
  }

  private static boolean has(Value outcome, String mark) {
    var changes = outcome.field("changes") instanceof Value.Items(var all) ? all : List.<Value>of();
    return changes.stream().anyMatch(change -> change.field(mark) == Value.Bool.TRUE);
  }

  private int say(Value outcome) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new String(Json.write(outcome), StandardCharsets.UTF_8));
    } else if (isRefused(outcome)) {
      spec.commandLine().getErr().print(outcome.fieldText("text"));
      spec.commandLine().getErr().flush();
    } else {
      out.print(outcome.fieldText("text"));
      out.println(
          switch (outcome.fieldText("outcome")) {
            case "changed" -> "applied";
            case "rolled back" -> "rolled back: " + outcome.fieldText("why");
            default -> "nothing was changed";
          });
    }
    out.flush();
    boolean isBack = outcome.fieldText("outcome").equals("rolled back");
    return isRefused(outcome) || isBack || isNotWanted(outcome) ? ExitCode.FINDINGS : ExitCode.OK;
  }
}
