package io.unikernal.testing;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Outcome;
import io.unikernal.model.Reply;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.util.ArrayList;

/** Reads streams to their end, as the callers of a test do. */
final class Whole {
  /** A stream that never ends is a mistake of a test. */
  private static final int ELEMENTS_MAX = 100_000;

  private Whole() {}

  /** What the caller has in the end: a list in place of a stream, or what broke it. */
  static Outcome outcome(Outcome outcome) {
    if (!(outcome instanceof Outcome.Done(var reply)
        && reply.body() instanceof ValueStream stream)) {
      return outcome;
    }
    try {
      return new Outcome.Done(new Reply(read(stream), reply.headers()));
    } catch (FaultException e) {
      return new Outcome.Failed(e.fault());
    } catch (InterruptedException _) {
      stream.close();
      Thread.currentThread().interrupt();
      return new Outcome.Failed(Fault.of(Fault.Code.CANCELLED, "the stream was given up"));
    }
  }

  private static Value read(ValueStream stream) throws InterruptedException {
    var elements = new ArrayList<Value>();
    for (var next = stream.next(); next.isPresent(); next = stream.next()) {
      elements.add(next.get());
      if (elements.size() > ELEMENTS_MAX) {
        stream.close();
        throw Fault.of(Fault.Code.TOO_LARGE, "a test reads at most " + ELEMENTS_MAX + " elements")
            .toException();
      }
    }
    return new Value.Items(elements);
  }
}
