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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The declared types. Records stand in the table before their fields are known, so that they may
 * hold themselves; aliases are resolved when first asked for.
 */
final class TypeTable implements TypeParser.Names {
  /** A broken file must not be guessed at for long. */
  private static final int GUESSES_MAX = 50;

  /** Among more nothing is suggested. */
  private static final int NAMES_MAX = 5_000;

  /** How many types may be made of each other in a row: each costs the stack. */
  private static final int CHAIN_MAX = 200;

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, Entry> declared;
  private final Diagnostics diagnostics;
  private final Map<String, Type> resolved = new LinkedHashMap<>();
  private final Map<String, Map<String, Type.Field>> fields = new HashMap<>();
  private int guesses;
  private final Set<String> underWay = new LinkedHashSet<>();
  private final Map<Place, Type.Union> unions = new LinkedHashMap<>();

  /** What is written, to be looked at when all records are known. */
  private final Map<Place, Type> checked = new LinkedHashMap<>();

  private final List<LastField> lastFields = new ArrayList<>();

  /** Those that are further from the end of their chain than types may be. */
  private final Set<String> tooLong = new HashSet<>();

  private boolean isDefined;

  /** Types of which something is wrong: these are made anew the next time. */
  private final Set<String> wrong = new HashSet<>();

  private TypeTable(Map<String, Entry> declared, Diagnostics diagnostics) {
    this.declared = declared;
    this.diagnostics = diagnostics;
  }

  static TypeTable of(Definition definition, Diagnostics diagnostics) {
    var table = new TypeTable(definition.types, diagnostics);
    diagnostics.session().defining(true);
    Map<String, Kept> kept = Kept.valid(diagnostics.session().types(), definition.types);
    kept.forEach((name, known) -> {
      table.resolved.put(name, known.type());
      known.fields().ifPresent(fields -> table.fields.put(name, fields));
    });
    definition.types.forEach((name, entry) -> {
      if (entry.value() instanceof Mapping && !kept.containsKey(name)) {
        table.resolved.put(name, diagnostics.session().record(name));
      }
    });
    table.tooLong.addAll(TypeChains.longer(definition.types, CHAIN_MAX));
    definition.types.keySet().forEach(table::define);
    table.unions.forEach(table::checkTag);
    table.isDefined = true;
    table.checked.forEach(
        (place, type) -> table.marked(place, () -> table.checkStream(place, type)));
    table.lastFields.forEach(record -> table.marked(record.whole(), () -> table.checkLast(record)));
    diagnostics.session().keep(table.keep(), table.resolved);
    diagnostics.session().defining(false);
    return table;
  }

  /** Where a check of a place finds something, the type that stands there is wrong. */
  private void marked(Place place, Runnable check) {
    int before = diagnostics.count();
    check.run();
    if (diagnostics.count() > before) {
      markWrong(place);
    }
  }

  private void markWrong(Place place) {
    declared.forEach((name, entry) -> {
      if (entry.place().contains(place)) {
        wrong.add(name);
      }
    });
  }

  /** Whether the text itself says that it is a stream, and not a name that stands for one. */
  private static boolean isWritten(Type type, String text) {
    return text.contains("stream") || text.contains("blob") || type instanceof Type.Labelled;
  }

  private void checkStream(Place place, Type type) {
    if (Streams.misplaced(type).isPresent()) {
      diagnostics
          .error(Code.STREAM_PLACE, place, "`" + type + "` holds a stream or blob within")
          .label("it stands only as a whole input or output, or as a record's last field");
    }
  }

  /** See {@link Session#state}. */
  long state() {
    return diagnostics.session().state();
  }

  /** The same types, for a reader whose findings are made elsewhere. */
  TypeTable quiet() {
    return reporting(new Diagnostics());
  }

