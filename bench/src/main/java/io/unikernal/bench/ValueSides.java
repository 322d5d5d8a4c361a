package io.unikernal.bench;

import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Json;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/** The sides of {@code mapping}, {@code json} and {@code predicate} that run in a JVM. */
final class ValueSides {
  private final Path workloads;
  private final MappingDefinition definition;
  private final byte[] body;

  private ValueSides(Path workloads, byte[] body) throws InterruptedException {
    this.workloads = workloads;
    this.body = body;
    definition = MappingDefinition.load(workloads.resolve("mapping.udl.yaml"));
  }

  /**
   * A side of its own for each thread.
   *
   * @param body the order, or for {@code predicate} a list of orders
   */
  static Side of(String workload, String side, Path workloads, Path body, int threads)
      throws IOException, InterruptedException {
    var sides = new ValueSides(workloads, Files.readAllBytes(body));
    Supplier<Side> make =
        switch (workload) {
          case "mapping" -> () -> new WorkSide(sides.mapping(side), sides.body);
          case "json" -> () -> new WorkSide(sides.json(side), sides.body);
          case "predicate" -> () -> sides.predicate(side);
          default -> throw new IllegalArgumentException(workload);
        };
    return ParallelSide.of(threads, make);
  }

  private WorkSide.Work mapping(String side) {
    return switch (side) {
      case "unikernal" -> {
        Expression mapping = definition.mapping();
        yield bytes -> Json.write(mapping.evaluate(definition.frame(definition.read(bytes))));
      }
      case "java-values" -> new ValuesByHand(definition)::run;
      case "java-jackson" -> new ByHandOnJackson()::run;
      case "cel-planner" -> {
        var planner = ByCelPlanner.mapping(definition);
        yield bytes -> planner.run(definition, bytes);
      }
      case "jsonata" -> new ByJsonata()::run;
      case "jackson-jq" -> jacksonJq()::run;
      default -> throw new IllegalArgumentException(side);
    };
  }

  private ByJacksonJq jacksonJq() {
    try {
      return new ByJacksonJq(Files.readString(workloads.resolve("mapping.jq")));
    } catch (IOException e) {
      throw new IllegalStateException("mapping.jq", e);
    }
  }

  private WorkSide.Work json(String side) {
    return switch (side) {
      case "unikernal" -> bytes -> Json.write(Json.read(bytes, Json.Limits.DEFAULT));
      case "unikernal-typed" -> bytes -> Json.write(definition.read(bytes));
      case "jackson3-tree" -> {
        var mapper = new JsonMapper();
        yield bytes -> mapper.writeValueAsBytes(mapper.readTree(bytes));
      }
      case "jackson3-map" -> {
        var mapper = new JsonMapper();
        yield bytes -> mapper.writeValueAsBytes(mapper.readValue(bytes, Object.class));
      }
      default -> throw new IllegalArgumentException(side);
    };
  }

  private Side predicate(String side) {
    var orders = definition.readAll(body);
    PredicateSide.Test test =
        switch (side) {
          case "unikernal" -> {
            Expression predicate = definition.predicate();
            Frame[] frames = orders.stream().map(definition::frame).toArray(Frame[]::new);
            yield order -> predicate.evaluate(frames[order]) == Value.Bool.TRUE;
          }
          case "java-values" -> {
            Rec[] records = orders.toArray(Rec[]::new);
            yield order -> ValuesByHand.isWanted(records[order]);
          }
          case "cel-planner" -> {
            var planner = new ByCelPlanner(definition.order(), ByCelPlanner.PREDICATE);
            var variables = orders.stream().map(planner::variables).toList();
            yield order -> (Boolean) planner.evaluate(variables.get(order));
          }
          default -> throw new IllegalArgumentException(side);
        };
    return new PredicateSide(test, orders.size());
  }
}
