package io.unikernal.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.FaultException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Whole files of tests, run. */
class SuiteTest {
  private static final Path GOLDEN = Path.of("src/test/golden");
  private static final Path EXAMPLE = Path.of("../examples/05-routing");
  private static final Path CONTRACT = Path.of("../udl/src/test/contract/routing");

  @TempDir private Path folder;

  @Test
  void theRoutingExampleHoldsWithEverySeed() throws Exception {
    for (long seed = 1; seed <= 5; seed++) {
      var report = Suites.run(EXAMPLE, seed);
      assertThat(report.isGood()).as(String.join("\n", Suites.lines(report))).isTrue();
      assertThat(report.results()).hasSize(5);
    }
  }

  @Test
  void theExamplesOfOneSideOfTheLanguageHoldWithEverySeed() throws Exception {
    var tests =
        Map.of(
            "06-tested",
            2,
            "09-guards",
            6,
            "10-durable",
            2,
            "11-batches",
            2,
            "12-smart-targets",
            4);
    for (var example : tests.entrySet()) {
      for (long seed = 1; seed <= 3; seed++) {
        var report = Suites.run(Path.of("../examples", example.getKey()), seed);
        assertThat(report.isGood()).as(String.join("\n", Suites.lines(report))).isTrue();
        assertThat(report.results()).hasSize(example.getValue());
      }
    }
  }

  @Test
  void aTestEndsWhenWhatADurableRouteTookOverIsDelivered() throws Exception {
    Files.writeString(
        folder.resolve("note.udl.yaml"),
        """
        udl: 7
        systems:
          bus:
            type: memory
            operations:
              note: { receives: { n: int } }
              kept: { accepts: { n: int }, effect: idempotent }
        routes:
          - { from: bus.note, to: bus.kept, durable: true }
        tests:
          - name: the sixth attempt is half a minute after the first
            mock: { bus.kept: { fails: { times: 5 } } }
            send: { to: bus.note, input: { n: 1 } }
            expect: { calls: { bus.kept: 6 }, dead_letters: 0 }
        """);
    var result = Suites.run(folder, 1).results().getFirst();
    assertThat(result.failings()).isEmpty();
    assertThat(result.virtual()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(60));
  }

  @Test
  void theContractOfRoutingHoldsWithEverySeed() throws Exception {
    for (long seed = 1; seed <= 5; seed++) {
      var report = Suites.run(CONTRACT, seed);
      assertThat(report.refused()).isEmpty();
      assertThat(report.isGood()).as(String.join("\n", Suites.lines(report))).isTrue();
      assertThat(report.results()).hasSize(3);
    }
  }

  @Test
  void aMockGivesTheElementsOfAStream() throws Exception {
    for (String name : List.of("price.py", "routing.udl.yaml")) {
      Files.copy(CONTRACT.resolve(name), folder.resolve(name));
    }
    Files.writeString(
        folder.resolve("routing.test.udl.yaml"),
        """
        tests:
          - name: prices are watched
            mock:
              eu.prices: { returns: [{ sku: A, amount: 1.00, from: eu }, { sku: B, amount: 2.00, from: eu }] }
            send: { to: web.watch }
            expect:
              replies: { status: 200, body: [{ sku: A, amount: 1.00, from: eu }, { sku: B, amount: 2.00, from: eu }] }
        """);
    var report = Suites.run(folder, 1);
    assertThat(report.isGood()).as(String.join("\n", Suites.lines(report))).isTrue();
    assertThat(report.results()).hasSize(1);
  }

  @Test
  void twoMinutesOfSixThousandMessagesTakeSecondsAndTheSameSeedGivesTheSame() throws Exception {
    var first = Suites.run(EXAMPLE, 7).results().get(1);
    var second = Suites.run(EXAMPLE, 7).results().get(1);
    assertThat(first.messages()).isEqualTo(6000);
    assertThat(first.virtual()).isGreaterThan(Duration.ofSeconds(119));
    assertThat(first.real()).isLessThan(Duration.ofSeconds(30));
    assertThat(second.virtual()).isEqualTo(first.virtual());
    assertThat(second.calls()).isEqualTo(first.calls());
  }

  @Test
  void aFolderThatIsNoDefinitionIsSearchedAndOnlyChosenTestsRun() throws Exception {
    Path a = Files.createDirectories(folder.resolve("deep/a"));
    Files.copy(GOLDEN.resolve("shop.udl.yaml"), a.resolve("shop.udl.yaml"));
    Files.writeString(
        a.resolve("shop.test.udl.yaml"),
        Files.readString(GOLDEN.resolve("calls.test.udl.yaml")).replace("definition", "# was"));
    var settings = new Suite.Settings(1, "fewer", Set.of(), false, Opener.REAL);
    var report = Suites.run(folder, settings);
    assertThat(report.results()).extracting(one -> one.test().name()).hasSize(1);
    assertThat(report.isGood()).isFalse();
    assertThat(Reports.summary(report))
        .isEqualTo("1 of 1 test fails; --seed 1 runs them again just so");
  }

