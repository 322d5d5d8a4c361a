package io.unikernal.udl;

import io.unikernal.expr.Scope;
import io.unikernal.model.Builtin;
import io.unikernal.model.Frame;
import io.unikernal.model.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The names that are visible at one place of a pipeline or route. */
final class Variables {
  private final Map<String, Bound> bound = new LinkedHashMap<>();

  /** Many expressions see the same: made once, until a name is added. */
  private Optional<Scope> scope = Optional.empty();

  /** {@code origin} is what a `set` step writes, to follow where a value comes from. */
  record Bound(Scope.Variable variable, Optional<Node> origin) {}

  static Variables of(Type input) {
    var variables = new Variables();
    variables.put("input", input, Frame.INPUT, Optional.empty());
    variables.put("meta", Builtin.META, Frame.META, Optional.empty());
    variables.put("auth", Builtin.AUTH, Frame.AUTH, Optional.empty());
    return variables;
  }

  Variables copy() {
    var copy = new Variables();
    copy.bound.putAll(bound);
    copy.scope = scope;
    return copy;
  }

  /** As seen by `on_error`: what steps gave may be missing, and there is an error. */
  Variables afterError() {
    var result = new Variables();
    bound.forEach((name, known) -> {
      Scope.Variable variable = known.variable();
      boolean isStep = variable.slot() >= Frame.FIRST_STEP;
      Type type = isStep ? variable.type().maybe() : variable.type();
      result.put(name, type, variable.slot(), known.origin());
    });
    result.put("error", Builtin.ERROR, Frame.ERROR, Optional.empty());
    return result;
  }

  /** With `error`, for the `on_error` of a step. */
  Variables withError() {
    Variables result = copy();
    result.put("error", Builtin.ERROR, Frame.ERROR, Optional.empty());
    return result;
  }

  Scope.Variable put(String name, Type type, int slot, Optional<Node> origin) {
    var variable = new Scope.Variable(name, type, slot);
    put(name, new Bound(variable, origin));
    return variable;
  }

  void put(String name, Bound known) {
    bound.put(name, known);
    scope = Optional.empty();
  }

  Optional<Bound> find(String name) {
    return Optional.ofNullable(bound.get(name));
  }

  Scope scope() {
    Scope made =
        scope.orElseGet(() -> new Scope(bound.values().stream().map(Bound::variable).toList()));
    scope = Optional.of(made);
    return made;
  }

  /** The names that steps gave, which {@code before} did not have. */
  Map<String, Bound> since(Variables before) {
    var result = new LinkedHashMap<String, Bound>();
    bound.forEach((name, known) -> {
      if (!before.bound.containsKey(name)) {
        result.put(name, known);
      }
    });
    return result;
  }
}
