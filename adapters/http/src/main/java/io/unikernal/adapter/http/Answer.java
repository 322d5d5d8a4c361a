package io.unikernal.adapter.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.HttpStatus;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What goes back over the wire: a status, headers and a whole body.
 *
 * @param contentType empty when there is no body
 * @param headers more of them, by lower-case name
 */
record Answer(int status, String contentType, Buffer body, SequencedMap<String, String> headers) {
  private static final Buffer NOTHING = Buffer.buffer();
  private static final int SECOND_MS = 1_000;

  /** Headers that only this side may set. */
  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "date",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "x-trace-id");

  static Answer empty(int status) {
    return new Answer(status, "", NOTHING, new LinkedHashMap<>());
  }

  static Answer of(int status, Value body, Type type, BodyFormats.Chosen format) {
    return new Answer(
        status,
        format.contentType(),
        Buffer.buffer(format.write(body, type)),
        new LinkedHashMap<>());
  }

  /** A fault as RFC 9457 has it; {@code path} is the request's, still encoded. */
  static Answer problem(Fault fault, String path, Trace trace) {
    return problem(HttpStatus.of(fault), fault, path, trace);
  }

  /** As {@link #problem(Fault, String, Trace)}, where HTTP has a status of its own for it. */
  static Answer problem(int status, Fault fault, String path, Trace trace) {
    boolean isOurs = fault.code() == Fault.Code.INTERNAL;
    var fields = new LinkedHashMap<String, Value>();
    // Where HTTP is more exact than the code, the status says what it is about.
    boolean isExact = status != HttpStatus.of(fault);
    fields.put(
        "type", Value.text(isExact ? "about:blank" : "urn:unikernal:fault:" + name(fault.code())));
    fields.put("title", Value.text(isExact ? reason(status) : fault.code().doc()));
    fields.put("status", Value.integer(status));
    fields.put(
        "detail",
        Value.text(isOurs ? "The operator finds the cause by the trace id." : fault.message()));
    fields.put("instance", Value.text(path));
    fields.put("code", Value.text(fault.code().name()));
    if (status < 500 && !fault.hint().isEmpty()) {
      fields.put("hint", Value.text(fault.hint()));
    }
    if (status < 500 && !fault.violations().isEmpty()) {
      fields.put("errors", errors(fault));
    }
    if (!isOurs) {
      fault.details().fields().forEach(fields::putIfAbsent);
    }
    if (!trace.equals(Trace.NONE)) {
      fields.put("trace_id", Value.text(trace.traceId()));
    }
    return new Answer(
        status,
        MediaTypes.PROBLEM,
        Buffer.buffer(Json.write(new Value.Dict(fields))),
        problemHeaders(status, fault));
  }

  Answer typed(String mediaType) {
    return new Answer(status, mediaType, body, headers);
  }

  Answer with(String header, String text) {
    var more = new LinkedHashMap<>(headers);
    more.put(header, text);
    return new Answer(status, contentType, body, more);
  }

  /** Adds a reply's headers, but for those that belong to the connection or are not valid. */
  Answer withAll(Map<String, String> replyHeaders) {
    if (replyHeaders.isEmpty()) {
      return this;
    }
    var more = new LinkedHashMap<>(headers);
    replyHeaders.forEach((name, text) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!RESERVED.contains(lower) && isToken(lower) && isFieldText(text)) {
        more.putIfAbsent(lower, text);
      }
    });
    return new Answer(status, contentType, body, more);
  }

  private static SequencedMap<String, String> problemHeaders(int status, Fault fault) {
    var headers = new LinkedHashMap<String, String>();
    if (fault.details().fields().get(Fault.RETRY_AFTER_MS) instanceof Value.Int(var millis)) {
      headers.put("retry-after", Long.toString(Math.ceilDiv(Math.max(0, millis), SECOND_MS)));
    } else if (status == 503 || status == 429) {
      headers.put("retry-after", "1");
    }
    if (status == 401) {
      headers.put("www-authenticate", "Bearer");
    }
    return headers;
  }

  private static Value errors(Fault fault) {
    return new Value.Items(
        fault.violations().stream()
            .<Value>map(violation -> {
              var fields = new LinkedHashMap<String, Value>();
              fields.put("path", Value.text(violation.path()));
              fields.put("rule", Value.text(violation.rule()));
              fields.put("message", Value.text(violation.message()));
              return new Value.Dict(fields);
            })
            .toList());
  }

  static String reason(int status) {
    return HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  private static String name(Fault.Code code) {
    return code.name().toLowerCase(Locale.ROOT);
  }

  static boolean isToken(String name) {
    return !name.isEmpty()
        && name.chars().allMatch(c -> c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0);
  }

  /** Nothing that could end the header or hide from a reader of it. */
  static boolean isFieldText(String text) {
    return text.chars()
        .allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f) || (c >= 0xa0 && c <= 0xff));
  }
}
