package io.unikernal.server;

import io.unikernal.kernel.Status;
import io.unikernal.model.Fault;
import io.unikernal.model.Value;
import io.unikernal.spi.Health;
import io.unikernal.spi.Invites;
import io.unikernal.spi.Staffed;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The values that the control socket and {@code --json} speak. */
public final class ControlWords {
  private ControlWords() {}

  public static Value status(Status status) {
    var systems = status.systems().stream().map(ControlWords::system).toList();
    var routes = status.routes().stream().map(ControlWords::route).toList();
    var policies = status.policies().stream().map(ControlWords::policy).toList();
    var targets = status.targets();
    return dict(
        "systems",
        new Value.Items(systems),
        "routes",
        new Value.Items(routes),
        "policies",
        new Value.Items(policies),
        "members",
        items(targets.members(), ControlWords::member),
        "choices",
        items(targets.choices(), ControlWords::choice),
        "held",
        items(targets.held(), ControlWords::held),
        "operations",
        items(status.operations(), ControlWords::operation));
  }

  private static Value operation(Status.OperationStatus operation) {
    var report = operation.report();
    return dict(
        "name", Value.text(operation.name()),
        "calls", Value.integer(report.calls()),
        "errors", Value.integer(report.errors()),
        "p50_ms", millis(report.p50()),
        "p95_ms", millis(report.p95()),
        "p99_ms", millis(report.p99()));
  }

  static Value workers(List<Staffed.Member> members) {
    return dict("workers", items(members, ControlWords::worker));
  }

  private static Value worker(Staffed.Member member) {
    return dict(
        "name", Value.text(member.name()),
        "pid", member.pid().isPresent() ? Value.integer(member.pid().getAsLong()) : Value.Null.NULL,
        "calls", Value.integer(member.calls()),
        "calls_max", Value.integer(member.callsMax()),
        "starts", Value.integer(member.starts()),
        "trouble", Value.text(member.trouble()));
  }

  private static <T> Value items(List<T> list, Function<T, Value> word) {
    return new Value.Items(list.stream().map(word).toList());
  }

  private static Value member(Status.MemberStatus member) {
    var report = member.report();
    return dict(
        "name", Value.text(member.name()),
        "calls", Value.integer(report.calls()),
        "errors", Value.integer(report.errors()),
        "p50_ms", millis(report.p50()),
        "p95_ms", millis(report.p95()),
        "p99_ms", millis(report.p99()),
        "in_flight", Value.integer(report.inFlight()),
        "share", new Value.Real(report.share()),
        "left_out_for_ms", millis(report.leftOutFor()),
        "down", Value.Bool.of(report.isDown()));
  }

  static Optional<Double> number(Value value) {
    return switch (value) {
      case Value.Int(var whole) -> Optional.of((double) whole);
      case Value.Real(var number) -> Optional.of(number);
      case Value.Decimal(var number) -> Optional.of(number.doubleValue());
      default -> Optional.empty();
    };
  }

  private static Value millis(Duration time) {
    return new Value.Real(time.toNanos() / 1_000 / 1e3);
  }

  private static Value choice(Status.ChoiceStatus choice) {
    return dict(
        "target", Value.text(choice.target()),
        "at", Value.text(choice.at().toString()),
        "hedgeable", Value.integer(choice.hedgeable()),
        "hedged", Value.integer(choice.hedged()),
        "hedges_won", Value.integer(choice.hedgesWon()),
        "shadow", choice.shadow().map(ControlWords::shadow).orElse(Value.Null.NULL),
        "canaries", items(choice.canaries(), ControlWords::canary));
  }

  private static Value shadow(Status.ShadowStatus shadow) {
    return dict(
        "name", Value.text(shadow.name()),
        "equal", Value.integer(shadow.counts().equal()),
        "differed", Value.integer(shadow.counts().differed()),
        "failed", Value.integer(shadow.counts().failed()),
        "skipped", Value.integer(shadow.counts().skipped()));
  }

  private static Value canary(Status.CanaryStatus canary) {
    return dict(
        "name", Value.text(canary.name()),
        "percent", new Value.Real(canary.percent()),
        "state",
            Value.text(canary.rolledBack().map(why -> "rolled back: " + why).orElse("on trial")));
  }

  private static Value policy(Status.PolicyStatus policy) {
    return dict(
        "place", Value.text(policy.place()),
        "type", Value.text(policy.kind().toString()),
        "state", Value.text(policy.state()),
        "origin", Value.text(policy.origin().toString()));
  }

  static String health(Health health) {
    return switch (health) {
      case Health.Up _ -> "up";
      case Health.Degraded(var why) -> "degraded: " + why;
      case Health.Down(var why) -> "down: " + why;
    };
  }

  private static Value held(Status.HeldStatus held) {
    return dict(
        "step", Value.text(held.step()),
        "waiting", Value.integer(held.waiting()),
        "batches", Value.integer(held.batches()));
  }

  private static Value system(Status.SystemStatus system) {
    return dict(
        "name", Value.text(system.name()),
        "adapter", Value.text(system.adapter()),
        "health", Value.text(health(system.health())),
        "description", Value.text(system.description()));
  }

  private static Value route(Status.RouteStatus route) {
    var counts = route.counts();
    return dict(
        "name", Value.text(route.name()),
        "guarantee", Value.text(route.guarantee().toString()),
        "received", Value.integer(counts.received()),
        "delivered", Value.integer(counts.delivered()),
        "failed", Value.integer(counts.failed()),
        "dead_lettered", Value.integer(counts.deadLettered()),
        "dropped", Value.integer(counts.dropped()),
        "in_flight", Value.integer(counts.inFlight()),
        "stored", Value.integer(counts.stored()),
        "balanced", Value.Bool.of(counts.isBalanced()));
  }

  public static Value fault(Fault fault) {
    var errors =
        fault.violations().stream()
            .map(violation ->
                (Value)
                    dict(
                        "path", Value.text(violation.path()),
                        "rule", Value.text(violation.rule()),
                        "message", Value.text(violation.message())))
            .toList();
    return dict(
        "fault",
        dict(
            "code", Value.text(fault.code().name().toLowerCase(Locale.ROOT)),
            "message", Value.text(fault.message()),
            "hint", Value.text(fault.hint()),
            "errors", new Value.Items(errors),
            "details", fault.details(),
            "retryable", Value.Bool.of(fault.retryable())));
  }

  /** A fault as the other side wrote it; what it does not know is INTERNAL. */
  static Fault faultOf(Value fault) {
    Fault.Code code;
    try {
      code = Fault.Code.valueOf(fault.fieldText("code").toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException _) {
      code = Fault.Code.INTERNAL;
    }
    return Fault.of(code, fault.fieldText("message"), fault.fieldText("hint"));
  }

  static Value reply(Value body) {
    return dict("reply", body == Value.Absent.ABSENT ? Value.Null.NULL : body);
  }

  /** Names and values in turn. */
  public static Value.Dict dict(Object... namesAndValues) {
    var fields = new LinkedHashMap<String, Value>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], (Value) namesAndValues[i + 1]);
    }
    return new Value.Dict(fields);
  }

  /** What a worker must know to join. */
  static Value invitation(Invites.Invitation invitation) {
    return dict(
        "socket", Value.text(invitation.socket()),
        "token", Value.text(invitation.token()),
        "expires_ms", Value.integer(invitation.within().toMillis()));
  }
}
