package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Ledger;
import io.unikernal.kernel.Status;
import io.unikernal.model.Fault;
import io.unikernal.spi.Health;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How a change is told to be a bad one, so that the definition before comes back: a system goes
 * down that was not down, or more messages of one route fail than it is allowed.
 *
 * @param trial how long is looked
 * @param errorsMax the share of a route's messages that may fail, from 0 to 1
 */
public record HealthRule(Duration trial, double errorsMax) {
  public static final double ERRORS_MAX = 0.1;
  private static final Duration TRIAL_MAX = Duration.ofMinutes(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  /** A route with fewer messages says nothing yet. */
  private static final long MESSAGES_MIN = 10;

  /**
   * @throws io.unikernal.model.FaultException INVALID
   */
  public HealthRule {
    if (trial.isNegative() || trial.isZero() || trial.compareTo(TRIAL_MAX) > 0) {
      throw Fault.of(Fault.Code.INVALID, "a trial is between 1 and 600 seconds long").toException();
    }
    if (!(errorsMax >= 0 && errorsMax <= 1)) {
      throw Fault.of(Fault.Code.INVALID, "between 0 and 100 percent of messages may fail")
          .toException();
    }
  }

  /** Looks until the trial is over; what is worse, if something is. */
  Optional<String> watch(Kernel kernel, World world, Status before) throws InterruptedException {
    long end = world.nanos() + trial.toNanos();
    while (kernel.isRunning()) {
      var found = breach(before, kernel.status());
      if (found.isPresent() || world.nanos() - end >= 0) {
        return found;
      }
      world.sleep(LOOK_EVERY);
    }
    return Optional.empty();
  }

  private Optional<String> breach(Status before, Status now) {
    return now.systems().stream()
        .filter(system -> isDown(system) && !isDownIn(before, system.name()))
        .map(system -> "`" + system.name() + "` is down")
        .findFirst()
        .or(() ->
            now.routes().stream()
                .flatMap(route -> failing(route, countsIn(before, route.name())).stream())
                .findFirst());
  }

  private static boolean isDownIn(Status status, String name) {
    return status.systems().stream().anyMatch(one -> one.name().equals(name) && isDown(one));
  }

  private static boolean isDown(Status.SystemStatus system) {
    return system.health() instanceof Health.Down;
  }

  private static Ledger.Counts countsIn(Status status, String route) {
    return status.routes().stream()
        .filter(one -> one.name().equals(route))
        .map(Status.RouteStatus::counts)
        .findFirst()
        .orElseGet(() -> new Ledger.Counts(0, 0, 0, 0, 0, 0));
  }

  private Optional<String> failing(Status.RouteStatus route, Ledger.Counts before) {
    long failed = failures(route.counts()) - failures(before);
    long ended = ended(route.counts()) - ended(before);
    if (ended < MESSAGES_MIN || failed <= errorsMax * ended) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%d of %d messages of `%s` failed, more than %s %%",
            failed,
            ended,
            route.name(),
            percent()));
  }

  private String percent() {
    return String.format(Locale.ROOT, "%.1f", errorsMax * 100).replaceFirst("\\.0$", "");
  }

  private static long failures(Ledger.Counts counts) {
    return counts.failed() + counts.deadLettered();
  }

  private static long ended(Ledger.Counts counts) {
    return failures(counts) + counts.delivered() + counts.dropped();
  }
}
