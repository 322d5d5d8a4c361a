package io.unikernal.udl;

import io.unikernal.model.Conform;
import io.unikernal.model.Type;
import io.unikernal.model.TypeParser;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The declared types. Records stand in the table before their fields are known, so that they may
 * hold themselves; aliases are resolved when first asked for.
 */
final class TypeTable implements TypeParser.Names {
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, Entry> declared;
  private final Diagnostics diagnostics;
  private final Map<String, Type> resolved = new LinkedHashMap<>();
  private final Map<String, Map<String, Type.Field>> fields = new HashMap<>();
  private final Set<String> underWay = new LinkedHashSet<>();
  private final Map<Place, Type.Union> unions = new LinkedHashMap<>();

  /** Types of which something is wrong: these are made anew the next time. */
  private final Set<String> wrong = new HashSet<>();

  private TypeTable(Map<String, Entry> declared, Diagnostics diagnostics) {
    this.declared = declared;
    this.diagnostics = diagnostics;
  }

  static TypeTable of(Definition definition, Diagnostics diagnostics) {
    var table = new TypeTable(definition.types, diagnostics);
    Map<String, Kept> kept = Kept.valid(diagnostics.session().types(), definition.types);
    kept.forEach((name, known) -> {
      table.resolved.put(name, known.type());
      known.fields().ifPresent(fields -> table.fields.put(name, fields));
    });
    definition.types.forEach((name, entry) -> {
      if (entry.value() instanceof Mapping && !kept.containsKey(name)) {
        table.resolved.put(name, new Type.Record(name));
      }
    });
    definition.types.keySet().forEach(table::define);
    table.unions.forEach(table::checkTag);
    diagnostics.session().keep(table.keep());
    return table;
  }

  /**
   * A type as it was made of a declaration, for the next compilation.
   *
   * @param mentioned what its declaration names, as far as that is declared
   */
  record Kept(
      Entry entry, Type type, Optional<Map<String, Type.Field>> fields, Set<String> mentioned) {

    /** Those whose declarations, and all that these are made of, say the same as before. */
    static Map<String, Kept> valid(Map<String, Kept> before, Map<String, Entry> declared) {
      var valid = new LinkedHashMap<String, Kept>();
      declared.forEach((name, entry) -> {
        Kept known = before.get(name);
        if (known != null && Node.isSame(known.entry.value(), entry.value())) {
          valid.put(name, known);
        }
      });
      boolean isStable = false;
      while (!isStable) {
        isStable = !valid.values().removeIf(known -> !valid.keySet().containsAll(known.mentioned));
      }
      return valid;
    }
  }

  private Map<String, Kept> keep() {
    unions.forEach((place, union) -> {
      boolean isDefined = union.members().stream().allMatch(Type.Record::isDefined);
      if (!isDefined || Type.Union.tagOf(union.members()).isEmpty()) {
        declared.forEach((name, entry) -> {
          if (entry.place().contains(place)) {
            wrong.add(name);
          }
        });
      }
    });
    var kept = new HashMap<String, Kept>();
    Map<String, Kept> before = diagnostics.session().types();
    declared.forEach((name, entry) -> {
      Type type = resolved.get(name);
      if (type == null || wrong.contains(name)) {
        return;
      }
      Kept known = before.get(name);
      kept.put(
          name,
          known != null && Node.isSame(known.entry().value(), entry.value()) && known.type() == type
              ? known
              : new Kept(entry, type, Optional.ofNullable(fields.get(name)), mentioned(entry)));
    });
    return kept;
  }

  private Set<String> mentioned(Entry entry) {
    var names = new HashSet<String>();
    mentioned(entry.value(), names, Collections.newSetFromMap(new IdentityHashMap<>()));
    return Set.copyOf(names);
  }

  private void mentioned(Node node, Set<String> names, Set<Node> seen) {
    if (!seen.add(node)) {
      return;
    }
    switch (node) {
      case Scalar scalar ->
          IDENTIFIER
              .matcher(scalar.text())
              .results()
              .map(MatchResult::group)
              .filter(declared::containsKey)
              .forEach(names::add);
      case Sequence sequence -> sequence.items().forEach(item -> mentioned(item, names, seen));
      case Mapping mapping ->
          mapping.entries().forEach(entry -> mentioned(entry.value(), names, seen));
    }
  }

  /** Members may be records that were not known yet when the union was read. */
  private void checkTag(Place place, Type.Union union) {
    boolean isDefined = union.members().stream().allMatch(Type.Record::isDefined);
    if (isDefined && Type.Union.tagOf(union.members()).isEmpty()) {
      diagnostics
          .error(Code.TYPE_SYNTAX, place, "the records of `" + union + "` cannot be told apart")
          .write("kind: enum(" + union.members().getFirst().name().toLowerCase(Locale.ROOT) + ")");
    }
  }

