package io.unikernal.udl;

import io.unikernal.model.Expression;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import io.unikernal.model.Value;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The tests beside a definition as values, for whoever reads the report of {@code check}. Records
 * are looked at by their components, so that nothing that a test says is left out of it.
 */
final class TestReport {
  private TestReport() {}

  static Value of(DefinitionTest test) {
    return record(test);
  }

  private static Value record(Record part) {
    var fields = new LinkedHashMap<String, Value>();
    for (RecordComponent component : part.getClass().getRecordComponents()) {
      present(value(part, component))
          .filter(found -> !isEmpty(found))
          .ifPresent(found -> fields.put(snake(component.getName()), of(found)));
    }
    return new Value.Dict(fields);
  }

  private static boolean isEmpty(Object part) {
    return part instanceof Collection<?> items && items.isEmpty()
        || part instanceof Map<?, ?> map && map.isEmpty();
  }

  private static Optional<Object> present(Object part) {
    return switch (part) {
      case Optional<?> optional -> optional.map(value -> value);
      case OptionalInt number ->
          number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
      case OptionalLong number ->
          number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
      default -> Optional.of(part);
    };
  }

  private static Value of(Object part) {
    return switch (part) {
      case Value value -> value;
      case Boolean bool -> Value.Bool.of(bool);
      case Integer number -> Value.integer(number);
      case Long number -> Value.integer(number);
      case Double number -> new Value.Real(number);
      case Duration time -> Value.text(Quantities.text(time));
      case Operation operation -> Value.text(operation.id());
      case Expression expression -> Value.text(expression.text());
      case Origin origin -> CheckReport.at(origin);
      case ValuePattern.Anything() -> Value.text("*");
      case ValuePattern.Exactly(var value) -> value;
      case ValuePattern.Fields(var fields) -> of(fields);
      case ValuePattern.Items(var items) -> of(items);
      case Map<?, ?> map -> {
        var fields = new LinkedHashMap<String, Value>();
        map.forEach((key, value) -> fields.put(String.valueOf(key), of(value)));
        yield new Value.Dict(fields);
      }
      case Collection<?> items ->
          new Value.Items(items.stream().map(item -> of((Object) item)).toList());
      case Record other -> record(other);
      default -> Value.text(String.valueOf(part));
    };
  }

  private static String snake(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private static Object value(Record part, RecordComponent component) {
    try {
      return component.getAccessor().invoke(part);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }
}
