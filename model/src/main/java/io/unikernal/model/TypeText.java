package io.unikernal.model;

import com.google.re2j.PatternSyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One text of a type while it is read: recursive descent, one method for each form. */
final class TypeText {
  /** Leaves the descent; never leaves {@link TypeParser}. */
  static final class WrongException extends Exception {
    private static final long serialVersionUID = 1L;
    final transient TypeParser.Result.Wrong wrong;

    WrongException(int start, int end, String message, String hint) {
      super(message, null, false, false);
      wrong = new TypeParser.Result.Wrong(start, end, message, hint);
    }
  }

  private static final Set<String> OPENING = Set.of("secret", "pii", "stream", "list", "map");

  private final String text;
  private final TypeParser.Names names;
  private int at;
  private int depth;

  TypeText(String text, TypeParser.Names names) {
    this.text = text;
    this.names = names;
  }

  Type whole() throws WrongException {
    Type type = union();
    if (at < text.length()) {
      throw afterType();
    }
    return type;
  }

  private WrongException afterType() {
    char found = text.charAt(at);
    String hint =
        switch (found) {
          case '[' -> "write `list(T)` for a list of T";
          case '<' -> "parameters stand in parentheses, as `list(T)`";
          case '?' -> "one `?` is enough";
          default -> "";
        };
    return new WrongException(at, text.length(), "the type ends before `" + found + "`", hint);
  }

  /** Members joined by {@code |}; mostly there is one. */
  private Type union() throws WrongException {
    if (++depth > TypeParser.DEPTH_MAX) {
      throw new WrongException(
          at,
          text.length(),
          "nested deeper than " + TypeParser.DEPTH_MAX + " levels",
          "give the inner part a name under `types`");
    }
    int start = skipSpace();
    var members = new ArrayList<Member>();
    members.add(member());
    while (take('|')) {
      skipSpace();
      members.add(member());
    }
    int end = at;
    boolean optional = takeQuestion();
    skipSpace();
    depth--;
    Type type = members.size() == 1 ? members.getFirst().type : join(members, start, end);
    return optional && !type.isMaybe() ? new Type.Maybe(type) : type;
  }

  private record Member(Type type, int start, int end) {}

  private Member member() throws WrongException {
    int start = at;
    Type type = simple();
    int end = at;
    skipSpace();
    return new Member(type, start, end);
  }

  private boolean takeQuestion() throws WrongException {
    int question = at;
    if (!take('?')) {
      return false;
    }
    skipSpace();
    if (at < text.length() && text.charAt(at) == '|') {
      throw new WrongException(
          question,
          at,
          "a member of a union cannot be optional",
          "write `A | B?`: it is the whole");
    }
    return true;
  }

  private Type join(List<Member> members, int start, int end) throws WrongException {
    var records = new LinkedHashSet<Type.Record>();
    for (Member member : members) {
      switch (member.type) {
        case Type.Record record when !record.name().isEmpty() -> records.add(record);
        case Type.Union inner -> records.addAll(inner.members());
        case Type.Simple simple when simple == Type.Simple.NULL ->
            throw new WrongException(
                member.start, member.end, "null is no member of a union", "write `T?` instead");
        default ->
            throw new WrongException(
                member.start,
                member.end,
                "a union has named records as its members, not `" + member.type + "`",
                "declare a record with this value and a tag");
      }
    }
    var list = List.copyOf(records);
    if (list.stream().allMatch(Type.Record::isDefined)) {
      return new Type.Union(
          "", list, Type.Union.tagOf(list).orElseThrow(() -> untagged(list, start, end)));
    }
    return new Type.Union("", list, "");
  }

  private static WrongException untagged(List<Type.Record> members, int start, int end) {
    return new WrongException(
        start,
        end,
        "nothing tells the members of this union apart",
        "give each a field of one name with its own symbol, as `kind: enum("
            + members.getFirst().name().toLowerCase(java.util.Locale.ROOT)
            + ")`");
  }

