package io.unikernal.cli;

import io.unikernal.model.FaultException;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.testing.Opener;
import io.unikernal.testing.Reports;
import io.unikernal.testing.Suite;
import io.unikernal.testing.TestResult;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "test",
    description = "Runs the tests beside definitions, in virtual time and without their systems.",
    footer = {
      "",
      "Every system is a fake that answers by the test's mocks, but for those of --real; the",
      "kernel is the real one. A test whose messages take an hour runs in milliseconds.",
      "Exit codes: 0 all hold, 1 some fail or a definition has errors, 2 usage or no test found,",
      "3 environment.",
      "",
      "Examples:",
      "  unikernal test examples/05-routing",
      "  unikernal test --only slow --coverage orders.udl.yaml",
      "  unikernal test --watch orders.udl.yaml",
      "  unikernal test --real pricing orders.udl.yaml",
      "  unikernal test --json --junit target/tests.xml definitions/",
    })
final class TestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..*",
      paramLabel = "PATH",
      description =
          "Definitions, files of tests, or folders; of a folder that is no definition all below it.")
  private List<Path> paths = List.of(Path.of("."));

  @Option(
      names = "--only",
      paramLabel = "NAME",
      description = "Only the tests whose name contains this.")
  private String only = "";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides what is random, and in what order threads run (default: 1).")
  private long seed = 1;

  @Option(
      names = "--real",
      paramLabel = "SYSTEM",
      split = ",",
      description = "Systems that run for real where they are not mocked: workers. Repeatable.")
  private Set<String> real = Set.of();

  @Option(
      names = "--coverage",
      description = "Print which ways of the definition the tests take, and which never.")
  private boolean covers;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Write the results there as JUnit's XML.")
  private Path junit = Path.of("");

  @Option(names = "--json", description = "Print the results as one JSON object.")
  private boolean json;

  @Option(
      names = "--watch",
      description = "Run them again after each change of a file, until Ctrl-C.")
  private boolean watch;

  @Option(
      names = "--offline",
      description = "Run no user code to learn of functions; --real runs it all the same.")
  private boolean offline;

  @Option(
      names = "--env",
      paramLabel = "FILE",
      description = "Variables, instead of the .env beside a definition. Repeatable.")
  private List<Path> environmentFiles = List.of();

  @Override
  public Integer call() throws InterruptedException, IOException {
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new ParameterException(spec.commandLine(), "There is no " + path + ".");
      }
    }
    if (!watch) {
      return run();
    }
    var again = new FileWatch(paths, junit);
    PrintWriter out = spec.commandLine().getOut();
    runAndWait(out);
    again.run(() -> runAndWait(out));
    return ExitCode.OK;
  }

  /** Whatever is wrong may be put right with the next change. */
  private void runAndWait(PrintWriter out) {
    try {
      run();
    } catch (ParameterException | FaultException | IOException e) {
      out.println(e instanceof FaultException fault ? Output.fault(fault.fault()) : e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return;
    }
    out.println("waiting for a change; Ctrl-C stops");
    out.flush();
  }

  private int run() throws InterruptedException, IOException {
    var options =
        new UdlCompiler.Options(System.getenv(), offline)
            .withEnvironmentFiles(environmentFiles)
            .withSecrets(AdapterCatalog.secretProviders());
    var settings = new Suite.Settings(seed, only, real, covers, Opener.REAL);
    PrintWriter out = spec.commandLine().getOut();
    Suite.Report report =
        new Suite(AdapterCatalog.load(), options, settings, new Lines(out)).run(paths);
    if (report.results().isEmpty() && report.refused().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          only.isEmpty()
              ? "There is no test here: write them beside the definition, in NAME.test.udl.yaml."
              : "No test has `" + only + "` in its name.");
    }
    if (!junit.toString().isEmpty()) {
      Files.writeString(junit, Reports.junit(report));
    }
    if (json) {
      out.println(Reports.json(report));
    } else {
      print(report, out);
    }
    out.flush();
    return report.isGood() ? ExitCode.OK : ExitCode.FINDINGS;
  }

  private static void print(Suite.Report report, PrintWriter out) {
    for (Compilation refused : report.refused()) {
      out.print(refused.rendered().text(DefinitionArgument.color()));
    }
    report.coverage().ifPresent(coverage -> Reports.lines(coverage).forEach(out::println));
    out.println(Reports.summary(report));
  }

  /** A line for each test as it ends. */
  private final class Lines implements Suite.Progress {
    private final PrintWriter out;

    Lines(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void began(Path definition) {
      if (!json) {
        out.println(definition);
        out.flush();
      }
    }

    @Override
    public void ended(TestResult result) {
      if (!json) {
        Reports.lines(result).forEach(out::println);
        out.flush();
      }
    }
  }
}
