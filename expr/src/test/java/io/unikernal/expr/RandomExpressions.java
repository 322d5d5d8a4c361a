package io.unikernal.expr;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts of expressions over the variables of {@link RandomInputs}, most of them well typed. */
final class RandomExpressions {
  enum Kind {
    INT,
    UINT,
    REAL,
    DECIMAL,
    TEXT,
    BOOL,
    TIMESTAMP,
    DURATION,
    LINE,
    NUMBERS,
    NAMES,
    AMOUNTS,
    LINES,
    TABLE,
    ANY,
    MAYBE_TEXT,
    MAYBE_INT
  }

  private record Local(String name, Kind kind) {}

  private static final List<Kind> KINDS = List.of(Kind.values());

  private final Random random;
  private final List<Local> locals = new ArrayList<>();
  private int names;

  RandomExpressions(Random random) {
    this.random = random;
  }

  String next() {
    locals.clear();
    names = 0;
    return of(KINDS.get(random.nextInt(KINDS.size())), 1 + random.nextInt(4));
  }

  private String pick(String... texts) {
    return texts[random.nextInt(texts.length)];
  }

  private String of(Kind kind, int depth) {
    var known = locals.stream().filter(local -> local.kind() == kind).toList();
    if (!known.isEmpty() && random.nextInt(3) == 0) {
      return known.get(random.nextInt(known.size())).name();
    }
    if (depth <= 0 || random.nextInt(8) == 0) {
      return leaf(kind);
    }
    int d = depth - 1;
    return switch (random.nextInt(14)) {
      case 0 -> "(%s ? %s : %s)".formatted(of(Kind.BOOL, d), of(kind, d), of(kind, d));
      case 1 -> let(kind, d);
      default -> inner(kind, d);
    };
  }

  private String let(Kind kind, int d) {
    Kind bound = KINDS.get(random.nextInt(KINDS.size()));
    String value = of(bound, d);
    String name = open(bound);
    String body = of(kind, d);
    close();
    return "cel.bind(%s, %s, %s)".formatted(name, value, body);
  }

  private String open(Kind kind) {
    String name = "v" + names++;
    locals.add(new Local(name, kind));
    return name;
  }

  private void close() {
    locals.removeLast();
  }

  private String leaf(Kind kind) {
    return switch (kind) {
      case INT -> pick("input.id", "input.id", "0", "1", "-1", "7", "9223372036854775807");
      case UINT -> pick("input.big", "input.big", "0u", "1u", "18446744073709551615u");
      case REAL -> pick("input.ratio", "input.ratio", "0.0", "1.5", "-2.25", "1e300");
      case DECIMAL -> pick("input.total", "input.total", "decimal('0.10')", "decimal('-3')");
      case TEXT -> pick("input.name", "input.kind", "'a'", "'b'", "''", "'\\U0001F600x'");
      case BOOL -> pick("input.flag", "true", "false");
      case TIMESTAMP -> pick("input.when", "timestamp('2026-01-31T12:00:00Z')", "now()");
      case DURATION -> pick("input.span", "duration('1h30m')", "duration('-5s')");
      case LINE -> pick("input.part", "input.lines[0]", "input.lines[1]");
      case NUMBERS -> pick("input.numbers", "[1, 2, 3]", "[input.id, 0]");
      case NAMES -> pick("input.names", "['a', 'b']", "[input.name]");
      case AMOUNTS -> pick("input.amounts", "[input.total]");
      case LINES -> pick("input.lines", "[input.part]", "[input.part, input.part]");
      case TABLE -> pick("input.table", "{'a': 1, 'b': input.id}", "{input.name: 2}");
      case ANY ->
          pick("input.anything", "anything", "input.anything.a", "dyn(input.id)", "input.either.x");
      case MAYBE_TEXT -> pick("input.?note", "input.?maybe.?sku", "optional.of('z')");
      case MAYBE_INT -> pick("input.?count", "input.?maybe.?qty", "input.numbers[?1]");
    };
  }

