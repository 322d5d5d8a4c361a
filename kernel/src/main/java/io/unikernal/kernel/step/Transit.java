package io.unikernal.kernel.step;

import io.unikernal.kernel.Admission;
import io.unikernal.kernel.Ledger;
import io.unikernal.kernel.execute.Answer;
import io.unikernal.kernel.execute.Asking;
import io.unikernal.kernel.execute.Failure;
import io.unikernal.kernel.execute.MessageAmbient;
import io.unikernal.kernel.execute.Task;
import io.unikernal.kernel.explain.Span;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Story.Ending;
import io.unikernal.kernel.explain.Taps;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Body;
import io.unikernal.model.Builtin;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
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
import java.util.List;
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

  /** What is recorded of it. */
  final Span span;

  final Admission admission;
  private final Optional<Executor> carrier;
  Message message = UNREAD;
  Ledger ledger;
  Instant receivedAt = Instant.EPOCH;
  Outcome outcome = Outcome.Done.NONE;
  Optional<Entry.Lane> lane = Optional.empty();

  /** Whether the limits of its route let it in. */
  boolean isAdmitted;

  /** Whether it was done before, by a policy of its route. */
  boolean isDuplicate;

  /** Whether it lies where dead letters go. */
  boolean isDeadLettered;

  /** Whether it lies in the outbox, which goes on with it. */
  boolean isStored;

  /** Whether it comes from the outbox, or from the dead letters: its source is answered. */
  boolean isResent;

  /** Its place among those with the same key, where some of its routes keep an order. */
  Optional<KeyOrder.Turn> turn = Optional.empty();

  /** What stands for its key, once it has its place. */
  int orderKey;

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
      Optional<Executor> carrier,
      Span span,
      Admission admission) {
    this.admission = admission;
    this.world = world;
    this.entry = entry;
    this.delivery = delivery;
    this.scope = scope;
    this.injected = injected;
    this.carrier = carrier;
    this.span = span;
    ledger = entry.firstLedger();
  }

  /** For a source that keeps an order. */
  public void whenHeld(Runnable action) {
    var before = whenHeld;
    whenHeld =
        Optional.of(() -> {
          before.ifPresent(Runnable::run);
          action.run();
        });
  }

  /** For a source some of whose routes keep an order by keys: now is when it came. */
  public void takeTurn(KeyOrder order) {
    turn = Optional.of(order.arrive());
    whenHeld = Optional.of(this::endTurn);
  }

  /** Those behind it go on. */
  public void endTurn() {
    turn.ifPresent(KeyOrder.Turn::end);
  }

  /**
   * Whether somebody outside handed it over: to a server, which gives the loop that it came by.
   * What a source that is asked holds is there already: who may put it there is not ours to say.
   */
  boolean isSent() {
    return !injected && carrier.isPresent();
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

  /** As the books have it. */
  void end(Ending how) {
    ending = how;
    if (span.isRecorded()) {
      var fault =
          outcome instanceof Outcome.Failed(var why) ? Optional.of(why) : Optional.<Fault>empty();
      Stories.end(span, how, fault);
    }
  }

  private Ending ending = Ending.UNDER_WAY;

  /** What was to be read and was not, as after a failure. */
  void closeStreams() {
    if (task != null) {
      task.streams().getAndSet(List.of()).forEach(opened -> opened.stream().close());
    }
  }

  /** Shows it to who looks on. */
  public void show(Taps taps) {
    if (!taps.areOpen()) {
      return;
    }
    var route = lane.map(one -> one.route().name()).orElse(Entry.NO_ROUTE);
    taps.pass(entry.id(), route, () -> passed(route));
  }

  private Taps.Passed passed(String route) {
    var operation = entry.operation();
    return new Taps.Passed(
        receivedAt,
        entry.id(),
        route,
        message.id(),
        message.trace().traceId(),
        ending,
        readable(),
        operation.input(),
        outcome instanceof Outcome.Done(var reply) ? Optional.of(reply.body()) : Optional.empty(),
        operation.output(),
        outcome instanceof Outcome.Failed(var fault) ? fault.code() + " " + fault.message() : "");
  }

  private Value readable() {
    try {
      return message.body().value();
    } catch (FaultException _) {
      return Value.Absent.ABSENT;
    }
  }

  boolean isAnswered() {
    return early != null && early.isGiven();
  }

  /** The task of a lane, made without a look at the body. */
  Task prepared(Entry.Lane matched) {
    var made = task;
    if (made == null) {
      made = newTask(matched);
      task = made;
    }
    return made;
  }

  /** What the policies of its lane may know of it. */
  Asking.Of inputOf(Entry.Lane matched) {
    return new Asking.Of(
        entry.id(),
        message.deadline(),
        () -> frame(matched),
        () -> message.body().value(),
        () -> matched.route().with().evaluate(frame(matched)));
  }

  private Task newTask(Entry.Lane next) {
    var before = task;
    var made =
        new Task(
            message,
            next.route().name(),
            before == null ? this::known : before.known(),
            before == null ? new MessageAmbient(message.id(), receivedAt) : before.ambient(),
            carrier,
            answer(next),
            span);
    return whenHeld.isPresent() ? made.whenHeld(whenHeld.get()) : made;
  }

  /** Makes ready to try {@code next}: its variables; decodes the body. */
  Frame tryLane(Entry.Lane next) {
    var input = message.body().value();
    var current = newTask(next);
    var variables = current.frame(next.route().slots(), input);
    task = current;
    frame = variables;
    return variables;
  }

  private Answer answer(Entry.Lane next) {
    if (!next.mayReply()) {
      return Answer.NONE;
    }
    return isResent ? Answer.UNHEARD : early(next);
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
    Stories.route(span, chosen.route().name());
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

  private Value known(int slot) {
    if (slot == Frame.META) {
      return meta();
    }
    return message.principal() == Principal.ANONYMOUS
        ? ANONYMOUS
        : Builtin.auth(message.principal());
  }
}
