package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Policy;
import io.unikernal.model.Value;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.EffectivePolicies;
import io.unikernal.udl.EffectivePolicies.Effective;
import io.unikernal.udl.EffectivePolicies.Place;
import io.unikernal.udl.EffectivePolicies.Replaced;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "policy",
    description =
        "Prints the policies that count for each route, in the order in which they apply.",
    footer = {
      "",
      "A ROUTE is what its message begins at, as web.create_order, or its whole name.",
      "Exit codes: 0 ok, 1 the definition has errors, 2 usage.",
      "",
      "Examples:",
      "  unikernal policy orders.udl.yaml",
      "  unikernal policy orders.udl.yaml web.create_order",
    })
final class PolicyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DefinitionArgument definition = new DefinitionArgument();

  @Parameters(index = "1", arity = "0..1", paramLabel = "ROUTE", description = "Only this route.")
  private String route = "";

  @Option(
      names = "--offline",
      description = "Run no user code: functions are what the definition says.")
  private boolean offline;

  @Option(names = "--json", description = "Print them as JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    var compilation = definition.compile(AdapterCatalog.load(), offline);
    PrintWriter out = spec.commandLine().getOut();
    if (compilation.draft().isEmpty()) {
      spec.commandLine().getErr().print(compilation.rendered().text(DefinitionArgument.color()));
      spec.commandLine().getErr().flush();
      return ExitCode.FINDINGS;
    }
    List<EffectivePolicies> all = EffectivePolicies.of(compilation.draft().get());
    List<EffectivePolicies> chosen =
        all.stream()
            .filter(one ->
                route.isEmpty()
                    || one.route().name().equals(route)
                    || one.route().from().id().equals(route))
            .toList();
    if (chosen.isEmpty() && !route.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "There is no route `" + route + "`.");
    }
    if (json) {
      var routes = new ArrayList<Value>();
      chosen.forEach(one -> routes.add(json(one)));
      out.println(Json.pretty(new Value.Items(routes)));
    } else {
      chosen.forEach(one -> print(one, out));
    }
    out.flush();
    return ExitCode.OK;
  }

  private static void print(EffectivePolicies route, PrintWriter out) {
    for (Place place : route.places()) {
      boolean isWhole = place == route.places().getFirst();
      if (place.policies().isEmpty() && !isWhole) {
        continue;
      }
      out.println((isWhole ? "" : "  ") + place.name());
      if (place.policies().isEmpty()) {
        out.println("  no policy of the route");
      }
      var rows = new ArrayList<List<String>>();
      for (Effective policy : place.policies()) {
        rows.add(List.of(policy.text(), policy.level(), policy.policy().origin().toString()));
        for (Replaced other : policy.replaced()) {
          rows.add(
              List.of(
                  "  instead of " + other.text(),
                  other.level(),
                  other.policy().origin().toString()));
        }
      }
      out.print(Output.table(rows).indent(isWhole ? 0 : 2));
    }
  }

  private static Value json(EffectivePolicies route) {
    var places = new ArrayList<Value>();
    for (Place place : route.places()) {
      var policies = new ArrayList<Value>();
      for (Effective policy : place.policies()) {
        var replaced = new ArrayList<Value>();
        policy
            .replaced()
            .forEach(other ->
                replaced.add(new Value.Dict(json(other.policy(), other.text(), other.level()))));
        var fields = json(policy.policy(), policy.text(), policy.level());
        fields.put("replaced", new Value.Items(replaced));
        policies.add(new Value.Dict(fields));
      }
      var fields = new LinkedHashMap<String, Value>();
      fields.put("name", Value.text(place.name()));
      fields.put("policies", new Value.Items(policies));
      places.add(new Value.Dict(fields));
    }
    var fields = new LinkedHashMap<String, Value>();
    fields.put("route", Value.text(route.route().name()));
    fields.put("places", new Value.Items(places));
    return new Value.Dict(fields);
  }

  private static LinkedHashMap<String, Value> json(Policy policy, String text, String level) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("type", Value.text(policy.kind().toString()));
    fields.put("text", Value.text(text));
    fields.put("level", Value.text(level));
    fields.put("file", Value.text(policy.origin().file()));
    fields.put("line", Value.integer(policy.origin().line()));
    fields.put("column", Value.integer(policy.origin().column()));
    return fields;
  }
}
