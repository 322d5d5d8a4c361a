package io.unikernal.adapter.http;

import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Reads;
import io.unikernal.model.Reply;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.HttpStatus;
import io.unikernal.spi.Sink;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** One operation of a server: where its requests go, and what its outcomes answer. */
final class HttpSource implements Endpoint.PushSource {
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final int NOTHING = 204;

  private final Operation operation;
  private final InputReader reader;
  private final BodyFormats formats;
  private final Optional<Integer> status;
  private final System.Logger log;
  private volatile State state = new State.Unused();

  /** Who serves what this one served, since the definition changed; nobody, if nobody does. */
  private volatile Optional<Optional<HttpSource>> next = Optional.empty();

  sealed interface State {
    /** No route takes it. */
    record Unused() implements State {}

    /** Not started yet, or stopped. */
    record Closed() implements State {}

    record Running(Sink sink) implements State {}
  }

  HttpSource(Operation operation, Config system, System.Logger log) {
    this.operation = operation;
    this.log = log;
    reader = new InputReader(operation);
    formats = BodyFormats.of(operation.options(), system);
    status = operation.options().find(HttpAdapter.STATUS);
  }

  Operation operation() {
    return operation;
  }

  /** Whether its answers are streams. */
  boolean isStreaming() {
    return operation.output().core() instanceof Type.StreamOf;
  }

  /** What is written before the elements of a stream. */
  Answer head(Reply reply, String mediaType) {
    return Answer.empty(status.orElse(OK)).withAll(reply.headers()).typed(mediaType);
  }

  InputReader reader() {
    return reader;
  }

  BodyFormats formats() {
    return formats;
  }

  State state() {
    return state;
  }

  void leaveTo(Optional<HttpSource> other) {
    next = Optional.of(other);
  }

  /** This one, or who has taken over from it meanwhile; itself where nobody has. */
  HttpSource latest() {
    HttpSource source = this;
    for (var then = source.next; then.isPresent(); then = source.next) {
      if (then.get().isEmpty()) {
        return source;
      }
      source = then.get().get();
    }
    return source;
  }

  /** Whether both are reached by the same requests. */
  boolean isLike(HttpSource other) {
    return HttpRule.call(operation.options()).equals(HttpRule.call(other.operation.options()));
  }

  /** Whether it takes nothing any more, and nobody does in its place. */
  boolean isClosed() {
    return latest().state instanceof State.Closed;
  }

  void bind(Reads reads) {
    reader.expect(reads);
    state = new State.Closed();
  }

  @Override
  public void start(Sink sink) {
    state = new State.Running(sink);
  }

  @Override
  public void stop() {
    state = new State.Closed();
  }

  /** Does the work of writing the body, so call it off the event loop where possible. */
  Answer answer(Outcome outcome, String path, Trace trace, BodyFormats.Chosen format) {
    try {
      return switch (outcome) {
        case Outcome.Done(var reply) -> answer(reply, path, trace, format);
        // Given up on purpose: to the sender that is done, and there is nothing to say.
        case Outcome.Dropped _ -> Answer.empty(NOTHING);
        case Outcome.Failed(var fault) -> Answer.problem(fault, path, trace);
      };
    } catch (FaultException e) {
      log.log(Level.ERROR, "the answer of {0} cannot be written: {1}", operation.id(), e.fault());
    } catch (RuntimeException e) {
      log.log(Level.ERROR, "the answer of " + operation.id() + " cannot be written", e);
    }
    return Answer.problem(Fault.of(Fault.Code.INTERNAL, ""), path, trace);
  }

  /** The status of what {@link #answer} gives, where that can be written. */
  static int status(Operation operation, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(var reply) -> {
        boolean isSilent = operation.output() == Type.Simple.NULL;
        if (reply.isTakenOver()) {
          yield operation.options().find(HttpAdapter.STATUS).orElse(ACCEPTED);
        }
        yield isSilent || !isNothing(reply)
            ? operation.options().find(HttpAdapter.STATUS).orElse(isSilent ? NOTHING : OK)
            : HttpStatus.of(Fault.of(Fault.Code.NOT_FOUND, ""));
      }
      case Outcome.Dropped _ -> NOTHING;
      case Outcome.Failed(var fault) -> HttpStatus.of(fault);
    };
  }

  private static boolean isNothing(Reply reply) {
    return reply.body() == Value.Absent.ABSENT || reply.body() == Value.Null.NULL;
  }

  private Answer answer(Reply reply, String path, Trace trace, BodyFormats.Chosen format) {
    if (operation.output() == Type.Simple.NULL) {
      return Answer.empty(status.orElse(reply.isTakenOver() ? ACCEPTED : NOTHING))
          .withAll(reply.headers());
    }
    if (isNothing(reply)) {
      var fault = Fault.of(Fault.Code.NOT_FOUND, "there is nothing at `" + path + "`");
      return Answer.problem(fault, path, trace).withAll(reply.headers());
    }
    return Answer.of(
            status.orElse(reply.isTakenOver() ? ACCEPTED : OK),
            reply.body(),
            operation.output(),
            format)
        .withAll(reply.headers());
  }
}
