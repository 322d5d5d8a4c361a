package io.unikernal.expr;

import io.unikernal.model.Value;
import java.util.List;

/**
 * A function as it is declared once: what the checker, the interpreter and the reference read.
 *
 * @param celName CEL's internal name, as {@code _+_}
 * @param clears whether the result loses the labels of the arguments
 */
record Definition(String celName, Function function, boolean clears, Body body) {

  /** Gets the receiver first. Chooses among the signatures by the values. */
  @FunctionalInterface
  interface Body {
    Value apply(Value[] arguments, Evaluation evaluation);
  }

  static Definition of(
      String name, String signatures, String meaning, String example, String result, Body body) {
    var list = List.of(signatures.split("; "));
    boolean predicate = list.stream().allMatch(s -> s.endsWith("-> bool")) && !name.equals("bool");
    return new Definition(
        name, new Function(name, list, meaning, example, result), predicate, body);
  }

  /** An operator: {@code celName} is {@code _+_} where people write {@code +}. */
  Definition named(String internal) {
    return new Definition(internal, function, clears, body);
  }

  Definition clearing() {
    return new Definition(celName, function, true, body);
  }

  Definition withBody(Body other) {
    return new Definition(celName, function, clears, other);
  }

  static EvaluationException noOverload(String name) {
    return new EvaluationException("`" + name + "` does not take such values, in");
  }
}
