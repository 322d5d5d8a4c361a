package io.unikernal.udl;

import io.unikernal.model.Operation;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Plan.PlannedSystem;
import io.unikernal.model.PlanWalk;
import io.unikernal.model.Policy;
import io.unikernal.model.Policy.Together;
import io.unikernal.model.Route;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The policies that count for one route, place by place on its way, each list in the fixed order in
 * which they apply.
 */
public record EffectivePolicies(Route route, List<Place> places) {

  /**
   * A place on the way of a message: the whole of it, or one call.
   *
   * @param name as {@code route web.in -> place}, {@code pipeline place}, {@code saved: db.save}
   */
  public record Place(String name, List<Effective> policies) {}

  /**
   * A policy that counts.
   *
   * @param level who says so: {@code step}, {@code route}, {@code system} and so on
   * @param replaced those of its kind that therefore do not count
   */
  public record Effective(Policy policy, String level, List<Replaced> replaced) {
    /** The policy in one line. */
    public String text() {
      return PolicyText.of(policy);
    }
  }

  /** A policy that another one replaced. */
  public record Replaced(Policy policy, String level) {
    /** The policy in one line. */
    public String text() {
      return PolicyText.of(policy);
    }
  }

  /** Of all routes of a plan that this compiler made. */
  public static List<EffectivePolicies> of(Plan plan) {
    return plan.routes().stream().map(route -> of(plan, route)).toList();
  }

  private static EffectivePolicies of(Plan plan, Route route) {
    var places = new ArrayList<Place>();
    Guards around =
        route.to() instanceof Route.Target.ToOperation(var operation)
            ? Guards.merge(route.policies(), system(plan, operation))
            : Guards.from(route.policies());
    places.add(place("route " + route.name(), around));
    PlanWalk.of(plan, route, new Places(plan, places));
    return new EffectivePolicies(route, List.copyOf(places));
  }

  private record Places(Plan plan, List<Place> found) implements PlanWalk.Visitor {
    @Override
    public void pipeline(Pipeline pipeline) {
      found.add(place("pipeline " + pipeline.name(), Guards.from(pipeline.policies())));
    }

    @Override
    public void step(String of, Step step) {
      String at = of + "." + step.head().name();
      List<Policy> own = step.head().policies();
      found.add(
          switch (step) {
            case Step.Call call -> called(at, own, call.target());
            case Step.Run run -> place(at + ": " + run.pipeline(), Guards.from(own));
            case Step.Routed _, Step.Set _, Step.Parallel _, Step.ForEach _, Step.Choose _ ->
                place(at, Guards.from(own));
            case Step.Try _, Step.Wait _, Step.Reply _, Step.Filter _, Step.Batch _ ->
                place(at, Guards.from(own));
            case Step.Window _ -> place(at, Guards.from(own));
          });
    }

    @Override
    public void member(String at, SmartTarget.Member member) {
      switch (member.target()) {
        case Route.Target.ToOperation(var operation) ->
            found.add(called(at, member.policies(), operation));
        case Route.Target.ToPipeline(var name) ->
            found.add(place(at + ": " + name, Guards.from(member.policies())));
        case SmartTarget _ -> {}
      }
    }

    private Place called(String at, List<Policy> own, Operation operation) {
      return place(
          at + ": " + operation.id(), Guards.merge(Guards.from(own), system(plan, operation)));
    }
  }

  private static List<Policy> system(Plan plan, Operation operation) {
    return plan.systems().stream()
        .filter(system -> system.name().equals(operation.system()))
        .map(PlannedSystem::policies)
        .findFirst()
        .orElse(List.of());
  }

  private static Place place(String name, Guards guards) {
    var effective = new ArrayList<Effective>();
    for (Guards.Guard guard : guards.guards()) {
      boolean isLeast = least(guards, guard.policy().kind()).filter(p -> p != guard).isEmpty();
      if (isLeast) {
        effective.add(
            new Effective(guard.policy(), level(guard), replaced(guards, guard.policy())));
      }
    }
    effective.sort(Comparator.comparing(one -> one.policy().kind()));
    return new Place(name, List.copyOf(effective));
  }

  /** Of those of which the least counts, that one. */
  private static Optional<Guards.Guard> least(Guards guards, Policy.Kind kind) {
    return guards.guards().stream()
        .filter(guard -> guard.policy().kind() == kind && kind.together() == Together.LEAST)
        .min(
            Comparator.comparing(guard ->
                guard.policy() instanceof Policy.Timeout timeout
                    ? timeout.after()
                    : java.time.Duration.ZERO));
  }

  /** The nearest of them first. */
  private static List<Replaced> replaced(Guards guards, Policy by) {
    Stream<Guards.Guard> longer =
        guards.guards().stream()
            .filter(guard -> guard.policy() != by && guard.policy().kind() == by.kind())
            .filter(_ -> by.kind().together() == Together.LEAST);
    Stream<Guards.Guard> farther =
        guards.replaced().stream()
            .map(Guards.Replaced::guard)
            .filter(guard -> guard.policy().kind() == by.kind());
    return Stream.concat(longer, farther)
        .sorted(Comparator.comparing((Guards.Guard guard) -> guard.scope().level()).reversed())
        .map(guard -> new Replaced(guard.policy(), level(guard)))
        .toList();
  }

  private static String level(Guards.Guard guard) {
    return guard.scope().level().name().toLowerCase(Locale.ROOT);
  }
}
