package io.unikernal.adapter;

import io.unikernal.model.Body;
import io.unikernal.model.Config;
import io.unikernal.model.Field;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule.Result;
import io.unikernal.spi.SystemContext;
import io.unikernal.spi.World;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Opens systems of an adapter for tests. */
public final class Bench {
  private static final System.Logger LOG = System.getLogger("test");
  private final Adapter adapter;
  private final World world;

  public Bench(Adapter adapter) {
    this(adapter, new ManualWorld(true));
  }

  public Bench(Adapter adapter, World world) {
    this.adapter = adapter;
    this.world = world;
  }

  /** Pairs of fields and values; a later one replaces an earlier one. */
  public static Config config(Object... pairs) {
    var values = new LinkedHashMap<Field<?>, Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      values.put((Field<?>) pairs[i], pairs[i + 1]);
    }
    return new Config(values);
  }

  public OpenSystem open(Path folder, Config config, Operation... operations) throws Exception {
    return adapter.open(
        new SystemContext(
            "system",
            config,
            List.of(operations),
            folder,
            folder.resolve(".unikernal"),
            world,
            (operation, input, deadline, trace) -> {
              throw new UnsupportedOperationException();
            },
            LOG));
  }

  public Result shape(String name, Object... options) {
    return adapter.spec().rule().apply(name, config(options), Config.EMPTY);
  }

  public Operation operation(String name, Object... options) {
    if (!(shape(name, options) instanceof Result.Shaped shaped)) {
      throw new AssertionError(shape(name, options).toString());
    }
    return new Operation(
        "system",
        name,
        shaped.direction(),
        shaped.input(),
        shaped.output(),
        shaped.effect(),
        shaped.capabilities(),
        config(options),
        "",
        Origin.NONE);
  }

  public Endpoint bind(OpenSystem system, String name, Object... options) {
    return system.bind(operation(name, options));
  }

  public static Message message(Value body) {
    return Message.received("system.op", new LinkedHashMap<>(), Body.of(body), Trace.NONE);
  }

  public static Value.Dict dict(Object... pairs) {
    var fields = new LinkedHashMap<String, Value>();
    for (int i = 0; i < pairs.length; i += 2) {
      Object object = pairs[i + 1];
      fields.put(
          (String) pairs[i],
          switch (object) {
            case Value value -> value;
            case String text -> Value.text(text);
            case Integer number -> Value.integer(number);
            default -> throw new IllegalArgumentException(object.toString());
          });
    }
    return new Value.Dict(fields);
  }

  /** Each problem of a refusal. */
  public static List<String> problems(Result result) {
    var texts = new ArrayList<String>();
    if (result instanceof Result.Refused refused) {
      refused.problems().forEach(problem -> texts.add(problem.message()));
    }
    return texts;
  }
}
