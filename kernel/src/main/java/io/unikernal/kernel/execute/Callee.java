package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.explain.Span;
import io.unikernal.kernel.resilience.Policies;
import io.unikernal.kernel.routing.OperationStatistics;
import io.unikernal.model.Capability;
import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.World;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** An operation that can be called: its endpoint, and all that is known about it beforehand. */
public final class Callee {
  private static final int VIOLATIONS_SHOWN = 3;
  private final World world;
  private final Listener listener;
  private final Operation operation;
  private final String id;
  private final Endpoint endpoint;
  private final Policies system;
  private final boolean blocks;
  private final OperationStatistics statistics;

  /**
   * @param system the policies of its system; its rate limits count each call
   */
  public Callee(
      World world,
      Listener listener,
      Operation operation,
      Endpoint endpoint,
      Policies system,
      OperationStatistics statistics) {
    this.statistics = statistics;
    this.world = world;
    this.listener = listener;
    this.operation = operation;
    this.id = operation.id();
    this.endpoint = endpoint;
    this.system = system;
    this.blocks = operation.capabilities().contains(Capability.BLOCKS);
    if (!(endpoint instanceof Endpoint.Duplex || endpoint instanceof Endpoint.Target)) {
      throw Fault.of(
              Fault.Code.INTERNAL, "`" + id + "` cannot be called: its adapter bound a source")
          .toException();
    }
  }

  public Operation operation() {
    return operation;
  }

  public String id() {
    return id;
  }

  public Policies systemPolicies() {
    return system;
  }

  /** One call. Its answer fits the operation's output. */
  Value call(Value input, Work work) throws InterruptedException {
    if (!work.deadline().isNone() && work.deadline().nanos() - world.nanos() <= 0) {
      throw Fault.of(Fault.Code.TIMEOUT, "no time was left to call `" + id + "`").toException();
    }
    work.goOn();
    if (system.hasGates() && !system.admit(asking(input, work))) {
      throw Ended.BY_FILTER;
    }
    var message = work.task().message().call(id, input, work.deadline());
    Value answer =
        work.span().isRecorded()
            ? work.part(
                Span.Kind.CALL,
                id,
                operation.origin(),
                inner -> invoked(traced(message, inner.span())))
            : invoked(message);
    if (answer instanceof ValueStream stream) {
      work.task().opened(stream, false);
    }
    return answer;
  }

  private static Message traced(Message message, Span call) {
    return call.isTold() ? message.withTrace(call.traceOf(message.trace())) : message;
  }

  private Value invoked(Message message) throws InterruptedException {
    long begun = statistics.begin();
    boolean isGood = false;
    try {
      var answer = fit(blocks ? world.blocking(() -> invoke(message)) : invoke(message));
      isGood = true;
      return answer;
    } catch (FaultException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw Fault.of(Fault.Code.INTERNAL, "`" + id + "` failed inside its adapter").toException(e);
    } finally {
      statistics.end(begun, isGood);
    }
  }

  private Asking asking(Value input, Work work) {
    return new Asking(
        listener,
        work.task(),
        operation.system(),
        work.deadline(),
        () -> work.task().frame(Frame.FIRST_STEP, input),
        () -> input,
        () -> input);
  }

  private Value invoke(Message message) throws InterruptedException {
    return switch (endpoint) {
      case Endpoint.Duplex duplex -> duplex.call(message).body();
      case Endpoint.Target target -> delivered(target.send(List.of(message)));
      case Endpoint.PullSource _, Endpoint.PushSource _ -> throw new AssertionError(id);
    };
  }

  private Value delivered(List<Outcome> outcomes) {
    if (outcomes.size() != 1) {
      throw Fault.of(
              Fault.Code.INTERNAL,
              "`%s` gave %d outcomes for one message".formatted(id, outcomes.size()))
          .toException();
    }
    return switch (outcomes.getFirst()) {
      case Outcome.Done(var reply) -> reply.body();
      case Outcome.Failed(var fault) -> throw fault.toException();
      case Outcome.Dropped(var reason) ->
          throw Fault.of(Fault.Code.REJECTED, "`%s` dropped it: %s".formatted(id, reason))
              .toException();
    };
  }

  private Value fit(Value answer) {
    if (operation.output() == Type.Simple.ANY) {
      return answer;
    }
    if (operation.output() == Type.Simple.NULL) {
      return Value.Null.NULL;
    }
    return switch (Conform.check(operation.output(), answer, Conform.Extra.KEEP)) {
      case Conform.Result.Fits(ValueStream elements) -> blaming(elements);
      case Conform.Result.Fits(var fitted) -> fitted;
      case Conform.Result.Breaks(var violations) -> throw wrongAnswer(violations).toException();
    };
  }

  /** An element that does not fit is the fault of who made it, and not of who reads it. */
  private ValueStream blaming(ValueStream elements) {
    return new ValueStream(
        new ValueStream.Producer() {
          @Override
          public Optional<Value> next() throws InterruptedException {
            try {
              return elements.next();
            } catch (FaultException e) {
              throw e.fault().code() == Fault.Code.INVALID
                  ? wrongAnswer(e.fault().violations()).toException()
                  : e;
            }
          }

          @Override
          public void close() {
            elements.close();
          }
        });
  }

  /** Says where and which rule, never the value: the caller may not be allowed to see it. */
  private Fault wrongAnswer(List<Fault.Violation> violations) {
    var bare =
        violations.stream()
            .map(v -> new Fault.Violation(v.path(), v.rule(), "breaks the rule"))
            .toList();
    var text =
        bare.stream()
            .limit(VIOLATIONS_SHOWN)
            .map(v -> (v.path().isEmpty() ? "" : v.path() + ": ") + "must be " + v.rule())
            .collect(Collectors.joining("; "));
    int more = bare.size() - VIOLATIONS_SHOWN;
    return new Fault(
        Fault.Code.REJECTED,
        "`%s` answered what its type does not allow: %s%s"
            .formatted(id, text, more > 0 ? " and " + more + " more" : ""),
        "",
        bare,
        Value.Dict.EMPTY,
        false);
  }
}
