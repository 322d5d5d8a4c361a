package io.unikernal.model;

import java.util.List;
import java.util.Map;

/**
 * Writes values in slot form: both sides know the type, so that records are lists of their fields
 * in the order of the type, without names. {@link Cbor#writeSlots} says how.
 */
final class CborSlotsWriter {
  static final int ABSENT = 0xf7;

  private final CborWriter writer = new CborWriter();

  byte[] document(Type type, Value value) {
    value(type, value);
    return writer.done();
  }

  private void value(Type type, Value value) {
    switch (type) {
      case Type.Labelled(_, var of) -> value(of, value);
      case Type.Maybe(var of) -> {
        if (value == Value.Absent.ABSENT) {
          writer.octet(ABSENT);
        } else {
          value(of, value);
        }
      }
      case Type.Record record -> record(record, rec(record, value));
      case Type.Union union -> union(union, value);
      case Type.ListOf(var element, _) -> items(element, value);
      case Type.StreamOf(var element) -> items(element, value);
      case Type.MapOf(var of) -> map(of, value);
      case Type.Enum(var symbols) -> symbol(symbols, value);
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _ ->
          writer.value(value);
    }
  }

  private void symbol(List<String> symbols, Value value) {
    int index = value instanceof Value.Text(var text) ? symbols.indexOf(text) : -1;
    fits(index >= 0);
    writer.integer(index);
  }

  private static Rec rec(Type.Record type, Value value) {
    if (value instanceof Rec rec && rec.shape() == type.shape()) {
      return rec;
    }
    throw misfit();
  }

  private static void fits(boolean isSo) {
    if (!isSo) {
      throw misfit();
    }
  }

  /** Only a value that was fitted to the type has a slot form. */
  private static IllegalArgumentException misfit() {
    return new IllegalArgumentException("the value was not made for this type");
  }

  private void record(Type.Record type, Rec rec) {
    writer.deeper();
    var shape = rec.shape();
    writer.head(4, shape.size() + (rec.extras().isEmpty() ? 0 : 1));
    for (int field = 0; field < shape.size(); field++) {
      if (!rec.has(field)) {
        writer.octet(ABSENT);
      } else if (shape.slot(field) == Shape.Slot.REF) {
        value(type.fields().get(field).type(), rec.get(field));
      } else {
        writer.bits(shape.slot(field), rec.bits(field));
      }
    }
    if (!rec.extras().isEmpty()) {
      writer.map(rec.extras());
    }
    writer.shallower();
  }

  private void union(Type.Union type, Value value) {
    int index = 0;
    for (Type.Record member : type.members()) {
      if (value instanceof Rec rec && rec.shape() == member.shape()) {
        writer.head(4, 2);
        writer.integer(index);
        record(member, rec);
        return;
      }
      index++;
    }
    throw misfit();
  }

  private void items(Type element, Value value) {
    if (!(value instanceof Value.Items(var items))) {
      throw misfit();
    }
    writer.deeper();
    writer.head(4, items.size());
    if (items instanceof Numbers numbers) {
      for (int i = 0; i < numbers.size(); i++) {
        writer.bits(numbers.slot(), numbers.bits(i));
      }
    } else {
      items.forEach(item -> value(element, item));
    }
    writer.shallower();
  }

  private void map(Type type, Value value) {
    if (!(value instanceof Value.Dict(var fields))) {
      throw misfit();
    }
    writer.deeper();
    var entries = CborWriter.inOrder(fields);
    writer.head(5, entries.size());
    for (Map.Entry<String, Value> field : entries) {
      writer.text(field.getKey());
      value(type, field.getValue());
    }
    writer.shallower();
  }
}
