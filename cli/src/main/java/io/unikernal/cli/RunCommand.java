package io.unikernal.cli;

import io.unikernal.kernel.Status;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Plan;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.server.ControlWords;
import io.unikernal.server.Reloading;
import io.unikernal.server.RunningDefinition;
import io.unikernal.udl.CheckReport;
import io.unikernal.udl.PlanDiff;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

@Command(
    name = "run",
    description = "Checks a definition, then runs it until Ctrl-C.",
    footer = {
      "",
      "Ctrl-C drains: no new messages, those in flight finish, the ledger is printed.",
      "A second Ctrl-C ends at once.",
      "",
      "Examples:",
      "  unikernal run examples/01-orders",
      "  unikernal run --control 9000 orders.udl.yaml",
      "  unikernal run --watch orders.udl.yaml",
    })
final class RunCommand implements Callable<Integer> {
  private static final int EXIT_FORCED = 130;
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DefinitionArgument definition = new DefinitionArgument();

  @Option(
      names = "--control",
      paramLabel = "PORT",
      description = "Also serve the HTTP API and /metrics on this port of loopback, with a token.")
  private int controlPort = -1;

  @Option(
      names = "--otlp",
      paramLabel = "URL",
      description =
          "Send traces and metrics to the OpenTelemetry collector there; else where"
              + " OTEL_EXPORTER_OTLP_ENDPOINT says, if it is set.")
  private String otlp = "";

  @Option(
      names = "--watch",
      description =
          "Go on with the definition as its files are changed, as `unikernal apply` does. Files"
              + " with errors change nothing.")
  private boolean isWatching;

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      description =
          "How long messages in flight may take after Ctrl-C (default: ${DEFAULT-VALUE}).")
  private int drainSeconds = 30;

  @Option(names = "--json", description = "Print what runs, and the ledger, as JSON lines.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    var stop = new CountDownLatch(1);
    onSignal(stop);
    var adapters = AdapterCatalog.load();
    var compilation = definition.compile(adapters, false);
    if (!compilation.diagnostics().isEmpty()) {
      PrintWriter err = spec.commandLine().getErr();
      err.print(
          json
              ? CheckReport.json(compilation) + "\n"
              : compilation.rendered().text(DefinitionArgument.color()));
      err.flush();
    }
    if (compilation.plan().isEmpty()) {
      return ExitCode.FINDINGS;
    }
    Plan plan = compilation.plan().get();
    var log = System.getLogger("unikernal.kernel");
    var reloading = new Reloading(compilation, adapters, () -> definition.compile(adapters, false));
    var running =
        RunningDefinition.start(
            reloading,
            adapters,
            event -> Output.log(log, event),
            controlPort < 0 ? OptionalInt.empty() : OptionalInt.of(controlPort),
            otlp);
    announce(running, plan, out);
    var watching =
        Thread.ofVirtual()
            .unstarted(() ->
                new FileWatch(List.of(definition.path()), Path.of("")).run(() -> reload(running)));
    if (isWatching) {
      watching.start();
    }
    stop.await();
    watching.interrupt();
    return drain(running, out);
  }

  private void reload(RunningDefinition running) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      switch (running.reload()) {
        case Reloading.Outcome.Refused(var found) -> {
          err.print(found.rendered().text(DefinitionArgument.color()));
          err.println("not applied: it runs as before");
        }
        case Reloading.Outcome.Changed(var changes) ->
            out.println(changes.isEmpty() ? "read again" : PlanDiff.text(changes) + "applied");
        case Reloading.Outcome.Planned _, Reloading.Outcome.RolledBack _ ->
            throw new IllegalStateException("not asked for");
      }
    } catch (FaultException e) {
      err.println("not applied: " + e.fault().message());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    out.flush();
    err.flush();
  }

  /** The first signal drains, the second ends. */
  private static void onSignal(CountDownLatch stop) {
    for (String name : List.of("INT", "TERM")) {
      Signal.handle(
          new Signal(name),
          signal -> {
            if (stop.getCount() == 0) {
              Runtime.getRuntime().halt(EXIT_FORCED);
            }
            stop.countDown();
          });
    }
  }

  private void announce(RunningDefinition running, Plan plan, PrintWriter out) {
    Status status = running.status();
    if (json) {
      out.println(
          new String(
              Json.write(ControlWords.status(status)), java.nio.charset.StandardCharsets.UTF_8));
      out.flush();
      return;
    }
    double seconds =
        (System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime()) / 1000.0;
    out.println(
        String.format(Locale.ROOT, "%s is ready in %.2f s", plan.file().getFileName(), seconds));
    out.println("systems");
    out.print(
        Output.table(
            status.systems().stream()
                .map(system ->
                    List.of(
                        system.name(),
                        system.adapter(),
                        Output.health(system.health()),
                        system.description()))
                .toList()));
    out.println("routes");
    out.print(
        Output.table(
            plan.routes().stream()
                .map(route -> List.of(route.name(), route.guarantee().toString()))
                .toList()));
    out.println("control  " + running.controlSocket());
    running
        .controlToken()
        .ifPresent(token ->
            out.println("control  http://127.0.0.1:" + running.controlPort() + ", token " + token));
    out.println("Ctrl-C stops it.");
    out.flush();
  }

  private int drain(RunningDefinition running, PrintWriter out) throws InterruptedException {
    if (!json) {
      out.println("draining…");
      out.flush();
    }
    Status status = running.drain(Duration.ofSeconds(drainSeconds));
    out.print(
        json
            ? new String(
                    Json.write(ControlWords.status(status)),
                    java.nio.charset.StandardCharsets.UTF_8)
                + "\n"
            : Output.ledger(status));
    out.flush();
    return status.isBalanced() ? ExitCode.OK : ExitCode.FINDINGS;
  }
}
