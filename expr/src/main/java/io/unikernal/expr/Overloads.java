package io.unikernal.expr;

import dev.cel.common.ast.CelExpr;
import io.unikernal.expr.Compiled.Kind;
import io.unikernal.expr.Compiled.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What to say, and to write instead, when a function does not take the types it was given. */
final class Overloads {
  private static final Set<String> SCALARS =
      Set.of(
          "bool",
          "int",
          "uint",
          "double",
          "decimal",
          "timestamp",
          "date",
          "time",
          "duration",
          "uuid",
          "bytes");
  private static final int SIGNATURES_MAX = 4;

  private Overloads() {}

  static Problem problem(String celName, String arguments, CelExpr node, Spans spans) {
    // A method call's receiver comes first, as `string.(int)`.
    List<String> types = new ArrayList<>();
    String plain = arguments;
    int receiver = arguments.indexOf(".(");
    if (receiver > 0) {
      types.add(CelNames.readable(arguments.substring(0, receiver)));
      plain = arguments.substring(receiver + 2);
    }
    split(plain).forEach(type -> types.add(CelNames.readable(type)));
    String name = displayName(celName);
    String given = types.isEmpty() ? "nothing" : String.join(" and ", quoted(types));
    return Problems.of(
        Kind.TYPE, spans.of(node), "`" + name + "` does not take " + given, hint(celName, types));
  }

  private static List<String> quoted(List<String> types) {
    return types.stream().map(type -> "`" + type + "`").toList();
  }

  private static String displayName(String celName) {
    return Functions.definitions().stream()
        .filter(definition -> definition.celName().equals(celName))
        .map(definition -> definition.function().name())
        .findFirst()
        .orElse(celName);
  }

  private static String hint(String celName, List<String> types) {
    if (types.stream().anyMatch(type -> type.endsWith("?"))) {
      return "the value may be absent: write `.orValue(...)` after it";
    }
    if (celName.equals(Macros.SORT_BY)) {
      return "what it sorts by is a text, a number, or another value that has an order";
    }
    if (celName.equals(Macros.GROUP_BY)) {
      return "what it groups by is a text, or a value that `string(...)` makes one";
    }
    boolean decimal = types.contains("decimal");
    if (decimal && celName.equals("_/_")) {
      return "write `div(a, b, scale)`: it says how many digits to keep";
    }
    if (decimal && types.contains("double")) {
      return "write `decimal('...')` for the number, or `double(...)` around the decimal";
    }
    if (celName.equals("_+_")
        && types.contains("string")
        && types.stream().anyMatch(SCALARS::contains)) {
      return "write `string(...)` around the "
          + types.stream().filter(SCALARS::contains).findFirst().orElse("value");
    }
    return Functions.definitions().stream()
        .filter(definition -> definition.celName().equals(celName))
        .map(definition -> definition.function().signatures())
        .filter(signatures -> signatures.size() <= SIGNATURES_MAX)
        .map(signatures -> "it is " + String.join(" or ", quoted(signatures)))
        .findFirst()
        .orElse("");
  }

  /** At the commas that are not inside of parentheses. */
  private static List<String> split(String types) {
    var parts = new ArrayList<String>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= types.length(); i++) {
      char c = i < types.length() ? types.charAt(i) : ',';
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth <= 0) {
        String part = types.substring(start, i).strip();
        if (!part.isEmpty()) {
          parts.add(part);
        }
        start = i + 1;
      }
    }
    return parts;
  }
}
