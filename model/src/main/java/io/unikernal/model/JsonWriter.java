package io.unikernal.model;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes values as JSON: compact, or indented for people and then perhaps masked. */
final class JsonWriter {
  /** In place of a level: no white space at all. */
  static final int COMPACT = -1;

  static final int DEPTH_MAX = 512;
  private static final String HEX = "0123456789abcdef";
  private final Out out = new Out();
  private final boolean isCompact;
  private int depth;

  /** {@code level} is {@link #COMPACT}, or how deep the document stands already. */
  JsonWriter(int level) {
    isCompact = level == COMPACT;
    depth = Math.max(level, 0);
  }

  byte[] document(Value value) {
    value(value);
    return out.done();
  }

  byte[] masked(Value value, Type type) {
    new Masking(this).value(value, type);
    return out.done();
  }

  /** A name with its quotes and colon. */
  static byte[] key(String name) {
    var writer = new JsonWriter(COMPACT);
    writer.text(name);
    writer.out.put(':');
    return writer.out.done();
  }

  /** The same, after the comma that parts it from what stands before. */
  static byte[] nextKey(String name) {
    byte[] key = key(name);
    var next = new byte[key.length + 1];
    next[0] = ',';
    System.arraycopy(key, 0, next, 1, key.length);
    return next;
  }

  void value(Value value) {
    if (value instanceof Value.Text(var text)) { // The most common first.
      text(text);
      return;
    }
    switch (value) {
      case Value.Absent _, Value.Null _ -> out.ascii("null");
      case Value.Bool bool -> out.ascii(bool.value() ? "true" : "false");
      case Value.Int(var number) -> out.number(number);
      case Value.UInt(var bits) -> unsigned(bits);
      case Value.Real(var number) -> real(number);
      case Value.Decimal(var number) -> {
        if (!Texts.isInRange(number)) {
          throw unwritable("a decimal with an exponent beyond " + Texts.SCALE_MAX);
        }
        out.ascii(number.toPlainString());
      }
      case Value.Text(var text) -> text(text);
      case Value.Bytes(var bytes) -> quoted(Base64.getEncoder().encodeToString(bytes));
      case Value.Timestamp(var moment) -> {
        if (!Texts.isInRange(moment)) {
          throw unwritable("a timestamp outside the years 0001 to 9999");
        }
        quoted(Texts.of(moment));
      }
      case Value.Date(var date) -> {
        if (!Texts.isInRange(date)) {
          throw unwritable("a date outside the years 0001 to 9999");
        }
        quoted(Texts.of(date));
      }
      case Value.Time(var time) -> quoted(Texts.of(time));
      case Value.Duration(var duration) -> quoted(Texts.of(duration));
      case Value.Uuid(var uuid) -> quoted(uuid.toString());
      case Value.Items(var items) -> items(items);
      case Value.Dict(var fields) -> {
        open('{');
        boolean first = fields(fields, true);
        close('}', first);
      }
      case Rec rec -> record(rec);
    }
  }

  private void items(List<Value> items) {
    open('[');
    for (int i = 0; i < items.size(); i++) {
      separate(i == 0);
      if (items instanceof Numbers numbers) {
        bits(numbers.slot(), numbers.bits(i));
      } else if (isCompact && items instanceof Elements elements && elements.slice(i) != null) {
        slice(elements.slice(i));
      } else {
        value(items.get(i));
      }
    }
    close(']', items.isEmpty());
  }

  private void bits(Shape.Slot slot, long bits) {
    switch (slot) {
      case BOOL -> out.ascii(bits != 0 ? "true" : "false");
      case INT -> out.number(bits);
      case UINT -> unsigned(bits);
      case REAL -> real(Double.longBitsToDouble(bits));
      case REF -> throw new AssertionError("no primitive");
    }
  }

  /** A part of another document that nobody changed. */
  private void slice(@Nullable Slice slice) {
    if (slice != null) {
      out.put(slice.bytes(), slice.from(), slice.length());
    }
  }

