package io.unikernal.adapter.sql;

import io.unikernal.model.Type;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a column's declared type says of its values. SQLite keeps any value in any column; the
 * declaration only makes it prefer one kind, by the rules of "type affinity".
 */
final class SqliteTypes {
  private static final Pattern SIZED =
      Pattern.compile("(?:DECIMAL|NUMERIC)\\s*\\(\\s*(\\d{1,4})\\s*,\\s*(\\d{1,4})\\s*\\)");

  private SqliteTypes() {}

  /** What values of the column arrive as where {@code wanted} is wanted. */
  static Type asRead(String kind, Type wanted) {
    String declared = kind.toUpperCase(Locale.ROOT);
    Type core = wanted.core();
    if (declared.contains("INT")) {
      return SqlInspection.asRead(Type.Int.ANY_INT, wanted);
    }
    if (declared.contains("CHAR") || declared.contains("CLOB") || declared.contains("TEXT")) {
      return isKeptAsText(core) ? core : SqlInspection.asRead(Type.Text.ANY_TEXT, wanted);
    }
    if (declared.contains("REAL") || declared.contains("FLOA") || declared.contains("DOUB")) {
      return SqlInspection.asRead(Type.Real.ANY_DOUBLE, wanted);
    }
    // The rest may hold anything; its name is still what the author meant.
    return core == Type.Simple.ANY ? meant(declared) : Type.Simple.ANY;
  }

  /** What SQLite has no type for, and {@link SqlBinder} therefore writes as text. */
  private static boolean isKeptAsText(Type core) {
    return core == Type.Simple.UUID
        || core == Type.Simple.TIMESTAMP
        || core == Type.Simple.DATE
        || core == Type.Simple.TIME
        || core == Type.Simple.DURATION
        || core instanceof Type.Decimal;
  }

  private static Type meant(String declared) {
    var sized = SIZED.matcher(declared);
    if (sized.find()) {
      int precision = Integer.parseInt(sized.group(1));
      int scale = Integer.parseInt(sized.group(2));
      return precision >= scale && precision > 0
          ? new Type.Decimal(precision, scale)
          : Type.Decimal.ANY_DECIMAL;
    }
    return byWord(declared.replaceFirst("\\W.*", "")).orElse(Type.Simple.ANY);
  }

  private static Optional<Type> byWord(String word) {
    return Optional.ofNullable(
        switch (word) {
          case "DECIMAL", "NUMERIC" -> Type.Decimal.ANY_DECIMAL;
          case "BOOL", "BOOLEAN" -> Type.Simple.BOOL;
          case "DATE" -> Type.Simple.DATE;
          case "DATETIME", "TIMESTAMP", "TIMESTAMPTZ" -> Type.Simple.TIMESTAMP;
          case "TIME" -> Type.Simple.TIME;
          case "UUID" -> Type.Simple.UUID;
          case "BLOB" -> Type.Bytes.ANY_BYTES;
          default -> null;
        });
  }
}
