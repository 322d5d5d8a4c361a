package io.unikernal.testing;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Plan;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.DefinitionTest;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** All tests of some definitions, one after the other. */
public final class Suite {
  /** How deep below a folder definitions with tests are looked for. */
  private static final int DEPTH_MAX = 8;

  private final Map<String, Adapter> adapters;
  private final UdlCompiler.Options options;
  private final Settings settings;
  private final Progress progress;
  private final Coverage coverage = new Coverage();

  /**
   * How they are run.
   *
   * @param only of the tests only those whose name contains it; empty for all
   * @param real systems that are not faked
   * @param covers whether it is noted which ways are taken
   */
  public record Settings(long seed, String only, Set<String> real, boolean covers, Opener opener) {}

  /** Is told of each test as it ends. */
  public interface Progress {
    void began(Path definition);

    void ended(TestResult result);
  }

  /**
   * What came of all.
   *
   * @param refused those that have errors: none of their tests ran
   * @param coverage empty unless it was asked for
   */
  public record Report(
      long seed, List<Tested> tested, List<Compilation> refused, Optional<Coverage> coverage) {
    public List<TestResult> results() {
      return tested.stream().flatMap(one -> one.results().stream()).toList();
    }

    public boolean isGood() {
      return refused.isEmpty() && results().stream().allMatch(TestResult::isGood);
    }
  }

  /** One definition and its tests. */
  public record Tested(Path path, List<TestResult> results) {}

  public Suite(
      Map<String, Adapter> adapters,
      UdlCompiler.Options options,
      Settings settings,
      Progress progress) {
    this.adapters = adapters;
    this.options = options;
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * @throws FaultException if a system that is to be real is not there or cannot be opened
   */
  public Report run(List<Path> paths) throws InterruptedException {
    var tested = new ArrayList<Tested>();
    var refused = new ArrayList<Compilation>();
    for (Path path : definitions(paths)) {
      List<Map<String, String>> environments = UdlCompiler.testEnvironments(path, options);
      var results = new ArrayList<TestResult>();
      progress.began(path);
      for (Map<String, String> variables : environments.isEmpty() ? NOTHING_SET : environments) {
        Compilation compilation = UdlCompiler.check(path, adapters, with(variables));
        if (compilation.plan().isEmpty()) {
          refused.add(compilation);
          break;
        }
        List<DefinitionTest> tests =
            compilation.tests().stream()
                .filter(test -> test.environment().equals(variables))
                .filter(test -> test.name().contains(settings.only()))
                .toList();
        results.addAll(run(compilation.plan().get(), tests));
      }
      tested.add(new Tested(path, List.copyOf(results)));
    }
    return new Report(
        settings.seed(),
        List.copyOf(tested),
        List.copyOf(refused),
        settings.covers() ? Optional.of(coverage) : Optional.empty());
  }

  private static final List<Map<String, String>> NOTHING_SET = List.of(Map.of());

  private UdlCompiler.Options with(Map<String, String> variables) {
    var all = new HashMap<>(options.environment());
    all.putAll(variables);
    return new UdlCompiler.Options(
        all,
        options.offline(),
        options.environmentFiles(),
        options.secrets(),
        options.overlay(),
        options.connect(),
        options.remembers());
  }

  private List<TestResult> run(Plan plan, List<DefinitionTest> tests) throws InterruptedException {
    Plan watched = settings.covers() ? Watched.of(plan, coverage) : plan;
    var results = new ArrayList<TestResult>();
    if (tests.isEmpty()) {
      return results;
    }
    Set<String> names = new TreeSet<>(settings.real());
    plan.systems().forEach(system -> names.remove(system.name()));
    if (!names.isEmpty()) {
      throw Fault.of(
              Fault.Code.NOT_FOUND,
              "there is no system `" + String.join("`, `", names) + "` to run for real")
          .toException();
    }
    try (var real = RealSystems.open(plan, adapters, settings.real())) {
      var runner = new TestRunner(watched, adapters, real, settings.opener(), coverage::acted);
      for (DefinitionTest test : tests) {
        TestResult result = runner.run(test, settings.seed());
        results.add(result);
        progress.ended(result);
      }
    }
    return results;
  }

  /**
   * A definition, a file of tests, or a folder that is a definition; of any other folder all those
   * below it that have tests.
   */
  static List<Path> definitions(List<Path> paths) {
    var found = new ArrayList<Path>();
    for (Path path : paths) {
      if (!Files.isDirectory(path) || hasDefinition(path)) {
        found.add(path);
        continue;
      }
      try (var below = Files.walk(path, DEPTH_MAX)) {
        below
            .filter(Files::isDirectory)
            .filter(folder -> !String.valueOf(folder.getFileName()).startsWith("."))
            .filter(Suite::hasTests)
            .sorted()
            .forEach(found::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return List.copyOf(found);
  }

  private static boolean hasDefinition(Path folder) {
    return names(folder).stream()
        .anyMatch(name -> name.matches(".+\\.udl(\\.yaml)?") && !isTest(name));
  }

  private static boolean hasTests(Path folder) {
    return names(folder).stream().anyMatch(Suite::isTest);
  }

  private static boolean isTest(String name) {
    return name.matches(".*\\.test\\.udl(\\.yaml)?");
  }

  private static List<String> names(Path folder) {
    try (var files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    } catch (IOException _) {
      return List.of();
    }
  }
}
