package io.unikernal.udl;

import io.unikernal.expr.Function;
import io.unikernal.expr.Functions;
import io.unikernal.expr.UserFunction;
import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What an expression may use, for people at a terminal and for programs. */
public final class FunctionList {
  private FunctionList() {}

  /** Those of the language, then those of the definition that the evaluator knows. */
  public static String text(Evaluator evaluator) {
    var text = new StringBuilder();
    for (Function function : Functions.documented()) {
      text.append(function.name()).append(": ").append(function.meaning()).append('\n');
      function.signatures().forEach(signature -> text.append("    " + signature + "\n"));
      text.append("    e.g. " + function.example() + "   gives " + function.result() + "\n");
    }
    for (UserFunction function : declared(evaluator.functions())) {
      String doc = function.doc().isEmpty() ? "" : ": " + function.doc().strip();
      text.append(function.name()).append(doc).append('\n');
      text.append("    " + function.signature() + "\n    in " + function.place() + "\n");
    }
    return text.toString();
  }

  public static String json(Evaluator evaluator) {
    return Json.pretty(
        new Value.Items(
            Stream.concat(
                    Functions.documented().stream().map(FunctionList::value),
                    declared(evaluator.functions()).stream().map(FunctionList::value))
                .toList()));
  }

  private static List<UserFunction> declared(UserFunctions more) {
    return more.names().stream().map(more::find).flatMap(Optional::stream).toList();
  }

  private static Value value(UserFunction function) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("name", Value.text(function.name()));
    fields.put("signatures", new Value.Items(List.of(Value.text(function.signature()))));
    fields.put("meaning", Value.text(function.doc()));
    fields.put("place", Value.text(function.place()));
    return new Value.Dict(fields);
  }

  private static Value value(Function function) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("name", Value.text(function.name()));
    fields.put(
        "signatures", new Value.Items(function.signatures().stream().map(Value::text).toList()));
    fields.put("meaning", Value.text(function.meaning()));
    fields.put("example", Value.text(function.example()));
    fields.put("result", Value.text(function.result()));
    return new Value.Dict(fields);
  }
}
