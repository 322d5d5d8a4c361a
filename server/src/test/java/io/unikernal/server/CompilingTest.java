package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Expression;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Plan;
import io.unikernal.model.PlanExpressions;
import io.unikernal.model.Value;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompilingTest {
  private static final String DEFINITION =
      """
      types:
        Order: { customer: string, count: int }
        Card: { title: string, double: int }
      systems:
        inbox: { type: memory, operations: { asked: { receives: Order } } }
        outbox: { type: memory, operations: { told: { accepts: Card } } }
      pipelines:
        shape:
          input: Order
          steps:
            - name: twice
              when: input.count > 0
              set: "${input.count * 2}"
            - name: card
              as: Card
              set: { title: "for ${input.customer}", double: "${twice.orValue(0)}" }
            - name: told
              system: outbox.told
              with: ${card}
      routes:
        - from: inbox.asked
          when: input.customer != 'nobody'
          to: shape
      """;

  @TempDir private Path folder;

  private Plan plan() throws Exception {
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), DEFINITION);
    var compilation =
        UdlCompiler.compile(
            file, AdapterCatalog.load(List.of()), new UdlCompiler.Options(Map.of(), true));
    return compilation
        .plan()
        .orElseThrow(() -> new AssertionError(compilation.rendered().text(false)));
  }

  private static List<String> values(List<Expression> expressions) {
    SequencedMap<String, Value> order = new LinkedHashMap<>();
    order.put("customer", Value.text("Ada"));
    order.put("count", Value.integer(21));
    return expressions.stream().map(expression -> value(expression, order)).toList();
  }

  private static String value(Expression expression, SequencedMap<String, Value> order) {
    var frame = new Frame(8, AMBIENT);
    frame.set(Frame.INPUT, new Value.Dict(order));
    try {
      return expression.evaluate(frame).toString();
    } catch (FaultException e) {
      return e.fault().message();
    }
  }

  private static final Frame.Ambient AMBIENT =
      new Frame.Ambient() {
        @Override
        public Instant now() {
          return Instant.EPOCH;
        }

        @Override
        public UUID uuid() {
          return new UUID(0, 1);
        }

        @Override
        public double random() {
          return 0.5;
        }
      };

  @Test
  void everyExpressionOfAPlanIsCompiledOnceAndGivesWhatItGaveBefore() throws Exception {
    var plan = plan();
    var all = new ArrayList<>(PlanExpressions.of(plan.pipelines().firstEntry().getValue()));
    all.addAll(PlanExpressions.of(plan.routes().getFirst()));
    var interpreted = values(all);
    assertThat(interpreted).contains("Int[value=42]", "TRUE");
    var report = Compiling.compile(plan);
    assertThat(report.interpreted()).isZero();
    assertThat(report.compiled()).isGreaterThanOrEqualTo(6);
    assertThat(report.classes()).isEqualTo(2);
    assertThat(values(all)).isEqualTo(interpreted);
    assertThat(Compiling.compile(plan).compiled()).as("nothing is compiled twice").isZero();
  }

  @Test
  void expressionsAreFoundInARouteAndInItsSteps() throws Exception {
    var plan = plan();
    assertThat(PlanExpressions.of(plan.routes().getFirst()))
        .extracting(expression -> expression.text())
        .contains("input.customer != 'nobody'");
    assertThat(PlanExpressions.of(plan.pipelines().firstEntry().getValue()))
        .extracting(expression -> expression.text())
        .contains("input.count > 0", "input.count * 2");
  }
}
