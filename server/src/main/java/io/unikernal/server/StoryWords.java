package io.unikernal.server;

import static io.unikernal.server.ControlWords.dict;

import io.unikernal.kernel.explain.Errors;
import io.unikernal.kernel.explain.Note;
import io.unikernal.kernel.explain.Story;
import io.unikernal.kernel.explain.Taps;
import io.unikernal.kernel.explain.Told;
import io.unikernal.kernel.routing.Decision;
import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** What the kernel remembers of messages, as the control socket and {@code --json} say it. */
final class StoryWords {
  private static final double NANOS_PER_MS = 1e6;

  private StoryWords() {}

  static <T> Value list(List<T> all, Function<T, Value> each) {
    return new Value.Items(all.stream().map(each).toList());
  }

  static Value story(Story.Whole story) {
    return dict(
        "at", new Value.Timestamp(story.at()),
        "trace", Value.text(story.traceId()),
        "message", Value.text(story.messageId()),
        "operation", Value.text(story.operation()),
        "route", Value.text(story.route()),
        "ending", Value.text(lower(story.ending())),
        "way", part(story.way()),
        "left_out", Value.integer(story.leftOut()));
  }

  private static Value part(Told part) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("kind", Value.text(lower(part.kind())));
    fields.put("name", Value.text(part.name()));
    fields.put("place", Value.text(part.origin().toString()));
    fields.put("at_ms", millis(part.atNanos()));
    fields.put("took_ms", millis(part.tookNanos()));
    fields.put("ended", Value.Bool.of(part.isEnded()));
    part.fault().ifPresent(fault -> fields.put("fault", fault(fault)));
    fields.put("notes", list(part.notes(), StoryWords::note));
    fields.put("parts", list(part.parts(), StoryWords::part));
    return new Value.Dict(fields);
  }

  private static Value note(Note note) {
    return switch (note) {
      case Note.Considered(var route, var isTaken, var origin) ->
          dict(
              "note", Value.text("considered"),
              "route", Value.text(route),
              "taken", Value.Bool.of(isTaken),
              "place", Value.text(origin.toString()));
      case Note.Chosen(var target, var decision) ->
          dict(
              "note", Value.text("chosen"),
              "target", Value.text(target),
              "member", Value.text(decision.chosen()),
              "why", Value.text(decision.why()),
              "among", list(decision.candidates(), StoryWords::considered));
      case Note.TriedAgain(var attempt, var fault, var pause, var isLast) ->
          dict(
              "note", Value.text(isLast ? "not_tried_again" : "tried_again"),
              "attempt", Value.integer(attempt),
              "fault", fault(fault),
              "pause_ms", millis(pause.toNanos()));
      case Note.Skipped(var step, var origin) ->
          dict(
              "note", Value.text("skipped"),
              "step", Value.text(step),
              "place", Value.text(origin.toString()));
      case Note.DeadLettered(var to) ->
          dict("note", Value.text("dead_lettered"), "to", Value.text(to));
    };
  }

  private static Value considered(Decision.Considered one) {
    return dict(
        "member", Value.text(one.name()),
        "share", real(one.share()),
        "score", Double.isNaN(one.score()) ? Value.Null.NULL : real(one.score()),
        "calls", real(one.calls()),
        "failures", real(one.failures()),
        "mean_ms", real(one.meanMillis()));
  }

  static Value error(Errors.Group group) {
    return dict(
        "route", Value.text(group.route()),
        "step", Value.text(group.step()),
        "code", Value.text(lower(group.code())),
        "count", Value.integer(group.count()),
        "first", new Value.Timestamp(group.first()),
        "last", new Value.Timestamp(group.last()),
        "message", Value.text(group.message()),
        "trace", Value.text(group.traceId()),
        "place", Value.text(group.origin().toString()));
  }

  /** Labelled values are masked. */
  static Value passed(Taps.Passed passed) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("at", new Value.Timestamp(passed.at()));
    fields.put("trace", Value.text(passed.traceId()));
    fields.put("message", Value.text(passed.messageId()));
    fields.put("route", Value.text(passed.route()));
    fields.put("ending", Value.text(lower(passed.ending())));
    fields.put("input", masked(passed.input(), passed.inputType()));
    passed.answer().ifPresent(answer -> fields.put("answer", masked(answer, passed.answerType())));
    if (!passed.fault().isEmpty()) {
      fields.put("fault", Value.text(passed.fault()));
    }
    return new Value.Dict(fields);
  }

  private static Value masked(Value value, Type type) {
    byte[] shown = Json.masked(value, type).getBytes(StandardCharsets.UTF_8);
    return Json.read(shown, Json.Limits.EXACT);
  }

  private static Value fault(Fault fault) {
    return dict(
        "code", Value.text(lower(fault.code())),
        "message", Value.text(fault.message()));
  }

  private static Value millis(long nanos) {
    return real(nanos / NANOS_PER_MS);
  }

  /** To the microsecond: more is noise. */
  private static Value real(double number) {
    return new Value.Real(Math.round(number * 1e3) / 1e3);
  }

  private static String lower(Enum<?> symbol) {
    return symbol.name().toLowerCase(Locale.ROOT);
  }
}
