package io.unikernal.importers;

import io.unikernal.importers.SchemaDocuments.Document;
import io.unikernal.importers.SchemaDocuments.Target;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code oneOf} and {@code anyOf}: a union where a field tells its records apart. */
final class SchemaUnions {
  private static final Set<String> STRUCTURE =
      Set.of(
          "type",
          "properties",
          "items",
          "prefixItems",
          "$ref",
          "enum",
          "const",
          "oneOf",
          "anyOf",
          "allOf",
          "additionalProperties",
          "format");

  private final SchemaReader reader;
  private final Map<Tree, Map<String, String>> tags = new IdentityHashMap<>();

  SchemaUnions(SchemaReader reader) {
    this.reader = reader;
  }

  /** Whether branches only say which fields must be there, or how long something is. */
  static boolean onlyConstrain(List<Tree> branches) {
    return branches.stream()
        .allMatch(branch ->
            branch instanceof Tree.Obj
                && !branch.fields().isEmpty()
                && branch.fields().keySet().stream().noneMatch(STRUCTURE::contains));
  }

  /** Whether one alternative is null. */
  static boolean isNullable(Tree schema) {
    return List.of("oneOf", "anyOf").stream()
        .flatMap(keyword -> schema.items(keyword).stream())
        .anyMatch(branch -> SchemaReader.typeNames(branch).equals(List.of("null")));
  }

  Optional<String> tag(Tree schema, String field) {
    return Optional.ofNullable(tags.getOrDefault(schema, Map.of()).get(field));
  }

  /** Notes what OpenAPI's {@code discriminator} says of each member. */
  void discriminators(Tree root, Document document) {
    var open = new ArrayDeque<Tree>();
    var seen = new IdentityHashMap<Tree, Boolean>();
    open.add(root);
    while (!open.isEmpty()) {
      Tree tree = open.pop();
      if (seen.putIfAbsent(tree, true) == null) {
        tree.get("discriminator")
            .flatMap(found -> found.text("propertyName"))
            .ifPresent(field -> discriminator(tree, field, document));
        open.addAll(tree.fields().values());
        open.addAll(tree.items());
      }
    }
  }

  private void discriminator(Tree union, String field, Document document) {
    var branches = new ArrayList<>(union.items("oneOf"));
    branches.addAll(union.items("anyOf"));
    Map<Tree, String> symbols = new IdentityHashMap<>();
    union
        .get("discriminator")
        .map(found -> found.fields("mapping"))
        .ifPresent(mapping ->
            mapping.forEach((symbol, reference) ->
                reference
                    .text()
                    .filter(text -> text.contains("#"))
                    .ifPresent(text ->
                        symbols.put(
                            reader.documents.find(document, text, reference.place()).schema(),
                            symbol))));
    for (Tree branch : branches) {
      branch
          .text("$ref")
          .ifPresent(text -> {
            Tree member = reader.documents.find(document, text, branch.place()).schema();
            String symbol = symbols.getOrDefault(member, SchemaDocuments.lastWord(text));
            tags.computeIfAbsent(member, _ -> new HashMap<>()).putIfAbsent(field, symbol);
          });
    }
  }

  Type read(Tree schema, List<Tree> branches, Document document, String hint, String path) {
    List<Tree> some =
        branches.stream()
            .filter(branch ->
                !SchemaReader.isNull(branch)
                    && !SchemaReader.typeNames(branch).equals(List.of("null")))
            .toList();
    boolean isOptional = some.size() < branches.size();
    Type type =
        some.isEmpty()
            ? Type.Simple.NULL
            : some.size() == 1
                ? reader.read(some.getFirst(), document, hint, path)
                : several(some, document, hint, path);
    return isOptional && type != Type.Simple.NULL ? type.maybe() : type;
  }

  private Type several(List<Tree> branches, Document document, String hint, String path) {
    List<Target> targets =
        branches.stream().map(branch -> reader.resolved(branch, document)).toList();
    boolean areRecords =
        targets.stream().allMatch(t -> SchemaFields.isRecord(reader, t.schema(), t.document()));
    if (areRecords && isTagged(targets)) {
      var members = new LinkedHashSet<Type.Record>();
      for (int i = 0; i < branches.size(); i++) {
        String memberHint = hint + (i + 1);
        if (reader.read(branches.get(i), document, memberHint, path)
            instanceof Type.Record record) {
          members.add(record);
        }
      }
      if (members.size() == branches.size()) {
        return new Type.Union("", List.copyOf(members), "");
      }
    }
    if (areRecords) {
      reader.losses.add(Loss.Kind.ALTERNATIVES, path, branches.size() + " records");
      return Type.Simple.ANY;
    }
    return scalars(branches, document, hint, path);
  }

