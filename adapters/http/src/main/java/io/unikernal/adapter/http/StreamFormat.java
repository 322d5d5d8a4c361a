package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.MediaType;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the elements of an answer that is a stream are written. The first is what nobody asked for.
 */
enum StreamFormat {
  /** A line of JSON each: <a href="https://github.com/ndjson/ndjson-spec">NDJSON</a>. */
  LINES("NDJSON", "application/x-ndjson", "application/ndjson", "application/jsonl"),

  /** An event each, as browsers read them: server-sent events of the HTML standard. */
  EVENTS("server-sent events", "text/event-stream");

  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.UTF_8);
  private static final Buffer ALIVE = Buffer.buffer(":\n\n");

  private final String title;
  private final List<String> mediaTypes;

  StreamFormat(String title, String... mediaTypes) {
    this.title = title;
    this.mediaTypes = List.of(mediaTypes);
  }

  /** What it is sent as. */
  String mediaType() {
    return mediaTypes.getFirst();
  }

  /** For people: those that {@link #choose} chooses among. */
  static String titles() {
    return LINES.title + " or " + EVENTS.title;
  }

  /** What {@code accept} wants most; empty if it excludes both. */
  static Optional<Chosen> choose(String accept) {
    var all = Stream.of(values()).flatMap(format -> format.mediaTypes.stream()).toList();
    return Negotiation.best(all, accept)
        .flatMap(mediaType ->
            Arrays.stream(values())
                .filter(format -> format.mediaTypes.contains(mediaType))
                .findFirst()
                .map(format -> new Chosen(format, mediaType)));
  }

  /** A format under the name that it was asked for by. */
  record Chosen(StreamFormat format, String mediaType) {}

  /** What a content type says that a body is in; empty if it is no stream. */
  static Optional<StreamFormat> of(@Nullable String contentType) {
    if (contentType == null || contentType.isEmpty()) {
      return Optional.empty();
    }
    String name = MediaType.parse(contentType).name();
    return Arrays.stream(values()).filter(it -> it.mediaTypes.contains(name)).findFirst();
  }

  /** What a caller that reads streams sends as {@code accept}: JSON may be a list of them all. */
  static String accept() {
    return LINES.mediaType() + ", " + EVENTS.mediaType() + ";q=0.9, application/json;q=0.5";
  }

  /** Whether a reader is told that the stream began before there is an element. */
  boolean beginsAtOnce() {
    return this == EVENTS;
  }

  Buffer element(Value value) {
    byte[] json = Json.write(value);
    return switch (this) {
      case LINES -> Buffer.buffer(json.length + 1).appendBytes(json).appendByte((byte) '\n');
      case EVENTS ->
          Buffer.buffer(json.length + DATA.length + 2)
              .appendBytes(DATA)
              .appendBytes(json)
              .appendString("\n\n");
    };
  }

  /** What says that the stream broke; empty where only a body that does not end can say it. */
  Optional<Buffer> broken(Fault fault, String path, Trace trace) {
    return switch (this) {
      case LINES -> Optional.empty();
      case EVENTS ->
          Optional.of(
              Buffer.buffer("event: error\n")
                  .appendBytes(DATA)
                  .appendBuffer(Answer.problem(fault, path, trace).body())
                  .appendString("\n\n"));
    };
  }

  /** What shows that both sides are still there, while there is no element. */
  Optional<Buffer> alive() {
    return switch (this) {
      case LINES -> Optional.empty(); // an empty line is an error to some readers
      case EVENTS -> Optional.of(ALIVE);
    };
  }
}