  private Type simple() throws WrongException {
    int start = at;
    String name = word();
    if (name.isEmpty()) {
      throw new WrongException(
          start,
          Math.min(text.length(), start + 1),
          start >= text.length() ? "a type is missing" : "expected a type",
          TypeHints.forSign(text, start));
    }
    return switch (name) {
      case "any" -> Type.Simple.ANY;
      case "null" -> Type.Simple.NULL;
      case "bool" -> Type.Simple.BOOL;
      case "timestamp" -> Type.Simple.TIMESTAMP;
      case "date" -> Type.Simple.DATE;
      case "time" -> Type.Simple.TIME;
      case "duration" -> Type.Simple.DURATION;
      case "uuid" -> Type.Simple.UUID;
      case "blob" -> {
        requireOutermost(start, "blob");
        yield Type.Simple.BLOB;
      }
      case "int" -> new Type.Int(optionalRange(RangeText.Kind.INT));
      case "uint" -> new Type.UInt(optionalRange(RangeText.Kind.UINT));
      case "double" -> new Type.Real(optionalRange(RangeText.Kind.DOUBLE));
      case "bytes" -> new Type.Bytes(optionalRange(RangeText.Kind.SIZE));
      case "decimal" -> decimal();
      case "string" -> string();
      case "enum" -> enumeration(start);
      case String known when OPENING.contains(known) -> constructed(known, start);
      default -> named(name, start);
    };
  }

  private Type constructed(String name, int start) throws WrongException {
    if (!take('(')) {
      throw new WrongException(
          start,
          at,
          "`" + name + "` needs a type in parentheses",
          "map".equals(name) ? "write `map(string, T)`" : "write `" + name + "(T)`");
    }
    if ("stream".equals(name)) {
      requireOutermost(start, name);
    }
    Type made =
        switch (name) {
          case "secret" -> new Type.Labelled(Label.SECRET, union());
          case "pii" -> new Type.Labelled(Label.PII, union());
          case "stream" -> new Type.StreamOf(union());
          case "list" -> list();
          default -> map();
        };
    expect(')');
    return made;
  }

  private void requireOutermost(int start, String name) throws WrongException {
    if (depth > 1) {
      throw new WrongException(
          start,
          start + name.length(),
          "`" + name + "` stands only as a whole input, output or last field",
          "");
    }
  }

  private Type list() throws WrongException {
    Type element = union();
    return new Type.ListOf(element, take(',') ? range(RangeText.Kind.SIZE) : Type.Range.ALL);
  }

  private Type map() throws WrongException {
    int start = skipSpace();
    Type key = union();
    int end = at;
    if (!take(',')) {
      throw new WrongException(
          start,
          end,
          "`map` needs the types of its keys and values",
          "write `map(string, " + key + ")`");
    }
    Type value = union();
    if (!key.equals(Type.Text.ANY_TEXT)) {
      throw new WrongException(
          start, end, "the keys of a map are `string`", "write `map(string, " + value + ")`");
    }
    return new Type.MapOf(value);
  }

  private Type decimal() throws WrongException {
    if (!take('(')) {
      return Type.Decimal.ANY_DECIMAL;
    }
    int start = skipSpace();
    int precision = smallNumber();
    int precisionEnd = at;
    skipSpace();
    if (!take(',')) {
      throw new WrongException(
          start,
          precisionEnd,
          "`decimal` needs its digits and its decimal places",
          "write `decimal(" + precision + ",0)`");
    }
    int scaleStart = skipSpace();
    int scale = smallNumber();
    int scaleEnd = at;
    expect(')');
    if (precision < 1 || precision > 38) {
      throw new WrongException(
          start,
          precisionEnd,
          "a decimal has from 1 to 38 digits",
          "write `decimal(38," + scale + ")`");
    }
    if (scale > precision) {
      throw new WrongException(
          scaleStart,
          scaleEnd,
          "a decimal cannot have more decimal places than digits",
          "the first number counts all digits: `decimal(12,2)` holds 1234567890.12");
    }
    return new Type.Decimal(precision, scale);
  }

