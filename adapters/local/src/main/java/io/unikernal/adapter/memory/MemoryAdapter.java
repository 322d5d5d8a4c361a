package io.unikernal.adapter.memory;

import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Effect;
import io.unikernal.model.Fault;
import io.unikernal.model.Field;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule;
import io.unikernal.spi.SystemContext;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Queues inside the process. Tests keep the adapter that they open systems with, and push and take
 * by it.
 */
public final class MemoryAdapter implements Inspects {
  static final Field<Type> RECEIVES =
      Field.type("receives", "The type of the messages that this operation emits.")
          .optional()
          .example("Order");

  static final Field<Type> ACCEPTS =
      Field.type("accepts", "The type of the messages that this operation takes.")
          .optional()
          .example("Order");

  static final Field<String> QUEUE =
      Field.text(
              "queue",
              "What is accepted on a queue is received from the same queue of this system. Without"
                  + " it the operation's own name.")
          .optional()
          .example("orders");

  static final Field<Integer> CAPACITY =
      Field.integer("capacity", "How many messages may wait; one more is OVERLOADED.")
          .or(1000)
          .example("10");

  private static final Set<Capability> CAPABILITIES =
      Collections.unmodifiableSet(EnumSet.of(Capability.ORDERED));

  private static final String QUEUE_EXAMPLE =
      """
      udl: 7
      types:
        Order: { id: uuid, customer: string }
      systems:
        bus:
          type: memory
          operations:
            order_in: { receives: Order, queue: orders, capacity: 100 }
            order_out: { accepts: Order, queue: orders }
            seen: { accepts: Order }
      routes:
        - from: bus.order_in
          to: bus.seen
      pipelines:
        place:
          input: Order
          steps:
            - { system: bus.order_out, with: "${input}" }
      """;

  private static final String SINK_EXAMPLE =
      """
      udl: 7
      systems:
        clock:
          type: timer
          operations:
            tick: { every: 1s }
        seen:
          type: memory
          operations:
            ticks: { accepts: any }
      routes:
        - from: clock.tick
          to: seen.ticks
      """;

  private static final AdapterSpec SPEC =
      new AdapterSpec(
          "memory",
          List.of(),
          AdapterSpec.Stability.BETA,
          "Queues inside the process, for tests and examples: what waits is lost when it ends.",
          ConfigSpec.NONE,
          ConfigSpec.of(RECEIVES, ACCEPTS, QUEUE, CAPACITY),
          MemoryAdapter::shape,
          List.of(
              new AdapterSpec.Example("A queue between a pipeline and a route", QUEUE_EXAMPLE),
              new AdapterSpec.Example("A sink for tests", SINK_EXAMPLE)));

  private final Map<String, MemorySystem> systems = new ConcurrentHashMap<>();

  @Override
  public AdapterSpec spec() {
    return SPEC;
  }

  @Override
  public OpenSystem open(SystemContext context) {
    var system = new MemorySystem(context);
    systems.put(context.name(), system);
    return system;
  }

  @Override
  public Inspection inspect(Request request) {
    return new Inspection.Nothing();
  }

  /**
   * Pushes a message into a receiving operation.
   *
   * @throws io.unikernal.model.FaultException OVERLOADED when its queue is full
   */
  public Offered offer(String system, String operation, Value body) {
    return find(system).offer(operation, body);
  }

  /** What an accepting operation took until now, oldest first; also after the system's end. */
  public List<Value> taken(String system, String operation) {
    return find(system).taken(operation);
  }

  private MemorySystem find(String name) {
    var system = systems.get(name);
    if (system == null) {
      throw Fault.of(Fault.Code.NOT_FOUND, "no memory system `" + name + "` was opened")
          .toException();
    }
    return system;
  }

  private static OperationRule.Result shape(String name, Config operation, Config system) {
    if (operation.has(RECEIVES) == operation.has(ACCEPTS)) {
      return refused("", "a memory operation has either `receives` or `accepts`");
    }
    if (operation.get(CAPACITY) < 1) {
      return refused("capacity", "`capacity` must be at least 1");
    }
    boolean receives = operation.has(RECEIVES);
    return new OperationRule.Result.Shaped(
        receives ? Operation.Direction.RECEIVES : Operation.Direction.CALLED,
        operation.get(receives ? RECEIVES : ACCEPTS),
        Type.Simple.NULL,
        Effect.UNKNOWN,
        CAPABILITIES,
        "");
  }

  private static OperationRule.Result refused(String field, String message) {
    return new OperationRule.Result.Refused(
        List.of(new OperationRule.Problem(field, message, "write receives: any")));
  }

  /** A message that was pushed, and what becomes of it. */
  public static final class Offered {
    private final CountDownLatch settled = new CountDownLatch(1);
    private final AtomicReference<Optional<Outcome>> outcome =
        new AtomicReference<>(Optional.empty());

    Offered() {}

    void settle(Outcome end) {
      if (!outcome.compareAndSet(Optional.empty(), Optional.of(end))) {
        throw new IllegalStateException("a message is settled once");
      }
      settled.countDown();
    }

    /** Empty while it is under way. */
    public Optional<Outcome> outcome() {
      return outcome.get();
    }

    /** Waits until it is settled. */
    public Outcome await() throws InterruptedException {
      settled.await();
      return outcome.get().orElseThrow();
    }

    /** Waits at most this long; empty when it is still under way. */
    public Optional<Outcome> await(Duration time) throws InterruptedException {
      var unused = settled.await(time.toNanos(), TimeUnit.NANOSECONDS);
      return outcome.get();
    }
  }
}
