package io.unikernal.model;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads values without a type, or only looks whether there is one. */
class JsonReader extends JsonScanner {
  /** Enough digits for any long; more go through BigDecimal. */
  private static final int LONG_DIGITS = 18;

  /** A double holds each whole number of so many digits, and each power of ten up to this. */
  private static final int DOUBLE_DIGITS = 15;

  private static final double[] TENS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  /** The values of all objects and lists that are open. */
  final ValueStack stack = new ValueStack();

  /**
   * The number that was taken in last: its digits with their sign, and how many are behind the
   * point.
   */
  long digits;

  int places;
  private boolean isNegative;

  JsonReader(byte[] bytes, Json.Limits limits) {
    super(bytes, limits);
  }

  final Value document() {
    begin();
    Value value = value();
    end();
    return value;
  }

  /** Looks at the whole document and makes nothing of it. */
  final void check() {
    begin();
    skip();
    end();
  }

  /** The value that begins here, in a document that was checked. */
  final Value valueAt(int from) {
    at = from;
    return value();
  }

  final Value value() {
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> Value.text(string());
      case 't' -> literal("true", Value.Bool.TRUE);
      case 'f' -> literal("false", Value.Bool.FALSE);
      case 'n' -> literal("null", Value.Null.NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw expected("a value");
    };
  }

  /** Moves behind a value; what is wrong with it is said as {@link #value} would. */
  final void skip() {
    switch (peek()) {
      case '{' -> skipObject();
      case '[' -> {
        open('[');
        if (!takeIf(']')) {
          do {
            skip();
          } while (isMore(']'));
        }
        close();
      }
      case '"' -> skipString();
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> scanNumber();
      default -> value();
    }
  }

  private void skipObject() {
    open('{');
    if (!takeIf('}')) {
      KeyPath path = KeyPath.JSON.root();
      Set<String> seen = Set.of(); // Only of keys that are on no path.
      do {
        int start = at;
        KeyPath next = seen.isEmpty() ? known(path) : null;
        if (next == null) {
          String key = key();
          next = seen.isEmpty() ? path.child(key) : null;
          if (next == null) {
            seen = seen.isEmpty() ? names(path) : seen;
            skip();
            if (!seen.add(key) && limits.keys() == Json.Keys.UNIQUE) {
              throw duplicate(start);
            }
            continue;
          }
        }
        path = next;
        skip();
      } while (isMore('}'));
    }
    close();
  }

  private static Set<String> names(KeyPath path) {
    var names = new HashSet<String>();
    for (int i = 0; i < path.keys().size(); i++) {
      names.add(path.keys().name(i));
    }
    return names;
  }

  /** Takes the key that is likely to come here, with its colon. */
  final @Nullable KeyPath known(KeyPath path) {
    for (KeyPath child : path.next()) {
      if (isNext(child.encoded)) {
        skipSpace();
        return child;
      }
    }
    return null;
  }

  /** Takes these bytes if they are here. */
  final boolean isNext(byte[] key) {
    int end = at + key.length;
    if (end > bytes.length || !isAlike(key, bytes, at)) {
      return false;
    }
    at = end;
    return true;
  }

  private Value object() {
    open('{');
    if (takeIf('}')) {
      close();
      return Value.Dict.EMPTY;
    }
    KeyPath path = KeyPath.JSON.root();
    int base = stack.size();
    do {
      int start = at;
      KeyPath next = known(path);
      if (next == null) {
        String key = key();
        next = path.child(key);
        if (next == null) {
          return unusual(path, base, key, start);
        }
      }
      stack.push(value());
      path = next;
    } while (isMore('}'));
    close();
    return new Value.Dict(new Fields(path.keys(), stack.pop(base)));
  }

  /** The rest of an object whose keys are on no path, from the value of this key on. */
  private Value unusual(KeyPath path, int base, String first, int firstStart) {
    var fields = stack.pop(base, path);
    String key = first;
    int start = firstStart;
    while (true) {
      if (fields.put(key, value()) != null && limits.keys() == Json.Keys.UNIQUE) {
        throw duplicate(start);
      }
      if (!isMore('}')) {
        break;
      }
      start = at;
      key = key();
    }
    close();
    return new Value.Dict(fields);
  }

  private Value array() {
    open('[');
    if (takeIf(']')) {
      close();
      return Value.Items.EMPTY;
    }
    int base = stack.size();
    do {
      stack.push(value());
    } while (isMore(']'));
    close();
    return new Value.Items(new Elements(stack.pop(base)));
  }

  private Value number() {
    int start = at;
    if (!isPlainNumber()) {
      at = start;
      return scanNumber() ? whole(start, at) : fraction(start, at);
    }
    if (places == 0) {
      return new Value.Int(digits);
    }
    return limits.exactFractions()
        ? new Value.Decimal(BigDecimal.valueOf(digits, places))
        : new Value.Real(plainReal());
  }

  /**
   * Takes in one of the common numbers, without an exponent: a whole one of 64 bits, or one of so
   * few digits that a double has room for them. Else it stands somewhere, having taken nothing.
   */
  final boolean isPlainNumber() {
    int i = at;
    isNegative = bytes[i] == '-';
    i += isNegative ? 1 : 0;
    int first = i;
    long number = 0;
    while (i < bytes.length && bytes[i] >= '0' && bytes[i] <= '9') {
      number = number * 10 + bytes[i++] - '0';
    }
    int whole = i - first;
    if (whole == 0 || whole > LONG_DIGITS || whole > 1 && bytes[first] == '0') {
      return false;
    }
    places = 0;
    if (i < bytes.length && bytes[i] == '.') {
      int point = i++;
      while (i < bytes.length && bytes[i] >= '0' && bytes[i] <= '9') {
        number = number * 10 + bytes[i++] - '0';
      }
      places = i - point - 1;
      if (places == 0 || whole + places > DOUBLE_DIGITS) {
        return false;
      }
    }
    if (i < bytes.length && (bytes[i] | 0x20) == 'e' || i - at > limits.numberLengthMax()) {
      return false;
    }
    at = i;
    digits = isNegative ? -number : number;
    return true;
  }

  /** The number just taken in: both parts are exact, so that their quotient is the nearest. */
  final double plainReal() {
    return isNegative ? -(-digits / TENS[places]) : digits / TENS[places];
  }

  /** The whole number between the two: 64 bits with or without a sign, else a decimal. */
  final Value whole(int from, int to) {
    return to - from <= LONG_DIGITS
        ? new Value.Int(small(from, to))
        : FromText.integer(exact(from, to));
  }

  /** A double; one that a double cannot hold stays exact, so that nothing becomes infinite. */
  final Value fraction(int from, int to) {
    if (limits.exactFractions()) {
      return new Value.Decimal(exact(from, to));
    }
    double number = Double.parseDouble(ascii(from, to));
    return Double.isInfinite(number) ? new Value.Decimal(exact(from, to)) : new Value.Real(number);
  }

  /** The number of few digits between the two. */
  final long small(int from, int to) {
    long number = 0;
    boolean negative = bytes[from] == '-';
    for (int i = negative ? from + 1 : from; i < to; i++) {
      number = number * 10 + bytes[i] - '0';
    }
    return negative ? -number : number;
  }

  final boolean isSmall(int from, int to) {
    return to - from <= LONG_DIGITS;
  }

  final BigDecimal exact(int from, int to) {
    return new BigDecimal(ascii(from, to));
  }

  private String ascii(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
