package io.unikernal.adapter.http;

import io.unikernal.model.Config;
import io.unikernal.model.Conform;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Rec;
import io.unikernal.model.Reply;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Endpoint;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/** One operation of another server: makes a request of its input and a reply of the answer. */
final class HttpDuplex implements Endpoint.Duplex {
  private static final Set<String> OWN_HEADERS =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "date",
          "keep-alive",
          "server",
          "set-cookie",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "x-trace-id");

  private static final int VIOLATIONS_SHOWN = 3;

  private final HttpClientSystem system;
  private final Operation operation;
  private final HttpRule.Call call;
  private final boolean isBodyOnly;
  private final boolean hasBody;
  private final List<String> queryNames;
  private final List<String> headerNames;
  private final Type output;
  private final BodyFormats formats;

  HttpDuplex(HttpClientSystem system, Operation operation, Config config) {
    this.system = system;
    this.operation = operation;
    var options = operation.options();
    call = HttpRule.call(options);
    isBodyOnly = HttpRule.isBodyOnly(call.template(), options);
    hasBody = options.has(HttpAdapter.BODY);
    queryNames = List.copyOf(HttpRule.types(HttpAdapter.QUERY, options).sequencedKeySet());
    headerNames = List.copyOf(HttpRule.types(HttpAdapter.HEADERS, options).sequencedKeySet());
    output = operation.output();
    formats = BodyFormats.of(options, config);
  }

  @Override
  public Reply call(Message message) throws InterruptedException {
    Value input = message.body().value();
    var settings = system.settings();
    var response =
        system.exchange(
            new HttpCall.Request(
                operation.id(),
                call.method(),
                settings.basePath() + path(input) + query(input),
                headers(input, message.trace()),
                elements(input).isPresent() ? Optional.empty() : body(input),
                elements(input),
                timeout(message.deadline()),
                output.core() instanceof Type.StreamOf));
    return reply(response);
  }

  private Duration timeout(Deadline deadline) {
    if (deadline.isNone()) {
      return system.settings().timeout();
    }
    Duration left = deadline.remaining(system.world().nanos());
    if (left.isZero()) {
      throw Fault.of(Fault.Code.TIMEOUT, "no time was left to call `" + operation.id() + "`")
          .toException();
    }
    return left;
  }

  private String path(Value input) {
    var path = new StringBuilder();
    for (var segment : call.template().segments()) {
      String text =
          segment.isPlaceholder()
              ? text(segment.text(), input.field(segment.text()))
                  .filter(t -> !t.isEmpty())
                  .orElseThrow(() -> missing(segment.text()))
              : segment.text();
      path.append('/').append(Percent.encodeSegment(text));
    }
    return path.toString();
  }

  private String query(Value input) {
    var query = new StringBuilder();
    for (String name : queryNames) {
      Value value = input.field(name);
      var all = value instanceof Value.Items(var items) ? items : List.of(value);
      for (Value one : all) {
        text(name, one)
            .ifPresent(text ->
                query
                    .append(query.isEmpty() ? '?' : '&')
                    .append(Percent.encode(name))
                    .append('=')
                    .append(Percent.encode(text)));
      }
    }
    return query.toString();
  }

  private MultiMap headers(Value input, Trace trace) {
    MultiMap headers = HttpHeaders.headers();
    headers.set("user-agent", "unikernal");
    headers.set(
        "accept",
        output.core() instanceof Type.StreamOf ? StreamFormat.accept() : formats.accept());
    system.settings().headers().forEach((name, text) -> set(headers, name, text));
    for (String name : headerNames) {
      text(name, input.field(name))
          .ifPresent(text -> set(headers, InputReader.headerName(name), text));
    }
    if (hasBody) {
      headers.set(
          "content-type",
          elements(input).isPresent()
              ? StreamFormat.LINES.mediaType()
              : formats.request().contentType());
    }
    if (!trace.equals(Trace.NONE)) {
      headers.set("traceparent", trace.text());
      if (!trace.state().isEmpty()) {
        headers.set("tracestate", trace.state());
      }
    }
    return headers;
  }

  private static void set(MultiMap headers, String name, String text) {
    if (!Answer.isToken(name) || !Answer.isFieldText(text)) {
      throw Fault.invalid(
              "a header does not fit",
              List.of(
                  new Fault.Violation(
                      name, "header", "holds characters that a header cannot hold")))
          .toException();
    }
    headers.set(name, text);
  }

  /** The body where it is a stream. */
  private Optional<ValueStream> elements(Value input) {
    Value body = isBodyOnly ? input : input.field(HttpRule.BODY_FIELD);
    return hasBody && body instanceof ValueStream stream ? Optional.of(stream) : Optional.empty();
  }

  private Optional<byte[]> body(Value input) {
    if (!hasBody) {
      return Optional.empty();
    }
    Value body = isBodyOnly ? input : input.field(HttpRule.BODY_FIELD);
    return body == Value.Absent.ABSENT
        ? Optional.empty()
        : Optional.of(formats.request().write(body, formats.bodyType()));
  }

  private Reply reply(HttpCall.Response response) {
    if (response.status() == 404 && output.isMaybe()) {
      return Reply.of(Value.Absent.ABSENT);
    }
    if (response.status() >= 300) {
      throw ClientFaults.of(operation.id(), response, system.world().now()).toException();
    }
    return new Reply(value(response), kept(response.headers()));
  }

  private Value value(HttpCall.Response response) {
    if (output == Type.Simple.NULL) {
      return Value.Null.NULL;
    }
    if (response.incoming().isPresent() && output.core() instanceof Type.StreamOf(var element)) {
      return stream(response, response.incoming().get(), element);
    }
    if (response.body().length() == 0) {
      return Value.Absent.ABSENT;
    }
    String contentType = Optional.ofNullable(response.headers().get("content-type")).orElse("");
    Optional<BodyFormats.Chosen> format = formats.answered(contentType);
    if (format.isEmpty()) {
      return otherThanWanted(contentType, response.body().getBytes());
    }
    try {
      // By its type, so that decimals are read from their digits and never by way of a double.
      var reading =
          Codec.Reading.of(output, Conform.Extra.KEEP).withCharset(format.get().charset());
      return format.get().offer().codec().read(response.body().getBytes(), reading);
    } catch (FaultException e) {
      if (e.fault().code() == Fault.Code.INVALID) {
        throw wrongAnswer(e.fault()).toException();
      }
      throw Fault.of(
              Fault.Code.REJECTED,
              "`"
                  + operation.id()
                  + "` answered what is not "
                  + format.get().offer().title()
                  + ": "
                  + e.fault().message())
          .withDetails(e.fault().details())
          .toException();
    }
  }

  private Value stream(HttpCall.Response response, Incoming incoming, Type element) {
    boolean areEvents =
        StreamFormat.of(response.headers().get("content-type"))
            .equals(Optional.of(StreamFormat.EVENTS));
    long elementMax = system.settings().maxBody();
    return new ValueStream(
        new IncomingElements(
            incoming, new AnswerElements(operation.id(), element), areEvents, elementMax));
  }

  /** Says where and which rule, never the value: the caller may not be allowed to see it. */
  private Fault wrongAnswer(Fault fault) {
    List<Fault.Violation> violations = fault.violations();
    if (violations.isEmpty()) {
      return Fault.of(
          Fault.Code.REJECTED, "`" + operation.id() + "` answered otherwise: " + fault.message());
    }
    String rules =
        violations.stream()
            .limit(VIOLATIONS_SHOWN)
            .map(v -> (v.path().isEmpty() ? "" : v.path() + ": ") + "must be " + v.rule())
            .collect(Collectors.joining("; "));
    int more = violations.size() - VIOLATIONS_SHOWN;
    return Fault.of(
        Fault.Code.REJECTED,
        "`%s` answered what its type does not allow: %s%s"
            .formatted(operation.id(), rules, more > 0 ? " and " + more + " more" : ""));
  }

  private Value otherThanWanted(String contentType, byte[] body) {
    return switch (output.core()) {
      case Type.Bytes _ -> new Value.Bytes(body);
      case Type.Text _ -> Value.text(new String(body, StandardCharsets.UTF_8));
      default ->
          throw Fault.of(
                  Fault.Code.REJECTED,
                  "`"
                      + operation.id()
                      + "` answered `"
                      + contentType
                      + "` and not "
                      + BodyFormats.titles(formats.answers()),
                  "write `returns: string` or `returns: bytes` to have it as it is")
              .toException();
    };
  }

  private static SequencedMap<String, String> kept(MultiMap headers) {
    var kept = new LinkedHashMap<String, String>();
    headers.forEach((name, text) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!OWN_HEADERS.contains(lower)) {
        kept.merge(lower, text, (before, more) -> before + ", " + more);
      }
    });
    return kept;
  }

  /** As JSON has it but without quotes; empty when there is nothing. */
  private static Optional<String> text(String name, Value value) {
    return switch (value) {
      case Value.Absent _, Value.Null _ -> Optional.empty();
      case Value.Text(var text) -> Optional.of(text);
      case Value.Items _, Value.Dict _, Rec _, ValueStream _ -> throw missing(name);
      default -> {
        String json = new String(Json.write(value), StandardCharsets.UTF_8);
        yield Optional.of(json.startsWith("\"") ? json.substring(1, json.length() - 1) : json);
      }
    };
  }

  private static FaultException missing(String name) {
    return Fault.invalid(
            "the request cannot be made",
            List.of(new Fault.Violation(name, "one text", "is not there, or not one text")))
        .toException();
  }
}
