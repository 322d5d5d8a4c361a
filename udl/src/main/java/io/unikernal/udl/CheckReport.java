package io.unikernal.udl;

import io.unikernal.model.Effect;
import io.unikernal.model.Json;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import io.unikernal.model.Plan;
import io.unikernal.model.Plan.PlannedSystem;
import io.unikernal.model.PlanWalk;
import io.unikernal.model.Route;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What {@code check} says of a definition besides its diagnostics: what each route guarantees and
 * why, and what each operation does when it runs twice.
 */
public final class CheckReport {
  private CheckReport() {}

  /**
   * One object: {@code ok}, {@code diagnostics}, {@code routes}, {@code systems}, {@code
   * operations}, {@code tests}. The last four are empty where the definition has errors.
   */
  public static String json(Compilation compilation) {
    boolean isOk =
        compilation.diagnostics().stream()
            .noneMatch(diagnostic -> diagnostic.severity() == Diagnostic.Severity.ERROR);
    var routes = new ArrayList<Value>();
    var systems = new ArrayList<Value>();
    var operations = new ArrayList<Value>();
    compilation
        .draft()
        .ifPresent(plan -> {
          plan.routes().forEach(route -> routes.add(route(plan, route)));
          plan.systems().forEach(system -> systems.add(system(system, compilation)));
          operations(plan).forEach(operation -> operations.add(operation(operation, compilation)));
        });
    return "{\n\"ok\": "
        + isOk
        + ",\n\"diagnostics\": "
        + compilation.rendered().json()
        + ",\n\"routes\": "
        + list(routes)
        + ",\n\"systems\": "
        + list(systems)
        + ",\n\"operations\": "
        + list(operations)
        + ",\n\"tests\": "
        + list(compilation.tests().stream().map(TestReport::of).toList())
        + "\n}";
  }

  private static String list(List<Value> values) {
    var lines = new ArrayList<String>();
    values.forEach(
        value -> lines.add("\n " + new String(Json.write(value), StandardCharsets.UTF_8)));
    return "[" + String.join(",", lines) + (lines.isEmpty() ? "]" : "\n]");
  }

  /** Rows of operation, effect, and who says so. */
  public static List<List<String>> effects(Compilation compilation) {
    var rows = new ArrayList<List<String>>();
    compilation
        .draft()
        .ifPresent(plan ->
            operations(plan).stream()
                .filter(operation -> operation.direction() == Operation.Direction.CALLED)
                .forEach(operation ->
                    rows.add(
                        List.of(
                            operation.id(),
                            operation.effect().toString(),
                            by(compilation, operation),
                            operation.origin().toString()))));
    return rows;
  }

  private static String by(Compilation compilation, Operation operation) {
    return compilation.effectsBy().getOrDefault(operation.id(), "nobody said");
  }

  private static List<Operation> operations(Plan plan) {
    return plan.systems().stream()
        .flatMap(system -> system.operations().values().stream())
        .toList();
  }

  private static Value route(Plan plan, Route route) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("name", Value.text(route.name()));
    fields.put("from", Value.text(route.from().id()));
    fields.put(
        "to",
        Value.text(
            String.join(
                ", ",
                PlanParts.callees(route.to()).stream().map(PlanParts.Callee::name).toList())));
    fields.put("guarantee", Value.text(route.guarantee().level().toString()));
    fields.put("ordered", Value.Bool.of(route.guarantee().ordered()));
    route.guarantee().orderedBy().ifPresent(key -> fields.put("ordered_by", Value.text(key)));
    fields.put("why", Value.text(route.guarantee().why()));
    route.guarantee().weakest().ifPresent(origin -> fields.put("weakest", at(origin)));
    var calls = new ArrayList<Value>();
    calls(plan, route).forEach(operation -> calls.add(call(operation)));
    fields.put("calls", new Value.Items(calls));
    fields.putAll(place(route.origin()));
    return new Value.Dict(fields);
  }

  private static Value call(Operation operation) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("operation", Value.text(operation.id()));
    fields.put("effect", Value.text(operation.effect().toString()));
    return new Value.Dict(fields);
  }

  /** Every operation that a message of the route may come to. */
  private static Set<Operation> calls(Plan plan, Route route) {
    var calls = new LinkedHashSet<Operation>();
    PlanWalk.of(
        plan,
        route,
        new PlanWalk.Visitor() {
          @Override
          public void operation(Operation operation) {
            calls.add(operation);
          }
        });
    return calls;
  }

  private static Value system(PlannedSystem system, Compilation compilation) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("name", Value.text(system.name()));
    fields.put("type", Value.text(system.adapter()));
    fields.put(
        "clearance",
        new Value.Items(
            system.clearance().stream().sorted().map(label -> Value.text("" + label)).toList()));
    fields.put("operations", Value.integer(system.operations().size()));
    compilation.contacts().stream()
        .filter(contact -> contact.system().equals(system.name()))
        .forEach(contact -> {
          fields.put("status", Value.text(contact.status().toString()));
          fields.put("detail", Value.text(contact.detail()));
          fields.put(
              "notes", new Value.Items(contact.notes().stream().<Value>map(Value::text).toList()));
        });
    fields.putAll(place(system.origin()));
    return new Value.Dict(fields);
  }

  private static Value operation(Operation operation, Compilation compilation) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("name", Value.text(operation.id()));
    fields.put("direction", Value.text(operation.direction().name().toLowerCase(Locale.ROOT)));
    fields.put("input", Value.text(operation.input().toString()));
    fields.put("output", Value.text(operation.output().toString()));
    Effect effect = operation.effect();
    fields.put("effect", Value.text(effect.toString()));
    fields.put("by", Value.text(by(compilation, operation)));
    fields.putAll(place(operation.origin()));
    return new Value.Dict(fields);
  }

  static Value at(Origin origin) {
    return new Value.Dict(place(origin));
  }

  private static SequencedMap<String, Value> place(Origin origin) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("file", Value.text(origin.file()));
    fields.put("line", Value.integer(origin.line()));
    fields.put("column", Value.integer(origin.column()));
    return fields;
  }
}
