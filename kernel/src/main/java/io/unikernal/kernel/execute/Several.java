package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Policies;
import io.unikernal.kernel.routing.Selection;
import io.unikernal.kernel.routing.Trial;
import io.unikernal.model.Expression;
import io.unikernal.model.Origin;
import io.unikernal.model.SmartTarget.Slots;
import java.util.List;
import java.util.Optional;

/** A target of several members with everything resolved. */
public sealed interface Several {
  List<Member> members();

  Slots slots();

  Origin origin();

  record All(List<Member> members, Slots slots, Origin origin) implements Several {}

  record First(List<Member> members, Slots slots, Origin origin) implements Several {}

  record Fallback(List<Member> members, Slots slots, Origin origin) implements Several {}

  /**
   * One of the members, by {@code selection}, whose candidates have the members' order.
   *
   * @param key for the way that needs one
   * @param prefer the name of the member that the author wants
   * @param usual how the members did, where canaries are compared with them
   */
  record Choose(
      List<Member> members,
      Selection selection,
      Optional<Expression> key,
      Optional<Expression> prefer,
      Optional<Hedging> hedging,
      Optional<Shadow> shadow,
      List<Canary> canaries,
      Trial.Tally usual,
      Slots slots,
      Origin origin)
      implements Several {
    Member named(String name) {
      return members.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    }
  }

  /** One that may be called; as in the plan. */
  record Member(String name, Aim aim, Expression with, Expression answer) {}

  /** What is called. */
  sealed interface Aim {
    record ToCallee(Callee callee, Policies policies) implements Aim {}

    record ToGraph(Graph graph) implements Aim {}

    record ToSeveral(Several several) implements Aim {}

    /** For events and failures. */
    default String text() {
      return switch (this) {
        case ToCallee(var callee, _) -> callee.id();
        case ToGraph(var graph) -> graph.name();
        case ToSeveral(var several) -> several.text();
      };
    }
  }

  default String text() {
    var kind =
        switch (this) {
          case Choose _ -> "choose";
          case All _ -> "all";
          case First _ -> "first";
          case Fallback _ -> "fallback";
        };
    return kind + " of " + String.join(", ", members().stream().map(m -> m.aim().text()).toList());
  }
}
