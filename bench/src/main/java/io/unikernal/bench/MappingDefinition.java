package io.unikernal.bench;

import io.unikernal.model.Conform;
import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Json;
import io.unikernal.model.Plan;
import io.unikernal.model.SourceReads;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.Wanted;
import io.unikernal.server.Compiling;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What the real compiler makes of {@code mapping.udl.yaml}: the type that a route's source reads
 * with, the expressions that its steps evaluate, and the size of the frame that they need.
 */
record MappingDefinition(
    Type order, Wanted wanted, Expression mapping, Expression predicate, int slots) {
  /** Nothing here asks for time, ids or chance. */
  private static final Frame.Ambient AMBIENT =
      new Frame.Ambient() {
        @Override
        public Instant now() {
          return Instant.EPOCH;
        }

        @Override
        public UUID uuid() {
          return new UUID(0, 0);
        }

        @Override
        public double random() {
          return 0;
        }
      };

  static MappingDefinition load(Path definition) throws InterruptedException {
    var adapter = new LoopAdapter(Json::write);
    var adapters = Map.of(adapter.spec().name(), (io.unikernal.spi.Adapter) adapter);
    var compilation =
        UdlCompiler.compile(definition, adapters, new UdlCompiler.Options(Map.of(), true));
    Plan plan =
        compilation
            .plan()
            .orElseThrow(() -> new IllegalStateException(compilation.rendered().text(false)));
    Compiling.compile(plan); // as at the start of a server: in place, into bytecode
    var pipeline = plan.pipelines().firstEntry().getValue();
    var reads = SourceReads.of(plan, plan.routes().getFirst().from());
    return new MappingDefinition(
        pipeline.input(),
        Wanted.of(pipeline.input(), reads),
        set(pipeline.steps()),
        condition(pipeline.steps()),
        pipeline.slots());
  }

  private static Expression set(List<Step> steps) {
    return steps.stream()
        .filter(Step.Set.class::isInstance)
        .map(step -> ((Step.Set) step).value())
        .findFirst()
        .orElseThrow();
  }

  private static Expression condition(List<Step> steps) {
    return steps.stream().flatMap(step -> step.head().when().stream()).findFirst().orElseThrow();
  }

  /** As the http adapter reads a body: all of it checked, what the route reads made into values. */
  Value read(byte[] body) {
    return Json.receive(body, order, Conform.Extra.REFUSE, Json.Limits.DEFAULT, wanted);
  }

  List<Value> readAll(byte[] bodies) {
    var all = Json.read(bodies, Type.ListOf.of(order), Conform.Extra.REFUSE, Json.Limits.DEFAULT);
    return ((Value.Items) all).items();
  }

  Frame frame(Value input) {
    var frame = new Frame(slots, AMBIENT);
    frame.set(Frame.INPUT, input);
    return frame;
  }
}
