package io.unikernal.kernel;

import io.unikernal.model.Route.Guarantee;
import io.unikernal.spi.Health;
import java.util.List;

/** What runs and how it does. */
public record Status(List<SystemStatus> systems, List<RouteStatus> routes) {

  public record SystemStatus(String name, String adapter, Health health, String description) {}

  public record RouteStatus(String name, Guarantee guarantee, Ledger.Counts counts) {}

  /** Whether every route's books balance. */
  public boolean isBalanced() {
    return routes.stream().allMatch(route -> route.counts().isBalanced());
  }
}
