package io.unikernal.spi;

import io.unikernal.model.Message;
import io.unikernal.model.Outcome;

/** A received message and its receipt. */
public interface Delivery {
  /** The kernel adds identity, deadline and trace; the source gives id, headers and body. */
  Message message();

  /** Asked only where a definition wants to know who its callers are. */
  default Sender sender() {
    return Sender.of(message().headers());
  }

  /** Called exactly once, after the message is safe: acknowledges, answers, or gives back. */
  void settle(Outcome outcome);

  /** Run when the sender goes away before the answer: the kernel cancels the work. */
  void onCancel(Runnable action);
}
