package io.unikernal.udl;

import io.unikernal.model.Route;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.SmartTarget.Hedge;
import io.unikernal.model.SmartTarget.Member;
import java.util.stream.Collectors;

/** The part of a {@link PlanText} that tells of smart targets. */
final class TargetPlan {
  private final PlanText text;

  TargetPlan(PlanText text) {
    this.text = text;
  }

  static String name(Route.Target target) {
    return switch (target) {
      case Route.Target.ToOperation(var operation) -> operation.id();
      case Route.Target.ToPipeline(var name) -> name;
      case SmartTarget.Choose _ -> "choose";
      case SmartTarget.All _ -> "all";
      case SmartTarget.First _ -> "first";
      case SmartTarget.Fallback _ -> "fallback";
    };
  }

  void write(int depth, SmartTarget target) {
    String slots = " [" + target.slots().given() + " -> " + target.slots().answered() + "]";
    String how = target instanceof SmartTarget.Choose choose ? how(choose) : "";
    text.line(depth, name(target) + slots + how);
    target.members().forEach(member -> member(depth + 1, "", member));
    if (target instanceof SmartTarget.Choose choose) {
      choose.shadow().ifPresent(member -> member(depth + 1, "shadow ", member));
      choose
          .canaries()
          .forEach(
              canary -> member(depth + 1, "canary " + canary.percent() + "% ", canary.member()));
    }
  }

  private static String how(SmartTarget.Choose choose) {
    String how = " by " + choose.by();
    if (!choose.weights().isEmpty()) {
      how += ", weights " + numbers(choose.weights());
    }
    if (!choose.costs().isEmpty()) {
      how += ", costs " + numbers(choose.costs());
    }
    how += choose.key().map(key -> ", key " + key.text()).orElse("");
    how += choose.prefer().map(prefer -> ", prefer " + prefer.text()).orElse("");
    return how + choose.hedge().map(hedge -> ", hedge " + hedge(hedge)).orElse("");
  }

  private static String numbers(java.util.SequencedMap<String, Double> numbers) {
    return numbers.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue())
        .collect(Collectors.joining(", ", "{ ", " }"));
  }

  private static String hedge(Hedge hedge) {
    return switch (hedge) {
      case Hedge.AtPercentile(double percentile) -> "p" + percentile;
      case Hedge.After(var time) -> Quantities.text(time);
    };
  }

  private void member(int depth, String role, Member member) {
    String with = " with " + PlanText.expression(member.with());
    text.line(
        depth,
        role + name(member.target()) + with + ", answer " + PlanText.expression(member.answer()));
    text.policies(depth + 1, member.policies());
    if (member.target() instanceof SmartTarget inner) {
      write(depth + 1, inner);
    }
  }
}
