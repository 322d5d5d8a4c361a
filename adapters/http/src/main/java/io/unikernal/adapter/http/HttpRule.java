package io.unikernal.adapter.http;

import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.Effect;
import io.unikernal.model.Field;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Type;
import io.unikernal.spi.Format;
import io.unikernal.spi.Formats;
import io.unikernal.spi.OperationRule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** Derives an operation's types and promises from its method, path and parameters. */
final class HttpRule implements OperationRule {
  static final String BODY_FIELD = "body";

  static Problem listenOrUrl() {
    return new Problem(
        "",
        "an http system has either `listen` or `url`",
        "write `listen: 8080` to serve, or `url: https://…` to call");
  }

  /** What the options of one operation say, once they are known to be right. */
  record Call(String method, PathTemplate template) {}

  @Override
  public Result apply(String name, Config operation, Config system) {
    var problems = new ArrayList<Problem>();
    boolean serves = system.has(HttpAdapter.LISTEN);
    if (serves == system.has(HttpAdapter.URL)) {
      problems.add(listenOrUrl());
    }
    problems.addAll(TlsOptions.problems(system));
    List<Field<String>> methods = HttpAdapter.METHODS.stream().filter(operation::has).toList();
    if (methods.size() != 1) {
      problems.add(
          new Problem(
              methods.isEmpty() ? "" : methods.get(1).name(),
              methods.isEmpty()
                  ? "`" + name + "` has no method and path"
                  : "`" + name + "` has two methods",
              "write one of get, post, put, patch, delete, head, as `get: /orders`"));
      return new Result.Refused(problems);
    }
    Field<String> method = methods.getFirst();
    switch (PathTemplate.parse(operation.get(method))) {
      case PathTemplate.Result.Wrong(var message, var hint) ->
          problems.add(new Problem(method.name(), message, hint));
      case PathTemplate.Result.Parsed(var template) ->
          checkParameters(template, operation, problems);
    }
    checkBodies(method.name(), operation, problems);
    checkFormats(operation, system, problems);
    if (!problems.isEmpty()) {
      return new Result.Refused(problems);
    }
    PathTemplate template = PathTemplate.of(operation.get(method));
    return new Result.Shaped(
        serves ? Direction.RECEIVES : Direction.CALLED,
        input(template, operation),
        operation.find(HttpAdapter.RETURNS).orElse(Type.Simple.NULL),
        serves ? Effect.UNKNOWN : effect(method.name()),
        capabilities(operation),
        "");
  }

  /** Only for options that {@link #apply} has accepted. */
  static Call call(Config operation) {
    Field<String> method =
        HttpAdapter.METHODS.stream().filter(operation::has).findFirst().orElseThrow();
    return new Call(
        method.name().toUpperCase(java.util.Locale.ROOT), PathTemplate.of(operation.get(method)));
  }

  /** Each placeholder with its type. */
  static SequencedMap<String, Type> pathTypes(PathTemplate template, Config operation) {
    var declared = operation.find(HttpAdapter.PATH).orElseGet(LinkedHashMap::new);
    var types = new LinkedHashMap<String, Type>();
    for (String placeholder : template.placeholders()) {
      types.put(placeholder, declared.getOrDefault(placeholder, Type.Text.ANY_TEXT));
    }
    return types;
  }

  static SequencedMap<String, Type> types(
      Field<SequencedMap<String, Type>> option, Config operation) {
    return operation.find(option).orElseGet(LinkedHashMap::new);
  }

  /** Whether the input is the body itself and not a record that holds it. */
  static boolean isBodyOnly(PathTemplate template, Config operation) {
    return operation.has(HttpAdapter.BODY)
        && template.placeholders().isEmpty()
        && types(HttpAdapter.QUERY, operation).isEmpty()
        && types(HttpAdapter.HEADERS, operation).isEmpty();
  }

  private static Type input(PathTemplate template, Config operation) {
    if (isBodyOnly(template, operation)) {
      return operation.get(HttpAdapter.BODY);
    }
    var fields = new LinkedHashMap<String, Type>(pathTypes(template, operation));
    fields.putAll(types(HttpAdapter.QUERY, operation));
    fields.putAll(types(HttpAdapter.HEADERS, operation));
    operation.find(HttpAdapter.BODY).ifPresent(body -> fields.put(BODY_FIELD, body));
    return Type.record(fields);
  }

  private static EnumSet<Capability> capabilities(Config operation) {
    var all = EnumSet.of(Capability.REPLIES, Capability.CANCELS);
    boolean isStreaming =
        Stream.of(operation.find(HttpAdapter.BODY), operation.find(HttpAdapter.RETURNS))
            .flatMap(Optional::stream)
            .anyMatch(type -> type.core() instanceof Type.StreamOf);
    if (isStreaming) {
      all.add(Capability.STREAMS);
    }
    return all;
  }