  @Override
  public Optional<Type> find(String name) {
    Type known = resolved.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    if (declared.containsKey(name)) {
      define(name);
      return Optional.of(resolved.getOrDefault(name, Type.Simple.ANY));
    }
    return Optional.empty();
  }

  @Override
  public List<String> all() {
    return List.copyOf(declared.keySet());
  }

  private void define(String name) {
    Entry entry = declared.get(name);
    if (entry == null
        || (resolved.containsKey(name) && !(resolved.get(name) instanceof Type.Record))
        || (resolved.get(name) instanceof Type.Record record && record.isDefined())) {
      return;
    }
    if (!underWay.add(name)) {
      if (resolved.get(name) instanceof Type.Record) {
        return;
      }
      cycle(entry);
      resolved.put(name, Type.Simple.ANY);
      return;
    }
    int before = diagnostics.count();
    switch (entry.value()) {
      case Mapping mapping -> {
        Map<String, Type.Field> own = recordFields(mapping, name);
        fields.put(name, own);
        if (resolved.get(name) instanceof Type.Record record && !record.isDefined()) {
          record.define(List.copyOf(own.values()));
        }
      }
      case Scalar scalar -> {
        Type type = scalar.isNull() ? missing(scalar) : parse(scalar, 0, scalar.text());
        Type named =
            type instanceof Type.Union union && union.name().isEmpty()
                ? new Type.Union(name, union.members(), tag(union))
                : type;
        resolved.putIfAbsent(name, named);
      }
      case Sequence sequence -> {
        Vocabulary.wrongKind(sequence, "a type is a text or a mapping of fields", diagnostics);
        resolved.put(name, Type.Simple.ANY);
      }
    }
    underWay.remove(name);
    if (diagnostics.count() > before) {
      wrong.add(name);
    }
  }

  /** Empty while a member is not known: the union then finds it when it is asked for. */
  private static String tag(Type.Union union) {
    return union.members().stream().allMatch(Type.Record::isDefined) ? union.tag() : "";
  }

  private Type missing(Scalar scalar) {
    Vocabulary.wrongKind(scalar, "a type is a text or a mapping of fields", diagnostics);
    return Type.Simple.ANY;
  }

  private void cycle(Entry entry) {
    diagnostics
        .error(
            Code.TYPE_CYCLE, entry.key().place(), "type `" + entry.name() + "` is made of itself")
        .label(String.join(" -> ", underWay) + " -> " + entry.name());
  }

  private Map<String, Type.Field> recordFields(Mapping mapping, String name) {
    var result = new LinkedHashMap<String, Type.Field>();
    mapping.get("extends").ifPresent(bases -> inherit(bases, name, result));
    for (Entry entry : mapping.entries()) {
      if (entry.name().equals("extends")) {
        continue;
      }
      Type.Field field = field(entry);
      Type.Field inherited = result.get(entry.name());
      if (inherited != null && !inherited.type().toString().equals(field.type().toString())) {
        diagnostics
            .error(
                Code.BAD_EXTENDS,
                entry.key().place(),
                "`" + entry.name() + "` has another type in what is extended")
            .label("there it is `" + inherited.type() + "`");
      }
      result.put(entry.name(), field);
    }
    return result;
  }

  private void inherit(Node bases, String name, Map<String, Type.Field> into) {
    List<Node> names = bases instanceof Sequence list ? list.items() : List.of(bases);
    for (Node node : names) {
      Optional<Scalar> base = Vocabulary.text(node, "`extends`", diagnostics);
      base.ifPresent(text -> inheritOne(text, name, into));
    }
  }

  private void inheritOne(Scalar base, String name, Map<String, Type.Field> into) {
    String text = base.text();
    if (underWay.contains(text) || text.equals(name)) {
      diagnostics
          .error(Code.TYPE_CYCLE, base.place(), "type `" + text + "` extends itself")
          .label(String.join(" -> ", underWay) + " -> " + text);
      return;
    }
    if (!declared.containsKey(text)) {
      unknown(base.place(), text);
      return;
    }
    define(text);
    Map<String, Type.Field> inherited = fields.get(text);
    if (inherited == null) {
      diagnostics.error(
          Code.BAD_EXTENDS, base.place(), "`" + text + "` is no record, and only records extend");
      return;
    }
    inherited.forEach((fieldName, field) -> {
      Type.Field before = into.putIfAbsent(fieldName, field);
      if (before != null && !before.type().toString().equals(field.type().toString())) {
        diagnostics.error(
            Code.BAD_EXTENDS,
            base.place(),
            "`" + fieldName + "` comes from two records with different types");
      }
    });
  }

