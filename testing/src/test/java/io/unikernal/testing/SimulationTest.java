package io.unikernal.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.BrokenKernels;
import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.MemoryState;
import io.unikernal.kernel.Site;
import io.unikernal.model.Json;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.UdlCompiler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Definitions under everything that goes wrong; and kernels that lose what they are given. */
class SimulationTest {
  private static final Path SHOP = Path.of("src/test/golden/shop.udl.yaml");

  @TempDir private Path folder;

  private static Simulation.Report simulate(Path definition, int seeds, Opener opener)
      throws Exception {
    return simulate(definition, seeds, opener, Set.copyOf(Simulation.KINDS));
  }

  private static Simulation.Report simulate(
      Path definition, int seeds, Opener opener, Set<String> kinds) throws Exception {
    var adapters = AdapterCatalog.load();
    var compilation =
        UdlCompiler.check(definition, adapters, new UdlCompiler.Options(Map.of(), true));
    var settings = new Simulation.Settings(1, seeds, 60, Duration.ofHours(24), kinds, opener);
    return new Simulation(
            compilation
                .plan()
                .orElseThrow(() -> new AssertionError(compilation.rendered().text(false))),
            adapters,
            compilation.tests(),
            settings)
        .run(_ -> {});
  }

  static Stream<Path> definitions() {
    return Stream.of(
        SHOP,
        Path.of("src/test/simulated/keeping.udl.yaml"),
        Path.of("src/test/simulated/policies.udl.yaml"),
        Path.of("../examples/01-orders"),
        Path.of("../examples/02-templates"),
        Path.of("../examples/03-formats"),
        Path.of("../examples/05-routing"));
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void daysOfEveryDefinitionFindNothing(Path definition) throws Exception {
    var report = simulate(definition, 12, Opener.REAL);
    assertThat(report.found()).as(String.join("\n", Reports.lines(report))).isEmpty();
    assertThat(report.totals().messages()).isGreaterThan(300);
    assertThat(report.virtual()).isGreaterThan(Duration.ofDays(5));
  }

  @Test
  void aQueueThatIsReadFromDiskIsSimulatedWithDuplicatesAndKills() throws Exception {
    Files.writeString(
        folder.resolve("a.udl.yaml"),
        """
        types: { Order: { id: uuid, qty: int(1..9) } }
        systems:
          inbox: { type: file, path: ./in, operations: { orders: { watch: "*.jsonl", receives: Order } } }
          shop:
            type: http
            url: "http://shop.example"
            operations: { put: { post: /o, body: Order, effect: idempotent } }
        routes: [{ from: inbox.orders, to: shop.put }]
        """);
    var report = simulate(folder, 20, Opener.REAL);
    assertThat(report.found()).as(String.join("\n", Reports.lines(report))).isEmpty();
  }

  /** Each kernel begins with an empty store, so that a restart forgets what was taken over. */
  @Test
  void anOutboxThatForgetsIsFound() throws Exception {
    Opener forgets =
        (plan, adapters, site) ->
            Kernel.open(
                plan,
                adapters,
                new Site(
                    site.world(),
                    site.listener(),
                    new MemoryState(site.world()),
                    site.identities()));
    var report = simulate(Path.of("src/test/simulated/keeping.udl.yaml"), 40, forgets);
    assertThat(report.found()).map(Simulation.Found::invariant).hasValue("lost");
    assertThat(report.found().orElseThrow().calamities())
        .anyMatch(calamity -> calamity.startsWith("kill"));
  }

  @Test
  void theSameSeedFindsTheSame() throws Exception {
    var first = simulate(SHOP, 3, Opener.REAL);
    var second = simulate(SHOP, 3, Opener.REAL);
    assertThat(second.totals().calls()).isEqualTo(first.totals().calls());
    assertThat(second.virtual()).isEqualTo(first.virtual());
  }

  @ParameterizedTest
  @EnumSource
  void aBrokenKernelIsFoundAndShownWithLittle(BrokenKernels broken) throws Exception {
    var report = simulate(SHOP, 30, broken::open);
    assertThat(report.found()).as(broken.toString()).isPresent();
    var found = report.found().get();
    assertThat(found.invariant()).isIn(broken.breaks());
    assertThat(found.messages()).isLessThanOrEqualTo(3);
    assertThat(found.calamities()).hasSizeLessThanOrEqualTo(4);
    assertThat(found.trace()).isNotEmpty();
    assertThat(Reports.lines(report)).anyMatch(line -> line.contains("--seed " + found.seed()));
    var json = Json.read(Reports.json(report).getBytes(StandardCharsets.UTF_8), Json.Limits.EXACT);
    assertThat(json.field("found").fieldText("invariant")).isEqualTo(found.invariant());
  }

  @ParameterizedTest
  @EnumSource(names = {"FORGETS_FAILURES", "SETTLES_TWICE"})
  void aTestNoticesABrokenKernelByItsBooks(BrokenKernels broken) throws Exception {
    var settings = new Suite.Settings(1, "", Set.of(), false, broken::open);
    var report = Suites.run(Path.of("src/test/golden/hangs.test.udl.yaml"), settings);
    var letters = Suites.run(Path.of("src/test/golden/errors.test.udl.yaml"), settings);
    assertThat(Stream.concat(report.results().stream(), letters.results().stream()))
        .flatExtracting(TestResult::failings)
        .extracting(Failing::what)
        .contains("the books");
  }

  @Test
  void withoutFaultsNothingFails() throws Exception {
    var report = simulate(Path.of("../examples/05-routing"), 3, Opener.REAL, Set.of());
    assertThat(report.totals().calamities()).isZero();
    assertThat(report.totals().byRoute().values()).allMatch(sums -> sums[2] == 0);
    assertThat(List.copyOf(report.totals().byRoute().values())).anyMatch(sums -> sums[1] > 0);
  }
}
