package io.unikernal.udl;

import io.unikernal.model.Access;
import io.unikernal.model.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an access comes to, operation by operation. */
final class AccessText {
  private AccessText() {}

  /**
   * The operations of a plan, in the order of the definition, with the roles that may call each.
   */
  static Map<String, Set<String>> matrix(Plan plan) {
    var matrix = new LinkedHashMap<String, Set<String>>();
    for (String operation : operations(plan)) {
      matrix.put(operation, plan.access().permitted(operation));
    }
    return matrix;
  }

  static List<String> operations(Plan plan) {
    var ids = new ArrayList<String>();
    plan.systems().forEach(system -> system.operations().values().forEach(op -> ids.add(op.id())));
    return ids;
  }

  /** For the text of a plan: identities, and what each role may. Empty if all is open. */
  static List<String> lines(Plan plan) {
    var lines = new ArrayList<String>();
    for (Access.Identity identity : plan.access().identities()) {
      lines.add("identity " + identity.name() + ": " + identity.provider());
    }
    for (Access.Role role : plan.access().roles()) {
      List<String> may = operations(plan).stream().filter(role::permits).toList();
      lines.add(
          "role "
              + role.name()
              + (role.workers().isEmpty() ? "" : " of " + String.join(", ", role.workers()))
              + ": "
              + (may.isEmpty() ? "nothing" : String.join(", ", may)));
    }
    return lines;
  }
}