  private int smallNumber() throws WrongException {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start || at - start > 3) {
      throw new WrongException(
          start,
          Math.max(at, Math.min(text.length(), start + 1)),
          "expected a small number",
          "as in `decimal(12,2)`");
    }
    return Integer.parseInt(text.substring(start, at));
  }

  private Type string() throws WrongException {
    if (!take('(')) {
      return Type.Text.ANY_TEXT;
    }
    skipSpace();
    if (at >= text.length() || text.charAt(at) != '/') {
      Type.Range length = range(RangeText.Kind.SIZE);
      expect(')');
      return new Type.Text(length, Optional.empty());
    }
    String pattern = pattern();
    expect(')');
    return new Type.Text(Type.Range.ALL, Optional.of(pattern));
  }

  /** Up to the next slash that is not escaped; RE2 itself reads {@code \/} as a slash. */
  private String pattern() throws WrongException {
    int start = at++;
    while (at < text.length() && text.charAt(at) != '/') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    if (at >= text.length()) {
      at = text.length();
      throw new WrongException(start, at, "the pattern does not end", "write `string(/[A-Z]+/)`");
    }
    String pattern = text.substring(start + 1, at++);
    try {
      Patterns.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new WrongException(
          start,
          at,
          "the pattern is wrong: " + e.getDescription(),
          "patterns are RE2: no look-around, no back-references");
    }
    return pattern;
  }

  private Type enumeration(int start) throws WrongException {
    if (!take('(')) {
      throw new WrongException(start, at, "`enum` needs its symbols", "write `enum(new, paid)`");
    }
    var symbols = new LinkedHashSet<String>();
    do {
      int symbolStart = skipSpace();
      String symbol = symbol();
      if (symbol.isEmpty()) {
        throw new WrongException(
            symbolStart,
            Math.min(text.length(), symbolStart + 1),
            "expected a symbol",
            "symbols are letters, digits, `_`, `-` and `.`, without quotes");
      }
      if (!symbols.add(symbol)) {
        throw new WrongException(symbolStart, at, "`" + symbol + "` stands twice", "");
      }
      skipSpace();
    } while (take(','));
    expect(')');
    return new Type.Enum(List.copyOf(symbols));
  }

  /** In quotes too, as SDKs write a symbol that is no plain word: a JSON text. */
  private String symbol() {
    int start = at;
    if (at < text.length() && text.charAt(at) == '"') {
      return quotedSymbol();
    }
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || "_-.".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    return text.substring(start, at);
  }

  private String quotedSymbol() {
    int start = at++;
    while (at < text.length() && text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    at = Math.min(text.length(), at + 1);
    try {
      byte[] quoted = text.substring(start, at).getBytes(StandardCharsets.UTF_8);
      return Json.read(quoted, Json.Limits.DEFAULT) instanceof Value.Text(var symbol) ? symbol : "";
    } catch (FaultException _) {
      return "";
    }
  }

  private Type named(String name, int start) throws WrongException {
    Optional<Type> found = names.find(name);
    if (found.isPresent()) {
      return found.get();
    }
    throw new WrongException(
        start, at, "there is no type `" + name + "`", TypeHints.forName(name, names.all()));
  }

  private Type.Range optionalRange(RangeText.Kind kind) throws WrongException {
    if (!take('(')) {
      return Type.Range.ALL;
    }
    Type.Range range = range(kind);
    expect(')');
    return range;
  }

  private Type.Range range(RangeText.Kind kind) throws WrongException {
    int start = skipSpace();
    while (at < text.length() && ",)".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return RangeText.parse(text.substring(start, at).strip(), kind, start);
  }

  private String word() {
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    return text.substring(start, at);
  }

  private int skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private boolean take(char wanted) {
    int start = at;
    skipSpace();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    at = start;
    return false;
  }

  private void expect(char wanted) throws WrongException {
    skipSpace();
    if (!take(wanted)) {
      boolean ends = at >= text.length();
      throw new WrongException(
          at,
          ends ? at : at + 1,
          "expected `" + wanted + "`" + (ends ? ", but the type ends" : ""),
          !ends && text.charAt(at) == '[' ? "write `list(T)` for a list of T" : "");
    }
  }
}
