package io.unikernal.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What to write in place of a type's name that does not exist. */
final class TypeHints {
  static final List<String> BUILT_IN =
      List.of(
          "any",
          "null",
          "bool",
          "int",
          "uint",
          "double",
          "decimal",
          "string",
          "bytes",
          "timestamp",
          "date",
          "time",
          "duration",
          "uuid",
          "list",
          "map",
          "enum",
          "secret",
          "pii",
          "stream",
          "blob");

  private static final String INT = "write `int` for integers";
  private static final String DOUBLE =
      "write `double` for floating point, `decimal(12,2)` for exact numbers";
  private static final String STRING = "write `string` for text";
  private static final String TIMESTAMP = "write `timestamp` for a moment, `date` for a day";
  private static final String LIST = "write `list(T)` for a list of T";
  private static final String RECORD =
      "name a record under `types`, or write `map(string, T)` or `any`";
  private static final String DECIMAL = "write `decimal(12,2)` for exact numbers";
  private static final String BYTES = "write `bytes`";

  /** Names from other languages, in lower case. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("integer", INT),
          Map.entry("long", INT),
          Map.entry("short", INT),
          Map.entry("bigint", INT),
          Map.entry("int32", INT),
          Map.entry("int64", INT),
          Map.entry("i32", INT),
          Map.entry("i64", INT),
          Map.entry("unsigned", "write `uint` for integers from 0"),
          Map.entry("uint64", "write `uint` for integers from 0"),
          Map.entry("u64", "write `uint` for integers from 0"),
          Map.entry(
              "number",
              "write `int` for integers, `double` for floating point, `decimal(12,2)` for exact"),
          Map.entry("float", DOUBLE),
          Map.entry("float32", DOUBLE),
          Map.entry("float64", DOUBLE),
          Map.entry("real", DOUBLE),
          Map.entry("numeric", DECIMAL),
          Map.entry("money", DECIMAL),
          Map.entry("bigdecimal", DECIMAL),
          Map.entry("str", STRING),
          Map.entry("text", STRING),
          Map.entry("varchar", STRING),
          Map.entry("char", STRING),
          Map.entry("boolean", "write `bool` for true or false"),
          Map.entry("bit", "write `bool` for true or false"),
          Map.entry("datetime", TIMESTAMP),
          Map.entry("instant", TIMESTAMP),
          Map.entry("timestamptz", TIMESTAMP),
          Map.entry("interval", "write `duration` for a length of time"),
          Map.entry("timedelta", "write `duration` for a length of time"),
          Map.entry("array", LIST),
          Map.entry("vector", LIST),
          Map.entry("seq", LIST),
          Map.entry("set", LIST),
          Map.entry("object", RECORD),
          Map.entry("record", RECORD),
          Map.entry("struct", RECORD),
          Map.entry("dict", RECORD),
          Map.entry("json", "write `any` for data without a type"),
          Map.entry("dyn", "write `any` for data without a type"),
          Map.entry("unknown", "write `any` for data without a type"),
          Map.entry("guid", "write `uuid`"),
          Map.entry("byte", BYTES),
          Map.entry("binary", BYTES),
          Map.entry("blobs", "write `blob`"),
          Map.entry("void", "write `null` for nothing"),
          Map.entry("none", "write `null` for nothing"),
          Map.entry("optional", "write `T?` for a T that may be absent"),
          Map.entry("maybe", "write `T?` for a T that may be absent"),
          Map.entry("nullable", "write `T?` for a T that may be absent"),
          Map.entry("union", "write `A | B`"),
          Map.entry("oneof", "write `A | B`"));

  private TypeHints() {}

  static String forName(String name, List<String> named) {
    String lower = name.toLowerCase(Locale.ROOT);
    String elsewhere = ELSEWHERE.get(lower);
    if (elsewhere != null) {
      return elsewhere;
    }
    var all = new ArrayList<String>(named);
    all.addAll(BUILT_IN);
    return Suggest.closest(name, all)
        .map(near -> "did you mean `" + near + "`?")
        .or(() -> Suggest.closest(lower, ELSEWHERE.keySet()).map(ELSEWHERE::get))
        .orElse("declare it under `types`");
  }

  static String forSign(String text, int at) {
    if (at >= text.length()) {
      return "as `string`, `list(Item)` or the name of a record";
    }
    return switch (text.charAt(at)) {
      case '[' -> LIST;
      case '{' -> "declare the record under `types` and write its name";
      case '"', '\'' -> "write `enum(a, b)` for fixed texts";
      default -> "";
    };
  }
}
