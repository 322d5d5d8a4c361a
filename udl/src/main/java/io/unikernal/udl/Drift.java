package io.unikernal.udl;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.Inspects.Question;
import io.unikernal.spi.Reality;
import io.unikernal.udl.Contact.Status;
import io.unikernal.udl.SystemTable.Declared;
import io.unikernal.udl.SystemTable.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the real systems, all at once, and compares them with what the definition says. */
final class Drift {
  /**
   * An adapter notices the end of its time by itself, and says more than that it did not answer.
   */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** Each may start a process. */
  private static final int AT_ONCE_MAX = 16;

  private static final System.Logger LOG = System.getLogger("unikernal.connect");

  private final Definition definition;
  private final Connect connect;
  private final Typing typing;
  private final Diagnostics diagnostics;

  Drift(Definition definition, Connect connect, Typing typing, Diagnostics diagnostics) {
    this.definition = definition;
    this.connect = connect;
    this.typing = typing;
    this.diagnostics = diagnostics;
  }

  List<Contact> check(SystemTable systems) throws InterruptedException {
    var all = List.copyOf(systems.byName().values());
    var contacts = new ArrayList<Contact>();
    for (int from = 0; from < all.size(); from += AT_ONCE_MAX) {
      contacts.addAll(check(all.subList(from, Math.min(all.size(), from + AT_ONCE_MAX))));
    }
    return contacts;
  }

  private List<Contact> check(List<Declared> systems) throws InterruptedException {
    var asked = new LinkedHashMap<Declared, Asked>();
    for (Declared system : systems) {
      if (system.adapter.orElse(null) instanceof Inspects inspects) {
        asked.put(system, ask(system, inspects));
      }
    }
    long until = connect.world().nanos() + connect.limit().plus(GRACE).toNanos();
    var contacts = new ArrayList<Contact>();
    for (Declared system : systems) {
      Asked question = asked.get(system);
      contacts.add(
          question == null
              ? new Contact(
                  system.name(),
                  system.type(),
                  Status.NOT_ASKED,
                  "its adapter cannot be asked without starting it",
                  List.of())
              : contact(system, question.await(until - connect.world().nanos())));
    }
    return contacts;
  }

  /** An inspection under way, on a thread of its own: none may hold up the others. */
  private record Asked(Thread thread, CompletableFuture<Inspection> answer, Duration limit) {
    Inspection await(long nanos) throws InterruptedException {
      try {
        return answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
      } catch (TimeoutException _) {
        thread.interrupt();
        return new Inspection.Unreached(
            Fault.of(
                Fault.Code.TIMEOUT,
                "it did not answer within " + limit.toMillis() + " ms",
                "look at why it is slow, or write --timeout"));
      } catch (ExecutionException failed) {
        return new Inspection.Unreached(fault(failed.getCause()));
      }
    }

    /**
     * An adapter of a third party may fail in any way, and the other systems are asked all the
     * same.
     */
    private static Fault fault(Throwable cause) {
      return switch (cause) {
        case FaultException known -> known.fault();
        case InterruptedException _ -> Fault.of(Fault.Code.CANCELLED, "asking was interrupted");
        case Error error -> throw error;
        default -> {
          LOG.log(System.Logger.Level.DEBUG, "an adapter failed", cause);
          yield Fault.of(Fault.Code.INTERNAL, "its adapter failed: " + cause.getClass().getName());
        }
      };
    }
  }

  private Asked ask(Declared system, Inspects inspects) {
    var answer = new CompletableFuture<Inspection>();
    var request =
        new Inspects.Request(
            system.name(),
            system.config,
            system.operations.values().stream().map(this::question).toList(),
            system.place().source().folder(),
            connect.isRunning().test(definition.stateDir()),
            connect.limit(),
            connect.world(),
            LOG);
    Thread thread =
        connect
            .world()
            .start(
                "connect-" + system.name(),
                () -> {
                  try {
                    answer.complete(inspects.inspect(request));
                  } catch (InterruptedException | RuntimeException | Error failed) {
                    answer.completeExceptionally(failed);
                  }
                });
    return new Asked(thread, answer, connect.limit());
  }

  private Question question(Op op) {
    return new Question(op.operation(), givens(op.operation().input()));
  }

  private List<Type> givens(Type input) {
    return typing.givenTo(input).stream().map(edge -> edge.from().type()).distinct().toList();
  }

  private Contact contact(Declared system, Inspection inspection) {
    return switch (inspection) {
      case Inspection.Reached(var detail, var operations, var notes) -> {
        compare(system, operations);
        yield new Contact(system.name(), system.type(), Status.CONNECTED, detail, notes);
      }
      case Inspection.Unreached(var fault) -> {
        diagnostics
            .error(
                Code.CONNECT_UNREACHABLE,
                Describer.path(system),
                "`" + system.name() + "` cannot be used now: " + fault.message())
            .hint(fault.hint());
        yield new Contact(
            system.name(), system.type(), Status.UNREACHABLE, fault.message(), List.of());
      }
      case Inspection.Nothing() ->
          new Contact(system.name(), system.type(), Status.INSIDE, "nothing to ask", List.of());
    };
  }

  private void compare(Declared system, Map<String, Reality> operations) {
    for (Op op : system.operations.values()) {
      Reality reality = operations.get(op.operation().name());
      if (reality != null) {
        compare(new DriftPlaces(system, op), reality);
      }
    }
  }

  private void compare(DriftPlaces places, Reality reality) {
    String id = "`" + places.operation().id() + "`";
    switch (reality) {
      case Reality.Statement statement -> {
        new DriftColumns(places, definition, diagnostics).check(statement.columns());
        new DriftParameters(places, typing, diagnostics).check(statement);
      }
      case Reality.Function function -> new DriftSignature(places, diagnostics).check(function);
      case Reality.Missing(var known) ->
          diagnostics
              .error(
                  Code.DRIFT_MISSING,
                  places.whole(),
                  id + " is not there: the system that runs has no such operation")
              .label(Suggestions.label(places.operation().name(), known));
      case Reality.Refused refused -> refused(places, id, refused);
    }
  }

  private void refused(DriftPlaces places, String id, Reality.Refused refused) {
    Place place = places.of(refused.spot());
    var finding =
        diagnostics
            .error(Code.DRIFT_STATEMENT, place, id + " cannot work: " + refused.message())
            .hint(refused.hint());
    if (!refused.instead().isEmpty() && places.isPart(refused.spot())) {
      finding.edit(place, refused.instead());
    }
  }
}
