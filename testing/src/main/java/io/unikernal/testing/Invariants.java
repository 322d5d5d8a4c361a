package io.unikernal.testing;

import io.unikernal.kernel.Listener.Event;
import io.unikernal.kernel.Status;
import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Capability;
import io.unikernal.model.Conform;
import io.unikernal.model.Effect;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Plan;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.Route.Guarantee.Level;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What holds of every run of every definition, whatever goes wrong around it. */
final class Invariants {
  /** With these a message may be answered without a call, on purpose. */
  private static final Set<Policy.Kind> ANSWER_THEMSELVES =
      EnumSet.of(Policy.Kind.CACHE, Policy.Kind.IDEMPOTENCY, Policy.Kind.SAMPLE);

  /** What an event calls the store where it says where a dead letter lies. */
  private static final String STORE = "store";

  private static final int KEY_SLOTS = 256;

  private final Plan plan;
  private final Play.Played played;
  private final List<Broken> found = new ArrayList<>();

  /**
   * An invariant that does not hold.
   *
   * @param invariant its name, as {@code lost}
   * @param message the message that shows it, if one does
   */
  record Broken(String invariant, String text, Optional<Seen.Sent> message) {}

  private Invariants(Plan plan, Play.Played played) {
    this.plan = plan;
    this.played = played;
  }

  static List<Broken> broken(Plan plan, Play.Played played) {
    var invariants = new Invariants(plan, played);
    played
        .broken()
        .ifPresent(why -> invariants.add("ends", "the run does not come to its end: " + why));
    if (played.broken().isEmpty()) {
      invariants.books();
      invariants.settled();
    }
    Play.internal(played.seen()).stream()
        .findFirst()
        .ifPresent(failed ->
            invariants.found.add(
                new Broken(
                    "inside",
                    "a message fails inside: "
                        + failed.fault().message()
                        + " ("
                        + failed.origin()
                        + ")",
                    played.seen().of(failed))));
    played.posted().forEach(invariants::reply);
    invariants.routes();
    return invariants.found;
  }

  private void add(String invariant, String text) {
    found.add(new Broken(invariant, text, Optional.empty()));
  }

  private void add(String invariant, String text, Play.Posted of) {
    found.add(new Broken(invariant, text, Optional.of(of.sent)));
  }

  private void books() {
    for (Status status : played.books()) {
      for (var route : status.routes()) {
        var counts = route.counts();
        if (!counts.isBalanced() || counts.inFlight() != 0) {
          add("books", "the books of `%s` do not balance: %s".formatted(route.name(), counts));
        }
      }
    }
  }

  private void settled() {
    for (Play.Posted one : played.posted()) {
      for (Play.Given given : one.given) {
        if (given.settled > 1) {
          add("settled once", "message %d is settled twice".formatted(one.sent.number), one);
        }
        if (given.settled == 0 && !given.isOfTheDead()) {
          add("settled", "message %d is never settled".formatted(one.sent.number), one);
        }
      }
    }
  }

  private void reply(Play.Posted one) {
    Operation source = one.sent.source;
    for (Outcome outcome : one.sent.outcomes) {
      if (outcome instanceof Outcome.Done(var reply)
          && reply.body() != Value.Null.NULL
          && reply.body() != Value.Absent.ABSENT
          && !(Conform.check(source.output(), reply.body(), Conform.Extra.KEEP)
              instanceof Conform.Result.Fits)) {
        add(
            "reply",
            "the answer of message %d is no %s".formatted(one.sent.number, source.output()),
            one);
      }
    }
  }

  /** What each route promises of an operation that it leads straight to. */
  private void routes() {
    for (Route route : plan.routes()) {
      boolean isOnly =
          plan.routes().stream().filter(one -> one.from().id().equals(route.from().id())).count()
                  == 1
              && route.when().isEmpty();
      if (isOnly && route.to() instanceof Route.Target.ToOperation(var target)) {
        List<Play.Posted> messages =
            played.posted().stream()
                .filter(one -> one.sent.source.id().equals(route.from().id()))
                .toList();
        messages.forEach(one -> delivered(route, target, one));
        if (route.guarantee().ordered()) {
          order(target, messages);
        }
        route.handling().order().ifPresent(order -> orderByKey(order, target, messages));
      }
    }
  }

