package io.unikernal.kernel.step;

import io.unikernal.kernel.Ledger;
import io.unikernal.kernel.execute.Answer;
import io.unikernal.kernel.execute.Failure;
import io.unikernal.kernel.execute.MessageAmbient;
import io.unikernal.kernel.execute.Task;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Body;
import io.unikernal.model.Builtin;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Principal;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.World;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one message on its way through the steps. Changed only by the thread that
 * carries it; each step fills in its part.
 */
public final class Transit {
  static final Fault CANCELLED =
      Fault.of(Fault.Code.CANCELLED, "nobody waits for the answer any more");

  private static final Value ANONYMOUS = Builtin.auth(Principal.ANONYMOUS);
  private static final Message UNREAD =
      Message.received("", new LinkedHashMap<>(), Body.of(Value.Absent.ABSENT), Trace.NONE);

  final Entry entry;
  final Delivery delivery;
  final Scope scope;

  /** Whether the kernel was called with it, so that no adapter has looked at its body. */
  final boolean injected;

  private final Optional<Executor> carrier;
  Message message = UNREAD;
  Ledger ledger;
  Instant receivedAt = Instant.EPOCH;
  Outcome outcome = Outcome.Done.NONE;
  Optional<Entry.Lane> lane = Optional.empty();

  /** Whether the limits of its route let it in. */
  boolean isAdmitted;

  /** Whether it lies where dead letters go. */
  boolean isDeadLettered;

  /** Run when it is held back: its source goes on with the next. */
  Optional<Runnable> whenHeld = Optional.empty();

  /** How often it was tried to carry it to its target. */
  int attempts;

  private final World world;
  private volatile @Nullable EarlyAnswer early;
  private @Nullable Task task;
  private @Nullable Frame frame;
  private @Nullable Throwable thrown;

  public Transit(
      World world,
      Entry entry,
      Delivery delivery,
      Scope scope,
      boolean injected,
      Optional<Executor> carrier) {
    this.world = world;
    this.entry = entry;
    this.delivery = delivery;
    this.scope = scope;
    this.injected = injected;
    this.carrier = carrier;
    ledger = entry.firstLedger();
  }

  /** For a source that keeps an order. */
  public void whenHeld(Runnable action) {
    whenHeld = Optional.of(action);
  }

  public Outcome outcome() {
    return outcome;
  }

  /** Whether somebody outside the kernel interrupted the thread. */
  public boolean isInterrupted() {
    return thrown instanceof InterruptedException && scope.reason().isEmpty();
  }

  /** What the failure came from, if it was thrown. */
  Optional<Throwable> thrown() {
    return Optional.ofNullable(thrown);
  }

  /** Ends the passage with a fault; that it was stopped explains whatever was thrown. */
  void fail(Throwable cause) {
    thrown = cause;
    var reason = scope.reason();
    if (reason.isPresent()) {
      outcome = new Outcome.Failed(reason.get());
    } else if (cause instanceof InterruptedException) {
      outcome = new Outcome.Failed(CANCELLED);
    } else {
      outcome = new Outcome.Failed(Failure.faultOf(cause));
    }
  }

  /** The sender has gone away; once it has its answer, that is no matter. */
  void cancel() {
    if (!isAnswered()) {
      scope.stop(CANCELLED);
    }
  }

  boolean isAnswered() {
    return early != null && early.isGiven();
  }

  /** Makes ready to try {@code next}: its variables; decodes the body. */
  Frame tryLane(Entry.Lane next) {
    var input = message.body().value();
    var before = task;
    var current =
        new Task(
            message,
            next.route().name(),
            before == null ? this::meta : before.meta(),
            before == null ? auth() : before.auth(),
            before == null ? new MessageAmbient(message.id(), receivedAt) : before.ambient(),
            carrier,
            next.mayReply() ? early(next) : Answer.NONE);
    if (whenHeld.isPresent()) {
      current = current.whenHeld(whenHeld.get());
    }
    var variables = current.frame(next.route().slots(), input);
    task = current;
    frame = variables;
    return variables;
  }

  private Answer early(Entry.Lane next) {
    var given = early;
    if (given != null && given.isGiven()) {
      return given;
    }
    var made = new EarlyAnswer(world, this, next);
    early = made;
    return made;
  }

  /** The body as its type has it; variables made before hold the old one. */
  void replaceBody(Value fitted) {
    message = message.withBody(fitted);
    frame = null;
  }

  void match(Entry.Lane chosen) {
    lane = Optional.of(chosen);
    if (ledger != chosen.ledger()) {
      ledger.moveTo(chosen.ledger());
      ledger = chosen.ledger();
    }
  }

  /** The matched route's variables; made by Match only if it has a condition. */
  Frame frame(Entry.Lane matched) {
    var made = frame;
    return made != null && matched.route().when().isPresent() ? made : tryLane(matched);
  }

  /** The place where it failed, if that is known and is why it failed. */
  Optional<Failure> failure() {
    return scope.reason().isEmpty() && thrown instanceof Failure failure
        ? Optional.of(failure)
        : Optional.empty();
  }

  Task task() {
    var made = task;
    if (made == null) {
      throw new IllegalStateException("no route was tried yet");
    }
    return made;
  }

  Value meta() {
    return Builtin.meta(message, receivedAt);
  }

  private Value auth() {
    return message.principal() == Principal.ANONYMOUS
        ? ANONYMOUS
        : Builtin.auth(message.principal());
  }
}
