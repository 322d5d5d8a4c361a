package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: nothing can be left out of a definition that we show without a word. Method: each entry of
 * each mapping is removed, one at a time; {@code check} must then find something, or say something
 * else of what the definition does, or {@code plan} must tell of the change.
 */
class RemovalTest {
  /** What the definition means without them too, as it says the same by itself. */
  private static final Map<String, String> SAID_ANYWAY =
      Map.ofEntries(
          Map.entry("orders.udl.yaml udl", "7 is the only version"),
          Map.entry("shop.udl.yaml udl", "7 is the only version"),
          Map.entry("routing.udl.yaml udl", "7 is the only version"),
          Map.entry("language.md udl", "7 is the only version"),
          Map.entry("orders.udl.yaml policies.retry_3x.attempts", "3 is the default"),
          Map.entry("orders.udl.yaml policies.retry_3x.backoff", "exponential is the default"),
          Map.entry("orders.udl.yaml policies.public_api.window", "1s is the default"),
          Map.entry("orders.udl.yaml pipelines.place_order.input", "what its route receives"),
          Map.entry("orders.udl.yaml pipelines.place_order.steps.parallel.with", "value before"),
          Map.entry("shop.udl.yaml pipelines.add_product.input", "what its route receives"),
          Map.entry("shop.udl.yaml pipelines.add_product.steps.with", "value before"),
          Map.entry("shop.udl.yaml pipelines.add_customer.input", "what its route receives"),
          Map.entry("shop.udl.yaml pipelines.add_customer.steps.with", "value before"),
          Map.entry(
              "store.udl.yaml templates.store.pipelines.save_${param.name}.steps.with",
              "value before"),
          Map.entry(
              "shop.test.udl.yaml tests.mock.customers_db.by_id.fails.with",
              "DISCONNECTED is the default"),
          Map.entry("routing.udl.yaml routes.to.by", "adaptive is the default"),
          Map.entry("routing.udl.yaml policies.quick.failure_rate", "0.5 is the default"),
          Map.entry("routing.udl.yaml policies.quick.window", "20 is the default"),
          Map.entry("routing.udl.yaml systems.web.operations.get_price.path", "text by default"),
          Map.entry(
              "routing.udl.yaml systems.web.operations.get_price.path.sku", "text by default"),
          Map.entry("language.md systems.web.operations.find.path", "text by default"),
          Map.entry("language.md systems.web.operations.find.path.sku", "text by default"),
          Map.entry(
              "language.md templates.crud.pipelines.${param.name}_list.input",
              "what its route receives"),
          Map.entry("language.md pipelines.store.input", "what its route receives"),
          Map.entry("language.md pipelines.note.input", "what its route receives"),
          Map.entry("language.md pipelines.place.steps.parallel.with", "value before"),
          Map.entry("language.md pipelines.pack.steps.with", "value before"),
          Map.entry("language.md pipelines.publish.input", "what its route receives"),
          Map.entry("language.md pipelines.publish.steps.with", "value before"),
          Map.entry("products.udl.yaml udl", "7 is the only version"),
          Map.entry("prices.udl.yaml udl", "7 is the only version"),
          Map.entry("prices.udl.yaml pipelines.publish.input", "what its route receives"),
          Map.entry("prices.udl.yaml pipelines.publish.steps.with", "value before"),
          Map.entry("prices.udl.yaml pipelines.note.input", "what its route receives"),
          Map.entry("prices.udl.yaml pipelines.note.steps.with", "value before"),
          Map.entry("language.md systems.eu.operations.price.policy.attempts", "the default"),
          Map.entry("language.md policies.quick.attempts", "3 is the default"),
          Map.entry("language.md policies.gentle.window", "1s is the default"),
          Map.entry("language.md defaults", "secrets come from the environment anyway"),
          Map.entry("language.md defaults.secrets", "they come from the environment anyway"),
          Map.entry("language.md defaults.secrets.from", "the environment is the default"),
          Map.entry("batches.udl.yaml pipelines.archive.input", "what its route receives"),
          Map.entry("batches.udl.yaml pipelines.spread.input", "what its route receives"),
          Map.entry("batches.udl.yaml pipelines.spread.steps.with", "value before"),
          Map.entry("batches.udl.yaml pipelines.watch.input", "what its route receives"),
          Map.entry("batches.udl.yaml udl", "7 is the only version"),
          Map.entry(
              "block.udl.yaml templates.counted.pipelines.${param.name}_count.steps.with",
              "value before"),
          Map.entry(
              "durable.test.udl.yaml tests.mock.warehouse.pack.fails.with",
              "DISCONNECTED is the default"),
          Map.entry(
              "durable.udl.yaml routes.dead_letter",
              "a durable route keeps its dead letters anyway"),
          Map.entry("durable.udl.yaml udl", "7 is the only version"),
          Map.entry("gateways.udl.yaml pipelines.by_step.input", "what its route receives"),
          Map.entry("gateways.udl.yaml pipelines.by_step.output", "value of the last step"),
          Map.entry("gateways.udl.yaml pipelines.by_step.steps.with", "value before"),
          Map.entry("gateways.udl.yaml pipelines.north.steps.with", "value before"),
          Map.entry("gateways.udl.yaml pipelines.south.steps.with", "value before"),
          Map.entry("gateways.udl.yaml routes.to.by", "adaptive is the default"),
          Map.entry("gateways.udl.yaml udl", "7 is the only version"),
          Map.entry(
              "guards.test.udl.yaml tests.mock.service.forecast.fails.with",
              "DISCONNECTED is the default"),
          Map.entry("guards.udl.yaml policies.careful.attempts", "3 is the default"),
          Map.entry("guards.udl.yaml policies.careful.failure_rate", "0.5 is the default"),
          Map.entry("guards.udl.yaml policies.careful.open_for", "30s is the default"),
          Map.entry("guards.udl.yaml systems.service.operations.forecast.path", "text by default"),
          Map.entry(
              "guards.udl.yaml systems.service.operations.forecast.path.city", "text by default"),
          Map.entry("guards.udl.yaml systems.web.operations.forecast.path", "text by default"),
          Map.entry("guards.udl.yaml systems.web.operations.forecast.path.city", "text by default"),
          Map.entry("guards.udl.yaml udl", "7 is the only version"),
          Map.entry("language.md routes.to.by", "adaptive is the default"),
          Map.entry("policies.udl.yaml policies.public.scope", "node is the default"),
          Map.entry("policies.udl.yaml policies.public.window", "1s is the default"),
          Map.entry(
              "policies.udl.yaml policies.quick.attempts",
              "3 is the default, and who extends it says another"),
          Map.entry("policies.udl.yaml policies.quick.max_delay", "who extends it says another"),
          Map.entry("prices.test.udl.yaml definition", "the tests stand beside it"),
          Map.entry("prices.test.udl.yaml tests.doc", "for people who read the file"),
          Map.entry("prices.test.udl.yaml udl", "7 is the only version"),
          Map.entry(
              "settings.udl.yaml defaults.secrets", "they come from the environment first anyway"),
          Map.entry(
              "settings.udl.yaml defaults.secrets.from",
              "they come from the environment first anyway"),
          Map.entry("settings.udl.yaml defaults.systems", "1 MiB is the default"),
          Map.entry("settings.udl.yaml defaults.systems.http", "1 MiB is the default"),
          Map.entry("settings.udl.yaml defaults.systems.http.max_body", "1 MiB is the default"),
          Map.entry("settings.udl.yaml pipelines.remind.input", "what its route receives"),
          Map.entry("settings.udl.yaml pipelines.remind.steps.with", "value before"),
          Map.entry("settings.udl.yaml udl", "7 is the only version"),
          Map.entry("shipping.udl.yaml pipelines.ship.input", "what its route receives"),
          Map.entry("shipping.udl.yaml pipelines.ship.steps.catch.steps.with", "value before"),
          Map.entry("shipping.udl.yaml pipelines.ship.steps.try.with", "value before"),
          Map.entry("shipping.udl.yaml pipelines.weigh.input", "what its route receives"),
          Map.entry("shipping.udl.yaml udl", "7 is the only version"),
          Map.entry("streams.udl.yaml udl", "7 is the only version"),
          Map.entry("targets.udl.yaml systems.new.operations.rate.path", "text by default"),
          Map.entry(
              "targets.udl.yaml systems.new.operations.rate.path.currency", "text by default"),
          Map.entry("targets.udl.yaml systems.paris.operations.rate.path", "text by default"),
          Map.entry(
              "targets.udl.yaml systems.paris.operations.rate.path.currency", "text by default"),
          Map.entry("targets.udl.yaml systems.tokyo.operations.rate.path", "text by default"),
          Map.entry(
              "targets.udl.yaml systems.tokyo.operations.rate.path.currency", "text by default"),
          Map.entry("targets.udl.yaml systems.web.operations.compared.path", "text by default"),
          Map.entry(
              "targets.udl.yaml systems.web.operations.compared.path.currency", "text by default"),
          Map.entry("targets.udl.yaml systems.web.operations.quick.path", "text by default"),
          Map.entry(
              "targets.udl.yaml systems.web.operations.quick.path.currency", "text by default"),
          Map.entry("targets.udl.yaml systems.web.operations.tried.path", "text by default"),
          Map.entry(
              "targets.udl.yaml systems.web.operations.tried.path.currency", "text by default"),
          Map.entry("targets.udl.yaml udl", "7 is the only version"),
          Map.entry("types.udl.yaml pipelines.take.input", "what its route receives"),
          Map.entry("types.udl.yaml udl", "7 is the only version"));