  private void delivered(Route route, Operation target, Play.Posted one) {
    List<Seen.Call> done =
        played.seen().callsOf(one.sent).stream()
            .filter(call -> call.isDone && call.operation.id().equals(target.id()))
            .toList();
    boolean isAcknowledged =
        one.sent.outcomes.stream().anyMatch(outcome -> outcome instanceof Outcome.Done);
    boolean isCarried =
        route.policies().stream().noneMatch(policy -> ANSWER_THEMSELVES.contains(policy.kind()));
    if (isAcknowledged && isCarried && done.isEmpty() && !isDeadLetter(one)) {
      add(
          "lost",
          "message %d is acknowledged, and `%s` never got it"
              .formatted(one.sent.number, target.id()),
          one);
    }
    Level level = route.guarantee().level();
    boolean mayRepeat = level == Level.AT_LEAST_ONCE || target.effect().kind() == Effect.Kind.READS;
    // A retry under "at most once" is of calls only that may run twice.
    boolean isRepeated = level == Level.EFFECTIVELY_ONCE || isTriedAgain(route, target);
    boolean isHarmless = isRepeated && target.effect().isRepeatable();
    if (!mayRepeat && !isHarmless && done.size() > one.given.size()) {
      add(
          "duplicated",
          "`%s` did message %d %d times, and the route promises %s"
              .formatted(target.id(), one.sent.number, done.size(), route.guarantee()),
          one);
    }
    if (isHarmless && done.stream().map(call -> call.input).distinct().count() > 1) {
      add(
          "duplicated",
          "`%s` got message %d with two inputs, so that twice is not as once"
              .formatted(target.id(), one.sent.number),
          one);
    }
  }

  private boolean isTriedAgain(Route route, Operation target) {
    return Stream.concat(
            route.policies().stream(),
            plan.systems().stream()
                .filter(system -> system.name().equals(target.system()))
                .flatMap(system -> system.policies().stream()))
        .anyMatch(policy -> policy.kind() == Policy.Kind.RETRY);
  }

  /** Whether it lies where dead letters go: in the store, or with an operation that took it. */
  private boolean isDeadLetter(Play.Posted one) {
    if (played.letters().contains(one.sent.traceId())) {
      return true;
    }
    Set<String> ids =
        played.seen().events(Event.MessageFailed.class).stream()
            .filter(failed -> failed.traceId().equals(one.sent.traceId()))
            .map(Event.MessageFailed::messageId)
            .collect(Collectors.toSet());
    return played.seen().events(Event.DeadLettered.class).stream()
        .anyMatch(letter -> ids.contains(letter.messageId()) && !letter.to().equals(STORE));
  }

  private void orderByKey(Route.Order order, Operation target, List<Play.Posted> messages) {
    var byKey = new LinkedHashMap<Value, List<Play.Posted>>();
    for (var one : messages) {
      key(order, one.sent.input)
          .ifPresent(key -> byKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(one));
    }
    byKey.values().forEach(line -> order(target, line, true));
  }

  /** Empty where it is of more than the message. */
  private static Optional<Value> key(Route.Order order, Value input) {
    var frame = new Frame(KEY_SLOTS, new SimWorld(0).ambient());
    frame.set(Frame.INPUT, input);
    try {
      return Optional.of(order.by().evaluate(frame));
    } catch (FaultException _) {
      return Optional.empty();
    }
  }

  private void order(Operation target, List<Play.Posted> messages) {
    order(target, messages, false);
  }

  /** {@code isHeard}: also of those whose sender waits for the answer. */
  private void order(Operation target, List<Play.Posted> messages, boolean isHeard) {
    int last = -1;
    Optional<Play.Posted> before = Optional.empty();
    for (Play.Posted one : messages) {
      boolean isPlain =
          one.given.size() == 1
              && (isHeard || !one.sent.source.capabilities().contains(Capability.REPLIES));
      int first = first(target, one);
      if (!isPlain || first < 0) {
        continue;
      }
      if (first < last) {
        add(
            "reordered",
            "`%s` gets message %d before message %d, which came earlier"
                .formatted(target.id(), one.sent.number, before.map(b -> b.sent.number).orElse(-1)),
            one);
      }
      last = Math.max(first, last);
      before = Optional.of(one);
    }
  }

  /** The number of its first call; -1 if there is none. */
  private int first(Operation target, Play.Posted one) {
    return played.seen().callsOf(one.sent).stream()
        .filter(call -> call.operation.id().equals(target.id()))
        .mapToInt(call -> call.number)
        .findFirst()
        .orElse(-1);
  }
}