  private Type.Field field(Entry entry) {
    if (!(entry.value() instanceof Scalar scalar)) {
      return Type.Field.of(entry.name(), read(entry.value()));
    }
    int equals = defaultAt(scalar.text());
    if (equals < 0) {
      return Type.Field.of(entry.name(), read(scalar));
    }
    Type type = parse(scalar, 0, scalar.text().substring(0, equals).stripTrailing());
    String text = scalar.text().substring(equals + 1).strip();
    int start = text.isEmpty() ? equals : scalar.text().indexOf(text, equals + 1);
    Optional<Value> fallback = fallback(type, text, scalar.part(start, scalar.text().length()));
    return new Type.Field(entry.name(), type, fallback, "");
  }

  /** Where the `=` of a default stands: outside of parentheses; or -1. */
  private static int defaultAt(String text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == '=' && depth <= 0) {
        return i;
      }
    }
    return -1;
  }

  private Optional<Value> fallback(Type type, String text, Place place) {
    if (type.core() instanceof Type.Record || type.core() instanceof Type.Union) {
      diagnostics.error(Code.BAD_DEFAULT, place, "a record has no default").write(type + "?");
      return Optional.empty();
    }
    boolean isQuoted =
        text.length() >= 2
            && (text.charAt(0) == '\'' || text.charAt(0) == '"')
            && text.charAt(text.length() - 1) == text.charAt(0);
    Conform.Result result =
        switch (text) {
          case "[]" -> Conform.check(type, Value.Items.EMPTY, Conform.Extra.REFUSE);
          case "{}" -> Conform.check(type, Value.Dict.EMPTY, Conform.Extra.REFUSE);
          default ->
              type == Type.Simple.ANY
                  ? new Conform.Result.Fits(Value.text(text))
                  : Conform.fromText(
                      type.core(), isQuoted ? text.substring(1, text.length() - 1) : text);
        };
    return switch (result) {
      case Conform.Result.Fits(var value) -> Optional.of(value);
      case Conform.Result.Breaks(var violations) -> {
        diagnostics
            .error(Code.BAD_DEFAULT, place, "the default is no `" + type + "`")
            .label(violations.isEmpty() ? "" : violations.getFirst().message());
        yield Optional.empty();
      }
    };
  }

  /** The type that a node writes; {@code any} where it is wrong, which is reported. */
  Type read(Node node) {
    return switch (node) {
      case Scalar scalar -> scalar.isNull() ? nothing(scalar) : parse(scalar, 0, scalar.text());
      case Mapping mapping -> new Type.Record("", List.copyOf(recordFields(mapping, "").values()));
      case Sequence sequence -> {
        Vocabulary.wrongKind(sequence, "a type is a text or a mapping of fields", diagnostics);
        yield Type.Simple.ANY;
      }
    };
  }

  private Type nothing(Scalar scalar) {
    return scalar.text().equals("null") ? Type.Simple.NULL : missing(scalar);
  }

  private Type parse(Scalar scalar, int offset, String text) {
    return switch (TypeParser.parse(text, this)) {
      case TypeParser.Result.Parsed(var type) -> {
        if (holdsStream(type)) {
          diagnostics.notYet(scalar.place(), "`" + type + "`");
        }
        if (type.core() instanceof Type.Union union) {
          unions.put(scalar.place(), union);
        }
        yield type;
      }
      case TypeParser.Result.Wrong wrong -> {
        wrong(scalar, offset, text, wrong);
        yield Type.Simple.ANY;
      }
    };
  }

  private void wrong(Scalar scalar, int offset, String text, TypeParser.Result.Wrong wrong) {
    int start = Math.clamp(wrong.start(), 0, text.length());
    int end = Math.clamp(wrong.end(), start, text.length());
    String part = text.substring(start, end);
    Place place = scalar.part(offset + start, offset + end);
    boolean isName =
        IDENTIFIER.matcher(part).matches()
            && wrong.message().contains("`" + part + "`")
            && Character.isUpperCase(part.charAt(0))
            && !declared.containsKey(part);
    diagnostics
        .error(isName ? Code.UNKNOWN_TYPE : Code.TYPE_SYNTAX, place, wrong.message())
        .hint(wrong.hint());
  }

  private void unknown(Place place, String name) {
    diagnostics
        .error(Code.UNKNOWN_TYPE, place, "there is no type `" + name + "`")
        .label(Suggestions.label(name, declared.keySet()));
  }

  /** Streams and blobs; records are looked at where they are declared. */
  static boolean holdsStream(Type type) {
    return switch (type) {
      case Type.StreamOf _ -> true;
      case Type.Simple simple -> simple == Type.Simple.BLOB;
      case Type.ListOf(var element, var size) -> holdsStream(element);
      case Type.MapOf(var value) -> holdsStream(value);
      case Type.Maybe(var of) -> holdsStream(of);
      case Type.Labelled(var label, var of) -> holdsStream(of);
      case Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _, Type.Text _, Type.Bytes _ -> false;
      case Type.Enum _, Type.Record _, Type.Union _ -> false;
    };
  }

  /** The declared names with their types, for people. */
  List<String> names() {
    return new ArrayList<>(declared.keySet());
  }
}
