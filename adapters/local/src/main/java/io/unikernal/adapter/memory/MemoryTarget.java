package io.unikernal.adapter.memory;

import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.spi.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes messages, and puts them on the queue when somebody receives from it. */
final class MemoryTarget implements Endpoint.Target {
  private final Taken taken;
  private final Optional<MemoryQueue> queue;

  MemoryTarget(Taken taken) {
    this.taken = taken;
    queue = Optional.empty();
  }

  MemoryTarget(Taken taken, MemoryQueue queue) {
    this.taken = taken;
    this.queue = Optional.of(queue);
  }

  @Override
  public List<Outcome> send(List<Message> batch) {
    var outcomes = new ArrayList<Outcome>();
    for (Message message : batch) {
      outcomes.add(send(message));
    }
    return outcomes;
  }

  private Outcome send(Message message) {
    try {
      queue.ifPresent(to -> to.add(message));
      taken.add(message.body().value());
      return Outcome.Done.NONE;
    } catch (FaultException exception) {
      return new Outcome.Failed(exception.fault());
    }
  }
}
