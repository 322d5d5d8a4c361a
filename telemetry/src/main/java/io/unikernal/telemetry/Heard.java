package io.unikernal.telemetry;

import java.util.concurrent.atomic.AtomicBoolean;

/** Says once that a collector cannot be reached, and once that it can again. */
final class Heard {
  private final System.Logger log = System.getLogger("unikernal.telemetry");
  private final AtomicBoolean fails = new AtomicBoolean();

  void sent(boolean isDone) {
    if (isDone) {
      if (fails.getAndSet(false)) {
        log.log(System.Logger.Level.INFO, "the collector takes traces and metrics again");
      }
    } else if (!fails.getAndSet(true)) {
      log.log(
          System.Logger.Level.WARNING,
          "the collector does not take traces or metrics; messages go on, and what it does not take"
              + " is counted as dropped");
    }
  }

  /** Messages end faster than they can be sent; said when the first is dropped. */
  void full() {
    log.log(
        System.Logger.Level.WARNING,
        "messages end faster than the collector takes them: some it is not told of");
  }

  /** At the end. */
  void dropped(long count) {
    log.log(System.Logger.Level.WARNING, "messages that the collector was not told of: " + count);
  }
}
