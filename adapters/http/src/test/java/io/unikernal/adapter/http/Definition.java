package io.unikernal.adapter.http;

import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Config;
import io.unikernal.model.Field;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import io.unikernal.model.Type;
import io.unikernal.model.TypeParser;
import io.unikernal.spi.OperationRule.Result;
import io.unikernal.spi.SystemContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** A system as the checker would make it. */
final class Definition {
  private final String name;
  private final SequencedMap<Field<?>, Object> options = new LinkedHashMap<>();
  private final List<Operation> operations = new ArrayList<>();

  Definition(String name) {
    this.name = name;
  }

  <T> Definition with(Field<T> option, T value) {
    options.put(option, value);
    return this;
  }

  /** Options come in pairs: field, value. */
  Definition operation(String operation, Object... pairs) {
    Config own = config(pairs);
    Config system = new Config(options);
    switch (new HttpRule().apply(operation, own, system)) {
      case Result.Shaped shaped ->
          operations.add(
              new Operation(
                  name,
                  operation,
                  shaped.direction(),
                  shaped.input(),
                  shaped.output(),
                  shaped.effect(),
                  shaped.capabilities(),
                  own,
                  "",
                  Origin.NONE));
      case Result.Refused(var problems) -> throw new AssertionError(problems.toString());
    }
    return this;
  }

  static Config config(Object... pairs) {
    var map = new LinkedHashMap<Field<?>, Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((Field<?>) pairs[i], pairs[i + 1]);
    }
    return new Config(map);
  }

  static SequencedMap<String, Type> types(String... pairs) {
    var map = new LinkedHashMap<String, Type>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], type(pairs[i + 1]));
    }
    return map;
  }

  static Type type(String text, Type.Record... names) {
    var scope =
        new TypeParser.Names() {
          @Override
          public Optional<Type> find(String wanted) {
            return List.of(names).stream()
                .filter(r -> r.name().equals(wanted))
                .<Type>map(r -> r)
                .findFirst();
          }

          @Override
          public List<String> all() {
            return List.of(names).stream().map(Type.Record::name).toList();
          }
        };
    return switch (TypeParser.parse(text, scope)) {
      case TypeParser.Result.Parsed(var type) -> type;
      case TypeParser.Result.Wrong wrong -> throw new AssertionError(wrong.toString());
    };
  }

  static Type.Record record(String recordName, Object... pairs) {
    var fields = new ArrayList<Type.Field>();
    for (int i = 0; i < pairs.length; i += 2) {
      Type type = pairs[i + 1] instanceof Type given ? given : type((String) pairs[i + 1]);
      fields.add(Type.Field.of((String) pairs[i], type));
    }
    return new Type.Record(recordName, fields);
  }

  Operation operation(String operation) {
    return operations.stream().filter(o -> o.name().equals(operation)).findFirst().orElseThrow();
  }

  List<Operation> operations() {
    return operations;
  }

  SystemContext context() {
    return new SystemContext(
        name,
        new Config(options),
        List.copyOf(operations),
        Path.of("."),
        Path.of("."),
        new SystemWorld(),
        (_, _, _, _) -> {
          throw new UnsupportedOperationException();
        },
        System.getLogger("test"));
  }
}
