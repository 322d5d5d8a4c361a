package io.unikernal.kernel.explain;

import io.unikernal.kernel.explain.Story.Ending;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Those who look on as messages pass. A message pays for them only while there are some. */
public final class Taps {
  private final List<Tap> open = new CopyOnWriteArrayList<>();

  /**
   * A message that has ended. Its values may be labelled: who shows them masks them by their types.
   */
  public record Passed(
      Instant at,
      String operation,
      String route,
      String messageId,
      String traceId,
      Ending ending,
      Value input,
      Type inputType,
      Optional<Value> answer,
      Type answerType,
      String fault) {}

  /** Looks on until it is closed. */
  public final class Tap implements AutoCloseable {
    private final String route;
    private final Consumer<Passed> eye;

    private Tap(String route, Consumer<Passed> eye) {
      this.route = route;
      this.eye = eye;
    }

    @Override
    public void close() {
      open.remove(this);
    }
  }

  /**
   * @param route the name of a route or of the operation that it starts from; empty for all
   * @param eye must not block; what it throws is lost
   */
  public Tap open(String route, Consumer<Passed> eye) {
    var tap = new Tap(route, eye);
    open.add(tap);
    return tap;
  }

  /** Whether somebody looks on. */
  public boolean areOpen() {
    return !open.isEmpty();
  }

  /** {@code message} is made only if somebody looks on here. */
  public void pass(String operation, String route, Supplier<Passed> message) {
    Passed passed = null;
    for (var tap : open) {
      if (tap.route.isEmpty() || tap.route.equals(route) || tap.route.equals(operation)) {
        passed = passed == null ? message.get() : passed;
        try {
          tap.eye.accept(passed);
        } catch (RuntimeException _) {
          // Looking on must not fail a message.
        }
      }
    }
  }
}
