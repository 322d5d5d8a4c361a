package io.unikernal.udl;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.model.Type;
import io.unikernal.udl.Markers.Filled;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/** Reads options as their {@link Field}s want them. */
final class OptionReader {
  /** {@code path} and {@code connection} are one thing where an adapter has only one of them. */
  private static final Map<String, String> ALIASES =
      Map.of("path", "connection", "connection", "path");

  private final TypeTable types;
  private final Markers markers;
  private final Diagnostics diagnostics;

  OptionReader(TypeTable types, Markers markers, Diagnostics diagnostics) {
    this.types = types;
    this.markers = markers;
    this.diagnostics = diagnostics;
  }

  TypeTable types() {
    return types;
  }

  /** The option that a key writes. */
  static Optional<Field<?>> field(ConfigSpec spec, String key) {
    return spec.find(key).or(() -> Optional.ofNullable(ALIASES.get(key)).flatMap(spec::find));
  }

  /**
   * The options of a mapping; keys that are none are left to the caller. Empty if one is wrong or
   * missing, which is reported.
   */
  Optional<Config> read(Mapping mapping, ConfigSpec spec, Place whole, String what) {
    return read(mapping, spec, whole, what, Code.BAD_OPTION);
  }

  /** {@code outside} is for values out of their range. */
  Optional<Config> read(Mapping mapping, ConfigSpec spec, Place whole, String what, Code outside) {
    SequencedMap<Field<?>, Object> values = new LinkedHashMap<>();
    var places = new LinkedHashMap<Field<?>, Entry>();
    boolean isGood = true;
    for (Entry entry : mapping.entries()) {
      Optional<Field<?>> field = field(spec, entry.name());
      if (field.isEmpty()) {
        continue;
      }
      Entry first = places.putIfAbsent(field.get(), entry);
      if (first != null) {
        diagnostics.error(
            Code.DUPLICATE_KEY,
            entry.key().place(),
            "`" + first.name() + "` and `" + entry.name() + "` are the same option");
        isGood = false;
        continue;
      }
      if (field.get().isExpression()) {
        // Who knows what it sees reads it.
        isGood &= Vocabulary.text(entry.value(), "`" + entry.name() + "`", diagnostics).isPresent();
        continue;
      }
      Optional<Object> value = value(field.get(), entry.value());
      value.ifPresent(found -> values.put(field.get(), found));
      isGood &= value.isPresent() && isWithin(field.get(), value.get(), entry.value(), outside);
    }
    for (Field<?> field : spec.fields()) {
      if (field.isRequired() && !places.containsKey(field)) {
        if (!Vocabulary.isMisspelt(mapping, field.name(), known(spec))) {
          missing(field, mapping, whole, what);
        }
        isGood = false;
      }
    }
    return isGood ? Optional.of(new Config(values)) : Optional.empty();
  }

  /** With what every system and operation may have besides. */
  private static List<String> known(ConfigSpec spec) {
    var known = new ArrayList<>(spec.names());
    known.addAll(Grammar.SYSTEM.keys());
    known.addAll(Grammar.OPERATION.keys());
    return known;
  }

  private boolean isWithin(Field<?> field, Object value, Node node, Code code) {
    if (field.holds(value)) {
      return true;
    }
    Optional<String> least = field.range().least().map(OptionReader::written);
    Optional<String> most = field.range().most().map(OptionReader::written);
    String wanted =
        least.isPresent() && most.isPresent()
            ? "goes from " + least.get() + " to " + most.get()
            : least.map(bound -> "is at least " + bound).orElse("is at most " + most.orElse(""));
    var finding = diagnostics.error(code, node.place(), "`" + field.name() + "` " + wanted);
    // Too little says nothing of what was meant, too much does.
    Optional<String> better =
        isOver(value, field.range().most())
            ? most
            : field.examples().stream().findFirst().or(() -> least);
    better.ifPresent(text -> {
      finding.write(field.name() + ": " + text);
      if (isLiteral(node)) {
        finding.edit(node.place(), text);
      }
    });
    return false;
  }

  @SuppressWarnings("unchecked") // Only ordered values get a bound.
  private static boolean isOver(Object value, Optional<?> most) {
    return most.isPresent() && ((Comparable<Object>) value).compareTo(most.get()) > 0;
  }

  /** Whether the value stands there itself, and not a variable that holds it. */
  private static boolean isLiteral(Node node) {
    return node instanceof Scalar scalar && !scalar.text().contains("${");
  }

  /** A value as a definition would hold it. */
  static String written(Object value) {
    return switch (value) {
      case java.time.Duration time -> Quantities.text(time);
      case Double number when number == Math.rint(number) -> String.valueOf(number.longValue());
      default -> String.valueOf(value);
    };
  }

