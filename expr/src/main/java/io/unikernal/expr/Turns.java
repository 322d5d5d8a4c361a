package io.unikernal.expr;

import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.util.Iterator;
import java.util.Map;

/** What generated code goes through where it is no list for certain. */
abstract sealed class Turns {
  abstract boolean next();

  /** The element, or its position where both are wanted; the key of a map. */
  abstract Value first();

  abstract Value second();

  static Turns of(Value over, boolean both, Span span) {
    return switch (over) {
      case Value.Items(var items) -> new OfList(items.iterator(), both);
      case Value.Dict _, Rec _ -> new OfMap(Collections.entries(over).entrySet().iterator());
      default -> throw new EvaluationException("nothing to go through in").at(span);
    };
  }

  private static final class OfList extends Turns {
    private final Iterator<Value> items;
    private final boolean both;
    private Value now = Value.Absent.ABSENT;
    private int position = -1;

    OfList(Iterator<Value> items, boolean both) {
      this.items = items;
      this.both = both;
    }

    @Override
    boolean next() {
      if (!items.hasNext()) {
        return false;
      }
      now = items.next();
      position++;
      return true;
    }

    @Override
    Value first() {
      return both ? Value.integer(position) : now;
    }

    @Override
    Value second() {
      return now;
    }
  }

  private static final class OfMap extends Turns {
    private final Iterator<Map.Entry<String, Value>> entries;
    private String key = "";
    private Value value = Value.Absent.ABSENT;

    OfMap(Iterator<Map.Entry<String, Value>> entries) {
      this.entries = entries;
    }

    @Override
    boolean next() {
      if (!entries.hasNext()) {
        return false;
      }
      var entry = entries.next();
      key = entry.getKey();
      value = entry.getValue();
      return true;
    }

    @Override
    Value first() {
      return Value.text(key);
    }

    @Override
    Value second() {
      return value;
    }
  }
}
