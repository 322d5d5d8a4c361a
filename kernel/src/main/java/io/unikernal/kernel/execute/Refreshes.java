package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.resilience.Attempt;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Deadline;
import io.unikernal.model.Origin;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Gets new answers for old ones that were given: nobody waits for them, but a drain does. */
final class Refreshes {
  /** How long one may take. */
  static final Duration TIME_MAX = Duration.ofSeconds(10);

  private final World world;
  private final Listener listener;
  private final Guarded guarded;
  private final AtomicInteger underWay = new AtomicInteger();

  Refreshes(World world, Listener listener, Guarded guarded) {
    this.world = world;
    this.listener = listener;
    this.guarded = guarded;
  }

  void start(
      Task task,
      String what,
      UnaryOperator<Attempt> guards,
      Supplier<Guarded.Body> again,
      Consumer<Optional<Value>> told) {
    var body = again.get(); // before the message goes on and changes its variables
    underWay.incrementAndGet();
    try {
      task.start(world, "refresh", () -> refresh(task, what, guards, body, told));
    } catch (RuntimeException e) {
      underWay.decrementAndGet();
      throw e;
    }
  }

  private void refresh(
      Task task,
      String what,
      UnaryOperator<Attempt> guards,
      Guarded.Body body,
      Consumer<Optional<Value>> told) {
    Optional<Value> got = Optional.empty();
    try (var scope = Scope.open()) {
      var work = new Work(task, Deadline.NONE, scope);
      Guarded.Body limited = inner -> guarded.limited(TIME_MAX, what, inner, body);
      got = guards.apply(Guarded.attempt(limited, work)).run();
    } catch (InterruptedException _) {
      // nobody stops it but its own limit
    } catch (RuntimeException e) {
      listener.on(
          new Listener.Event.AttemptFailed(
              task.route(),
              "cache",
              1,
              Failure.reported(e),
              Duration.ZERO,
              Failure.origin(e, Origin.NONE)));
    } finally {
      told.accept(got);
      underWay.decrementAndGet();
    }
  }

  boolean isQuiet() {
    return underWay.get() == 0;
  }
}
