package io.unikernal.expr;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import io.unikernal.model.Type;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Our types as CEL's checker sees them, and back. Constraints and labels are not its business. Each
 * record gets a name of its own that nobody can write, so that records in place are told apart and
 * type names never clash with variables.
 */
@SuppressWarnings("Immutable") // It only remembers what it has made; CEL asks for the annotation.
final class CelTypes implements CelTypeProvider {
  static final OpaqueType DECIMAL = OpaqueType.create("decimal");
  static final OpaqueType DATE = OpaqueType.create("date");
  static final OpaqueType TIME = OpaqueType.create("time");
  static final OpaqueType UUID = OpaqueType.create("uuid");
  static final OpaqueType BLOB = OpaqueType.create("blob");

  /** An address of the network, and a range of them: texts at run time. */
  static final OpaqueType IP = OpaqueType.create("net.IP");

  static final OpaqueType CIDR = OpaqueType.create("net.CIDR");
  static final OpaqueType STREAM = OpaqueType.create("stream");

  private final Map<Type, CelType> byType = new IdentityHashMap<>();
  private final Map<String, Type> originals = new HashMap<>();

  /** A union's or record's fields by name. */
  static Optional<Type.Field> field(Type type, String name) {
    return switch (type) {
      case Type.Record record -> record.field(name);
      case Type.Union union -> unionField(union, name);
      default -> Optional.empty();
    };
  }

  static List<String> fieldNames(Type type) {
    return switch (type) {
      // One that this scope knew before may be gone from the definition meanwhile.
      case Type.Record record when !record.isDefined() -> List.of();
      case Type.Record record -> record.fields().stream().map(Type.Field::name).toList();
      case Type.Union union -> {
        var names = new LinkedHashSet<String>();
        union.members().forEach(member -> names.addAll(fieldNames(member)));
        yield List.copyOf(names);
      }
      default -> List.of();
    };
  }

  /** A field that some members lack may be absent. */
  private static Optional<Type.Field> unionField(Type.Union union, String name) {
    Optional<Type> joined = Optional.empty();
    boolean everywhere = true;
    for (Type.Record member : union.members()) {
      var field = member.field(name);
      if (field.isEmpty()) {
        everywhere = false;
      } else {
        Type type = field.get().type();
        joined = Optional.of(joined.map(other -> Typing.join(other, type)).orElse(type));
      }
    }
    boolean maybe = !everywhere;
    return joined.map(type -> Type.Field.of(name, maybe ? new Type.Maybe(type) : type));
  }

  synchronized CelType toCel(Type type) {
    return switch (type) {
      case Type.Simple simple -> simple(simple);
      case Type.Int _ -> SimpleType.INT;
      case Type.UInt _ -> SimpleType.UINT;
      case Type.Real _ -> SimpleType.DOUBLE;
      case Type.Decimal _ -> DECIMAL;
      case Type.Text _, Type.Enum _ -> SimpleType.STRING;
      case Type.Bytes _ -> SimpleType.BYTES;
      case Type.ListOf(var element, _) -> ListType.create(toCel(element));
      case Type.MapOf(var value) -> MapType.create(SimpleType.STRING, toCel(value));
      case Type.Maybe(var of) -> {
        CelType inner = toCel(of);
        yield inner instanceof OptionalType || inner == SimpleType.DYN
            ? inner
            : OptionalType.create(inner);
      }
      case Type.Labelled(_, var of) -> toCel(of);
      case Type.StreamOf _ -> STREAM;
      case Type.Record record -> struct(record, record.name());
      case Type.Union union -> struct(union, union.name());
    };
  }

  private static CelType simple(Type.Simple type) {
    return switch (type) {
      case ANY -> SimpleType.DYN;
      case NULL -> SimpleType.NULL_TYPE;
      case BOOL -> SimpleType.BOOL;
      case TIMESTAMP -> SimpleType.TIMESTAMP;
      case DURATION -> SimpleType.DURATION;
      case DATE -> DATE;
      case TIME -> TIME;
      case UUID -> UUID;
      case BLOB -> BLOB;
    };
  }

  /** By name alone: which fields it has is asked of the type itself, and only of those in use. */
  private CelType struct(Type type, String name) {
    return byType.computeIfAbsent(
        type,
        _ -> {
          String unique = name + "#" + byType.size();
          originals.put(unique, type);
          return StructTypeReference.create(unique);
        });
  }

  /** By name alone, as far as it is known. */
  synchronized Optional<CelType> reference(String name) {
    return originals.containsKey(name)
        ? Optional.of(StructTypeReference.create(name))
        : Optional.empty();
  }

  /** The type of a field of the type that has this name among CEL's. */
  synchronized Optional<CelType> fieldType(String name, String field) {
    return Optional.ofNullable(originals.get(name)).flatMap(type -> celField(type, field));
  }

  private Optional<CelType> celField(Type type, String field) {
    return field(type, field).map(found -> toCel(withoutMaybe(found.type())));
  }

  /** Plain selects of optional fields are judged by {@link Guards}, not by CEL's checker. */
  static Type withoutMaybe(Type type) {
    return switch (type) {
      case Type.Maybe(var of) -> withoutMaybe(of);
      case Type.Labelled(var label, var of) -> new Type.Labelled(label, withoutMaybe(of));
      default -> type;
    };
  }

  synchronized Type fromCel(CelType type) {
    return switch (type.kind()) {
      case BOOL -> Type.Simple.BOOL;
      case INT -> Type.Int.ANY_INT;
      case UINT -> Type.UInt.ANY_UINT;
      case DOUBLE -> Type.Real.ANY_DOUBLE;
      case STRING -> Type.Text.ANY_TEXT;
      case BYTES -> Type.Bytes.ANY_BYTES;
      case TIMESTAMP -> Type.Simple.TIMESTAMP;
      case DURATION -> Type.Simple.DURATION;
      case NULL_TYPE -> Type.Simple.NULL;
      case LIST -> Type.ListOf.of(parameter(type, 0));
      case MAP -> new Type.MapOf(parameter(type, 1));
      case STRUCT -> originals.getOrDefault(type.name(), Type.Simple.ANY);
      case OPAQUE ->
          switch (type.name()) {
            case "decimal" -> Type.Decimal.ANY_DECIMAL;
            case "date" -> Type.Simple.DATE;
            case "time" -> Type.Simple.TIME;
            case "uuid" -> Type.Simple.UUID;
            case "blob" -> Type.Simple.BLOB;
            case "net.IP", "net.CIDR" -> Type.Text.ANY_TEXT;
            case OptionalType.NAME -> Typing.maybe(parameter(type, 0));
            default -> Type.Simple.ANY;
          };
      default -> Type.Simple.ANY;
    };
  }

  private Type parameter(CelType type, int index) {
    return index < type.parameters().size()
        ? fromCel(type.parameters().get(index))
        : Type.Simple.ANY;
  }

  @Override
  public synchronized ImmutableCollection<CelType> types() {
    return originals.keySet().stream()
        .flatMap(name -> findType(name).stream())
        .collect(ImmutableList.toImmutableList());
  }

  /** With all of its fields. */
  @Override
  public synchronized Optional<CelType> findType(String name) {
    return Optional.ofNullable(originals.get(name))
        .map(type ->
            StructType.create(
                name, ImmutableSet.copyOf(fieldNames(type)), field -> celField(type, field)));
  }
}
