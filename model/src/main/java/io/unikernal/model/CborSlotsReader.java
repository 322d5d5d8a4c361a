package io.unikernal.model;

import java.util.LinkedHashMap;
import java.util.List;

/**
 * Reads what {@link CborSlotsWriter} wrote. What does not fit the type is as corrupt as the rest.
 */
final class CborSlotsReader extends CborReader {
  /** Empty as long as anything is read: the first one ends it. */
  private final Problems problems = new Problems();

  CborSlotsReader(byte[] bytes, int offset, int length) {
    super(bytes, offset, length);
  }

  Value document(Type type) {
    Value value = value(type);
    end();
    return value;
  }

  private Value value(Type type) {
    return switch (type) {
      case Type.Labelled(_, var of) -> value(of);
      case Type.Maybe(var of) -> isAbsent() ? Value.Absent.ABSENT : value(of);
      case Type.Record record -> record(record);
      case Type.Union union -> union(union);
      case Type.ListOf(var element, _) -> items(type, element);
      case Type.StreamOf(var element) -> items(type, element);
      case Type.MapOf(var of) -> map(of);
      case Type.Enum(var symbols) -> symbol(symbols);
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _ ->
          scalar(type);
    };
  }

  private boolean isAbsent() {
    return takeIf(CborSlotsWriter.ABSENT);
  }

  /** Checked as any value that comes from outside. */
  private Value scalar(Type type) {
    int from = at();
    Value value = value();
    Value fitted = Scalars.fit(type, value, problems);
    if (fitted == null) {
      throw misfit(from);
    }
    return fitted;
  }

  private FaultException misfit(int from) {
    return malformed(from, "what does not fit the type");
  }

  private Value symbol(List<String> symbols) {
    int from = at();
    long index = integer("an enum is the index of a symbol");
    if (index < 0 || index >= symbols.size()) {
      throw malformed(from, "no such symbol");
    }
    return Value.text(symbols.get((int) index));
  }

  /** The items that a list announces; no more can come than there are bytes. */
  private int count() {
    int from = at();
    int first = next();
    if (first >> 5 != 4) {
      throw malformed(from, "expected a list");
    }
    return length(first, 1);
  }

  private Value record(Type.Record type) {
    int from = at();
    int count = count();
    deeper(from);
    var shape = type.shape();
    if (count != shape.size() && count != shape.size() + 1) {
      throw malformed(from, "a record of another type");
    }
    var builder = Rec.builder(shape);
    for (int field = 0; field < shape.size(); field++) {
      var declared = shape.fields().get(field);
      int fieldFrom = at();
      if (!isAbsent()) {
        builder.set(field, value(declared.type()));
      } else if (declared.isRequired()) {
        throw malformed(fieldFrom, "a field that is required is absent");
      }
    }
    if (count > shape.size()) {
      extras(shape, builder);
    }
    shallower();
    return builder.build();
  }

  private void extras(Shape shape, Rec.Builder builder) {
    int from = at();
    if (!(value() instanceof Value.Dict(var fields)) || fields.isEmpty()) {
      throw malformed(from, "what a record has more is a map");
    }
    for (var field : fields.entrySet()) {
      if (shape.index(field.getKey()) >= 0) {
        throw malformed(from, "a field stands twice in one record");
      }
      builder.extra(field.getKey(), field.getValue());
    }
  }

  private Value union(Type.Union type) {
    int from = at();
    int count = count();
    long index = integer("a union begins with the index of its member");
    if (count != 2 || index < 0 || index >= type.members().size()) {
      throw malformed(from, "no such member of a union");
    }
    return record(type.members().get((int) index));
  }

  private Value items(Type type, Type element) {
    int from = at();
    int count = count();
    deeper(from);
    Shape.Slot slot = Shape.slotOf(element);
    List<Value> items;
    if (slot == Shape.Slot.REF) {
      int base = stack.size();
      for (int i = 0; i < count; i++) {
        stack.push(value(element));
      }
      items = new Elements(stack.pop(base));
    } else {
      var numbers = new Numbers.Builder(slot);
      for (int i = 0; i < count; i++) {
        numbers.add(Numbers.bitsOf(value(element)));
      }
      items = numbers.build();
    }
    checkSize(type, count, from);
    shallower();
    return new Value.Items(items);
  }

  private void checkSize(Type type, int count, int from) {
    if (type instanceof Type.ListOf list) {
      Fitting.checkSize(list, count, problems);
      if (!problems.isEmpty()) {
        throw misfit(from);
      }
    }
  }

  private Value map(Type type) {
    int from = at();
    int first = next();
    if (first >> 5 != 5) {
      throw malformed(from, "expected a map");
    }
    deeper(from);
    int count = length(first, 2);
    var fields = new LinkedHashMap<String, Value>();
    for (int i = 0; i < count; i++) {
      int keyFrom = at();
      if (fields.put(key(), value(type)) != null) {
        throw malformed(keyFrom, "a key stands twice in one map");
      }
    }
    shallower();
    return new Value.Dict(fields);
  }
}
