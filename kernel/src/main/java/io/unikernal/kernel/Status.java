package io.unikernal.kernel;

import io.unikernal.kernel.resilience.Limits;
import io.unikernal.model.Origin;
import io.unikernal.model.Policy;
import io.unikernal.model.Route.Guarantee;
import io.unikernal.spi.Health;
import java.util.List;

/** What runs and how it does. */
public record Status(
    List<SystemStatus> systems, List<RouteStatus> routes, List<PolicyStatus> policies) {

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

  /** Whether every route's books balance. */
  public boolean isBalanced() {
    return routes.stream().allMatch(route -> route.counts().isBalanced());
  }
}