  @Test
  void eachTestReadsItsOwnVariables() throws Exception {
    Files.writeString(
        folder.resolve("a.udl.yaml"),
        """
        systems:
          web: { type: http, listen: "${env.PORT}", operations: { get: { get: "/x", returns: string } } }
          other: { type: http, url: "${env.OTHER}", operations: { ask: { get: "/y", returns: string } } }
        routes: [{ from: web.get, to: other.ask }]
        """);
    Files.writeString(
        folder.resolve("a.test.udl.yaml"),
        """
        tests:
          - name: one
            env: { PORT: "8081", OTHER: "http://a.example" }
            mock: { other.ask: { returns: good } }
            send: { to: web.get }
            expect: { replies: { status: 200, body: good } }
          - name: two
            env: { PORT: "8082", OTHER: "http://b.example" }
            mock: { other.ask: { returns: good } }
            send: { to: web.get }
            expect: { replies: { status: 200 } }
        """);
    var report = Suites.run(folder, 1);
    assertThat(Suites.lines(report)).allMatch(line -> line.startsWith("  ok "));
    assertThat(report.results()).hasSize(2);
  }

  @Test
  void aTestWaitsForWhatADurableRouteHasTakenOver() throws Exception {
    Files.writeString(
        folder.resolve("a.udl.yaml"),
        """
        systems:
          web: { type: http, listen: 8080, operations: { put: { post: "/x", body: { n: int } } } }
          other:
            type: http
            url: "http://o.example"
            operations: { take: { post: "/y", body: { n: int }, effect: idempotent } }
        routes: [{ from: web.put, to: other.take, durable: true }]
        """);
    Files.writeString(
        folder.resolve("a.test.udl.yaml"),
        """
        tests:
          - name: a target that is down for a while gets it later
            mock: { other.take: { fails: { times: 9 } } }
            send: { to: web.put, input: { n: 1 } }
            expect: { replies: { status: 202 }, calls: { other.take: 10 }, dead_letters: 0 }
          - name: one that stays down does not
            mock: { other.take: { fails: {} } }
            send: { to: web.put, input: { n: 1 } }
            expect: { replies: { status: 202 }, calls: { other.take: 20 }, dead_letters: 1 }
        """);
    var report = Suites.run(folder, 1);
    assertThat(Suites.lines(report)).allMatch(line -> line.startsWith("  ok "));
    assertThat(report.results()).hasSize(2);
  }

  @Test
  void aDefinitionWithErrorsIsRefusedAndItsTestsDoNotRun() throws Exception {
    Files.writeString(folder.resolve("a.udl.yaml"), "routes: [{ from: a.b, to: c.d }]\n");
    Files.writeString(
        folder.resolve("a.test.udl.yaml"),
        "tests: [{ name: x, send: { to: a.b }, expect: { dropped: 0 } }]\n");
    var report = Suites.run(folder, 1);
    assertThat(report.isGood()).isFalse();
    assertThat(report.results()).isEmpty();
    assertThat(Reports.junit(report)).contains("<error ");
  }

  @Test
  void coverageTellsWhichWaysNoTestTakes() throws Exception {
    var coverage = Suites.run(GOLDEN.resolve("replies.test.udl.yaml"), 1).coverage().orElseThrow();
    assertThat(Reports.lines(coverage))
        .anyMatch(line -> line.contains("branches: ") && line.contains(" taken"))
        .anyMatch(line -> line.contains("kind: case 1, ") && !line.contains("NEVER"))
        .anyMatch(line -> line.contains("kind: otherwise") && line.contains("NEVER"))
        .anyMatch(line -> line.contains("to desk.one") && line.contains("NEVER"))
        .anyMatch(line -> line.contains("dead_letter") && line.contains("NEVER"));
  }

