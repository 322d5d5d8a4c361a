package io.unikernal.expr;

import io.unikernal.model.Type;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The names that an expression may use: variables, each with its type and its slot in the frame,
 * and the functions of the definition.
 */
public record Scope(List<Variable> variables, UserFunctions functions) {
  public record Variable(String name, Type type, int slot) {}

  public Scope {
    variables = List.copyOf(variables);
  }

  public Scope(List<Variable> variables) {
    this(variables, UserFunctions.NONE);
  }

  public Scope with(UserFunctions others) {
    return new Scope(variables, others);
  }

  /** The same names with other forms of their types. */
  public Scope withTypes(UnaryOperator<Type> change) {
    return new Scope(
        variables.stream()
            .map(it -> new Variable(it.name(), change.apply(it.type()), it.slot()))
            .toList(),
        functions);
  }
}
