package io.unikernal.kernel;

import io.unikernal.kernel.execute.Shadow;
import io.unikernal.kernel.resilience.Limits;
import io.unikernal.kernel.routing.OperationStatistics;
import io.unikernal.kernel.routing.Statistics;
import io.unikernal.model.Origin;
import io.unikernal.model.Policy;
import io.unikernal.model.Route.Guarantee;
import io.unikernal.spi.Health;
import java.util.List;
import java.util.Optional;

/** What runs and how it does. */
public record Status(
    List<SystemStatus> systems,
    List<RouteStatus> routes,
    List<PolicyStatus> policies,
    Targets targets,
    List<OperationStatus> operations) {

  public Status(List<SystemStatus> systems, List<RouteStatus> routes) {
    this(systems, routes, List.of(), Targets.NONE, List.of());
  }

  /** How the calls of one operation went. */
  public record OperationStatus(String name, OperationStatistics.Report report) {}

  /**
   * What a policy that remembers something is at: a breaker, a cache, a limit of calls at once.
   *
   * @param place where it stands, or the first place that uses it
   */
  public record PolicyStatus(String place, Policy.Kind kind, String state, Origin origin) {
    static PolicyStatus of(Limits.State one) {
      return new PolicyStatus(one.place(), one.policy().kind(), one.text(), one.policy().origin());
    }
  }

  public record SystemStatus(String name, String adapter, Health health, String description) {}

  public record RouteStatus(String name, Guarantee guarantee, Ledger.Counts counts) {}

  /**
   * What may be chosen, and what is held back.
   *
   * @param members operations and pipelines that a `choose` names, each once
   */
  public record Targets(
      List<MemberStatus> members, List<ChoiceStatus> choices, List<HeldStatus> held) {
    public static final Targets NONE = new Targets(List.of(), List.of(), List.of());
  }

  public record MemberStatus(String name, Statistics.Report report) {}

  /**
   * One `choose`.
   *
   * @param at where it is written
   * @param hedgeable how many calls a second copy could be sent of
   * @param hedged how many second copies were sent
   * @param hedgesWon how many of them answered first
   */
  public record ChoiceStatus(
      String target,
      Origin at,
      long hedgeable,
      long hedged,
      long hedgesWon,
      Optional<ShadowStatus> shadow,
      List<CanaryStatus> canaries) {}

  public record ShadowStatus(String name, Shadow.Counts counts) {}

  /** {@code rolledBack}: why, if it was. */
  public record CanaryStatus(String name, double percent, Optional<String> rolledBack) {}

  /** A step that holds messages back. */
  public record HeldStatus(String step, int waiting, long batches) {}

  /** Whether every route's books balance. */
  public boolean isBalanced() {
    return routes.stream().allMatch(route -> route.counts().isBalanced());
  }
}
