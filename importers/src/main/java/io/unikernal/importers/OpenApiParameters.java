package io.unikernal.importers;

import io.unikernal.importers.Imported.Option;
import io.unikernal.importers.SchemaDocuments.Document;
import io.unikernal.importers.SchemaDocuments.Target;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Parameters of OpenAPI as {@code path}, {@code query} and {@code headers} of an operation. */
final class OpenApiParameters {
  private static final List<String> SET_BY_OTHERS =
      List.of("accept", "content-type", "authorization");

  private final SchemaReader reader;
  private final Losses losses;

  OpenApiParameters(SchemaReader reader, Losses losses) {
    this.reader = reader;
    this.losses = losses;
  }

  /** The path with placeholders that UDL allows; empty, and told, if it cannot be written. */
  Optional<String> template(String path, String operation) {
    if (!path.startsWith("/") || path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
      losses.add(Loss.Kind.OPERATION, operation, path);
      return Optional.empty();
    }
    var parts = new ArrayList<String>();
    for (String part : path.substring(1).split("/", -1)) {
      boolean isPlaceholder = part.matches("\\{[^{}]+}");
      String name = placeholder(part);
      if (!isPlaceholder && part.matches(".*[{}].*")
          || isPlaceholder && parts.contains("{" + name + "}")) {
        losses.add(Loss.Kind.OPERATION, operation, path);
        return Optional.empty();
      }
      parts.add(isPlaceholder ? "{" + name + "}" : part);
    }
    return Optional.of("/" + String.join("/", parts));
  }

  private static String placeholder(String part) {
    String name = part.replaceAll("[{}]", "").replaceAll("[^A-Za-z0-9_]", "_");
    return name.matches("[A-Za-z_].*") ? name : "p" + name;
  }

  /** One parameter, with what it refers to resolved. */
  private record Parameter(
      String name, String in, boolean isRequired, Tree schema, Document document) {}

  /** False if a parameter that must be given cannot be: the operation is then left out. */
  boolean read(
      List<Tree> written,
      String path,
      String operation,
      String hint,
      boolean hasBody,
      LinkedHashMap<String, Option> options,
      Document from) {
    var found = new LinkedHashMap<String, Parameter>();
    for (Tree tree : written) {
      parameter(tree, from).ifPresent(p -> found.put(p.in() + " " + p.name(), p));
    }
    Map<String, SequencedMap<String, Type>> places = new HashMap<>();
    var taken = new ArrayList<String>();
    for (Parameter parameter : found.values()) {
      Optional<String> key = key(parameter, path);
      Type type = key.isPresent() ? type(parameter, operation, hint) : Type.Simple.ANY;
      String place = parameter.in().equals("header") ? "headers" : parameter.in();
      boolean isHeld =
          key.isPresent()
              && !taken.contains(key.get())
              && !(hasBody && key.get().equals("body"))
              && isHeld(type, parameter.in());
      if (isHeld) {
        taken.add(key.get());
        places.computeIfAbsent(place, _ -> new LinkedHashMap<>()).put(key.get(), type);
      } else if (parameter.isRequired()
          && !parameter.in().equals("path")
          && !isSetByOthers(parameter)) {
        losses.add(
            Loss.Kind.OPERATION, operation, "it needs " + parameter.in() + " " + parameter.name());
        return false;
      } else if (!isSetByOthers(parameter)) {
        losses.add(Loss.Kind.PARAMETER, operation, parameter.in() + " " + parameter.name());
      }
    }
    for (String place : List.of("path", "query", "headers")) {
      if (places.containsKey(place)) {
        options.put(place, new Option.Types(places.get(place)));
      }
    }
    return true;
  }

  private static boolean isSetByOthers(Parameter parameter) {
    return parameter.in().equals("header")
        && SET_BY_OTHERS.contains(parameter.name().toLowerCase(Locale.ROOT));
  }

  private Optional<Parameter> parameter(Tree tree, Document from) {
    Target target = reader.resolved(tree, from);
    Optional<String> name = target.schema().text("name");
    Optional<String> in = target.schema().text("in");
    if (name.isEmpty() || in.isEmpty()) {
      return Optional.empty();
    }
    Tree schema =
        target
            .schema()
            .get("schema")
            .or(() ->
                target.schema().fields("content").values().stream()
                    .findFirst()
                    .flatMap(media -> media.get("schema")))
            .orElse(new Tree.Leaf(Value.Bool.TRUE, tree.place()));
    return Optional.of(
        new Parameter(
            name.get(), in.get(), target.schema().isTrue("required"), schema, target.document()));
  }

  /** What a definition calls it; empty if it cannot stand there. */
  private static Optional<String> key(Parameter parameter, String path) {
    String name = parameter.name();
    return switch (parameter.in()) {
      case "path" ->
          path.contains("{" + name + "}") ? Optional.of(placeholder(name)) : Optional.empty();
      case "query" -> Optional.of(name);
      case "header" ->
          name.matches("[A-Za-z][A-Za-z0-9-]*") && !isSetByOthers(parameter)
              ? Optional.of(name.toLowerCase(Locale.ROOT).replace('-', '_'))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Type type(Parameter parameter, String operation, String hint) {
    String path = operation + "." + parameter.name();
    Type type =
        reader.read(
            parameter.schema(),
            parameter.document(),
            hint + "_" + UdlNames.typeName(parameter.name()),
            path);
    if (type.core() == Type.Simple.ANY) {
      type = Type.Text.ANY_TEXT; // What a text may hold nobody knows before it is read.
    }
    if (parameter.in().equals("path")) {
      return type.core();
    }
    return parameter.isRequired() ? type : type.maybe();
  }

  private static boolean isHeld(Type type, String in) {
    return switch (type.core()) {
      case Type.ListOf(var element, _) -> in.equals("query") && isHeld(element, "path");
      case Type.Simple simple ->
          simple != Type.Simple.ANY && simple != Type.Simple.NULL && simple != Type.Simple.BLOB;
      case Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _ ->
          true;
      case Type.Labelled(_, var of) -> isHeld(of, in);
      case Type.Maybe(var of) -> isHeld(of, in);
      case Type.MapOf _, Type.StreamOf _, Type.Union _, Type.Record _ -> false;
    };
  }
}
