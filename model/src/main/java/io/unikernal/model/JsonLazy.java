package io.unikernal.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks a document whole, and makes values only of what is wanted of its uppermost level. */
final class JsonLazy extends JsonReader {
  private final List<@Nullable Value> values = new ArrayList<>();
  private final List<@Nullable Slice> slices = new ArrayList<>();

  JsonLazy(byte[] bytes, Json.Limits limits) {
    super(bytes, limits);
  }

  Value document(Set<String> wanted) {
    begin();
    Value value =
        switch (peek()) {
          case '{' -> fields(wanted);
          case '[' -> items();
          default -> value();
        };
    end();
    return limits.keys() == Json.Keys.UNIQUE
        ? from(new Slice(bytes, 0, bytes.length, limits), value)
        : value;
  }

  private Value items() {
    open('[');
    if (!takeIf(']')) {
      do {
        add(false);
      } while (isMore(']'));
    }
    close();
    return new Value.Items(
        new Elements(values.toArray(new Value[0]), slices.toArray(new Slice[0]), null));
  }

  private Value fields(Set<String> wanted) {
    Map<String, Integer> places = new HashMap<>();
    var names = new ArrayList<String>();
    open('{');
    if (!takeIf('}')) {
      do {
        int start = at;
        String key = key();
        add(wanted.contains(key));
        Integer before = places.putIfAbsent(key, names.size());
        if (before == null) {
          names.add(key);
          continue;
        }
        if (limits.keys() == Json.Keys.UNIQUE) {
          throw duplicate(start);
        }
        values.set(before, values.removeLast());
        slices.set(before, slices.removeLast());
      } while (isMore('}'));
    }
    close();
    return new Value.Dict(
        new Fields(
            new Keys(names.toArray(new String[0])),
            values.toArray(new Value[0]),
            slices.toArray(new Slice[0]),
            null));
  }

  private void add(boolean isWanted) {
    int start = at;
    if (isWanted) {
      values.add(value());
    } else {
      skip();
      values.add(null);
    }
    slices.add(new Slice(bytes, start, at, limits));
  }

  /** The same value, which knows now what document it is. */
  static Value from(Slice document, Value value) {
    return switch (value) {
      case Rec rec -> rec.from(document);
      case Value.Dict(Fields fields) -> new Value.Dict(fields.from(document));
      case Value.Items(Elements items) -> new Value.Items(items.from(document));
      default -> value;
    };
  }

  static @Nullable Slice document(Value value) {
    return switch (value) {
      case Rec rec -> rec.document();
      case Value.Dict(Fields fields) -> fields.document();
      case Value.Items(Elements items) -> items.document();
      default -> null;
    };
  }
}
