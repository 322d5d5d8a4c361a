package io.unikernal.adapter.sql;

import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Body;
import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Field;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.TypeParser;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule;
import io.unikernal.spi.SystemContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A system opened for a test, and its operations by their SQL. */
final class Database implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("test");
  final OpenSystem system;
  private final Adapter adapter;
  private final Config config;
  private Deadline deadline = Deadline.NONE;

  private Database(Adapter adapter, Config config, Path state) throws InterruptedException {
    this.adapter = adapter;
    this.config = config;
    system =
        adapter.open(
            new SystemContext(
                "db",
                config,
                List.of(),
                state,
                state,
                new SystemWorld(),
                (operation, input, until, trace) -> {
                  throw new UnsupportedOperationException();
                },
                LOG));
  }

  /** Pairs of fields and values. */
  static Config config(Object... pairs) {
    var values = new LinkedHashMap<Field<?>, Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      values.put((Field<?>) pairs[i], pairs[i + 1]);
    }
    return new Config(values);
  }

  static Database open(Adapter adapter, Config config, Path state) throws InterruptedException {
    return new Database(adapter, config, state);
  }

  /** Calls from here on have so much time. */
  Database within(Duration time) {
    deadline = Deadline.after(time, System.nanoTime());
    return this;
  }

  /** {@code returns} is empty, a symbol or a type. */
  Endpoint.Duplex bind(String sql, String returns, Object... more) {
    var values = new LinkedHashMap<Field<?>, Object>();
    values.put(SqlFields.SQL, sql);
    if (!returns.isEmpty()) {
      values.put(SqlFields.RETURNS, returns(returns));
    }
    for (int i = 0; i < more.length; i += 2) {
      values.put((Field<?>) more[i], more[i + 1]);
    }
    var options = new Config(values);
    var result = adapter.spec().rule().apply("op", options, config);
    if (!(result instanceof OperationRule.Result.Shaped shaped)) {
      throw new AssertionError(result.toString());
    }
    return (Endpoint.Duplex)
        system.bind(
            new Operation(
                "db",
                "op",
                shaped.direction(),
                shaped.input(),
                shaped.output(),
                shaped.effect(),
                Set.of(Capability.BLOCKS),
                options,
                "",
                Origin.NONE));
  }

  static Field.TypeOrSymbol returns(String text) {
    if (SqlFields.RETURNS.symbols().contains(text)) {
      return new Field.TypeOrSymbol.Symbol(text);
    }
    return new Field.TypeOrSymbol.Typed(type(text));
  }

  static Type type(String text) {
    return switch (TypeParser.parse(text, NAMES)) {
      case TypeParser.Result.Parsed(var type) -> type;
      case TypeParser.Result.Wrong wrong -> throw new AssertionError(wrong.toString());
    };
  }

  /** The named types of these tests. */
  static final TypeParser.Names NAMES =
      new TypeParser.Names() {
        @Override
        public Optional<Type> find(String name) {
          return Optional.ofNullable(NAMED.get(name));
        }

        @Override
        public List<String> all() {
          return List.copyOf(NAMED.keySet());
        }
      };

  private static final LinkedHashMap<String, Type> NAMED = new LinkedHashMap<>();

  static void name(String name, Object... fields) {
    var list = new java.util.ArrayList<Type.Field>();
    for (int i = 0; i < fields.length; i += 2) {
      list.add(Type.Field.of((String) fields[i], type((String) fields[i + 1])));
    }
    NAMED.put(name, new Type.Record(name, list));
  }

  Value call(String sql, String returns, Object... input) throws InterruptedException {
    return call(bind(sql, returns), input);
  }

  Value call(Endpoint.Duplex endpoint, Object... input) throws InterruptedException {
    var message =
        Message.received("db.op", new LinkedHashMap<>(), Body.of(dict(input)), Trace.NONE)
            .withDeadline(deadline);
    return endpoint.call(message).body();
  }

  Fault fault(String sql, String returns, Object... input) throws InterruptedException {
    try {
      throw new AssertionError("no fault but " + call(sql, returns, input));
    } catch (FaultException exception) {
      return exception.fault();
    }
  }

  static Value.Dict dict(Object... pairs) {
    var fields = new LinkedHashMap<String, Value>();
    for (int i = 0; i < pairs.length; i += 2) {
      fields.put((String) pairs[i], value(pairs[i + 1]));
    }
    return new Value.Dict(fields);
  }

  static Value value(Object object) {
    return switch (object) {
      case Value value -> value;
      case String text -> Value.text(text);
      case Integer number -> Value.integer(number);
      case Long number -> Value.integer(number);
      case Double number -> new Value.Real(number);
      case Boolean bool -> Value.Bool.of(bool);
      default -> throw new IllegalArgumentException(object.toString());
    };
  }

  @Override
  public void close() {
    system.close();
  }
}
