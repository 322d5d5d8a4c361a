package io.unikernal.testing;

import io.unikernal.kernel.Listener;
import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All that was to be seen from outside while a definition ran: what was sent and became of it, what
 * was called. Written by threads of one simulated world, one at a time.
 */
final class Seen {
  private static final String TRACE_PREFIX = "0".repeat(16);

  final List<Sent> sent = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final Map<String, List<Call>> byTrace = new HashMap<>();
  final List<Heard> heard = new ArrayList<>();

  /** Hears all that the kernel says. */
  Listener listener(Supplier<Duration> now) {
    return new Listener() {
      @Override
      public void on(Event event) {
        heard.add(new Heard(now.get(), event));
      }

      @Override
      public boolean hearsPolicies() {
        return true;
      }
    };
  }

  /** What the kernel said, and when. */
  record Heard(Duration at, Listener.Event event) {}

  /** One call of an operation. */
  static final class Call {
    final Operation operation;

    /** Of all calls of the run, in the order in which they began. */
    final int number;

    final String traceId;
    final Value input;
    final Duration at;
    Optional<Duration> took = Optional.empty();
    Optional<Fault> fault = Optional.empty();
    Optional<Value> answer = Optional.empty();

    /** Whether it was done, whatever the caller was told. */
    boolean isDone;

    private Call(Operation operation, int number, String traceId, Value input, Duration at) {
      this.operation = operation;
      this.number = number;
      this.traceId = traceId;
      this.input = input;
      this.at = at;
    }
  }

  /** One message from outside, and how it ended. */
  static final class Sent {
    final int number;
    final Operation source;
    final Value input;
    final Duration at;
    final List<Outcome> outcomes = new ArrayList<>();
    Optional<Duration> took = Optional.empty();

    Sent(int number, Operation source, Value input, Duration at) {
      this.number = number;
      this.source = source;
      this.input = input;
      this.at = at;
    }

    Optional<Outcome> outcome() {
      return outcomes.isEmpty() ? Optional.empty() : Optional.of(outcomes.getFirst());
    }

    String traceId() {
      return TRACE_PREFIX + HexFormat.of().toHexDigits(number + 1L);
    }
  }

  Call begin(Operation operation, String traceId, Value input, Duration at) {
    var call = new Call(operation, calls.size(), traceId, input, at);
    calls.add(call);
    byTrace.computeIfAbsent(traceId, _ -> new ArrayList<>()).add(call);
    return call;
  }

  /** All, in the order in which they began. */
  List<Call> calls() {
    return Collections.unmodifiableList(calls);
  }

  List<Call> callsOf(String operation) {
    return calls.stream().filter(call -> call.operation.id().equals(operation)).toList();
  }

  List<Call> callsOf(Sent message) {
    return byTrace.getOrDefault(message.traceId(), List.of());
  }

  <T extends Listener.Event> List<T> events(Class<T> kind) {
    return heard.stream().map(Heard::event).filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The message that a failure is about; empty for those that came from within. */
  Optional<Sent> of(Listener.Event.MessageFailed failed) {
    return sent.stream().filter(one -> one.traceId().equals(failed.traceId())).findFirst();
  }
}
