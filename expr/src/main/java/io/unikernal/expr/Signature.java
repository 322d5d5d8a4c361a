package io.unikernal.expr;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what the table of functions says, as {@code string.split(string) -> list(string)} or {@code
 * int + int -> int}, into what CEL's checker wants. Only our own table is read: a mistake in it
 * throws.
 */
record Signature(boolean isMember, List<CelType> parameters, CelType result) {

  static Signature parse(String text, String name) {
    int arrow = text.lastIndexOf(" -> ");
    String left = text.substring(0, arrow);
    CelType result = type(text.substring(arrow + 4).strip());
    int call = left.indexOf(name + "(");
    if (call == 0) {
      return new Signature(false, arguments(left.substring(name.length())), result);
    }
    if (call > 0 && left.charAt(call - 1) == '.') {
      var parameters = new ArrayList<CelType>();
      parameters.add(type(left.substring(0, call - 1)));
      parameters.addAll(arguments(left.substring(call + name.length())));
      return new Signature(true, parameters, result);
    }
    return new Signature(false, operands(left), result);
  }

  /** {@code int + int}, {@code !bool}, {@code bool ? T : T}, {@code list(T)[int]}. */
  private static List<CelType> operands(String text) {
    var parameters = new ArrayList<CelType>();
    if (text.endsWith("]")) {
      int bracket = text.lastIndexOf('[');
      parameters.add(type(text.substring(0, bracket)));
      String index = text.substring(bracket + 1, text.length() - 1);
      parameters.add(type(index.startsWith("?") ? index.substring(1) : index));
      return parameters;
    }
    for (String word : text.split(" ")) {
      String bare = word.startsWith("!") || word.startsWith("-") ? word.substring(1) : word;
      if (!bare.isEmpty() && Character.isLetter(bare.charAt(0)) && !bare.equals("in")) {
        parameters.add(type(bare));
      }
    }
    return parameters;
  }

  private static List<CelType> arguments(String parenthesised) {
    var types = new ArrayList<CelType>();
    String inner = parenthesised.substring(1, parenthesised.length() - 1).strip();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= inner.length(); i++) {
      char c = i < inner.length() ? inner.charAt(i) : ',';
      if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      } else if (c == ',' && depth == 0) {
        if (i > start) {
          types.add(type(inner.substring(start, i).strip()));
        }
        start = i + 1;
      }
    }
    return types;
  }

  private static CelType type(String text) {
    if (text.endsWith("?")) {
      return OptionalType.create(type(text.substring(0, text.length() - 1)));
    }
    if (text.length() == 1) {
      return TypeParamType.create(text);
    }
    if (text.startsWith("list(")) {
      return ListType.create(arguments(text.substring(4)).getFirst());
    }
    if (text.startsWith("map(")) {
      var both = arguments(text.substring(3));
      return MapType.create(both.getFirst(), both.getLast());
    }
    return switch (text) {
      case "bool" -> SimpleType.BOOL;
      case "int" -> SimpleType.INT;
      case "uint" -> SimpleType.UINT;
      case "double" -> SimpleType.DOUBLE;
      case "string" -> SimpleType.STRING;
      case "bytes" -> SimpleType.BYTES;
      case "timestamp" -> SimpleType.TIMESTAMP;
      case "duration" -> SimpleType.DURATION;
      case "null" -> SimpleType.NULL_TYPE;
      case "any" -> SimpleType.DYN;
      case "decimal" -> CelTypes.DECIMAL;
      case "date" -> CelTypes.DATE;
      case "time" -> CelTypes.TIME;
      case "uuid" -> CelTypes.UUID;
      case "ip" -> CelTypes.IP;
      case "cidr" -> CelTypes.CIDR;
      default -> throw new IllegalArgumentException("no such type in a signature: " + text);
    };
  }
}
