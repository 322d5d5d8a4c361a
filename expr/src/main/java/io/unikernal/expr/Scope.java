package io.unikernal.expr;

import io.unikernal.model.Type;
import java.util.List;

/** The names that an expression may use, each with its type and its slot in the frame. */
public record Scope(List<Variable> variables) {
  public record Variable(String name, Type type, int slot) {}

  public Scope {
    variables = List.copyOf(variables);
  }
}
