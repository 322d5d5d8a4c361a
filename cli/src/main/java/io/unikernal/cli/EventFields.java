package io.unikernal.cli;

import io.unikernal.kernel.Listener.Event;
import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/** What the kernel tells, as fields for programs that read logs. Nothing labelled is in them. */
final class EventFields {
  private final SequencedMap<String, Value> fields = new LinkedHashMap<>();

  private EventFields(Event event) {
    text("event", name(event));
  }

  /** {@code MessageFailed} as {@code message_failed}. */
  private static String name(Event event) {
    return event
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=.)([A-Z])", "_$1")
        .toLowerCase(Locale.ROOT);
  }

  static Value.Dict of(Event event) {
    var made = new EventFields(event);
    switch (event) {
      case Event.SystemOpened(var system, var adapter, _, var took) ->
          made.text("system", system).text("adapter", adapter).number("took_ms", took.toMillis());
      case Event.SystemHealth(var system, var health) ->
          made.text("system", system).text("health", Output.health(health));
      case Event.MessageFailed failed ->
          made.message(failed.route(), failed.messageId())
              .text("trace_id", failed.traceId())
              .text("step", failed.step())
              .fault(failed.fault())
              .at(failed.origin());
      case Event.AttemptFailed(
              var route,
              var step,
              var attempt,
              var fault,
              var delay,
              var origin) ->
          made.text("route", route)
              .text("step", step)
              .number("attempt", attempt)
              .number("again_in_ms", delay.toMillis())
              .fault(fault)
              .at(origin);
      case Event.DeadLettered(var route, var id, var to, var fault) ->
          made.message(route, id).text("to", to).fault(fault);
      case Event.TargetLeftOut(var route, var target) ->
          made.text("route", route).text("target", target);
      case Event.Refused refused ->
          made.text("operation", refused.operation())
              .text("who", refused.who().name())
              .text("address", refused.address())
              .text("code", refused.code().name())
              .text("message_id", refused.messageId())
              .text("trace_id", refused.traceId())
              .at(refused.origin());
      case Event.Coerced(var route, var id, var paths) ->
          made.message(route, id).texts("paths", paths);
      case Event.TargetChosen(var route, var id, var decision) ->
          made.message(route, id).text("target", decision.chosen()).text("why", decision.why());
      case Event.PolicyActed(var policy) ->
          made.text("policy", policy.kind().toString()).at(policy.origin());
      case Event.CanaryRolledBack(var route, var target, var why) ->
          made.text("route", route).text("target", target).text("why", why);
      case Event.ShadowDiffered(var route, var target, var what, var more) ->
          made.text("route", route).text("target", target).text("what", what).number("more", more);
      case Event.SourceFailed(var operation, var fault) ->
          made.text("operation", operation).fault(fault);
    }
    return new Value.Dict(made.fields);
  }

  private EventFields message(String route, String id) {
    return text("route", route).text("message_id", id);
  }

  private EventFields fault(Fault fault) {
    return text("code", fault.code().name());
  }

  private EventFields at(Origin origin) {
    return origin.equals(Origin.NONE)
        ? this
        : text("file", origin.file()).number("line", origin.line());
  }

  private EventFields texts(String name, List<String> texts) {
    fields.put(name, new Value.Items(texts.stream().map(Value::text).toList()));
    return this;
  }

  /** What is empty says nothing. */
  private EventFields text(String name, String text) {
    if (!text.isEmpty()) {
      fields.put(name, Value.text(text));
    }
    return this;
  }

  private EventFields number(String name, long number) {
    fields.put(name, Value.integer(number));
    return this;
  }
}
