package io.unikernal.kernel.explain;

import io.unikernal.model.Trace;

/** Who is told of messages that have ended, elsewhere: a collector of traces. */
public interface StoryExporter {
  /**
   * Whether a message is told of if it does not fail; asked when it comes, as those it calls are
   * told.
   *
   * @param sender where its sender stands; {@link Trace#NONE} if the trace begins here
   */
  boolean samples(Trace sender, String traceId);

  /** A message has ended, sampled or not. Must not block and must not throw. */
  void take(Story story);
}
