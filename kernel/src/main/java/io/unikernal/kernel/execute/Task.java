package io.unikernal.kernel.execute;

import io.unikernal.model.Frame;
import io.unikernal.model.Message;
import io.unikernal.model.Value;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What stays the same for all the work that one message causes.
 *
 * @param route for events
 * @param carrier where its branches run, so that no other thread is woken
 */
public record Task(
    Message message,
    String route,
    Value meta,
    Value auth,
    Frame.Ambient ambient,
    Optional<Executor> carrier) {

  /** The variables of one route or pipeline. */
  public Frame frame(int slots, Value input) {
    var frame = new Frame(Math.max(slots, Frame.FIRST_STEP), ambient);
    frame.set(Frame.INPUT, input);
    frame.set(Frame.META, meta);
    frame.set(Frame.AUTH, auth);
    return frame;
  }
}
