package io.unikernal.expr;

import io.unikernal.model.Type;
import java.util.List;
import java.util.function.UnaryOperator;

/** The names that an expression may use, each with its type and its slot in the frame. */
public record Scope(List<Variable> variables) {
  public record Variable(String name, Type type, int slot) {}

  public Scope {
    variables = List.copyOf(variables);
  }

  /** The same names with other forms of their types. */
  public Scope withTypes(UnaryOperator<Type> change) {
    return new Scope(
        variables.stream()
            .map(it -> new Variable(it.name(), change.apply(it.type()), it.slot()))
            .toList());
  }
}