  private String inner(Kind kind, int d) {
    return switch (kind) {
      case INT -> whole(d);
      case UINT -> "(%s %s %s)".formatted(of(kind, d), pick("+", "-", "*", "/", "%"), of(kind, d));
      case REAL -> real(d);
      case DECIMAL -> decimal(d);
      case TEXT -> text(d);
      case BOOL -> bool(d);
      case TIMESTAMP -> "(%s %s %s)".formatted(of(kind, d), pick("+", "-"), of(Kind.DURATION, d));
      case DURATION ->
          random.nextBoolean()
              ? "(%s - %s)".formatted(of(Kind.TIMESTAMP, d), of(Kind.TIMESTAMP, d))
              : "(%s + %s)".formatted(of(kind, d), of(kind, d));
      case LINE ->
          random.nextBoolean()
              ? "%s[%s]".formatted(of(Kind.LINES, d), of(Kind.INT, 0))
              : "saved.orValue(%s)".formatted(of(Kind.LINE, d));
      case NUMBERS -> list(Kind.INT, Kind.NUMBERS, d);
      case NAMES -> list(Kind.TEXT, Kind.NAMES, d);
      case AMOUNTS -> list(Kind.DECIMAL, Kind.AMOUNTS, d);
      case LINES -> list(Kind.LINE, Kind.LINES, d);
      case TABLE -> table(d);
      case ANY -> any(d);
      case MAYBE_TEXT ->
          pick("%s.or(%s)".formatted(of(kind, d), of(kind, d)), of(Kind.LINE, d) + ".?note");
      case MAYBE_INT ->
          pick(
              "%s[?%s]".formatted(of(Kind.NUMBERS, d), of(Kind.INT, d)),
              "%s[?%s]".formatted(of(Kind.TABLE, d), of(Kind.TEXT, d)),
              "%s.?a".formatted(of(Kind.TABLE, d)));
    };
  }

  private String whole(int d) {
    return switch (random.nextInt(11)) {
      case 0 -> "size(%s)".formatted(of(Kind.TEXT, d));
      case 1 -> "size(%s)".formatted(of(sequence(), d));
      case 2 -> "sum(%s)".formatted(of(Kind.NUMBERS, d));
      case 3 -> "%s.qty".formatted(of(Kind.LINE, d));
      case 4 -> "-(%s)".formatted(of(Kind.INT, d));
      case 5 -> "%s.orValue(%s)".formatted(of(Kind.MAYBE_INT, d), of(Kind.INT, d));
      case 6 -> "%s.value()".formatted(of(Kind.MAYBE_INT, d));
      case 7 -> "%s[%s]".formatted(of(Kind.NUMBERS, d), of(Kind.INT, d));
      case 8 ->
          pick(
              "%s[%s]".formatted(of(Kind.TABLE, d), of(Kind.TEXT, d)),
              "int(%s)".formatted(of(Kind.REAL, d)),
              "int(%s)".formatted(of(Kind.TEXT, d)),
              "max(%s)".formatted(of(Kind.NUMBERS, d)));
      default ->
          "(%s %s %s)".formatted(of(Kind.INT, d), pick("+", "-", "*", "/", "%"), of(Kind.INT, d));
    };
  }

  private Kind sequence() {
    return List.of(Kind.NUMBERS, Kind.NAMES, Kind.AMOUNTS, Kind.LINES, Kind.TABLE)
        .get(random.nextInt(5));
  }

  private String real(int d) {
    return switch (random.nextInt(6)) {
      case 0 -> "double(%s)".formatted(of(Kind.INT, d));
      case 1 -> "-(%s)".formatted(of(Kind.REAL, d));
      case 2 -> "(%s %s %s)".formatted(of(Kind.INT, d), pick("+", "-", "*", "/"), of(Kind.REAL, d));
      case 3 -> "sum(%s.map(%s, %s.weight))".formatted(of(Kind.LINES, d), "w", "w");
      default ->
          "(%s %s %s)".formatted(of(Kind.REAL, d), pick("+", "-", "*", "/"), of(Kind.REAL, d));
    };
  }

  private String decimal(int d) {
    return switch (random.nextInt(8)) {
      case 0 -> "sum(%s)".formatted(of(Kind.AMOUNTS, d));
      case 1 -> "%s.price".formatted(of(Kind.LINE, d));
      case 2 -> "-(%s)".formatted(of(Kind.DECIMAL, d));
      case 3 -> "(%s %s %s)".formatted(of(Kind.DECIMAL, d), pick("+", "*"), of(Kind.INT, d));
      case 4 -> "round(%s, 1)".formatted(of(Kind.DECIMAL, d));
      case 5 -> "sum(%s.map(x, x.price * x.qty))".formatted(of(Kind.LINES, d));
      default ->
          "(%s %s %s)".formatted(of(Kind.DECIMAL, d), pick("+", "-", "*"), of(Kind.DECIMAL, d));
    };
  }

  private String text(int d) {
    return switch (random.nextInt(9)) {
      case 0 -> "string(%s)".formatted(of(scalar(), d));
      case 1 -> "%s.sku".formatted(of(Kind.LINE, d));
      case 2 -> "%s.orValue(%s)".formatted(of(Kind.MAYBE_TEXT, d), of(Kind.TEXT, d));
      case 3 -> "%s.upperAscii()".formatted(of(Kind.TEXT, d));
      case 4 -> "%s.substring(%s)".formatted(of(Kind.TEXT, d), pick("0", "1", "2"));
      case 5 -> "%s[%s]".formatted(of(Kind.NAMES, d), of(Kind.INT, 0));
      case 6 -> "%s.note".formatted(of(Kind.LINE, d));
      default -> "(%s + %s)".formatted(of(Kind.TEXT, d), of(Kind.TEXT, d));
    };
  }

