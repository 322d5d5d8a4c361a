package io.unikernal.adapter.http;

import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Operation;
import io.unikernal.model.Reads;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.Wanted;
import io.unikernal.spi.Codec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * Makes an operation's input of a request: reports everything that is wrong with it at once. Runs
 * after the caller is authorised. Any thread.
 */
final class InputReader {
  private final String operation;
  private final Optional<Type> bodyType;
  private final Optional<Type> element;
  private final boolean isBodyOnly;
  private final boolean isStrict;
  private final Type input;
  private final SequencedMap<String, Type> pathTypes;
  private final SequencedMap<String, Type> queryTypes;
  private final SequencedMap<String, Type> headerTypes;

  /** Of the body; set before the first request is taken. */
  private volatile Wanted wanted = Wanted.ALL;

  InputReader(Operation operation) {
    this.operation = operation.id();
    var options = operation.options();
    PathTemplate template = HttpRule.call(options).template();
    bodyType = options.find(HttpAdapter.BODY);
    element =
        bodyType.flatMap(type ->
            type.core() instanceof Type.StreamOf(var one) ? Optional.of(one) : Optional.empty());
    isBodyOnly = HttpRule.isBodyOnly(template, options);
    isStrict = options.get(HttpAdapter.MODE).equals("strict");
    input = operation.input();
    pathTypes = HttpRule.pathTypes(template, options);
    queryTypes = HttpRule.types(HttpAdapter.QUERY, options);
    headerTypes = HttpRule.types(HttpAdapter.HEADERS, options);
  }

  /** What will be read of the input. */
  void expect(Reads reads) {
    Reads ofBody = isBodyOnly ? reads : reads.of(HttpRule.BODY_FIELD);
    wanted = bodyType.map(type -> Wanted.of(type, ofBody)).orElse(Wanted.ALL);
  }