  @TempDir private Path folder;

  @Test
  void everyEntryThatIsLeftOutIsNoticedUnlessItHoldsAnyway() throws Exception {
    var silent = new TreeMap<String, Integer>();
    int count = 0;
    for (Shown shown : Shown.all(folder)) {
      Compilation before = shown.check(shown.text());
      assertThat(before.draft())
          .as(shown.name() + "\n" + before.rendered().text(false))
          .isPresent();
      String said = said(before);
      var source = new Source(shown.name(), shown.file(), shown.text());
      for (Removals.Removal removal : Removals.of(source)) {
        Compilation after = shown.check(removal.text());
        count++;
        if (said(after).equals(said) && isSame(before, after)) {
          assertThat(meaning(after)).as(removal.path()).isEqualTo(meaning(before));
          silent.put(file(shown) + " " + removal.path(), removal.line());
        }
      }
    }
    assertThat(count).isGreaterThan(1000);
    assertThat(
            Stream.of(silent.keySet(), SAID_ANYWAY.keySet())
                .flatMap(names -> names.stream())
                .filter(name -> !silent.containsKey(name) || !SAID_ANYWAY.containsKey(name))
                .map(name -> name + " in line " + silent.getOrDefault(name, 0))
                .collect(Collectors.joining("\n")))
        .isEmpty();
  }

  private static String file(Shown shown) {
    return shown.name().replaceFirst("^.*/", "").replaceFirst(" block \\d+", "");
  }

  private static String meaning(Compilation compilation) {
    return compilation.draft().map(Golden::meaning).orElse("");
  }

  private static boolean isSame(Compilation before, Compilation after) {
    return after.draft().isPresent() && PlanDiff.between(before, after).isEmpty();
  }

  /** What {@code check} says, wherever it stands. */
  private static String said(Compilation compilation) {
    return CheckReport.json(compilation)
        .replaceAll("\"(line|column|endLine|endColumn)\": ?\\d+|(?<=\\.yaml):\\d+", "");
  }
}
