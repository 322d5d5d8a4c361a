package io.unikernal.udl;

import io.unikernal.expr.Function;
import io.unikernal.expr.Functions;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.util.LinkedHashMap;

/** What an expression may use, for people at a terminal and for programs. */
public final class FunctionList {
  private FunctionList() {}

  public static String text() {
    var text = new StringBuilder();
    for (Function function : Functions.all()) {
      text.append(function.name()).append(": ").append(function.meaning()).append('\n');
      function.signatures().forEach(signature -> text.append("    " + signature + "\n"));
      text.append("    e.g. " + function.example() + "   gives " + function.result() + "\n");
    }
    return text.toString();
  }

  public static String json() {
    var items = Functions.all().stream().map(FunctionList::value).toList();
    return Json.pretty(new Value.Items(items));
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
