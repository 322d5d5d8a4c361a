package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Plan;
import io.unikernal.model.SourceReads;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the routes of a definition read of a message, worked out when it is deployed. */
class SourceReadsTest {
  private static final String DEFINITION =
      """
      udl: 7
      types:
        Item: { sku: string, qty: int, title: string }
        Address: { city: string, zip: string }
        Order: { id: string, total: double, note: string, items: list(Item), address: Address }
        Card: { title: string, count: int }
      systems:
        inbox:
          type: memory
          operations:
            asked: { receives: Order }
            told: { receives: Order }
        outbox: { type: memory, operations: { cards: { accepts: Card }, orders: { accepts: Order } } }
      pipelines:
        card:
          input: Order
          steps:
            - name: made
              when: input.items.exists(i, i.qty > 2)
              as: Card
              set: { title: "${input.id}", count: "${size(input.items)}" }
            - choose:
                - when: input.address.city == 'Berlin'
                  steps:
                    - { system: outbox.cards, with: { title: berlin, count: 1 } }
                - otherwise: []
      routes:
        - { from: inbox.asked, when: input.total > 100.0, to: card }
        - { from: inbox.asked, to: card }
        - { from: inbox.told, to: outbox.orders }
      """;

  private final Map<String, Adapter> adapters = AdapterCatalog.load(List.of());
  @TempDir private Path folder;

  private String reads(String operation) throws Exception {
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), DEFINITION);
    var compilation = UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), true));
    Plan plan =
        compilation
            .plan()
            .orElseThrow(() -> new AssertionError(compilation.rendered().text(false)));
    var from =
        plan.routes().stream()
            .map(route -> route.from())
            .filter(each -> each.name().equals(operation))
            .findFirst()
            .orElseThrow();
    return SourceReads.of(plan, from).toString();
  }

  @Test
  void aRouteReadsWhatItsConditionsAndTheStepsOfItsPipelineRead() throws Exception {
    assertThat(reads("asked"))
        .isEqualTo("{address: {city: all}, id: all, items: {[]: {qty: all}}, total: all}");
  }

  @Test
  void aMessageThatIsHandedOnIsReadWhole() throws Exception {
    assertThat(reads("told")).isEqualTo("all");
  }
}
