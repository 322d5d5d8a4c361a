package io.unikernal.model;

/**
 * Looks whether a value plainly fits its type, and makes nothing of it. It says yes only where
 * reading the value would find nothing wrong and add nothing to it; where it says no, nothing is
 * known, and whoever asks reads the value instead. So it needs no word on what is wrong.
 */
class JsonFits extends JsonReader {
  private static final int FIELDS_MAX = Long.SIZE;
  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  private static final long[] TENS = tens();

  JsonFits(byte[] bytes, Json.Limits limits) {
    super(bytes, limits);
  }

  private static long[] tens() {
    var tens = new long[19];
    tens[0] = 1;
    for (int i = 1; i < tens.length; i++) {
      tens[i] = tens[i - 1] * 10;
    }
    return tens;
  }

  /**
   * Moves behind the value that begins here where it fits; else stays.
   *
   * @param level how deep in the document's type it stands
   */
  final boolean skipsFitting(Type type, int level) {
    int start = at;
    int depth = depth();
    boolean fits = false;
    try {
      fits = fits(type, level);
    } catch (FaultException _) {
      // Reading says it, in its own words.
    }
    if (!fits) {
      goBack(start, depth);
    }
    return fits;
  }

  private boolean fits(Type type, int level) {
    return switch (type) {
      case Type.Maybe(var of) -> peek() != 'n' && fits(of, level);
      case Type.Labelled(_, var of) -> fits(of, level);
      case Type.Record record -> level < Fitting.DEPTH_MAX && fitsRecord(record.shape(), level);
      case Type.ListOf list -> level < Fitting.DEPTH_MAX && fitsList(list, level);
      case Type.Text text -> fitsText(text);
      case Type.Int(var range) -> isWhole() && isIn(range);
      case Type.UInt(var range) -> isWhole() && digits >= 0 && isIn(range);
      case Type.Real(var range) -> range.isAll() && isPlain();
      case Type.Decimal decimal -> fitsDecimal(decimal);
      case Type.Simple simple ->
          switch (simple) {
            case BOOL -> isNext(TRUE) || isNext(FALSE);
            case ANY -> {
              skip();
              yield true;
            }
            case NULL, TIMESTAMP, DATE, TIME, DURATION, UUID, BLOB -> false;
          };
      // To know whether these fit is to make the value.
      case Type.Bytes _, Type.Enum _, Type.MapOf _, Type.Union _, Type.StreamOf _ -> false;
    };
  }

  private boolean isPlain() {
    int sign = peek();
    return (sign == '-' || (sign >= '0' && sign <= '9')) && isPlainNumber();
  }

  private boolean isWhole() {
    return isPlain() && places == 0;
  }

  private boolean isIn(Type.Range range) {
    return range.isAll() || range.contains(digits);
  }

  private boolean fitsDecimal(Type.Decimal type) {
    if (!isPlain()) {
      return false;
    }
    int whole = type.precision() - type.scale();
    return type.precision() == 0
        || (places <= type.scale()
            && (whole >= TENS.length || Math.abs(digits) / TENS[places] < TENS[whole]));
  }

  private boolean fitsText(Type.Text type) {
    if (peek() != '"' || type.pattern().isPresent()) {
      return false;
    }
    int start = at;
    skipString();
    if (type.length().isAll()) {
      return true;
    }
    int length = at - start - 2;
    for (int i = start; i < at; i++) {
      if (bytes[i] < 0 || bytes[i] == '\\') {
        return false; // Its bytes are not its characters.
      }
    }
    return type.length().contains(length);
  }

  private boolean fitsList(Type.ListOf type, int level) {
    if (peek() != '[') {
      return false;
    }
    open('[');
    int size = 0;
    if (!takeIf(']')) {
      do {
        size++;
        if (!fits(type.element(), level + 1)) {
          return false;
        }
      } while (isMore(']'));
    }
    close();
    return type.size().isAll() || type.size().contains(size);
  }

  private boolean fitsRecord(Shape shape, int level) {
    if (peek() != '{' || shape.size() > FIELDS_MAX) {
      return false;
    }
    Shape.Facts[] facts = shape.facts();
    long seen = 0;
    long given = 0;
    int next = 0;
    open('{');
    if (!takeIf('}')) {
      do {
        int field = next < facts.length && isNext(facts[next].jsonKey()) ? next : -1;
        if (field >= 0) {
          skipSpace();
        } else {
          field = shape.index(key());
        }
        if (field < 0 || (seen >>> field & 1) != 0 || facts[field].isJsonText()) {
          return false;
        }
        seen |= 1L << field;
        next = field + 1;
        if (peek() == 'n' && facts[field].isNullNothing()) {
          literal("null", Value.Null.NULL);
        } else if (fits(shape.fields().get(field).type(), level + 1)) {
          given |= 1L << field;
        } else {
          return false;
        }
      } while (isMore('}'));
    }
    close();
    return isComplete(shape, given);
  }

  /** No default is to be filled in, and nothing is missing. */
  private static boolean isComplete(Shape shape, long given) {
    for (int field = 0; field < shape.size(); field++) {
      if ((given >>> field & 1) == 0) {
        Type.Field declared = shape.fields().get(field);
        if (declared.isRequired() || declared.fallback().isPresent()) {
          return false;
        }
      }
    }
    return true;
  }
}
