package io.unikernal.expr;

import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BooleanSupplier;

/** The loops of the interpreter. Each turn is counted, so that none runs for ever. */
final class Loops {
  private Loops() {}

  static Value collect(Ir.Collect loop, Evaluation run) {
    var values = new ArrayList<Value>();
    each(
        loop.range(),
        loop.first(),
        loop.second(),
        run,
        () -> {
          if (holds(loop.filter(), run)) {
            values.add(Interpreter.evaluate(loop.element(), run));
          }
          return true;
        });
    return new Value.Items(values);
  }

  static Value collectMap(Ir.CollectMap loop, Evaluation run) {
    SequencedMap<String, Value> fields = new LinkedHashMap<>();
    each(
        loop.range(),
        loop.first(),
        loop.second(),
        run,
        () -> {
          if (holds(loop.filter(), run)) {
            if (!(Interpreter.evaluate(loop.key(), run) instanceof Value.Text(var key))) {
              throw new EvaluationException("the keys of a map are texts, but not in")
                  .at(loop.span());
            }
            put(fields, key, Interpreter.evaluate(loop.value(), run), loop);
          }
          return true;
        });
    return new Value.Dict(fields);
  }

  static Value collectEntries(Ir.CollectEntries loop, Evaluation run) {
    SequencedMap<String, Value> fields = new LinkedHashMap<>();
    each(
        loop.range(),
        loop.first(),
        loop.second(),
        run,
        () -> {
          if (holds(loop.filter(), run)) {
            Collections.entries(Interpreter.evaluate(loop.entries(), run))
                .forEach((key, value) -> put(fields, key, value, loop));
          }
          return true;
        });
    return new Value.Dict(fields);
  }

  private static void put(SequencedMap<String, Value> fields, String key, Value value, Ir loop) {
    if (fields.put(key, value) != null) {
      throw new EvaluationException("the same key twice in").at(loop.span());
    }
  }

  static Value fold(Ir.Fold fold, Evaluation run) {
    run.locals[fold.accumulator()] = Interpreter.evaluate(fold.start(), run);
    // An error while turning is the accumulator's value until a later turn absorbs it.
    var pending = new ArrayList<EvaluationException>(1);
    each(
        fold.range(),
        fold.first(),
        fold.second(),
        run,
        () -> {
          if (pending.isEmpty() && !Interpreter.isTrue(fold.condition(), run)) {
            return false;
          }
          turn(fold, run, pending);
          return true;
        });
    if (!pending.isEmpty()) {
      throw pending.getFirst();
    }
    return Interpreter.evaluate(fold.result(), run);
  }

  /**
   * {@code all} and {@code exists} step by {@code accumulator && predicate}: after an error the
   * predicate alone decides whether the error is absorbed.
   */
  private static void turn(Ir.Fold fold, Evaluation run, List<EvaluationException> pending) {
    try {
      Value next = Interpreter.evaluate(fold.turn(), run);
      boolean absorbed =
          pending.isEmpty()
              || (fold.turn() instanceof Ir.And && next == Value.Bool.FALSE)
              || (fold.turn() instanceof Ir.Or && next == Value.Bool.TRUE);
      if (absorbed) {
        run.locals[fold.accumulator()] = next;
        pending.clear();
      }
    } catch (EvaluationException e) {
      if (!(fold.turn() instanceof Ir.And || fold.turn() instanceof Ir.Or)) {
        throw e;
      }
      if (pending.isEmpty()) {
        pending.add(e);
      }
    }
  }

  private static boolean holds(Optional<Ir> filter, Evaluation run) {
    return filter.isEmpty() || Interpreter.isTrue(filter.get(), run);
  }

  /**
   * Runs {@code body} with the loop's variables set, until it says stop: one variable gets a list's
   * elements or a map's keys, two get position and element or key and value.
   */
  private static void each(Ir range, int first, int second, Evaluation run, BooleanSupplier body) {
    Value over = Interpreter.evaluate(range, run);
    switch (over) {
      case Value.Items(var items) -> {
        for (int i = 0; i < items.size(); i++) {
          run.step();
          run.locals[first] = second < 0 ? items.get(i) : Value.integer(i);
          if (second >= 0) {
            run.locals[second] = items.get(i);
          }
          if (!body.getAsBoolean()) {
            return;
          }
        }
      }
      case Value.Dict _, Rec _ -> {
        for (var entry : Collections.entries(over).entrySet()) {
          run.step();
          run.locals[first] = Value.text(entry.getKey());
          if (second >= 0) {
            run.locals[second] = entry.getValue();
          }
          if (!body.getAsBoolean()) {
            return;
          }
        }
      }
      default -> throw new EvaluationException("nothing to go through in").at(range.span());
    }
  }
}
