package io.unikernal.kernel;

import io.unikernal.kernel.execute.Answer;
import io.unikernal.kernel.execute.Callee;
import io.unikernal.kernel.execute.Engine;
import io.unikernal.kernel.execute.Failure;
import io.unikernal.kernel.execute.Guarded;
import io.unikernal.kernel.execute.MessageAmbient;
import io.unikernal.kernel.execute.Task;
import io.unikernal.kernel.execute.Work;
import io.unikernal.kernel.explain.Span;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Story.Ending;
import io.unikernal.kernel.explain.Traces;
import io.unikernal.kernel.resilience.Policies;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.kernel.step.Entry;
import io.unikernal.model.Body;
import io.unikernal.model.Builtin;
import io.unikernal.model.Conform;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Outcome;
import io.unikernal.model.Plan;
import io.unikernal.model.Principal;
import io.unikernal.model.Reply;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.World;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Calls from outside any route: {@code unikernal call}, and a worker's {@code client.call}. */
final class Calls {
  private final World world;
  private final Engine engine;
  private final Systems systems;
  private final Routing routing;
  private final Sources sources;
  private final InFlight inFlight;
  private final Stories stories;
  private final Map<String, Operation> operations = new LinkedHashMap<>();

  Calls(
      World world,
      Plan plan,
      Engine engine,
      Systems systems,
      Routing routing,
      Sources sources,
      InFlight inFlight,
      Stories stories) {
    this.world = world;
    this.engine = engine;
    this.systems = systems;
    this.routing = routing;
    this.sources = sources;
    this.inFlight = inFlight;
    this.stories = stories;
    for (var system : plan.systems()) {
      system.operations().values().forEach(operation -> operations.put(operation.id(), operation));
    }
    plan.routes().forEach(route -> operations.putIfAbsent(route.from().id(), route.from()));
  }

  /** {@code who} is let in already. */
  Reply call(Principal who, String id, Value input, Deadline deadline, Optional<Trace> trace)
      throws InterruptedException {
    var operation = operations.get(id);
    if (operation == null) {
      throw Fault.of(Fault.Code.NOT_FOUND, "there is no operation `" + id + "`").toException();
    }
    return operation.direction() == Direction.RECEIVES
        ? inject(message(who, id, input, deadline, trace))
        : direct(systems.callee(operation), message(who, id, input, deadline, trace));
  }

  private Reply inject(Message message) throws InterruptedException {
    Entry entry = routing.entry(message.operation()).orElseThrow();
    if (entry.mayReply() || entry.operation().output().core() instanceof Type.StreamOf) {
      return answered(entry, message);
    }
    var transit = sources.carryInjected(entry, new Injected(message));
    if (transit.isInterrupted()) {
      throw new InterruptedException();
    }
    return reply(transit.outcome());
  }

  private static Reply reply(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(var reply) -> reply;
      case Outcome.Dropped _ -> Reply.NONE;
      case Outcome.Failed(var fault) -> throw fault.toException();
    };
  }

  /** The caller has its answer when a step gives it, and the message goes on without it. */
  private Reply answered(Entry entry, Message message) throws InterruptedException {
    var awaited = new Awaited(message);
    sources.carryOnInjected(entry, awaited);
    try {
      awaited.settled.await();
    } catch (InterruptedException e) {
      awaited.cancel();
      throw e;
    }
    return reply(awaited.outcome);
  }

  private static final class Awaited implements Delivery {
    private final Message message;
    private final CountDownLatch settled = new CountDownLatch(1);
    private volatile Outcome outcome = Outcome.Done.NONE;
    private volatile Runnable stop = () -> {};
    private volatile boolean isCancelled;

    Awaited(Message message) {
      this.message = message;
    }

    @Override
    public Message message() {
      return message;
    }

    @Override
    public void settle(Outcome how) {
      outcome = how;
      settled.countDown();
    }

    @Override
    public void onCancel(Runnable action) {
      stop = action;
      if (isCancelled) {
        action.run();
      }
    }

    void cancel() {
      isCancelled = true;
      stop.run();
    }
  }

  private static Message message(
      Principal who, String id, Value input, Deadline deadline, Optional<Trace> trace) {
    return Message.received(id, new LinkedHashMap<>(), Body.of(input), trace.orElse(Trace.NONE))
        .withPrincipal(who)
        .withDeadline(deadline);
  }

  /** Outside all routes, so no ledger has it; a drain waits for it all the same. */
  private Reply direct(Callee callee, Message given) throws InterruptedException {
    try (var scope = Scope.open()) {
      var span = stories.begin(callee.id());
      var number = inFlight.begin(scope, span);
      try {
        var answer = Reply.of(guarded(callee, given, scope, span));
        Stories.end(span, Ending.DELIVERED, Optional.empty());
        return answer;
      } catch (InterruptedException | Failure | FaultException e) {
        Stories.end(span, Ending.FAILED, Optional.of(Failure.faultOf(e)));
        throw explained(e, scope);
      } finally {
        inFlight.end(number);
        stories.keep(span);
      }
    }
  }

  private Value guarded(Callee callee, Message given, Scope scope, Span span)
      throws InterruptedException {
    var input = given.body().value();
    var deadline = given.deadline();
    var type = callee.operation().input();
    var what = "the input of `" + callee.id() + "`";
    var fitted =
        type == Type.Simple.ANY ? input : Conform.to(type, input, Conform.Extra.DROP, what);
    var work = new Work(task(callee, given.withBody(fitted), span), Deadline.NONE, scope);
    var around = callee.systemPolicies().within(Policies.NONE, callee.operation().output());
    Guarded.Body body = inner -> engine.call(callee, around, fitted, inner);
    return deadline.isNone()
        ? body.run(work)
        : engine
            .guarded()
            .until(deadline, deadline.remaining(world.nanos()), callee.id(), work, body);
  }

  private Task task(Callee callee, Message given, Span span) {
    var now = world.now();
    var random = world.uuid();
    var id = random.toString();
    var trace = Traces.enter(span, given.trace(), random);
    Stories.identify(span, id, trace, given.trace());
    var message =
        new Message(
            id,
            callee.id(),
            given.headers(),
            given.body(),
            given.principal(),
            given.deadline(),
            trace);
    return new Task(
        message,
        callee.id(),
        slot -> slot == Frame.META ? Builtin.meta(message, now) : Builtin.auth(given.principal()),
        new MessageAmbient(id, now),
        Optional.empty(),
        Answer.NONE,
        span);
  }

  /** The caller knows faults and its own interrupts only. */
  private static RuntimeException explained(Exception thrown, Scope scope)
      throws InterruptedException {
    if (scope.reason().isPresent()) {
      return scope.reason().get().toException();
    }
    if (thrown instanceof InterruptedException interrupted) {
      throw interrupted;
    }
    return thrown instanceof FaultException fault ? fault : Failure.faultOf(thrown).toException();
  }

  /** A message that came by a call: its answer goes back by the transit. */
  private record Injected(Message message) implements Delivery {
    @Override
    public void settle(Outcome outcome) {}

    @Override
    public void onCancel(Runnable action) {}
  }
}
