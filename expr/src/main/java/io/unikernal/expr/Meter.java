package io.unikernal.expr;

import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;

/**
 * What values weigh, for the budget of a run: functions go through their arguments and build their
 * result, and loops call them as often as they like.
 */
final class Meter {
  private static final int ELEMENT_WORK = 8;

  private Meter() {}

  /** The function, paying for what it goes through and for what it builds. */
  static Definition metered(Definition function) {
    Definition.Body body = function.body();
    return function.withBody((arguments, run) -> {
      long work = 0;
      for (Value argument : arguments) {
        work += work(argument);
      }
      run.spend(work);
      Value result = body.apply(arguments, run);
      run.built(size(result));
      return result;
    });
  }

  /** How many chars, bytes or elements one goes through. */
  static long length(Value value) {
    return switch (value) {
      case Value.Text(var text) -> text.length();
      case Value.Bytes(var bytes) -> bytes.length;
      case Value.Items(var items) -> items.size();
      case Value.Dict(var fields) -> fields.size();
      case Value.Absent _,
          Value.Null _,
          Value.Bool _,
          Value.Int _,
          Value.UInt _,
          Value.Real _,
          Value.Decimal _,
          Value.Timestamp _,
          Value.Date _,
          Value.Time _,
          Value.Duration _,
          Value.Uuid _,
          Rec _,
          ValueStream _ ->
          0;
    };
  }

  /** As {@link #length}; to do something with an element takes longer than with a char. */
  private static long work(Value value) {
    return value instanceof Value.Items || value instanceof Value.Dict
        ? length(value) * ELEMENT_WORK
        : length(value);
  }

  /** How much of the budget for built values it takes. */
  static long size(Value value) {
    return value instanceof Value.Items || value instanceof Value.Dict
        ? length(value) * Evaluation.ELEMENT
        : length(value);
  }

  /** Before two values are compared, or one is looked for in the other. */
  static void comparing(Value left, Value right, Evaluation run) {
    if (left instanceof Value.Items(var items)) {
      run.spend(items.size());
    }
    if (right instanceof Value.Items(var items)) {
      run.spend(items.size());
    }
  }
}
