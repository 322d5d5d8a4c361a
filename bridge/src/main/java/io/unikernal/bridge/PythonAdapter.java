package io.unikernal.bridge;

import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Effect;
import io.unikernal.model.Field;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Type;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Describes;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule;
import io.unikernal.spi.SystemContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** Functions of a Python file as operations. Names and types come from the file itself. */
public final class PythonAdapter implements Describes, Inspects {
  static final Field<Path> PATH =
      Field.path("path", "The Python file whose public functions are the operations.")
          .example("./services/pricing.py");
  static final Field<Integer> INSTANCES =
      Field.integer(
              "instances",
              "How many processes run the file; calls go to the least busy. 0: only those that join.")
          .or(1);
  static final Field<Integer> CONCURRENCY =
      Field.integer("concurrency", "How many calls each process runs at once; more wait.").or(8);
  static final Field<String> INTERPRETER =
      Field.text("interpreter", "The Python to run it with, 3.9 or later.")
          .or("python3")
          .example("./venv/bin/python");
  static final Field<SequencedMap<String, String>> ENVIRONMENT =
      Field.textMap("env", "Variables that the process gets besides PATH, HOME and the locale.")
          .or(new LinkedHashMap<>())
          .example("{ REGION: eu }");
  static final Field<Duration> TIMEOUT =
      Field.duration("timeout", "The longest a call may take where nothing else limits it.")
          .or(Duration.ofSeconds(60));
  static final Field<Duration> START_TIMEOUT =
      Field.duration("start_timeout", "The longest a process may take until it can be called.")
          .or(Duration.ofSeconds(20));

  static final Field<SequencedMap<String, Type>> PARAMETERS =
      Field.types("params", "The function's parameters, where the file does not say.").optional();
  static final Field<Type> RETURNS =
      Field.type("returns", "What the function returns, where the file does not say.").optional();

  private static final AdapterSpec SPEC =
      new AdapterSpec(
          "python",
          List.of(),
          AdapterSpec.Stability.BETA,
          "Functions in Python, each file in processes of its own.",
          ConfigSpec.of(
              PATH, INSTANCES, CONCURRENCY, INTERPRETER, ENVIRONMENT, TIMEOUT, START_TIMEOUT),
          ConfigSpec.of(PARAMETERS, RETURNS),
          PythonAdapter::shape,
          List.of(
              new AdapterSpec.Example(
                  "A function behind a timer",
                  """
                  systems:
                    clock: { type: timer, operations: { tick: { every: 10s } } }
                    jobs: { type: python, path: ./jobs.py }
                  routes:
                    - { from: clock.tick, to: jobs.run }
                  """),
              new AdapterSpec.Example(
                  "Two processes with a variable of their own",
                  """
                  systems:
                    clock: { type: timer, operations: { tick: { every: 1m } } }
                    eu: { type: python, path: ./price.py, instances: 2, env: { REGION: eu } }
                  routes:
                    - { from: clock.tick, to: eu.refresh }
                  """)));

  @Override
  public AdapterSpec spec() {
    return SPEC;
  }

  static Set<Capability> capabilities(Type output) {
    return output.core() instanceof Type.StreamOf
        ? Set.of(Capability.CANCELS, Capability.STREAMS)
        : Set.of(Capability.CANCELS);
  }

  /** An operation that the definition declares; what the file says of it comes on top. */
  private static OperationRule.Result shape(String name, Config operation, Config system) {
    Type input = operation.find(PARAMETERS).<Type>map(Type::record).orElse(Type.Simple.ANY);
    Type output = operation.find(RETURNS).orElse(Type.Simple.ANY);
    return new OperationRule.Result.Shaped(
        Direction.CALLED, input, output, Effect.UNKNOWN, capabilities(output), "");
  }

  @Override
  public Description describe(Describes.Request request) throws InterruptedException {
    return new Describer(
            PythonRuntime.of(request.config(), request.baseDir()), request, Describer.SECONDS_MAX)
        .describe();
  }

  @Override
  public Optional<Description> remembered(Describes.Request request) {
    return new Describer(
            PythonRuntime.of(request.config(), request.baseDir()), request, Describer.SECONDS_MAX)
        .remembered();
  }

  @Override
  public OpenSystem open(SystemContext context) throws InterruptedException {
    return BridgeSystem.open(
        context, PythonRuntime.of(context.config(), context.baseDir()), Limits.DEFAULT);
  }

  @Override
  public Inspection inspect(Inspects.Request request) throws InterruptedException {
    return new PythonInspection(request, PythonRuntime.of(request.config(), request.baseDir()))
        .inspect();
  }
}
