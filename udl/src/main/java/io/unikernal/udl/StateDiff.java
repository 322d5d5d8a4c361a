package io.unikernal.udl;

import io.unikernal.model.Plan;
import io.unikernal.model.Plan.StateKeys;
import io.unikernal.udl.PlanDiff.How;
import java.util.Optional;

/** Whether what is kept is sealed by another definition, or by other keys. */
final class StateDiff {
  private StateDiff() {}

  static void add(Plan before, Plan after, PlanDiff diff) {
    if (!before.state().equals(after.state())) {
      String was = text(before.state());
      String is = text(after.state());
      String detail = was.equals(is) ? is + ", by other keys" : was + " -> " + is;
      diff.add(ChangeRule.STATE_KEYS, How.CHANGED, "state", detail);
    }
  }

  static String text(Optional<StateKeys> state) {
    return state
        .map(keys ->
            switch (keys.old().size()) {
              case 0 -> "sealed";
              case 1 -> "sealed (1 old key)";
              default -> "sealed (" + keys.old().size() + " old keys)";
            })
        .orElse("in clear");
  }
}
