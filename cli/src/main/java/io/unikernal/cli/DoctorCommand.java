package io.unikernal.cli;

import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.server.ControlWords;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "doctor",
    description = "Says whether this machine has what Unikernal needs.",
    footer = {
      "",
      "Exit codes: 0 all there, 3 something is missing.",
      "",
      "Example:",
      "  unikernal doctor --json"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int ANSWER_SECONDS_MAX = 10;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  /** {@code hint} says what to do where it is not ok. */
  private record Finding(String name, boolean isOk, String found, String hint) {}

  @Override
  public Integer call() throws InterruptedException {
    var findings = List.of(java(), python(), sdk(), adapters(), carrier(), temporaryFolder());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          Json.pretty(new Value.Items(findings.stream().map(DoctorCommand::value).toList())));
    } else {
      var rows = new ArrayList<List<String>>();
      findings.forEach(f ->
          rows.add(
              List.of(f.isOk() ? "ok" : "MISSING", f.name(), f.found(), f.isOk() ? "" : f.hint())));
      out.print(Output.table(rows));
    }
    out.flush();
    return findings.stream().allMatch(Finding::isOk) ? ExitCode.OK : ExitCode.ENVIRONMENT;
  }

  private static Value value(Finding finding) {
    return ControlWords.dict(
        "name", Value.text(finding.name()),
        "ok", Value.Bool.of(finding.isOk()),
        "found", Value.text(finding.found()),
        "hint", Value.text(finding.isOk() ? "" : finding.hint()));
  }

  private static Finding java() {
    int feature = Runtime.version().feature();
    return new Finding("java", feature == 25, Runtime.version().toString(), "install a JDK 25");
  }

  private static Finding python() throws InterruptedException {
    String hint = "install Python 3.9 or later (only for `type: python`)";
    try {
      var process = new ProcessBuilder("python3", "--version").redirectErrorStream(true).start();
      if (!process.waitFor(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Finding("python3", false, "does not answer", hint);
      }
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Finding("python3", process.exitValue() == 0, answer, hint);
    } catch (IOException _) {
      return new Finding("python3", false, "not found", hint);
    }
  }

  private static Finding sdk() {
    Path sdk = Path.of(System.getProperty("unikernal.home", "."), "sdks", "python", "unikernal");
    return new Finding(
        "python sdk", Files.isDirectory(sdk), sdk.toString(), "install Unikernal again");
  }

  private static Finding adapters() {
    var names = AdapterCatalog.load().keySet();
    return new Finding(
        "adapters", !names.isEmpty(), String.join(" ", names), "install Unikernal again");
  }

  /** Without it messages run on the default scheduler: correct, but slower. */
  private static Finding carrier() {
    boolean isSupported = SystemWorld.carrierSupported();
    return new Finding(
        "event-loop threads",
        isSupported,
        isSupported ? "supported" : "not supported",
        "start Java with --add-opens java.base/java.lang=ALL-UNNAMED, as the launcher does");
  }

  private static Finding temporaryFolder() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    return new Finding(
        "temporary folder",
        Files.isWritable(folder),
        folder.toString(),
        "set TMPDIR to a folder you may write");
  }
}
