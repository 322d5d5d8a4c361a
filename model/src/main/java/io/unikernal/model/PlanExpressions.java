package io.unikernal.model;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The expressions that a part of a plan evaluates. */
public final class PlanExpressions {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Expression> found = new ArrayList<>();

  private PlanExpressions() {}

  /** Those of a route, a pipeline, a system or a list of such, wherever in it they stand. */
  public static List<Expression> of(Object part) {
    var walk = new PlanExpressions();
    walk.visit(part);
    return walk.found;
  }

  /** Plans are records all through: what is found so cannot be forgotten for a new kind of step. */
  private void visit(Object part) {
    switch (part) {
      case Expression expression -> {
        if (seen.add(expression)) {
          found.add(expression);
        }
      }
      case Type _, Value _ -> {}
      case Optional<?> optional -> optional.ifPresent(this::visit);
      case Collection<?> all -> all.forEach(this::visit);
      case Map<?, ?> map -> map.values().forEach(this::visit);
      case Record data -> {
        if (seen.add(data)) {
          for (RecordComponent component : data.getClass().getRecordComponents()) {
            visit(value(data, component));
          }
        }
      }
      default -> {}
    }
  }

  private static Object value(Record data, RecordComponent component) {
    try {
      return component.getAccessor().invoke(data);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a plan's records are public", e);
    }
  }
}
