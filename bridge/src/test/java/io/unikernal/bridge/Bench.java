package io.unikernal.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.model.Config;
import io.unikernal.model.Deadline;
import io.unikernal.model.Effect;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Field;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import io.unikernal.model.Principal;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Caller;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/** A Python file served by real processes of the real SDK, in a folder of its own. */
final class Bench implements AutoCloseable {
  static final Limits FAST =
      new Limits(
          Duration.ofSeconds(5),
          Duration.ofMillis(100),
          Duration.ofMillis(800),
          Duration.ofMillis(500),
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          Duration.ofMillis(50),
          Duration.ofMillis(400),
          Duration.ofSeconds(30));
  static final Caller NOBODY =
      (operation, _, _, _) -> {
        throw Fault.of(Fault.Code.NOT_FOUND, "no operation `" + operation + "`").toException();
      };

  final TestWorld world = new TestWorld();
  final TestLog log = new TestLog();
  final Path folder;
  private final SequencedMap<Field<?>, Object> options = new LinkedHashMap<>();
  private final List<Operation> operations = new ArrayList<>();
  private Caller caller = NOBODY;
  private Limits limits = FAST;
  private OpenSystem system = new NotOpen();

  private static final class NotOpen implements OpenSystem {
    @Override
    public Endpoint bind(Operation operation) {
      throw new IllegalStateException("not open");
    }

    @Override
    public io.unikernal.spi.Health probe() {
      return new io.unikernal.spi.Health.Down("not open");
    }

    @Override
    public String describe() {
      return "";
    }

    @Override
    public void close() {}
  }

  Bench(Path folder, String program) {
    this.folder = folder;
    try {
      Files.writeString(folder.resolve("program.py"), program);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    with(PythonAdapter.PATH, folder.resolve("program.py"));
  }

  <T> Bench with(Field<T> option, T value) {
    options.put(option, value);
    return this;
  }

  Bench with(Caller other) {
    caller = other;
    return this;
  }

  Bench with(Limits other) {
    limits = other;
    return this;
  }

  Bench serving(Operation operation) {
    operations.add(operation);
    return this;
  }

  Config config() {
    return new Config(options);
  }

  Bench open() throws InterruptedException {
    var context = new SystemContext("py", config(), operations, folder, folder, world, caller, log);
    system = BridgeSystem.open(context, PythonRuntime.of(config(), folder), limits);
    return this;
  }

  OpenSystem system() {
    return system;
  }

  static Operation operation(String name, Type input, Effect effect) {
    return new Operation(
        "py",
        name,
        Operation.Direction.CALLED,
        input,
        Type.Simple.ANY,
        effect,
        Set.of(),
        Config.EMPTY,
        "",
        Origin.NONE);
  }

  static Operation operation(String name) {
    return operation(name, Type.Simple.ANY, Effect.UNKNOWN);
  }

  static Value.Dict map(Object... namesAndValues) {
    var fields = new LinkedHashMap<String, Value>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      fields.put(
          (String) namesAndValues[i],
          value instanceof Value it
              ? it
              : value instanceof Number number
                  ? Value.integer(number.longValue())
                  : Value.text((String) value));
    }
    return new Value.Dict(fields);
  }

  Message message(String name, Value input, Duration limit) {
    return new Message(
        "m1",
        "py." + name,
        new LinkedHashMap<>(),
        io.unikernal.model.Body.of(input),
        new Principal("ann", Set.of()),
        Deadline.after(limit, world.nanos()),
        Trace.NONE);
  }

  Value call(Operation operation, Message message) throws InterruptedException {
    return ((Endpoint.Duplex) system.bind(operation)).call(message).body();
  }

  Value call(String name, Object... input) throws InterruptedException {
    return call(operation(name), message(name, map(input), Duration.ofSeconds(10)));
  }

  Fault fault(Operation operation, Message message) {
    var thrown = catchThrowableOfType(FaultException.class, () -> call(operation, message));
    assertThat(thrown).as("a fault of " + operation.id()).isNotNull();
    return thrown.fault();
  }

  Fault fault(String name, Object... input) {
    return fault(operation(name), message(name, map(input), Duration.ofSeconds(10)));
  }

  Fault fault(String name, Duration limit, Object... input) {
    return fault(operation(name), message(name, map(input), limit));
  }

  long pid() throws InterruptedException {
    return ((Value.Int) call("pid")).value();
  }

  boolean isUp() {
    try {
      return system.probe() == io.unikernal.spi.Health.UP;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static void signal(String signal, long pid) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor())
        .isZero();
  }

  static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Override
  public void close() {
    system.close();
  }
}
