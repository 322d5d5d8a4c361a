package io.unikernal.udl;

import io.unikernal.udl.RouteReader.Written;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Of the routes from one operation, only the last may take every message. */
final class RouteOrder {
  private RouteOrder() {}

  static void check(List<Written> routes, Diagnostics diagnostics) {
    Map<String, List<Written>> byFrom = new LinkedHashMap<>();
    for (Written route : routes) {
      route
          .fromName()
          .filter(name -> route.from().isPresent())
          .ifPresent(
              name -> byFrom.computeIfAbsent(name.text(), _ -> new ArrayList<>()).add(route));
    }
    byFrom.forEach((from, group) -> check(from, group, diagnostics));
  }

  private static void check(String from, List<Written> group, Diagnostics diagnostics) {
    Optional<Written> bare = Optional.empty();
    for (Written route : group) {
      if (bare.isPresent()) {
        int line = bare.get().mapping().place().span().line();
        Code code = route.hasWhen() ? Code.UNREACHABLE_ROUTE : Code.BARE_ROUTE_TWICE;
        String what =
            route.hasWhen()
                ? "no message of `" + from + "` comes here"
                : "there are two routes without `when` from `" + from + "`";
        diagnostics
            .error(code, route.mapping().place(), what)
            .label("the route in line " + line + " takes them all");
      } else if (!route.hasWhen()) {
        bare = Optional.of(route);
      }
    }
    if (bare.isEmpty()) {
      Written last = group.getLast();
      Place place = last.mapping().get("when").map(Node::place).orElse(last.mapping().place());
      diagnostics
          .warning(
              Code.NO_CATCH_ALL,
              place,
              "a message of `" + from + "` for which no `when` is true is refused")
          .write("- { from: " + from + ", to: … }");
    }
  }
}
