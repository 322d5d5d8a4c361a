package io.unikernal.bench;

import io.unikernal.model.Body;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Effect;
import io.unikernal.model.Field;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Reads;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.Wanted;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule;
import io.unikernal.spi.Sink;
import io.unikernal.spi.SystemContext;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An adapter that costs nothing: the thread that pushes a message is the event loop that carries
 * it, as with a server's, but without a socket. So what is measured is the kernel. One system only;
 * not for more than one thread.
 */
final class LoopAdapter implements Adapter {
  private static final Field<Type> RECEIVES =
      Field.type("receives", "What is pushed.").optional().example("any");
  private static final Field<Type> ACCEPTS =
      Field.type("accepts", "What is taken.").optional().example("any");
  private static final AdapterSpec SPEC =
      new AdapterSpec(
          "loop",
          List.of(),
          AdapterSpec.Stability.EXPERIMENTAL,
          "Pushes from and takes on the measuring thread.",
          ConfigSpec.NONE,
          ConfigSpec.of(RECEIVES, ACCEPTS),
          (name, operation, _) ->
              new OperationRule.Result.Shaped(
                  operation.has(RECEIVES)
                      ? Operation.Direction.RECEIVES
                      : Operation.Direction.CALLED,
                  operation.get(operation.has(RECEIVES) ? RECEIVES : ACCEPTS),
                  Type.Simple.NULL,
                  Effect.UNKNOWN,
                  EnumSet.noneOf(io.unikernal.model.Capability.class),
                  name),
          List.of());

  private static final long LATE_NANOS_MAX = 1_000_000_000;

  private final Queue<Runnable> carrier = new ConcurrentLinkedQueue<>();
  private final Map<String, Sink> sinks = new HashMap<>();
  private final Function<Value, byte[]> last;
  private Wanted wanted = Wanted.ALL;
  private byte[] taken = {};
  private long delivered;

  /** {@code last} is what the target does with each body, as a connection's adapter writes it. */
  LoopAdapter(Function<Value, byte[]> last) {
    this.last = last;
  }

  @Override
  public AdapterSpec spec() {
    return SPEC;
  }

  @Override
  public OpenSystem open(SystemContext context) {
    return new Opened();
  }

  /** Carries messages one after the other on the calling thread; the bodies come from outside. */
  void push(String operation, Supplier<Body> bodies, int count) {
    var to = Optional.ofNullable(sinks.get(operation)).orElseThrow();
    for (int i = 0; i < count; i++) {
      var headers = new LinkedHashMap<String, String>();
      headers.put("x-api-key", Credential.KEY);
      var message = Message.received(operation, headers, bodies.get(), Trace.NONE);
      to.accept(new Pushed(message), carrier::add);
      carryWhatWaits();
    }
  }

  /** Carries what waited for something outside of the loop, and came back to it later. */
  void carryUntil(long wanted) {
    long end = System.nanoTime() + LATE_NANOS_MAX;
    while (delivered < wanted && System.nanoTime() < end) {
      var task = carrier.poll();
      if (task == null) {
        Thread.onSpinWait();
      } else {
        task.run();
      }
    }
  }

  /** Carries what came back to the loop, as far as it has. */
  void carryWhatWaits() {
    for (var task = carrier.poll(); task != null; task = carrier.poll()) {
      task.run();
    }
  }

  /** What the routes read of what is pushed. */
  Wanted wanted() {
    return wanted;
  }

  /** The last body that came out, as the target made it. */
  byte[] taken() {
    return taken;
  }

  /** How many messages ended well. */
  long delivered() {
    return delivered;
  }

  private final class Pushed implements Delivery {
    private final Message message;

    Pushed(Message message) {
      this.message = message;
    }

    @Override
    public Message message() {
      return message;
    }

    @Override
    public void settle(Outcome outcome) {
      if (outcome instanceof Outcome.Done) {
        delivered++;
      }
    }

    @Override
    public void onCancel(Runnable action) {}
  }

  private final class Opened implements OpenSystem {
    @Override
    public Endpoint bind(Operation operation) {
      throw new IllegalStateException("nobody says what is read");
    }

    @Override
    public Endpoint bind(Operation operation, Reads reads) {
      if (operation.direction() == Operation.Direction.CALLED) {
        return new Target();
      }
      wanted = Wanted.of(operation.input(), reads);
      return new Source(operation.id());
    }

    @Override
    public Health probe() {
      return Health.UP;
    }

    @Override
    public String describe() {
      return "";
    }

    @Override
    public void close() {}
  }

  private final class Source implements Endpoint.PushSource {
    private final String operation;

    Source(String operation) {
      this.operation = operation;
    }

    @Override
    public void start(Sink to) {
      sinks.put(operation, to);
    }

    @Override
    public void stop() {
      sinks.remove(operation);
    }
  }

  private final class Target implements Endpoint.Target {
    private static final List<Outcome> TAKEN = List.of(Outcome.Done.NONE);

    @Override
    public List<Outcome> send(List<Message> batch) {
      taken = last.apply(batch.getFirst().body().value());
      return TAKEN;
    }
  }
}