  @Test
  void coverageTellsWhichPoliciesEverDidSomething() throws Exception {
    Files.writeString(
        folder.resolve("a.udl.yaml"),
        """
        systems:
          web:
            type: http
            listen: 8080
            operations: { get: { get: /a, returns: int }, put: { post: /a, body: any } }
          db:
            type: http
            url: "http://db.example"
            operations: { read: { get: /a, returns: int }, write: { post: /a, body: any, effect: idempotent } }
            policy: { type: circuit_breaker, window: 2, failure_rate: 1.0 }
        routes:
          - { from: web.get, to: db.read, policy: [{ type: retry, attempts: 2 }, { type: cache, ttl: 10s }] }
          - from: web.put
            to: db.write
            policy:
              - { type: rate_limit, limit: 1, window: 1h }
              - { type: timeout, after: 2s }
              - { type: concurrency, limit: 5 }
        """);
    Files.writeString(
        folder.resolve("a.test.udl.yaml"),
        """
        tests:
          - name: it is tried again and kept
            mock: { db.read: { returns: 7, fails: { times: 1, with: DISCONNECTED } } }
            send: { to: web.get, times: 2, every: 1s }
            expect: { replies: { times: 2 } }
          - name: the second is one too many and the first takes too long
            mock: { db.write: { hangs: true } }
            send: { to: web.put, input: {}, times: 2, every: 1ms }
            expect: { dropped: 0 }
        """);
    var report = Suites.run(folder, 1);
    assertThat(report.refused()).as(Suites.lines(report).toString()).isEmpty();
    assertThat(Reports.lines(report.coverage().orElseThrow()))
        .contains("policies: 4 of 6 acted")
        .anyMatch(line -> line.contains("NEVER  circuit_breaker"))
        .anyMatch(line -> line.contains("NEVER  concurrency"))
        .anyMatch(line -> line.contains("1x  retry"))
        .anyMatch(line -> line.contains("1x  cache"))
        .anyMatch(line -> line.contains("1x  rate_limit"))
        .anyMatch(line -> line.contains("1x  timeout"));
  }

  @Test
  void whatIsWatchedDoesWhatItDidBefore() throws Exception {
    for (Path file : GoldenTest.files()) {
      var plain = new Suite.Settings(1, "", Set.of(), false, Opener.REAL);
      List<String> unwatched = Suites.lines(Suites.run(file, plain));
      List<String> watched = Suites.lines(Suites.run(file, 1));
      assertThat(without(watched)).isEqualTo(without(unwatched));
    }
  }

  private static List<String> without(List<String> lines) {
    return lines.stream().map(line -> line.replaceAll(" in \\d+ ms\\)", ")")).toList();
  }

  @Test
  void junitsXmlIsOfTheShapeThatServersRead() throws Exception {
    var report = Suites.run(GOLDEN.resolve("replies.test.udl.yaml"), 1);
    var factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    Document document =
        factory
            .newDocumentBuilder()
            .parse(
                new ByteArrayInputStream(Reports.junit(report).getBytes(StandardCharsets.UTF_8)));
    Element suites = document.getDocumentElement();
    assertThat(suites.getTagName()).isEqualTo("testsuites");
    Element suite = (Element) suites.getElementsByTagName("testsuite").item(0);
    for (String number : List.of("tests", "failures", "errors", "skipped")) {
      assertThat(suite.getAttribute(number)).as(number).matches("\\d+");
    }
    assertThat(suite.getAttribute("time")).matches("\\d+\\.\\d{3}");
    var cases = suite.getElementsByTagName("testcase");
    assertThat(cases.getLength()).isEqualTo(3);
    assertThat(suite.getAttribute("tests")).isEqualTo("3");
    assertThat(suite.getAttribute("failures")).isEqualTo("2");
    var good = (Element) cases.item(0);
    assertThat(good.getAttribute("name")).isNotEmpty();
    assertThat(good.getAttribute("classname")).isNotEmpty();
    assertThat(good.getChildNodes().getLength()).isZero();
    var failure = (Element) ((Element) cases.item(1)).getElementsByTagName("failure").item(0);
    assertThat(failure.getAttribute("message")).startsWith("expected 5 with status 200, came 0");
    assertThat(failure.getTextContent()).contains("desk.one called with");
  }

  @Test
  void aWorkerRunsForRealWhereItIsAskedFor() throws Exception {
    Files.copy(EXAMPLE.resolve("routing.udl.yaml"), folder.resolve("routing.udl.yaml"));
    Files.copy(EXAMPLE.resolve("price.py"), folder.resolve("price.py"));
    Files.writeString(
        folder.resolve("routing.test.udl.yaml"),
        """
        tests:
          - name: the function itself answers
            mock: { us.price: { hangs: true } }
            send: { to: web.get_price, input: { sku: EU-7 }, times: 3 }
            expect: { replies: { status: 200, body: { sku: EU-7, amount: 9.99, from: eu } } }
        """);
    var real = new Suite.Settings(1, "", Set.of("eu"), false, Opener.REAL);
    var report = Suites.run(folder, real);
    assertThat(report.isGood()).as(String.join("\n", Suites.lines(report))).isTrue();
    var unknown = new Suite.Settings(1, "", Set.of("nobody"), false, Opener.REAL);
    assertThatThrownBy(() -> Suites.run(folder, unknown))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("nobody");
  }
}
