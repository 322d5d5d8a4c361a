package io.unikernal.spi;

import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Reply;
import java.util.List;

/** One operation, bound. Blocking; never retries, owns no clock, swallows no error. */
public sealed interface Endpoint {

  /** A source that the kernel asks. */
  non-sealed interface PullSource extends Endpoint {
    /**
     * Waits for at least one message and gives at most {@code max}; an empty list means that the
     * source has ended.
     */
    List<Delivery> receive(int max) throws InterruptedException;
  }

  /** A source that hands over by itself: a server. */
  non-sealed interface PushSource extends Endpoint {
    /** Begins to accept; until then callers are told that it is not ready. */
    void start(Sink sink);

    /** Accepts no more; deliveries under way may still be settled. */
    void stop();
  }

  /** Takes messages and answers nothing. */
  non-sealed interface Target extends Endpoint {
    /** One outcome for each message, in order. */
    List<Outcome> send(List<Message> batch) throws InterruptedException;
  }

  /** Takes a message and answers. */
  non-sealed interface Duplex extends Endpoint {
    /**
     * @throws io.unikernal.model.FaultException what went wrong; the answer need not fit the
     *     operation's output, the kernel checks it
     */
    Reply call(Message request) throws InterruptedException;
  }
}
