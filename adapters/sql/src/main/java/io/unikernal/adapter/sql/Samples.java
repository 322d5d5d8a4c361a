package io.unikernal.adapter.sql;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A value of each type, to be bound as a real one would be, and never sent. */
final class Samples {
  private Samples() {}

  /** A value for each parameter that the given type has a field for. */
  static Value of(SqlText text, Type given) {
    var fields = new LinkedHashMap<String, Value>();
    for (String name : text.parameters()) {
      field(given.core(), name).ifPresent(type -> fields.put(name, of(type.core())));
    }
    return new Value.Dict(fields);
  }

  /** Whether it does not say the type of each parameter. */
  static boolean isVague(SqlText text, Type given) {
    return text.parameters().stream()
        .anyMatch(name ->
            field(given.core(), name).map(Type::core).orElse(Type.Simple.ANY) == Type.Simple.ANY);
  }

  /** What is given for one parameter, and nothing else; empty where nothing is. */
  static Optional<Type> only(String name, Type given) {
    return field(given.core(), name)
        .map(type -> new Type.Record("", List.of(Type.Field.of(name, type))));
  }

  /**
   * How values for a parameter look that travel as text; empty where the text can be any, and where
   * the driver has a type for it.
   */
  static List<String> texts(String name, Type given) {
    return field(given.core(), name).map(type -> texts(type.core())).orElse(List.of());
  }

  private static List<String> texts(Type core) {
    return switch (core) {
      case Type.Enum(var symbols) -> symbols;
      case Type.Text _ -> List.of();
      case Type.ListOf _ -> List.of("[]", "[1]");
      case Type.MapOf _, Type.Record _, Type.Union _ -> List.of("{\"a\":1}");
      case Type type -> SqlBinder.text(of(type)).stream().toList();
    };
  }

  private static Optional<Type> field(Type given, String name) {
    return given instanceof Type.Record record
        ? record.field(name).map(Type.Field::type)
        : Optional.empty();
  }

  /** Absent for what can be anything: the database is told no type then. */
  private static Value of(Type core) {
    return switch (core) {
      case Type.Int _ -> Value.integer(1);
      case Type.UInt _ -> new Value.UInt(1);
      case Type.Real _ -> new Value.Real(1);
      case Type.Decimal _ -> new Value.Decimal(BigDecimal.ONE);
      case Type.Text _, Type.Enum _ -> Value.text("");
      case Type.Bytes _ -> new Value.Bytes(new byte[0]);
      case Type.Simple simple ->
          switch (simple) {
            case BOOL -> Value.Bool.TRUE;
            case TIMESTAMP -> new Value.Timestamp(Instant.EPOCH);
            case DATE -> new Value.Date(LocalDate.EPOCH);
            case TIME -> new Value.Time(LocalTime.MIDNIGHT);
            case DURATION -> new Value.Duration(Duration.ZERO);
            case UUID -> new Value.Uuid(new UUID(0, 0));
            case ANY, NULL, BLOB -> Value.Absent.ABSENT;
          };
      case Type.ListOf _ -> new Value.Items(List.of());
      case Type.MapOf _, Type.Record _, Type.Union _ -> Value.Dict.EMPTY;
      case Type.Maybe _, Type.Labelled _, Type.StreamOf _ -> Value.Absent.ABSENT;
    };
  }
}
