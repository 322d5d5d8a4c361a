package io.unikernal.bridge;

import io.unikernal.model.Effect;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Type;
import io.unikernal.model.TypeParser;
import io.unikernal.model.Value;
import io.unikernal.spi.Describes.Description;
import io.unikernal.spi.Describes.Problem;
import io.unikernal.spi.OperationRule.Result.Shaped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns what a worker says of itself ({@code describe}, HELLO) into operations. */
final class DescriptionReader implements TypeParser.Names {
  private final Map<String, Type.Record> records = new LinkedHashMap<>();
  private final Map<String, Set<String>> defaults = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final String file;

  private static final String UPDATE = "use the SDK of this installation";

  private DescriptionReader(String file) {
    this.file = file;
  }

  static Description read(Value description, String file) {
    return new DescriptionReader(file).read(description);
  }

  private Description read(Value description) {
    Value error = description.field("error");
    if (error != Value.Absent.ABSENT) {
      String type = error.fieldText("type");
      String message = error.fieldText("message");
      int line = error.field("line") instanceof Value.Int(var number) ? (int) number : 0;
      String where = error.fieldText("file");
      return new Description.Failed(
          List.of(
              new Problem(
                  where.isEmpty() ? file : where,
                  line,
                  type.isEmpty() ? message : type + ": " + message,
                  "")));
    }
    if (!(description.field("v") instanceof Value.Int(var version)) || version != 1) {
      problems.add(new Problem(file, 0, "its description is of another version", UPDATE));
    }
    readDefaults(description.field("defaults"));
    readTypes(description.field("types"));
    SequencedMap<String, Shaped> operations = new LinkedHashMap<>();
    for (Value function : items(description.field("functions"))) {
      operations.put(function.fieldText("name"), function(function));
    }
    return problems.isEmpty()
        ? new Description.Described(operations)
        : new Description.Failed(List.copyOf(problems));
  }

  private void readDefaults(Value written) {
    if (written instanceof Value.Dict(var named)) {
      named.forEach((record, fields) -> {
        var names = items(fields).stream().map(DescriptionReader::text);
        defaults.put(record, names.collect(Collectors.toSet()));
      });
    }
  }

  private void readTypes(Value types) {
    if (!(types instanceof Value.Dict(var named))) {
      return;
    }
    named.keySet().forEach(name -> records.put(name, new Type.Record(name)));
    named.forEach((name, fields) -> record(name).define(fields(name, fields)));
  }

  private Type.Record record(String name) {
    return Optional.ofNullable(records.get(name)).orElseThrow();
  }

  /** A field that has a default in the language may be left out; the language fills it. */
  private List<Type.Field> fields(String record, Value fields) {
    var list = new ArrayList<Type.Field>();
    Set<String> filled = defaults.getOrDefault(record, Set.of());
    if (fields instanceof Value.Dict(var named)) {
      named.forEach((name, written) ->
          list.add(
              new Type.Field(
                  name,
                  type(record + "." + name, text(written), 0),
                  filledIf(filled.contains(name)),
                  "")));
    }
    return list;
  }

  private static Optional<Value> filledIf(boolean hasDefault) {
    return hasDefault ? Optional.of(Value.Absent.ABSENT) : Optional.empty();
  }

  private Shaped function(Value function) {
    String name = function.fieldText("name");
    int line = function.field("line") instanceof Value.Int(var number) ? (int) number : 0;
    var parameters = new ArrayList<Type.Field>();
    for (Value parameter : items(function.field("params"))) {
      String parameterName = parameter.fieldText("name");
      boolean optional = parameter.field("optional") == Value.Bool.TRUE;
      parameters.add(
          new Type.Field(
              parameterName,
              type(name + "." + parameterName, parameter.fieldText("type"), line),
              filledIf(optional),
              ""));
    }
    Type returns = type(name, function.fieldText("returns"), line);
    return new Shaped(
        Direction.CALLED,
        new Type.Record("", parameters),
        returns,
        Effect.UNKNOWN,
        PythonAdapter.capabilities(returns),
        function.fieldText("doc"));
  }

  private Type type(String what, String text, int line) {
    return switch (TypeParser.parse(text.isEmpty() ? "any" : text, this)) {
      case TypeParser.Result.Parsed(var type) -> type;
      case TypeParser.Result.Wrong wrong -> {
        problems.add(
            new Problem(
                file, line, "the type of `" + what + "`: " + wrong.message(), wrong.hint()));
        yield Type.Simple.ANY;
      }
    };
  }

  @Override
  public Optional<Type> find(String name) {
    return Optional.ofNullable(records.get(name));
  }

  @Override
  public List<String> all() {
    return List.copyOf(records.keySet());
  }

  private static List<Value> items(Value value) {
    return value instanceof Value.Items(var list) ? list : List.of();
  }

  private static String text(Value value) {
    return value instanceof Value.Text(var string) ? string : "";
  }
}
