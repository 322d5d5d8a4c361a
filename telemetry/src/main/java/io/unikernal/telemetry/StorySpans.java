package io.unikernal.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.unikernal.kernel.explain.Note;
import io.unikernal.kernel.explain.Span;
import io.unikernal.kernel.explain.Story.Whole;
import io.unikernal.kernel.explain.Told;
import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import io.unikernal.model.Trace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes spans of what is remembered of a message: no value of a message is in there. */
final class StorySpans {
  private final Conventions conventions;
  private final Resource resource;

  StorySpans(Conventions conventions, Resource resource) {
    this.conventions = conventions;
    this.resource = resource;
  }

  /** The whole message first, then its parts. */
  List<SpanData> of(Whole story) {
    var spans = new ArrayList<SpanData>();
    var said = conventions.of(story.operation());
    var about =
        said.attributes().toBuilder()
            .put("messaging.message.id", story.messageId())
            .put("unikernal.route", story.route())
            .put("unikernal.outcome", story.ending().name().toLowerCase(Locale.ROOT));
    if (story.leftOut() > 0) {
      about.put("unikernal.parts_left_out", story.leftOut());
    }
    var kind = said.kind();
    boolean isCall = kind == SpanKind.CLIENT || kind == SpanKind.PRODUCER;
    // A call from outside any route: the message is the caller's, and its one part is the call.
    var root =
        new Whereabouts(
            story,
            conventions.isLabelled(story.operation()) || isLabelled(story.way()),
            context(story.trace(), story.way().spanId()),
            parent(story.parent()));
    add(spans, story.way(), root, said.name(), isCall ? SpanKind.INTERNAL : kind, about);
    return spans;
  }

  private boolean isLabelled(Told told) {
    return told.kind() == Span.Kind.CALL && conventions.isLabelled(told.name())
        || told.parts().stream().anyMatch(this::isLabelled);
  }

  private record Whereabouts(
      Whole story, boolean isLabelled, SpanContext self, SpanContext parent) {}

  private void add(
      List<SpanData> spans,
      Told told,
      Whereabouts where,
      String name,
      SpanKind kind,
      AttributesBuilder about) {
    place(told.origin(), about);
    told.notes().forEach(note -> note(note, about));
    told.fault().ifPresent(fault -> about.put("error.type", lower(fault.code())));
    if (!told.isEnded()) {
      about.put("unikernal.unfinished", true);
    }
    long start = nanos(where.story().at()) + told.atNanos();
    spans.add(
        new StorySpan(
            name,
            kind,
            where.self(),
            where.parent(),
            told.fault().map(fault -> status(fault, where.isLabelled())).orElse(StatusData.unset()),
            start,
            start + told.tookNanos(),
            about.build(),
            resource));
    for (var part : told.parts()) {
      var below =
          new Whereabouts(
              where.story(),
              where.isLabelled(),
              context(where.story().trace(), part.spanId()),
              where.self());
      boolean isCall = part.kind() == Span.Kind.CALL;
      var said = conventions.of(part.name());
      add(
          spans,
          part,
          below,
          isCall ? said.name() : part.name(),
          isCall ? said.kind() : SpanKind.INTERNAL,
          isCall
              ? said.attributes().toBuilder()
              : Attributes.builder().put("unikernal.step", part.name()));
    }
  }

  /** A worker or server may quote in its message what it was given: never what is labelled. */
  private static StatusData status(Fault fault, boolean isLabelled) {
    String code = lower(fault.code());
    return StatusData.create(StatusCode.ERROR, isLabelled ? code : code + ": " + fault.message());
  }

  private static void place(Origin origin, AttributesBuilder about) {
    if (!origin.equals(Origin.NONE)) {
      about.put("code.file.path", origin.file()).put("code.line.number", origin.line());
    }
  }

  private static void note(Note note, AttributesBuilder about) {
    switch (note) {
      case Note.Considered _ -> {}
      case Note.Chosen(var target, var decision) ->
          about
              .put("unikernal.target", target)
              .put("unikernal.target.member", decision.chosen())
              .put("unikernal.target.why", decision.why());
      case Note.TriedAgain(var attempt, _, _, _) -> about.put("unikernal.attempts", attempt);
      case Note.Skipped _ -> about.put("unikernal.skipped", true);
      case Note.DeadLettered(var to) -> about.put("unikernal.dead_letter.to", to);
    }
  }

  private static SpanContext context(Trace trace, String spanId) {
    return SpanContext.create(trace.traceId(), spanId, TraceFlags.getSampled(), state(trace));
  }

  static SpanContext parent(Trace sender) {
    return sender.hasSpan()
        ? SpanContext.createFromRemoteParent(
            sender.traceId(),
            sender.spanId(),
            TraceFlags.fromByte((byte) sender.flags()),
            state(sender))
        : SpanContext.getInvalid();
  }

  /** Read by the SDK's own reader; one that it does not understand is left out. */
  private static TraceState state(Trace trace) {
    return trace.state().isEmpty()
        ? TraceState.getDefault()
        : io.opentelemetry.api.trace.Span.fromContext(
                W3CTraceContextPropagator.getInstance().extract(Context.root(), trace, HEADERS))
            .getSpanContext()
            .getTraceState();
  }

  private static final TextMapGetter<Trace> HEADERS =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Trace carrier) {
          return List.of("traceparent", "tracestate");
        }

        @Override
        public @Nullable String get(@Nullable Trace carrier, String key) {
          if (carrier == null) {
            return null;
          }
          return key.equals("traceparent") ? carrier.text() : carrier.state();
        }
      };

  private static long nanos(Instant at) {
    return at.getEpochSecond() * 1_000_000_000L + at.getNano();
  }

  private static String lower(Enum<?> symbol) {
    return symbol.name().toLowerCase(Locale.ROOT);
  }
}