  private Kind scalar() {
    return KINDS.get(random.nextInt(Kind.DURATION.ordinal() + 1));
  }

  private String bool(int d) {
    return switch (random.nextInt(14)) {
      case 0 -> "!(%s)".formatted(of(Kind.BOOL, d));
      case 1, 2, 3 -> "(%s %s %s)".formatted(of(Kind.BOOL, d), pick("&&", "||"), of(Kind.BOOL, d));
      case 4 -> "%s.%s(%s)".formatted(of(Kind.TEXT, d), textTest(), of(Kind.TEXT, d));
      case 5 -> "(%s in %s)".formatted(of(Kind.INT, d), of(Kind.NUMBERS, d));
      case 6 ->
          pick(
              "(%s in %s)".formatted(of(Kind.TEXT, d), of(Kind.NAMES, d)),
              "(%s in %s)".formatted(of(Kind.TEXT, d), of(Kind.TABLE, d)));
      case 7 -> loop(pick("all", "exists", "exists_one"), d);
      case 8 -> loop(pick("all", "exists"), d);
      case 9 -> pick("has(input.note)", "has(input.maybe.sku)", "has(input.either.x)");
      case 10 -> "%s.hasValue()".formatted(of(pick2(Kind.MAYBE_INT, Kind.MAYBE_TEXT), d));
      case 11 ->
          "(%s %s %s)"
              .formatted(of(number(), d), pick("==", "!=", "<", ">=", ">"), of(number(), d));
      default -> {
        Kind kind = scalar();
        String operator = pick("==", "!=", "<", "<=", ">", ">=");
        yield "(%s %s %s)".formatted(of(kind, d), operator, of(kind, d));
      }
    };
  }

  private Kind number() {
    return KINDS.get(random.nextInt(4));
  }

  private static final List<String> TEXT_TESTS = List.of("startsWith", "endsWith", "contains");

  private String textTest() {
    return TEXT_TESTS.get(random.nextInt(3));
  }

  private Kind pick2(Kind one, Kind other) {
    return random.nextBoolean() ? one : other;
  }

  private String loop(String macro, int d) {
    Kind sequence = sequence();
    String range = of(sequence, d);
    String name = open(element(sequence));
    String condition = of(Kind.BOOL, d);
    close();
    return "%s.%s(%s, %s)".formatted(range, macro, name, condition);
  }

  private static Kind element(Kind sequence) {
    return switch (sequence) {
      case NUMBERS -> Kind.INT;
      case NAMES, TABLE -> Kind.TEXT;
      case AMOUNTS -> Kind.DECIMAL;
      case LINES -> Kind.LINE;
      default -> Kind.ANY;
    };
  }

  private String list(Kind element, Kind self, int d) {
    return switch (random.nextInt(6)) {
      case 0 -> "[%s, %s]".formatted(of(element, d), of(element, d));
      case 1 -> "(%s + %s)".formatted(of(self, d), of(self, d));
      case 2, 3 -> {
        String range = of(self, d);
        String name = open(element);
        String condition = of(Kind.BOOL, d);
        close();
        yield "%s.filter(%s, %s)".formatted(range, name, condition);
      }
      case 4 -> {
        Kind sequence = sequence();
        String range = of(sequence, d);
        String name = open(element(sequence));
        String body = of(element, d);
        close();
        yield "%s.map(%s, %s)".formatted(range, name, body);
      }
      default -> {
        String range = of(self, d);
        String at = open(Kind.INT);
        String name = open(element);
        String body = of(element, d);
        close();
        close();
        yield "%s.transformList(%s, %s, %s)".formatted(range, at, name, body);
      }
    };
  }

  private String table(int d) {
    return switch (random.nextInt(3)) {
      case 0 -> "{%s: %s, 'c': %s}".formatted(of(Kind.TEXT, d), of(Kind.INT, d), of(Kind.INT, d));
      case 1 -> {
        String range = of(Kind.TABLE, d);
        String key = open(Kind.TEXT);
        String value = open(Kind.INT);
        String body = of(Kind.INT, d);
        close();
        close();
        yield "%s.transformMap(%s, %s, %s)".formatted(range, key, value, body);
      }
      default -> "%s.transformMapEntry(k, e, {string(e): 1})".formatted(of(Kind.NUMBERS, d));
    };
  }

  private String any(int d) {
    return switch (random.nextInt(5)) {
      case 0 -> "(%s + %s)".formatted(of(Kind.ANY, d), of(KINDS.get(random.nextInt(5)), d));
      case 1 -> "{'a': %s, 'b': %s}".formatted(of(Kind.INT, d), of(Kind.TEXT, d));
      case 2 -> "%s.a".formatted(of(Kind.ANY, d));
      case 3 -> "%s.map(y, y)".formatted(of(Kind.ANY, d));
      default -> "dyn(%s)".formatted(of(KINDS.get(random.nextInt(KINDS.size())), d));
    };
  }
}
