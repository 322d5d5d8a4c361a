package io.unikernal.cli;

import io.unikernal.kernel.Listener.Event;
import io.unikernal.kernel.Status;
import io.unikernal.model.Fault;
import io.unikernal.spi.Health;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;

/** How things look on a terminal. */
final class Output {
  private Output() {}

  static String fault(Fault fault) {
    var text = new StringBuilder("error[" + fault.code().name().toLowerCase(Locale.ROOT) + "]: ");
    text.append(fault.message());
    fault
        .violations()
        .forEach(violation ->
            text.append(System.lineSeparator())
                .append("  ")
                .append(violation.path().isEmpty() ? "(the whole)" : violation.path())
                .append(": ")
                .append(violation.message()));
    if (!fault.hint().isEmpty()) {
      text.append(System.lineSeparator()).append("  = try: ").append(fault.hint());
    }
    return text.toString();
  }

  static String health(Health health) {
    return switch (health) {
      case Health.Up _ -> "up";
      case Health.Degraded(var why) -> "degraded (" + why + ")";
      case Health.Down(var why) -> "DOWN (" + why + ")";
    };
  }

  /** Rows in columns as wide as they need. */
  static String table(List<List<String>> rows) {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    rows.forEach(row -> {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    });
    var text = new StringBuilder();
    for (List<String> row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append("  ").append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length()));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  /** The books, as they stand. */
  static String ledger(Status status) {
    var rows = new java.util.ArrayList<List<String>>();
    rows.add(
        List.of(
            "route",
            "received",
            "delivered",
            "failed",
            "dead-lettered",
            "dropped",
            "in flight",
            "stored",
            ""));
    for (var route : status.routes()) {
      var counts = route.counts();
      rows.add(
          List.of(
              route.name(),
              "" + counts.received(),
              "" + counts.delivered(),
              "" + counts.failed(),
              "" + counts.deadLettered(),
              "" + counts.dropped(),
              "" + counts.inFlight(),
              "" + counts.stored(),
              counts.isBalanced() ? "balanced" : "DOES NOT BALANCE"));
    }
    return table(rows);
  }

  /** Events as log lines; nothing labelled is in them. */
  static void log(Logger log, Event event) {
    Logs.log(log, level(event), () -> text(event), () -> EventFields.of(event));
  }

  private static Level level(Event event) {
    return switch (event) {
      case Event.SystemOpened _, Event.Refused _, Event.TargetChosen _ -> Level.DEBUG;
      case Event.PolicyActed _ -> Level.DEBUG;
      case Event.MessageFailed failed when isCallersMistake(failed.fault()) -> Level.DEBUG;
      case Event.AttemptFailed _, Event.Coerced _, Event.ShadowDiffered _ -> Level.INFO;
      case Event.SystemHealth _, Event.MessageFailed _, Event.DeadLettered _ -> Level.WARNING;
      case Event.TargetLeftOut _, Event.CanaryRolledBack _, Event.SourceFailed _ -> Level.WARNING;
    };
  }

  private static String text(Event event) {
    return switch (event) {
      case Event.SystemOpened opened ->
          opened.system() + " opened in " + opened.took().toMillis() + " ms";
      case Event.SystemHealth(var system, var health) -> system + " is " + health(health);
      case Event.MessageFailed failed -> text(failed);
      case Event.AttemptFailed attempt -> text(attempt);
      case Event.DeadLettered(var route, var messageId, var to, var fault) ->
          message(messageId, route) + "lies in " + to + ": " + fault.code() + " " + fault.message();
      case Event.TargetLeftOut(var route, var target) ->
          target + " fails again and again: " + route + " leaves it out for a while";
      case Event.Refused refused ->
          "refused %s at %s: %s"
              .formatted(refused.who().name(), refused.operation(), refused.why());
      case Event.Coerced(var route, var messageId, var paths) ->
          message(messageId, route) + "is taken as its type has it in " + String.join(", ", paths);
      case Event.TargetChosen(var route, var messageId, var decision) ->
          message(messageId, route) + "goes to " + decision.chosen() + ": " + decision.why();
      case Event.PolicyActed(var policy) -> policy.kind() + " acted";
      case Event.CanaryRolledBack(var route, var target, var why) ->
          "%s gets no more messages of %s, where it was on trial: %s".formatted(target, route, why);
      case Event.ShadowDiffered(var route, var target, var what, var more) ->
          "copy of %s to %s: %s%s"
              .formatted(
                  route, target, what, more > 0 ? ", and " + more + " others since the last" : "");
      case Event.SourceFailed(var operation, var fault) -> operation + ": " + fault.message();
    };
  }

  private static String message(String id, String route) {
    return "message " + id + " of " + route + " ";
  }

  private static String text(Event.MessageFailed failed) {
    return "message "
        + failed.messageId()
        + " of "
        + failed.route()
        + (failed.step().isEmpty() ? "" : " failed in " + failed.step())
        + ": "
        + failed.fault().code()
        + " "
        + failed.fault().message()
        + " ("
        + failed.origin()
        + ", trace "
        + failed.traceId()
        + ")";
  }

  /** The record of an audit: who, what, by which policy. */
  private static String text(Event.AttemptFailed attempt) {
    return attempt.step()
        + " of "
        + attempt.route()
        + ": attempt "
        + attempt.attempt()
        + " failed ("
        + attempt.fault().message()
        + ")"
        + (attempt.delay().isPositive() ? ", again in " + attempt.delay().toMillis() + " ms" : "");
  }

  /** What the caller was told and nobody here must act on. */
  private static boolean isCallersMistake(Fault fault) {
    return switch (fault.code()) {
      case MALFORMED,
          TOO_LARGE,
          UNSUPPORTED,
          INVALID,
          NOT_FOUND,
          NO_ROUTE,
          UNAUTHENTICATED,
          FORBIDDEN ->
          true;
      case OVERLOADED, DISCONNECTED, REJECTED, TIMEOUT, CANCELLED, INTERNAL -> false;
    };
  }
}