  /** Writes what is there, and answers whether nothing has been written yet. */
  private boolean fields(Map<String, Value> map, boolean isFirst) {
    boolean first = isFirst;
    if (map instanceof Fields fields) {
      for (int i = 0; i < fields.size(); i++) {
        Slice slice = isCompact ? fields.slice(i) : null;
        if (slice == null && fields.value(i) == Value.Absent.ABSENT) {
          continue;
        }
        separate(first);
        name(fields.name(i));
        first = false;
        if (slice == null) {
          value(fields.value(i));
        } else {
          slice(slice);
        }
      }
      return first;
    }
    for (Map.Entry<String, Value> field : map.entrySet()) {
      if (field.getValue() != Value.Absent.ABSENT) {
        separate(first);
        name(field.getKey());
        value(field.getValue());
        first = false;
      }
    }
    return first;
  }

  private void record(Rec rec) {
    open('{');
    var shape = rec.shape();
    Shape.Facts[] known = shape.facts();
    boolean first = true;
    for (int field = 0; field < known.length; field++) {
      if (!rec.has(field)) {
        continue;
      }
      Shape.Facts facts = known[field];
      if (isCompact) {
        out.put(first ? facts.jsonKey() : facts.jsonNextKey());
      } else {
        separate(first);
        out.put(facts.jsonKey());
        out.put(' ');
      }
      first = false;
      Shape.Slot slot = shape.slot(field);
      if (facts.isJsonText()) {
        out.put('"');
      }
      if (slot == Shape.Slot.REF) {
        value(rec.get(field));
      } else {
        bits(slot, rec.bits(field));
      }
      if (facts.isJsonText()) {
        out.put('"');
      }
    }
    first = fields(rec.extras(), first);
    close('}', first);
  }

  void open(char bracket) {
    if (++depth > DEPTH_MAX) {
      throw unwritable("what is nested deeper than " + DEPTH_MAX + " levels");
    }
    out.put(bracket);
  }

  void close(char bracket, boolean isEmpty) {
    depth--;
    if (!isEmpty) {
      line();
    }
    out.put(bracket);
  }

  void separate(boolean first) {
    if (!first) {
      out.put(',');
    }
    line();
  }

  private void line() {
    if (!isCompact) {
      out.put('\n');
      for (int i = 0; i < depth; i++) {
        out.ascii("  ");
      }
    }
  }

  void name(String name) {
    text(name);
    out.put(':');
    if (!isCompact) {
      out.put(' ');
    }
  }

  private void unsigned(long bits) {
    if (bits >= 0) {
      out.number(bits);
    } else {
      out.ascii(Long.toUnsignedString(bits));
    }
  }

  private void real(double number) {
    if (!Double.isFinite(number)) {
      throw unwritable("the double " + number);
    }
    out.real(number);
  }

  private void quoted(String ascii) {
    out.put('"');
    out.ascii(ascii);
    out.put('"');
  }

  void text(String text) {
    int plain = out.plain(text);
    if (plain < text.length()) {
      rest(text, plain);
      out.put('"');
    }
  }

  private void rest(String text, int from) {
    if (!Utf8.isValid(text)) {
      throw unwritable("a text with half a pair of surrogates");
    }
    int plain = from;
    for (int i = from; i < text.length(); i++) {
      char sign = text.charAt(i);
      if (sign >= ' ' && sign != '"' && sign != '\\') {
        continue;
      }
      if (i > plain) {
        out.utf8(text.substring(plain, i));
      }
      plain = i + 1;
      escape(sign);
    }
    if (plain < text.length()) {
      out.utf8(text.substring(plain));
    }
  }

  private void escape(char sign) {
    switch (sign) {
      case '"' -> out.ascii("\\\"");
      case '\\' -> out.ascii("\\\\");
      case '\n' -> out.ascii("\\n");
      case '\r' -> out.ascii("\\r");
      case '\t' -> out.ascii("\\t");
      case '\b' -> out.ascii("\\b");
      case '\f' -> out.ascii("\\f");
      default -> {
        out.ascii("\\u00");
        out.put(HEX.charAt(sign >> 4));
        out.put(HEX.charAt(sign & 15));
      }
    }
  }

  private static FaultException unwritable(String what) {
    return Fault.of(Fault.Code.INVALID, "JSON cannot hold " + what).toException();
  }
}
