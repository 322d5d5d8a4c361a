package io.unikernal.cli;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.testing.Opener;
import io.unikernal.testing.Reports;
import io.unikernal.testing.Simulation;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "sim",
    description = "Simulates days of a definition in seconds, with everything going wrong.",
    footer = {
      "",
      "Messages are made up from the types of the sources, answers from those of the operations",
      "or by the mocks of its tests. Calls fail, hang, are slow or lose their answer; messages",
      "come twice; the kernel is killed and started again. Whatever happens, nothing may be",
      "lost, duplicated or reordered against what `check` promises. What is found is shown with",
      "as few messages and faults as show it.",
      "Exit codes: 0 nothing found, 1 something found or the definition has errors, 2 usage,",
      "3 environment.",
      "",
      "Examples:",
      "  unikernal sim orders.udl.yaml",
      "  unikernal sim orders.udl.yaml --seeds 1000 --hours 72 --messages 500",
      "  unikernal sim orders.udl.yaml --seed 42 --seeds 1 --faults fail,kill",
    })
final class SimCommand implements Callable<Integer> {
  private static final int SEEDS_MAX = 10_000_000;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DefinitionArgument definition = new DefinitionArgument();

  @Option(names = "--seed", paramLabel = "N", description = "The first seed (default: 1).")
  private long seed = 1;

  @Option(
      names = "--seeds",
      paramLabel = "M",
      description = "How many seeds, one after the other (default: ${DEFAULT-VALUE}).")
  private int seeds = 20;

  @Option(
      names = "--hours",
      paramLabel = "H",
      description = "How long each takes, in virtual time (default: ${DEFAULT-VALUE}).")
  private int hours = 24;

  @Option(
      names = "--messages",
      paramLabel = "M",
      description = "How many messages come in each (default: ${DEFAULT-VALUE}).")
  private int messages = 200;

  @Option(
      names = "--faults",
      paramLabel = "KINDS",
      split = ",",
      description =
          "What goes wrong, of fail, hang, slow, disconnect, duplicate, kill, or none"
              + " (default: all).")
  private List<String> faults = Simulation.KINDS;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  @Option(
      names = "--offline",
      description = "Run no user code: functions are what the definition says.")
  private boolean offline;

  @Override
  public Integer call() throws InterruptedException {
    range("--seeds", seeds, SEEDS_MAX);
    range("--hours", hours, (int) Simulation.LENGTH_MAX.toHours());
    range("--messages", messages, Simulation.MESSAGES_MAX);
    Set<String> kinds = kinds();
    var adapters = AdapterCatalog.load();
    var compilation = definition.check(adapters, offline, Optional.empty());
    if (compilation.plan().isEmpty()) {
      return DefinitionArgument.refused(spec, compilation);
    }
    var plan = compilation.plan().get();
    if (plan.routes().isEmpty()) {
      throw new ParameterException(spec.commandLine(), "There is no route to simulate.");
    }
    var settings =
        new Simulation.Settings(seed, seeds, messages, Duration.ofHours(hours), kinds, Opener.REAL);
    Simulation.Report report =
        new Simulation(plan, adapters, compilation.tests(), settings).run(_ -> {});
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Reports.json(report));
    } else {
      Reports.lines(report).forEach(out::println);
    }
    out.flush();
    return report.found().isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
  }

  private void range(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw new ParameterException(
          spec.commandLine(), option + " is a number from 1 to " + max + ".");
    }
  }

  private Set<String> kinds() {
    var kinds = new LinkedHashSet<String>();
    for (String kind : faults) {
      if (kind.equals("none")) {
        continue;
      }
      if (!Simulation.KINDS.contains(kind)) {
        throw new ParameterException(
            spec.commandLine(),
            "There is no fault `" + kind + "`: of " + String.join(", ", Simulation.KINDS) + ".");
      }
      kinds.add(kind);
    }
    return kinds;
  }
}
