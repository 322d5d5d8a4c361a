package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Plan;
import io.unikernal.model.Policy;
import io.unikernal.udl.EffectivePolicies.Effective;
import io.unikernal.udl.EffectivePolicies.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What policies become in the plan, and which of them count. */
class PolicyTest {
  private static final String DEFAULTS =
      " instead of retry 2 attempts, exponential 100ms to 30s (defaults)";

  @TempDir Path folder;

  private Plan draft(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), text);
    Compilation compilation = Golden.compile(file);
    return compilation
        .draft()
        .orElseThrow(() -> new AssertionError(compilation.rendered().text(false)));
  }

  private static Plan golden(String name) throws Exception {
    return Golden.compile(Golden.FOLDER.resolve(name)).draft().orElseThrow();
  }

  @Test
  void everyKindIsInThePlanWithItsOptionsAndExpressions() throws Exception {
    Plan plan =
        draft(
            """
            types: { Order: { id: uuid, customer: string, total: "decimal(12,2)" } }
            systems:
              web: { type: http, listen: 8080, operations: { create: { post: /orders, body: Order } } }
              db: { type: memory, operations: { save: { accepts: Order, effect: idempotent }, lost: {} } }
            routes:
              - from: web.create
                to: db.save
                policy:
                  - { type: access, allow: [clerk], deny: [guest], when: auth.name == input.customer }
                  - { type: custom, deny_when: "input.total > decimal('9')", message: "no, ${auth.name}" }
                  - { type: rate_limit, limit: 5, window: 1m, key: "${auth.name}", scope: cluster }
                  - { type: quota, limit: 100, per: month, key: "${auth.name}" }
                  - { type: dead_letter, to: db.lost }
                  - { type: sample, share: 12.5%, key: "${input.customer}" }
                  - { type: validate, mode: lenient }
                  - { type: idempotency, key: "${input.id}" }
                  - { type: cache, ttl: 1m, key: "${input.id}", stale_while_revalidate: 30s }
                  - { type: concurrency, limit: 5, queue: 10 }
                  - { type: timeout, after: 5s }
                  - { type: retry, on: [TIMEOUT], budget: 10% }
                  - { type: circuit_breaker, slow_rate: 80%, slow_after: 2s }
            """);
    assertThat(plan.routes().getFirst().policies().stream().map(Policy::kind))
        .containsExactly(Policy.Kind.values());
    assertThat(PlanText.of(plan).lines().map(String::strip).filter(l -> l.startsWith("policy ")))
        .containsExactly(
            "policy access allow clerk; deny guest; when auth.name == input.customer",
            "policy custom deny_when input.total > decimal('9'), message no, ${auth.name}",
            "policy rate_limit 5 in 1m, burst 5, key auth.name, in the cluster",
            "policy quota 100 per month, key auth.name",
            "policy dead_letter to db.lost",
            "policy sample 12.5%, key input.customer",
            "policy validate lenient",
            "policy idempotency key input.id, keep 1d",
            "policy cache for 1m, key input.id, stale for 30s",
            "policy concurrency 5, queue 10",
            "policy timeout after 5s",
            "policy retry 3 attempts, exponential 100ms to 30s, on TIMEOUT, budget 10%",
            "policy circuit_breaker 50% failures, 80% slower than 2s of the last 20,"
                + " open for 30s, probes 3");
  }

  @Test
  void aPlanWithWhatIsNotAvailableYetIsOnlyADraft() throws Exception {
    Compilation compilation = Golden.compile(Golden.FOLDER.resolve("not_yet_streams.udl.yaml"));
    assertThat(compilation.plan()).isEmpty();
    assertThat(compilation.draft()).isPresent();
    assertThat(Golden.compile(Golden.FOLDER.resolve("policy_value.udl.yaml")).draft()).isEmpty();
  }

  @Test
  void thePoliciesOfAPlaceAreInTheFixedOrderWhateverTheFileSays() throws Exception {
    Plan plan =
        draft(
            """
            types: { Order: { id: uuid } }
            systems:
              web: { type: http, listen: 8080, operations: { create: { post: /orders, body: Order } } }
              db: { type: memory, operations: { save: { accepts: Order, effect: idempotent } } }
            routes:
              - from: web.create
                to: db.save
                policy:
                  - { type: circuit_breaker }
                  - { type: retry }
                  - { type: cache, ttl: 1s }
                  - { type: rate_limit, limit: 5 }
                  - { type: access, allow: [clerk] }
            """);
    assertThat(kinds(EffectivePolicies.of(plan).getFirst().places().getFirst()))
        .containsExactly("access", "rate_limit", "cache", "retry", "circuit_breaker");
  }

  private static List<String> kinds(Place place) {
    return place.policies().stream().map(one -> one.policy().kind().toString()).toList();
  }

  /** All scopes at once: what counts, who says so, and what it replaced. */
  @Test
  void theNearestReplacesAndLimitsAddUp() throws Exception {
    var routes = EffectivePolicies.of(golden("good_policy_scopes.udl.yaml"));
    assertThat(lines(routes.getFirst()))
        .containsExactly(
            "route web.create -> place",
            "  rate_limit 1000 in 1s, burst 1000 (system)",
            "  timeout after 10s (operation) instead of timeout after 30s (defaults)",
            "pipeline place",
            "place.saved: db.save",
            "  retry 5 attempts, exponential 100ms to 30s (step) instead of retry 4 attempts,"
                + " exponential 100ms to 30s (operation) instead of retry 3 attempts, exponential"
                + " 100ms to 30s (system)"
                + DEFAULTS,
            "place.again: db.save",
            "  retry 4 attempts, exponential 100ms to 30s (operation) instead of retry 3 attempts,"
                + " exponential 100ms to 30s (system)"
                + DEFAULTS,
            "place.more: db.more",
            "  retry 3 attempts, exponential 100ms to 30s (system) instead of retry 2 attempts,"
                + " exponential 100ms to 30s (defaults)",
            "place.noted: log.note",
            "  retry 2 attempts, exponential 100ms to 30s (defaults)");
    assertThat(lines(routes.get(1)))
        .containsExactly(
            "route web.create -> db.more",
            "  rate_limit 1000 in 1s, burst 1000 (system)",
            "  timeout after 1s (route) instead of timeout after 10s (operation) instead of"
                + " timeout after 30s (defaults)",
            "  retry 3 attempts, exponential 100ms to 30s (system) instead of retry 2 attempts,"
                + " exponential 100ms to 30s (defaults)");
  }

  private static List<String> lines(EffectivePolicies route) {
    var lines = new ArrayList<String>();
    for (Place place : route.places()) {
      lines.add(place.name());
      for (Effective one : place.policies()) {
        String replaced =
            one.replaced().stream()
                .map(other -> " instead of " + other.text() + " (" + other.level() + ")")
                .collect(Collectors.joining());
        lines.add("  " + one.text() + " (" + one.level() + ")" + replaced);
      }
    }
    return lines;
  }

  @Test
  void eachEffectivePolicyKnowsItsLine() throws Exception {
    var route = EffectivePolicies.of(golden("good_policy_scopes.udl.yaml")).getFirst();
    assertThat(
            route.places().stream()
                .flatMap(place -> place.policies().stream())
                .map(one -> one.policy().origin().line())
                .collect(Collectors.toSet()))
        .isEqualTo(Set.of(3, 5, 6, 11));
  }

  @Test
  void aRetryOfWhatIsOnceIsTurnedOffByTheEdit() throws Exception {
    int edited = 0;
    for (Path path : Golden.cases()) {
      boolean isOne = path.getFileName().toString().matches("(retry_once_edit|defaults_retry).*");
      if (!isOne) {
        continue;
      }
      String text = Golden.read(path);
      for (Diagnostic found : Golden.compile(path).diagnostics().reversed()) {
        for (Diagnostic.Edit edit : found.edits()) {
          text = applied(text, edit);
          edited++;
        }
      }
      Path file = Files.writeString(folder.resolve("edited.udl.yaml"), text);
      Compilation after = Golden.compile(file);
      assertThat(after.plan()).as(text + after.rendered().text(false)).isPresent();
    }
    assertThat(edited).isGreaterThan(5);
  }

  private static String applied(String text, Diagnostic.Edit edit) {
    var source = new Source("a", Path.of("a"), text);
    int from = offset(source, edit.span().line(), edit.span().column());
    int to = offset(source, edit.span().endLine(), edit.span().endColumn());
    return text.substring(0, from) + edit.text() + text.substring(to);
  }

  private static int offset(Source source, int line, int column) {
    int at = 0;
    while (source.lineAt(at) < line) {
      at++;
    }
    return at + column - 1;
  }

  /** What a plan runs and what is printed come from one place: they must never differ. */
  @Test
  void whatIsPrintedIsWhatThePlanHolds() throws Exception {
    int compared = 0;
    for (Path path : Golden.cases()) {
      Plan plan = Golden.compile(path).draft().orElse(null);
      if (plan == null) {
        continue;
      }
      for (EffectivePolicies route : EffectivePolicies.of(plan)) {
        for (Effective one : route.places().getFirst().policies()) {
          boolean isOfSystem = one.level().equals("system") || one.level().equals("defaults");
          assertThat(isOfSystem || route.route().policies().contains(one.policy()))
              .as(path + " " + one.text())
              .isTrue();
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(20);
  }

  @Test
  void deadLettersGoWhereThePolicyThatCountsSaysUnlessTheRouteSaysSoItself() throws Exception {
    Plan plan =
        draft(
            """
            types: { Order: { id: uuid } }
            defaults: { policy: { type: dead_letter, to: bus.far } }
            systems:
              bus:
                type: memory
                operations:
                  a: { receives: Order }
                  b: { receives: Order, policy: { type: dead_letter, to: bus.near } }
                  c: { receives: Order }
                  done: { accepts: Order, effect: idempotent }
                  far: {}
                  near: {}
                  own: {}
            routes:
              - { from: bus.a, to: bus.done }
              - { from: bus.b, to: bus.done }
              - { from: bus.c, to: bus.done, dead_letter: bus.own }
            """);
    assertThat(plan.routes())
        .extracting(route -> route.handling().deadLetter().orElseThrow().to())
        .extracting(to -> ((io.unikernal.model.Route.Target.ToOperation) to).operation().id())
        .containsExactly("bus.far", "bus.near", "bus.own");
    assertThat(EffectivePolicies.of(plan).getLast().places().getFirst().policies()).isEmpty();
  }
}
