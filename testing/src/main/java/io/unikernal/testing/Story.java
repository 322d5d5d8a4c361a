package io.unikernal.testing;

import io.unikernal.kernel.Listener.Event;
import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.ValuePattern;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Tells what happened to a message, for people. What is labelled is masked. */
final class Story {
  private static final int VALUE_SHOWN = 300;
  private static final int LINES_MAX = 40;

  private final Seen seen;
  private final Status status;

  /** What a source's sender sees of an outcome. */
  @FunctionalInterface
  interface Status {
    OptionalInt of(Operation source, Outcome outcome);
  }

  private record Line(Duration at, int order, String text) {}

  Story(Seen seen, Status status) {
    this.seen = seen;
    this.status = status;
  }

  Optional<Seen.Sent> messageOf(String traceId) {
    return seen.sent.stream().filter(one -> one.traceId().equals(traceId)).findFirst();
  }

  /** A line for each thing that happened to it, in order. */
  List<String> lines(Seen.Sent message) {
    var lines = new ArrayList<Line>();
    int order = 0;
    lines.add(
        new Line(
            message.at,
            order++,
            "message %d comes to %s: %s"
                .formatted(
                    message.number,
                    message.source.id(),
                    shown(message.input, message.source.input()))));
    for (Seen.Call call : seen.callsOf(message)) {
      lines.add(new Line(call.at, order++, call(call)));
    }
    for (Seen.Heard heard : seen.heard) {
      if (heard.event() instanceof Event.MessageFailed failed
          && failed.traceId().equals(message.traceId())) {
        lines.add(
            new Line(
                heard.at(),
                order++,
                "%s fails%s: %s (%s)"
                    .formatted(
                        failed.route(),
                        failed.step().isEmpty() ? "" : " in " + failed.step(),
                        text(failed.fault()),
                        failed.origin())));
      }
    }
    message.took.ifPresent(
        took -> lines.add(new Line(message.at.plus(took), Integer.MAX_VALUE, reply(message))));
    if (message.took.isEmpty()) {
      lines.add(new Line(message.at.plus(Stage.SETTLE_MAX), Integer.MAX_VALUE, "no answer"));
    }
    lines.sort(Comparator.comparing(Line::at).thenComparing(Line::order));
    int left = lines.size() - LINES_MAX;
    var shown =
        lines.stream()
            .limit(LINES_MAX)
            .map(line -> "%10s  %s".formatted(text(line.at()), line.text()))
            .collect(Collectors.toCollection(ArrayList::new));
    if (left > 0) {
      shown.add("and " + left + " more");
    }
    return shown;
  }

  private static String call(Seen.Call call) {
    String end =
        call.fault
            .map(Story::text)
            .or(() -> call.answer.map(answer -> shown(answer, call.operation.output())))
            .orElse("no answer");
    return "%s called with %s -> %s%s"
        .formatted(
            call.operation.id(),
            shown(call.input, call.operation.input()),
            end,
            call.took.filter(Duration::isPositive).map(took -> " after " + text(took)).orElse(""));
  }

  /** How a message ended, as its sender sees it. */
  String reply(Seen.Sent sent) {
    if (sent.outcome().isEmpty()) {
      return "message " + sent.number + " has no answer";
    }
    Outcome outcome = sent.outcome().get();
    OptionalInt number = status.of(sent.source, outcome);
    String end =
        switch (outcome) {
          case Outcome.Done(var reply) ->
              reply.body() == Value.Null.NULL ? "done" : shown(reply.body(), sent.source.output());
          case Outcome.Dropped(var reason) -> "dropped (" + reason + ")";
          case Outcome.Failed(var fault) -> text(fault);
        };
    return "message %d is answered%s: %s"
        .formatted(sent.number, number.isPresent() ? " " + number.getAsInt() : "", end);
  }

  static String text(Fault fault) {
    String places =
        fault.violations().stream()
            .limit(3)
            .map(violation -> violation.path() + " must be " + violation.rule())
            .collect(Collectors.joining(", "));
    return fault.code() + " " + fault.message() + (places.isEmpty() ? "" : " (" + places + ")");
  }

  static String shown(Value value, Type type) {
    String text =
        value == Value.Absent.ABSENT
            ? "nothing"
            : Json.masked(value, type).replaceAll("\\s*\\n\\s*", " ");
    return text.length() <= VALUE_SHOWN ? text : text.substring(0, VALUE_SHOWN) + "…";
  }

  static String text(ValuePattern pattern) {
    return switch (pattern) {
      case ValuePattern.Anything() -> "*";
      case ValuePattern.Exactly(var value) ->
          value == Value.Absent.ABSENT
              ? "nothing"
              : new String(Json.write(value), StandardCharsets.UTF_8);
      case ValuePattern.Fields(var fields) ->
          fields.entrySet().stream()
              .map(field -> field.getKey() + ": " + text(field.getValue()))
              .collect(Collectors.joining(", ", "{ ", " }"));
      case ValuePattern.Items(var items) ->
          items.stream().map(Story::text).collect(Collectors.joining(", ", "[", "]"));
    };
  }

  /** As definitions write times. */
  static String text(Duration time) {
    if (time.compareTo(Duration.ofMinutes(2)) >= 0) {
      return time.toString().substring(2).toLowerCase(Locale.ROOT);
    }
    var millis = new BigDecimal(time.toNanos()).movePointLeft(6);
    var seconds = millis.movePointLeft(3);
    boolean isLong = time.compareTo(Duration.ofSeconds(1)) >= 0;
    return plain(isLong ? seconds : millis) + (isLong ? "s" : "ms");
  }

  private static String plain(BigDecimal number) {
    var rounded = number.setScale(3, RoundingMode.HALF_UP).stripTrailingZeros();
    return rounded.signum() == 0 ? "0" : rounded.toPlainString();
  }
}
