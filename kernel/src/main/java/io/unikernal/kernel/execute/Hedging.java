package io.unikernal.kernel.execute;

import io.unikernal.kernel.routing.HedgeBudget;
import io.unikernal.kernel.routing.Statistics;
import io.unikernal.model.SmartTarget.Hedge;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** When a second copy is sent, how many may be, and how many were. */
public final class Hedging {
  private final Hedge when;
  final HedgeBudget budget = new HedgeBudget();
  private final LongAdder calls = new LongAdder();
  final LongAdder sent = new LongAdder();
  final LongAdder won = new LongAdder();

  Hedging(Hedge when) {
    this.when = when;
  }

  /** Empty where nothing is known yet of how long the member takes. */
  Optional<Duration> after(Statistics first) {
    return switch (when) {
      case Hedge.After(var time) -> Optional.of(time);
      case Hedge.AtPercentile(double percentile) -> first.percentile(percentile);
    };
  }

  void called() {
    calls.increment();
    budget.fill();
  }

  public long calls() {
    return calls.sum();
  }

  public long sent() {
    return sent.sum();
  }

  /** How many of the copies answered first. */
  public long won() {
    return won.sum();
  }
}
