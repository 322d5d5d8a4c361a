package io.unikernal.udl;

import io.unikernal.model.Access;
import io.unikernal.model.Access.Identity;
import io.unikernal.model.Access.Role;
import io.unikernal.model.Plan;
import io.unikernal.udl.PlanDiff.How;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who may call more or less by another definition, and how callers are known. */
final class AccessDiff {
  private final Plan before;
  private final Plan after;
  private final PlanDiff diff;

  private AccessDiff(Plan before, Plan after, PlanDiff diff) {
    this.before = before;
    this.after = after;
    this.diff = diff;
  }

  static void add(Plan before, Plan after, PlanDiff diff) {
    new AccessDiff(before, after, diff).compare();
  }

  private void compare() {
    Access was = before.access();
    Access is = after.access();
    if (was.isOpen() && !is.isOpen()) {
      diff.add(ChangeRule.ACCESS_CLOSED, How.CHANGED, "access", "open to all -> by roles");
    } else if (!was.isOpen() && is.isOpen()) {
      diff.add(ChangeRule.ACCESS_OPENED, How.CHANGED, "access", "by roles -> open to all");
    }
    identities(was, is);
    var names = new LinkedHashSet<String>();
    was.roles().forEach(role -> names.add(role.name()));
    is.roles().forEach(role -> names.add(role.name()));
    for (String name : names) {
      role(name, role(was, name), role(is, name));
    }
  }

  private static Optional<Role> role(Access access, String name) {
    return access.roles().stream().filter(role -> role.name().equals(name)).findFirst();
  }

  private void identities(Access was, Access is) {
    Map<String, Identity> old = new LinkedHashMap<>();
    was.identities().forEach(identity -> old.put(identity.name(), identity));
    for (Identity now : is.identities()) {
      Identity known = old.remove(now.name());
      String what = "identity " + now.name();
      if (known == null) {
        diff.add(ChangeRule.IDENTITY_ADDED, How.ADDED, what, now.provider());
      } else if (!known.provider().equals(now.provider())) {
        diff.add(
            ChangeRule.IDENTITY_CHANGED,
            How.CHANGED,
            what,
            known.provider() + " -> " + now.provider());
      } else {
        diff.options(ChangeRule.IDENTITY_CHANGED, what, known.config(), now.config());
      }
    }
    old.values()
        .forEach(gone ->
            diff.add(
                ChangeRule.IDENTITY_REMOVED,
                How.REMOVED,
                "identity " + gone.name(),
                gone.provider()));
  }

  private void role(String name, Optional<Role> was, Optional<Role> is) {
    How how = was.isEmpty() ? How.ADDED : is.isEmpty() ? How.REMOVED : How.CHANGED;
    var operations = new LinkedHashSet<>(AccessText.operations(before));
    operations.addAll(AccessText.operations(after));
    var more = new ArrayList<String>();
    var less = new ArrayList<String>();
    for (String operation : operations) {
      boolean could = was.map(role -> role.permits(operation)).orElse(false);
      boolean can = is.map(role -> role.permits(operation)).orElse(false);
      if (can && !could) {
        more.add(operation);
      } else if (could && !can) {
        less.add(operation);
      }
    }
    tell(ChangeRule.GRANT_WIDER, how, name, "may call ", more);
    tell(ChangeRule.GRANT_NARROWER, how, name, "may no more call ", less);
    List<String> old = was.map(role -> List.copyOf(role.workers())).orElse(List.of());
    List<String> now = is.map(role -> List.copyOf(role.workers())).orElse(List.of());
    tell(
        ChangeRule.GRANT_WIDER,
        how,
        name,
        "had by the worker ",
        now.stream().filter(worker -> !old.contains(worker)).toList());
    tell(
        ChangeRule.GRANT_NARROWER,
        how,
        name,
        "had no more by the worker ",
        old.stream().filter(worker -> !now.contains(worker)).toList());
  }

  private void tell(ChangeRule rule, How how, String role, String what, List<String> names) {
    if (!names.isEmpty()) {
      diff.add(rule, how, "role " + role, what + String.join(", ", names));
    }
  }
}
