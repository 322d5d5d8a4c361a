package io.unikernal.adapter.memory;

import io.unikernal.adapter.memory.MemoryAdapter.Offered;
import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The queues of one system. They live as long as it does. */
final class MemorySystem implements OpenSystem {
  private final SequencedMap<String, MemoryQueue> queues = new LinkedHashMap<>();
  private final SequencedMap<String, Taken> taken = new LinkedHashMap<>();
  private final SequencedMap<String, Operation> operations = new LinkedHashMap<>();

  MemorySystem(SystemContext context) {
    for (Operation operation : context.operations()) {
      operations.put(operation.name(), operation);
      if (operation.direction() == Operation.Direction.RECEIVES) {
        int capacity = operation.options().get(MemoryAdapter.CAPACITY);
        queues.computeIfAbsent(queueName(operation), _ -> new MemoryQueue(capacity));
      } else {
        taken.put(operation.name(), new Taken());
      }
    }
  }

  private static String queueName(Operation operation) {
    return operation.options().find(MemoryAdapter.QUEUE).orElse(operation.name());
  }

  @Override
  public Endpoint bind(Operation operation) {
    var queue = queues.get(queueName(operation));
    if (operation.direction() == Operation.Direction.RECEIVES && queue != null) {
      return new MemorySource(operation.id(), queue);
    }
    var took = taken.get(operation.name());
    if (took == null) {
      throw Fault.of(Fault.Code.NOT_FOUND, operation.id() + " is not an operation of this system")
          .toException();
    }
    return queue == null ? new MemoryTarget(took) : new MemoryTarget(took, queue);
  }

  Offered offer(String name, Value body) {
    var operation = operations.get(name);
    var queue = operation == null ? null : queues.get(queueName(operation));
    if (queue == null) {
      throw Fault.of(Fault.Code.NOT_FOUND, "no operation `" + name + "` receives").toException();
    }
    return queue.offer(body);
  }

  List<Value> taken(String name) {
    var took = taken.get(name);
    if (took == null) {
      throw Fault.of(Fault.Code.NOT_FOUND, "no operation `" + name + "` accepts").toException();
    }
    return took.all();
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
  public void close() {
    queues.values().forEach(MemoryQueue::close);
  }
}