  private void missing(Field<?> field, Mapping mapping, Place whole, String what) {
    String example = field.examples().isEmpty() ? "…" : field.examples().getFirst();
    diagnostics
        .error(Code.MISSING_KEY, whole, what + " needs `" + field.name() + "`")
        .label(field.doc())
        .write(field.name() + ": " + example)
        .insert(Optional.of(mapping), isQuantity(field) ? field.name() + ": " + example : "");
  }

  /** Whether an example is as good as any value: names and addresses of one are nowhere. */
  private static boolean isQuantity(Field<?> field) {
    return switch (field.kind()) {
      case INT, DURATION, SIZE, SHARE, BOOL -> !field.isSecret();
      case TEXT, PATH, SYMBOL, TYPE, TYPE_OR_SYMBOL, TYPES, TEXTS, TEXT_MAP, OPTIONS -> false;
      case OPTIONS_LIST -> false;
      case SYMBOLS, EXPRESSION, CONDITION -> false;
    };
  }

  private Optional<Object> value(Field<?> field, Node node) {
    return switch (field.kind()) {
      case TEXT -> scalar(field, node, Optional::of, "a text");
      case INT -> scalar(field, node, OptionReader::integer, "a whole number");
      case BOOL -> scalar(field, node, OptionReader::bool, "`true` or `false`");
      case DURATION ->
          scalar(field, node, text -> Quantities.duration(text).map(t -> t), "a duration as `5s`");
      case SIZE ->
          scalar(field, node, text -> Quantities.size(text).map(t -> t), "a size as `1MiB`");
      case PATH -> scalar(field, node, text -> path(node.place().source(), text), "a path");
      case SYMBOL -> scalar(field, node, text -> symbol(field, text), symbols(field));
      case TYPE -> type(node);
      case TYPE_OR_SYMBOL -> typeOrSymbol(field, node);
      case TYPES -> typeMap(field, node);
      case TEXTS -> texts(field, node);
      case TEXT_MAP -> textMap(field, node);
      case SHARE ->
          scalar(field, node, text -> Quantities.share(text).map(t -> t), "a share as `20%`");
      case SYMBOLS -> symbolList(field, node);
      case OPTIONS -> nested(field, node);
      case OPTIONS_LIST -> nestedList(field, node);
      case EXPRESSION, CONDITION -> throw new AssertionError(field.name());
    };
  }

  private Optional<Object> scalar(
      Field<?> field, Node node, Function<String, Optional<Object>> read, String wanted) {
    if (!(node instanceof Scalar scalar) || scalar.isNull()) {
      Vocabulary.wrongKind(node, "`" + field.name() + "` is " + wanted, diagnostics);
      return Optional.empty();
    }
    Optional<Filled> filled = markers.fill(scalar);
    if (filled.isEmpty()) {
      return Optional.empty();
    }
    Optional<Object> value = read.apply(filled.get().text());
    if (value.isEmpty()) {
      wrong(field, scalar, filled.get(), wanted);
    }
    return value;
  }

  private void wrong(Field<?> field, Scalar scalar, Filled filled, String wanted) {
    if (filled.isLiteral()) {
      boolean isShown = !field.isSecret() && filled.text().length() <= 60;
      var finding =
          diagnostics.error(
              Code.BAD_OPTION,
              scalar.place(),
              "`"
                  + field.name()
                  + "` is "
                  + wanted
                  + (isShown ? ", not `" + filled.text() + "`" : ""));
      if (!field.symbols().isEmpty()) {
        Suggestions.offer(finding, scalar.place(), filled.text(), field.symbols());
      }
      Optional<String> better = written(field, filled.text());
      Optional<String> example =
          field.examples().stream().filter(text -> !field.isSecret()).findFirst();
      better.or(() -> example).ifPresent(text -> finding.write(field.name() + ": " + text));
      better
          .or(() -> example.filter(_ -> isQuantity(field)))
          .ifPresent(text -> finding.edit(scalar.place(), text));
    } else {
      // The value may be a secret: only its name is told.
      diagnostics.error(
          Code.ENVIRONMENT_VALUE,
          scalar.place(),
          "`"
              + field.name()
              + "` is "
              + wanted
              + ", and the value of `"
              + String.join("`, `", filled.variables())
              + "` is not");
    }
  }

