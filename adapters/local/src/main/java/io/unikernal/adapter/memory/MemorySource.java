package io.unikernal.adapter.memory;

import io.unikernal.adapter.memory.MemoryAdapter.Offered;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint;
import java.util.ArrayList;
import java.util.List;

/** Receives from a queue. */
record MemorySource(String operation, MemoryQueue queue) implements Endpoint.PullSource {
  @Override
  public List<Delivery> receive(int max) throws InterruptedException {
    var deliveries = new ArrayList<Delivery>();
    for (var entry : queue.take(max)) {
      deliveries.add(
          new Received(
              Message.received(operation, entry.headers(), entry.body(), entry.trace()),
              entry.offered()));
    }
    return deliveries;
  }

  /** Not redelivered: whoever offered it is told, and may offer it again. */
  private record Received(Message message, Offered offered) implements Delivery {
    @Override
    public void settle(Outcome outcome) {
      offered.settle(outcome);
    }

    @Override
    public void onCancel(Runnable action) {}
  }
}
