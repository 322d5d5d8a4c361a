package io.unikernal.udl;

import io.unikernal.expr.Scope;
import io.unikernal.model.Builtin;
import io.unikernal.model.Frame;
import io.unikernal.model.Type;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The names that are visible at one place of a pipeline or route. */
final class Variables {
  private final Map<String, Bound> bound = new LinkedHashMap<>();

  /** Why a name that exists elsewhere is not visible here. */
  private final Map<String, String> hidden = new HashMap<>();

  /** Many expressions see the same: made once, until the names change. */
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
    copy.hidden.putAll(hidden);
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
    result.hidden.putAll(hidden);
    result.put("error", Builtin.ERROR, Frame.ERROR, Optional.empty());
    return result;
  }

  /**
   * As {@link #afterError}, where only the steps that {@code before} did not have may be missing.
   */
  Variables afterError(Variables before) {
    Variables result = withError();
    since(before)
        .forEach((name, known) -> {
          Scope.Variable variable = known.variable();
          result.put(name, variable.type().maybe(), variable.slot(), known.origin());
        });
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

  /** Says of names that were visible in a block why they are not after it. */
  void hide(Map<String, Bound> names, String reason) {
    names.keySet().stream()
        .filter(name -> !bound.containsKey(name))
        .forEach(name -> hidden.put(name, reason));
  }

  /** Hides everything. */
  void forget(String reason) {
    bound.keySet().forEach(name -> hidden.put(name, reason));
    bound.clear();
    scope = Optional.empty();
  }

  /** Why the name is not visible, if it is known. */
  Optional<String> whyHidden(String name) {
    return Optional.ofNullable(hidden.get(name));
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
