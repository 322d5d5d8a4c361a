package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.util.Optional;

/** What a generator yields, as it is read. */
final class WorkerElements implements ValueStream.Producer {
  private final Peer.Chunks chunks;
  private final String operation;
  private final boolean isMasked;

  /** {@code isMasked}: whether the words of a failure may hold what is not to be shown. */
  WorkerElements(Peer.Chunks chunks, String operation, boolean isMasked) {
    this.chunks = chunks;
    this.operation = operation;
    this.isMasked = isMasked;
  }

  @Override
  public Optional<Value> next() throws InterruptedException {
    Frame frame = chunks.next();
    return switch (frame.type()) {
      case Frame.CHUNK -> Optional.of(value(frame));
      case Frame.ERROR -> throw BridgeFaults.of(frame.value(), operation, isMasked).toException();
      default -> Optional.empty();
    };
  }

  private Value value(Frame frame) {
    try {
      return CallFrame.result(frame.payload());
    } catch (FaultException e) {
      throw Fault.of(
              Fault.Code.INTERNAL, "`" + operation + "` gave no value: " + e.fault().message())
          .toException(e);
    }
  }

  @Override
  public void close() {
    chunks.close();
  }
}