  /** What a text of another notation means here, as `5 seconds` or `yes`. */
  private static Optional<String> written(Field<?> field, String text) {
    return switch (field.kind()) {
      case DURATION -> Quantities.meantDuration(text);
      case SIZE -> Quantities.meantSize(text);
      case INT -> Quantities.meantInteger(text);
      case BOOL ->
          switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "yes", "on", "1", "y", "enabled" -> Optional.of("true");
            case "no", "off", "0", "n", "disabled" -> Optional.of("false");
            default -> Optional.empty();
          };
      case SHARE -> Optional.empty();
      case TEXT, PATH, SYMBOL, TYPE, TYPE_OR_SYMBOL, TYPES, TEXTS, TEXT_MAP -> Optional.empty();
      case SYMBOLS, OPTIONS, OPTIONS_LIST, EXPRESSION, CONDITION -> Optional.empty();
    };
  }

  private static Optional<Object> integer(String text) {
    try {
      return Optional.of(Integer.valueOf(text.strip().replace("_", "")));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static Optional<Object> bool(String text) {
    return switch (text.strip()) {
      case "true", "True", "TRUE" -> Optional.of(true);
      case "false", "False", "FALSE" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  private static Optional<Object> path(Source source, String text) {
    try {
      Path path = source.folder().resolve(text).toAbsolutePath().normalize();
      return text.isBlank() ? Optional.empty() : Optional.of(path);
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  private static Optional<Object> symbol(Field<?> field, String text) {
    return field.symbols().contains(text) ? Optional.of(text) : Optional.empty();
  }

  private static String symbols(Field<?> field) {
    return "one of " + Suggestions.list(field.symbols());
  }

  private Optional<Object> symbolList(Field<?> field, Node node) {
    List<Node> items = node instanceof Sequence sequence ? sequence.items() : List.of(node);
    var result = new ArrayList<String>();
    boolean isGood = true;
    for (Node item : items) {
      Optional<Object> text = scalar(field, item, found -> symbol(field, found), symbols(field));
      text.ifPresent(found -> result.add((String) found));
      isGood &= text.isPresent();
    }
    return isGood ? Optional.of(List.copyOf(result)) : Optional.empty();
  }

  private Optional<Object> nested(Field<?> field, Node node) {
    String what = "`" + field.name() + "`";
    int before = diagnostics.errors();
    return Vocabulary.mapping(node, what, diagnostics)
        .flatMap(mapping -> {
          Vocabulary.of(what, field.within().names(), List.of()).check(mapping, diagnostics);
          return read(mapping, field.within(), node.place(), what);
        })
        .filter(_ -> diagnostics.errors() == before)
        .map(config -> config);
  }

  private Optional<Object> nestedList(Field<?> field, Node node) {
    List<Node> items = node instanceof Sequence sequence ? sequence.items() : List.of(node);
    var result = new ArrayList<Object>();
    boolean isGood = true;
    for (Node item : items) {
      Optional<Object> config = nested(field, item);
      config.ifPresent(result::add);
      isGood &= config.isPresent();
    }
    return isGood ? Optional.of(List.copyOf(result)) : Optional.empty();
  }

  private Optional<Object> type(Node node) {
    int before = diagnostics.errors();
    Type type = types.read(node);
    return diagnostics.errors() > before ? Optional.empty() : Optional.of(type);
  }

  private Optional<Object> typeOrSymbol(Field<?> field, Node node) {
    if (node instanceof Scalar scalar && field.symbols().contains(scalar.text())) {
      return Optional.of(new Field.TypeOrSymbol.Symbol(scalar.text()));
    }
    return type(node).map(type -> new Field.TypeOrSymbol.Typed((Type) type));
  }

  private Optional<Object> typeMap(Field<?> field, Node node) {
    Optional<Mapping> mapping = Vocabulary.mapping(node, "`" + field.name() + "`", diagnostics);
    if (mapping.isEmpty()) {
      return Optional.empty();
    }
    var result = new LinkedHashMap<String, Type>();
    boolean isGood = true;
    for (Entry entry : mapping.get().entries()) {
      Optional<Object> type = type(entry.value());
      type.ifPresent(found -> result.put(entry.name(), (Type) found));
      isGood &= type.isPresent();
    }
    return isGood ? Optional.of(result) : Optional.empty();
  }

  private Optional<Object> texts(Field<?> field, Node node) {
    List<Node> items = node instanceof Sequence sequence ? sequence.items() : List.of(node);
    var result = new ArrayList<String>();
    for (Node item : items) {
      Optional<Object> text = scalar(field, item, Optional::of, "a text or a list of texts");
      if (text.isEmpty()) {
        return Optional.empty();
      }
      result.add((String) text.get());
    }
    return Optional.of(List.copyOf(result));
  }

  private Optional<Object> textMap(Field<?> field, Node node) {
    Optional<Mapping> mapping = Vocabulary.mapping(node, "`" + field.name() + "`", diagnostics);
    if (mapping.isEmpty()) {
      return Optional.empty();
    }
    var result = new LinkedHashMap<String, String>();
    boolean isGood = true;
    for (Entry entry : mapping.get().entries()) {
      Optional<Object> text = scalar(field, entry.value(), Optional::of, "names with texts");
      text.ifPresent(found -> result.put(entry.name(), (String) found));
      isGood &= text.isPresent();
    }
    return isGood ? Optional.of(result) : Optional.empty();
  }
}