  private static Effect effect(String method) {
    return switch (method) {
      case "get", "head" -> Effect.READS;
      case "put", "delete" -> new Effect(Effect.Kind.IDEMPOTENT, "");
      default -> Effect.UNKNOWN;
    };
  }

  private static void checkParameters(
      PathTemplate template, Config operation, List<Problem> problems) {
    List<String> placeholders = template.placeholders();
    types(HttpAdapter.PATH, operation)
        .forEach((name, type) -> {
          if (!placeholders.contains(name)) {
            problems.add(
                new Problem(
                    "path",
                    "`" + name + "` does not stand in `" + template.text() + "`",
                    "write `{" + name + "}` in the path, or move it to `query`"));
          } else if (type.isMaybe() || !isScalar(type)) {
            problems.add(
                new Problem(
                    "path",
                    "`" + name + ": " + type + "` cannot stand in a path",
                    "use a type of one text, number or flag that is always there"));
          }
        });
    var seen = new ArrayList<>(placeholders);
    for (var option : List.of(HttpAdapter.QUERY, HttpAdapter.HEADERS)) {
      types(option, operation)
          .forEach((name, type) -> {
            if (seen.contains(name)) {
              problems.add(new Problem(option.name(), "`" + name + "` is declared twice", ""));
            }
            seen.add(name);
            boolean isList =
                type.core() instanceof Type.ListOf(var element, var _) && isScalar(element);
            if (!isScalar(type) && !(isList && option.equals(HttpAdapter.QUERY))) {
              problems.add(
                  new Problem(
                      option.name(),
                      "`" + name + ": " + type + "` cannot be read from one text",
                      "use a simple type, or put it into `body`"));
            }
          });
    }
    if (operation.has(HttpAdapter.BODY) && seen.contains(BODY_FIELD)) {
      problems.add(new Problem("", "a parameter may not be named `body` beside a body", ""));
    }
  }

  private static void checkBodies(String method, Config operation, List<Problem> problems) {
    if (operation.has(HttpAdapter.BODY) && (method.equals("get") || method.equals("head"))) {
      problems.add(
          new Problem(
              "body",
              "a " + method + " has no body",
              "declare parameters with `query`, or use `post`"));
    }
    operation
        .find(HttpAdapter.STATUS)
        .ifPresent(status -> {
          if (status < 200 || status > 399) {
            problems.add(new Problem("status", status + " is not the status of a good answer", ""));
          } else if ((status == 204 || status == 304) && operation.has(HttpAdapter.RETURNS)) {
            problems.add(
                new Problem(
                    "status",
                    "an answer with status " + status + " has no body",
                    "remove `returns`"));
          }
        });
  }

  /**
   * Each format can hold the body or the answer, and what is said of one is of use. A format that
   * could hold the type, but not as its options are, is a mistake in any case.
   */
  private static void checkFormats(Config operation, Config system, List<Problem> problems) {
    List<String> names = BodyFormats.names(operation, system);
    List<Type> types =
        List.of(HttpAdapter.BODY, HttpAdapter.RETURNS).stream()
            .flatMap(option -> operation.find(option).stream())
            .toList();
    for (String name : names) {
      Format format = Formats.installed().get(name);
      problem(format, types.stream().filter(it -> format.refusal(it).isEmpty()), operation, system)
          .or(() ->
              types.stream().allMatch(it -> format.refusal(it).isPresent())
                  ? problem(format, types.stream(), operation, system)
                  : Optional.empty())
          .ifPresent(problems::add);
    }
    for (String name : Formats.installed().given(operation)) {
      if (!names.contains(name)) {
        problems.add(
            new Problem(
                name,
                "`" + name + "` is not one of the formats of the operation",
                "write formats: [" + String.join(", ", names) + ", " + name + "]"));
      }
    }
  }

  private static Optional<Problem> problem(
      Format format, Stream<Type> types, Config operation, Config system) {
    return types
        .flatMap(type ->
            Formats.installed()
                .problem(HttpAdapter.FORMATS.name(), format, type, operation, system)
                .stream())
        .findFirst();
  }

  private static boolean isScalar(Type type) {
    return switch (type.core()) {
      case Type.Simple simple ->
          switch (simple) {
            case BOOL, TIMESTAMP, DATE, TIME, DURATION, UUID -> true;
            case ANY, NULL, BLOB -> false;
          };
      case Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _ -> true;
      case Type.Text _, Type.Bytes _, Type.Enum _ -> true;
      case Type.Labelled(var _, var of) -> isScalar(of);
      case Type.Maybe(var of) -> isScalar(of);
      case Type.ListOf _, Type.MapOf _, Type.StreamOf _, Type.Union _, Type.Record _ -> false;
    };
  }
}