  /** The header that a parameter is read from. */
  static String headerName(String parameter) {
    return parameter.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean takesBody() {
    return bodyType.isPresent();
  }

  /** Of the body, where it is a stream. */
  Optional<Type> element() {
    return element;
  }

  boolean isStrict() {
    return isStrict;
  }

  /**
   * @param pathValues of the placeholders, decoded
   * @param format what the body is in
   * @param query still encoded, without `?`; empty when there is none
   * @throws FaultException MALFORMED, TOO_LARGE or INVALID
   */
  Value read(
      List<String> pathValues,
      String query,
      HeaderView headers,
      byte[] body,
      BodyFormats.Chosen format) {
    return read(pathValues, query, headers, () -> readBody(body, format));
  }

  /** The same with what the body is read by. */
  Value read(List<String> pathValues, String query, HeaderView headers, Supplier<Value> body) {
    if (isBodyOnly && (query.isEmpty() || !isStrict)) {
      return body.get();
    }
    var violations = new ArrayList<Fault.Violation>();
    var fields = new LinkedHashMap<String, Value>();
    int next = 0;
    for (Map.Entry<String, Type> parameter : pathTypes.entrySet()) {
      readText(parameter, pathValues.get(next++), fields, violations);
    }
    readQuery(query, fields, violations);
    for (Map.Entry<String, Type> parameter : headerTypes.entrySet()) {
      var text = headers.find(headerName(parameter.getKey()));
      if (text.isPresent()) {
        readText(parameter, text.get(), fields, violations);
      } else {
        requireMaybe(parameter, violations);
      }
    }
    if (bodyType.isPresent()) {
      try {
        fields.put(HttpRule.BODY_FIELD, body.get());
      } catch (FaultException e) {
        if (e.fault().code() != Fault.Code.INVALID) {
          throw e;
        }
        e.fault().violations().forEach(v -> violations.add(isBodyOnly ? v : inBody(v)));
      }
    }
    if (!violations.isEmpty()) {
      throw Fault.invalid("the request does not fit `" + operation + "`", violations).toException();
    }
    return isBodyOnly
        ? fields.getOrDefault(HttpRule.BODY_FIELD, Value.Absent.ABSENT)
        : record(fields);
  }

  private Value readBody(byte[] body, BodyFormats.Chosen format) {
    Type type = bodyType.orElseThrow();
    if (body.length == 0 && type.isMaybe()) {
      return Value.Absent.ABSENT;
    }
    var codec = format.offer().codec();
    if (isStrict) {
      return codec.read(body, reading(format, Conform.Extra.REFUSE));
    }
    try {
      return codec.read(body.clone(), reading(format, Conform.Extra.KEEP));
    } catch (FaultException e) {
      if (e.fault().code() != Fault.Code.INVALID) {
        throw e;
      }
      // The kernel may know what stands for the same, and else says what is wrong.
      return codec.read(
          body,
          Codec.Reading.of(Type.Simple.ANY, Conform.Extra.KEEP).withCharset(format.charset()));
    }
  }

  private Codec.Reading reading(BodyFormats.Chosen format, Conform.Extra extra) {
    return Codec.Reading.of(bodyType.orElseThrow(), extra)
        .withCharset(format.charset())
        .withWanted(wanted);
  }

  private Value record(SequencedMap<String, Value> fields) {
    boolean isFitted =
        isStrict
            || bodyType.isEmpty()
            || Conform.check(
                    bodyType.get(),
                    fields.getOrDefault(HttpRule.BODY_FIELD, Value.Absent.ABSENT),
                    Conform.Extra.KEEP)
                instanceof Conform.Result.Fits;
    if (!(input.core() instanceof Type.Record record) || !isFitted) {
      return new Value.Dict(fields);
    }
    var builder = Rec.builder(record.shape());
    fields.forEach(builder::set);
    return builder.build();
  }

  private void readQuery(
      String query, SequencedMap<String, Value> fields, List<Fault.Violation> violations) {
    var given = new LinkedHashMap<String, List<String>>();
    for (String part : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      int equals = part.indexOf('=');
      String name = Percent.decode(equals < 0 ? part : part.substring(0, equals), true);
      String text = equals < 0 ? "" : Percent.decode(part.substring(equals + 1), true);
      given.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(text);
    }
    for (Map.Entry<String, Type> parameter : queryTypes.entrySet()) {
      List<String> texts = given.remove(parameter.getKey());
      if (parameter.getValue().core() instanceof Type.ListOf(var element, var _)) {
        readList(parameter, element, texts == null ? List.of() : texts, fields, violations);
      } else if (texts == null) {
        requireMaybe(parameter, violations);
      } else if (texts.size() > 1) {
        violations.add(
            new Fault.Violation(
                parameter.getKey(), "given once", "is given " + texts.size() + " times"));
      } else {
        readText(parameter, texts.getFirst(), fields, violations);
      }
    }
    if (isStrict) {
      given
          .keySet()
          .forEach(name ->
              violations.add(
                  new Fault.Violation(
                      name, "unknown parameter", "is not a parameter of `" + operation + "`")));
    }
  }

  private static void readList(
      Map.Entry<String, Type> parameter,
      Type element,
      List<String> texts,
      SequencedMap<String, Value> fields,
      List<Fault.Violation> violations) {
    if (texts.isEmpty() && parameter.getValue().isMaybe()) {
      return;
    }
    var items = new ArrayList<Value>();
    int before = violations.size();
    for (String text : texts) {
      switch (Conform.fromText(element, text)) {
        case Conform.Result.Fits(var value) -> items.add(value);
        case Conform.Result.Breaks(var broken) ->
            broken.forEach(v ->
                violations.add(
                    new Fault.Violation(
                        parameter.getKey() + "[" + items.size() + "]", v.rule(), v.message())));
      }
    }
    if (violations.size() > before) {
      return;
    }
    // Once more as a whole: the list may have bounds of its own.
    switch (Conform.check(parameter.getValue(), new Value.Items(items), Conform.Extra.REFUSE)) {
      case Conform.Result.Fits(var value) -> fields.put(parameter.getKey(), value);
      case Conform.Result.Breaks(var broken) ->
          broken.forEach(v -> violations.add(at(parameter.getKey(), v)));
    }
  }

  private static void readText(
      Map.Entry<String, Type> parameter,
      String text,
      SequencedMap<String, Value> fields,
      List<Fault.Violation> violations) {
    switch (Conform.fromText(parameter.getValue(), text)) {
      case Conform.Result.Fits(var value) -> fields.put(parameter.getKey(), value);
      case Conform.Result.Breaks(var broken) ->
          broken.forEach(v -> violations.add(at(parameter.getKey(), v)));
    }
  }

  private static void requireMaybe(
      Map.Entry<String, Type> parameter, List<Fault.Violation> violations) {
    if (!parameter.getValue().isMaybe()) {
      violations.add(new Fault.Violation(parameter.getKey(), "required", "is missing"));
    }
  }

  private static Fault.Violation inBody(Fault.Violation violation) {
    return at(HttpRule.BODY_FIELD, violation);
  }

  private static Fault.Violation at(String parent, Fault.Violation violation) {
    String path = violation.path();
    String joined =
        path.isEmpty() ? parent : path.startsWith("[") ? parent + path : parent + "." + path;
    return new Fault.Violation(joined, violation.rule(), violation.message());
  }
}