  /** Alternatives of one kind are that kind. */
  private Type scalars(List<Tree> branches, Document document, String hint, String path) {
    var found = new ArrayList<Type>();
    boolean isOptional = false;
    for (Tree branch : branches) {
      Target target = reader.resolved(branch, document);
      boolean isOneValue =
          target.schema().fields().keySet().stream()
              .noneMatch(Set.of("items", "properties")::contains);
      if (!isOneValue || SchemaFields.isRecord(reader, target.schema(), target.document())) {
        reader.losses.add(Loss.Kind.TYPES_MIXED, path, branches.size() + " alternatives");
        return Type.Simple.ANY;
      }
      Type type = reader.read(branch, document, hint, path);
      isOptional |= type.isMaybe();
      found.add(type.core());
    }
    Type one = joined(found, path);
    return isOptional ? one.maybe() : one;
  }

  private Type joined(List<Type> found, String path) {
    if (new HashSet<>(found).size() == 1) {
      return found.getFirst();
    }
    if (found.stream().allMatch(Type.Enum.class::isInstance)) {
      return new Type.Enum(
          found.stream()
              .flatMap(type -> ((Type.Enum) type).symbols().stream())
              .distinct()
              .toList());
    }
    if (found.stream().allMatch(SchemaUnions::isText)) {
      reader.losses.add(Loss.Kind.CONSTRAINT, path, "only some texts: " + found.size() + " forms");
      return Type.Text.ANY_TEXT;
    }
    if (found.stream().allMatch(Type.Int.class::isInstance)) {
      reader.losses.add(Loss.Kind.RANGE, path);
      return Type.Int.ANY_INT;
    }
    if (found.stream().allMatch(type -> type instanceof Type.Int || type instanceof Type.Real)) {
      return Type.Real.ANY_DOUBLE;
    }
    reader.losses.add(Loss.Kind.TYPES_MIXED, path, found.size() + " alternatives");
    return Type.Simple.ANY;
  }

  private static boolean isText(Type type) {
    return switch (type) {
      case Type.Text _, Type.Enum _ -> true;
      case Type.Simple simple ->
          Set.of(Type.Simple.UUID, Type.Simple.DATE, Type.Simple.TIMESTAMP).contains(simple);
      case Type.Labelled(_, var of) -> isText(of);
      case Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Bytes _,
          Type.ListOf _,
          Type.MapOf _,
          Type.Maybe _,
          Type.StreamOf _,
          Type.Union _,
          Type.Record _ ->
          false;
    };
  }

  /** Whether a field has one text in each, another in each, and must be there. */
  private boolean isTagged(List<Target> members) {
    Set<String> candidates = new LinkedHashSet<>(fields(members.getFirst()).keySet());
    return candidates.stream()
        .anyMatch(field -> {
          var symbols = new HashSet<String>();
          return members.stream()
              .allMatch(member -> symbol(member, field).filter(symbols::add).isPresent());
        });
  }

  private Map<String, SchemaFields.Found> fields(Target member) {
    return SchemaFields.of(reader, member.schema(), member.document(), member.name());
  }

  private Optional<String> symbol(Target member, String field) {
    SchemaFields.Found found = fields(member).get(field);
    if (found == null || !found.isRequired()) {
      return Optional.empty();
    }
    Optional<String> tag = tag(member.schema(), field);
    if (tag.isPresent()) {
      return tag;
    }
    Target target = reader.resolved(found.schema(), found.document());
    Optional<Tree> constant = target.schema().get("const");
    List<Tree> symbols = target.schema().items("enum");
    Optional<Tree> only =
        constant.or(() -> symbols.size() == 1 ? Optional.of(symbols.getFirst()) : Optional.empty());
    return only.map(Tree::value)
        .flatMap(value ->
            value instanceof Value.Text(var text) ? Optional.of(text) : Optional.<String>empty());
  }
}