  /** The same types, for a reader who reports to others. */
  TypeTable reporting(Diagnostics others) {
    var same = new TypeTable(declared, others);
    same.resolved.putAll(resolved);
    same.fields.putAll(fields);
    same.isDefined = isDefined;
    return same;
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
        markWrong(place);
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
              : new Kept(
                  entry,
                  type,
                  Optional.ofNullable(fields.get(name)),
                  NamedTypes.in(entry.value(), declared.keySet())));
    });
    return kept;
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
    Optional<Type> found = found(name);
    diagnostics.session().note(trail -> trail.type(name, found));
    return found;
  }

  private Optional<Type> found(String name) {
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
    return declared.size() > NAMES_MAX ? List.of() : List.copyOf(declared.keySet());
  }

  private void define(String name) {
    Entry entry = declared.get(name);
    if (entry == null
        || (resolved.containsKey(name) && !(resolved.get(name) instanceof Type.Record))
        || (resolved.get(name) instanceof Type.Record record && record.isDefined())) {
      return;
    }
    if (tooLong.contains(name) || underWay.size() > CHAIN_MAX) {
      tooLong(entry);
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
        resolved.putIfAbsent(name, diagnostics.session().alias(name, named));
      }
      case Sequence sequence -> {
        listed(sequence);
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
    Vocabulary.wrongKind(scalar, "a type is a text or a mapping of fields", diagnostics)
        .label("write `string`, or `any` where nothing is known");
    return Type.Simple.ANY;
  }

  /** {@code [Item]} for a list of items. */
  private void listed(Sequence sequence) {
    var finding =
        Vocabulary.wrongKind(sequence, "a type is a text or a mapping of fields", diagnostics)
            .label("a list is `list(T)`, a choice is `enum(a, b)`");
    boolean isOne =
        sequence.items().size() == 1
            && sequence.items().getFirst() instanceof Scalar scalar
            && TypeParser.parse(scalar.text(), this) instanceof TypeParser.Result.Parsed;
    if (isOne && sequence.items().getFirst() instanceof Scalar scalar && sequence.isFlow()) {
      String type = "list(" + scalar.text() + ")";
      finding
          .write(type)
          .edit(sequence.place(), type.contains(",") ? YamlErrors.quoted(type) : type);
    }
  }

  /** Said once: each link of such a chain would say it again. */
  private void tooLong(Entry entry) {
    if (diagnostics.first("types too deep")) {
      diagnostics
          .error(
              Code.YAML_LIMIT,
              entry.key().place(),
              "types are made of each other more than " + CHAIN_MAX + " times in a row")
          .label("write out what `" + entry.name() + "` stands for, to break the chain");
    }
    wrong.add(entry.name());
    resolved.putIfAbsent(entry.name(), Type.Simple.ANY);
  }

  private void cycle(Entry entry) {
    diagnostics
        .error(
            Code.TYPE_CYCLE, entry.key().place(), "type `" + entry.name() + "` is made of itself")
        .label(String.join(" -> ", underWay) + " -> " + entry.name());
  }

  private Map<String, Type.Field> recordFields(Mapping mapping, String name) {
    var result = new LinkedHashMap<String, Type.Field>();
    var places = new LinkedHashMap<String, Place>();
    if (isJsonSchema(mapping)) {
      return result;
    }
    mapping.get("extends").ifPresent(bases -> inherit(bases, name, result));
    for (Entry entry : mapping.entries()) {
      if (entry.name().equals("extends")) {
        continue;
      }
      Type.Field field = field(entry);
      Type.Field inherited = result.get(entry.name());
      if (inherited != null && !inherited.written().equals(field.written())) {
        diagnostics
            .error(
                Code.BAD_EXTENDS,
                entry.key().place(),
                "`" + entry.name() + "` has another type in what is extended")
            .label("there it is `" + inherited.written() + "`");
      }
      result.put(entry.name(), field);
      places.put(entry.name(), entry.key().place());
    }
    lastFields.add(new LastField(mapping.place(), result, places));
    if (isDefined) {
      checkLast(lastFields.getLast());
    }
    return result;
  }

  /** The fields of a record with where they are written; those of others are not here. */
  private record LastField(
      Place whole, Map<String, Type.Field> fields, Map<String, Place> places) {}

  /** A stream can only be the last of a record: what is after it would wait for its end. */
  private void checkLast(LastField record) {
    List<Type.Field> fields = List.copyOf(record.fields().values());
    for (Type.Field field : fields.subList(0, Math.max(0, fields.size() - 1))) {
      if (Streams.holds(field.type())) {
        diagnostics
            .error(
                Code.STREAM_PLACE,
                record.places().getOrDefault(field.name(), record.whole()),
                "`" + field.name() + "` is a `" + field.type() + "`, and not the last field")
            .label("what is after it would wait for its end: put it last");
      }
    }
  }

  /** JSON Schema's way to write a record: its words would all be taken for fields. */
  private boolean isJsonSchema(Mapping mapping) {
    boolean isSchema =
        mapping.get("type").orElse(null) instanceof Scalar type
            && List.of("object", "array").contains(type.text());
    if (isSchema) {
      diagnostics
          .error(Code.TYPE_SYNTAX, mapping.place(), "this is JSON Schema: types are shorter here")
          .label("write the fields themselves, as `Order: { id: uuid, note: string? }`");
    }
    return isSchema;
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
      if (before != null && !before.written().equals(field.written())) {
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
    String whole = equals < 0 ? scalar.text() : scalar.text().substring(0, equals).stripTrailing();
    var form = JsonForm.PATTERN.matcher(whole);
    boolean isFormed = form.find();
    if (equals < 0 && !isFormed) {
      return Type.Field.of(entry.name(), read(scalar));
    }
    Type type = parse(scalar, 0, isFormed ? whole.substring(0, form.start()) : whole);
    boolean isJsonText = isFormed && JsonForm.isText(scalar, form, type, diagnostics);
    if (equals < 0) {
      return new Type.Field(entry.name(), type, Optional.empty(), "", isJsonText);
    }
    String text = scalar.text().substring(equals + 1).strip();
    int start = text.isEmpty() ? equals : scalar.text().indexOf(text, equals + 1);
    Optional<Value> fallback =
        fallback(scalar, type, text, scalar.part(start, scalar.text().length()));
    return new Type.Field(entry.name(), type, fallback, "", isJsonText);
  }

  /** Where the `=` of a default stands: outside of parentheses; or -1. */
  static int defaultAt(String text) {
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

  private Optional<Value> fallback(Scalar scalar, Type type, String text, Place place) {
    if (type.core() instanceof Type.Record || type.core() instanceof Type.Union) {
      diagnostics
          .error(Code.BAD_DEFAULT, place, "a record has no default")
          .write(type + "?")
          .edit(scalar.place(), YamlErrors.written(scalar, type + "?"));
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
        var finding =
            diagnostics
                .error(Code.BAD_DEFAULT, place, "the default is no `" + type + "`")
                .label(violations.isEmpty() ? "" : violations.getFirst().message());
        Literals.meant(type, text)
            .ifPresent(better -> finding.write("= " + better).edit(place, better));
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
        listed(sequence);
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
        if (type.core() == Type.Simple.BLOB && isWritten(type, text)) {
          diagnostics.notYet(scalar.place(), "`" + type + "`");
        }
        checked.put(scalar.place(), type);
        if (isDefined) {
          checkStream(scalar.place(), type);
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
    var finding =
        diagnostics.error(isName ? Code.UNKNOWN_TYPE : Code.TYPE_SYNTAX, place, wrong.message());
    Optional<String> better =
        guesses++ < GUESSES_MAX ? TypeGuess.find(text, wrong, guessing()) : Optional.empty();
    boolean isSaidBetter = better.isPresent() && wrong.hint().matches("write `.*\\b[TAB]\\b.*");
    finding.hint(isSaidBetter ? "" : wrong.hint());
    better.ifPresent(type -> {
      String rest = scalar.text().substring(offset + text.length());
      finding.edit(scalar.place(), YamlErrors.written(scalar, type + rest));
      boolean isSaid =
          wrong.hint().contains("`" + type + "`") || wrong.hint().startsWith("did you mean");
      if (!isSaid || !IDENTIFIER.matcher(type).matches() && !wrong.hint().contains(type)) {
        finding.write(type + rest);
      }
    });
  }

  /** The names, with records of which nothing is known yet: in this order or after an edit. */
  private TypeParser.Names guessing() {
    return new TypeParser.Names() {
      @Override
      public Optional<Type> find(String name) {
        Entry entry = declared.get(name);
        return entry != null && entry.value() instanceof Mapping
            ? Optional.of(new Type.Record(name))
            : TypeTable.this.find(name);
      }

      @Override
      public List<String> all() {
        return TypeTable.this.all();
      }
    };
  }

  private void unknown(Place place, String name) {
    Suggestions.offer(
        diagnostics.error(Code.UNKNOWN_TYPE, place, "there is no type `" + name + "`"),
        place,
        name,
        declared.keySet());
  }

  /** The declared types by name, in the order of their declaration. */
  SequencedMap<String, Type> byName() {
    var types = new LinkedHashMap<String, Type>();
    declared.keySet().forEach(name -> find(name).ifPresent(type -> types.put(name, type)));
    return types;
  }

  /** The declared names with their types, for people. */
  List<String> names() {
    return new ArrayList<>(declared.keySet());
  }
}
