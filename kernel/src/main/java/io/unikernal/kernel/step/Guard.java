package io.unikernal.kernel.step;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.execute.Asking;
import io.unikernal.kernel.execute.Engine;
import io.unikernal.model.Conform;
import io.unikernal.model.FaultException;
import io.unikernal.model.Lenient;
import io.unikernal.model.Outcome;
import io.unikernal.model.Policy;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;

/** Lets a message in: first the limits, which cost nothing, then the check of its data. */
final class Guard implements PassageStep {
  private final Engine engine;

  Guard(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Next apply(Transit transit) {
    var lane = transit.lane.orElseThrow();
    if (!lane.policies().hasGates()) {
      transit.isAdmitted = true;
      fit(transit, lane);
      return Next.Go.ON;
    }
    var asking = engine.asking(transit.prepared(lane), transit.inputOf(lane));
    if (lane.policies().readInput()) {
      fitOrAskRest(transit, lane, asking);
    }
    if (!lane.policies().admit(asking)) {
      return new Next.End(new Outcome.Dropped("sample"));
    }
    transit.isAdmitted = true;
    fit(transit, lane);
    return Next.Go.ON;
  }

  /** Policies look at data that fits only; who may not even ask is not told that it does not. */
  private void fitOrAskRest(Transit transit, Entry.Lane lane, Asking asking) {
    try {
      fit(transit, lane);
    } catch (FaultException e) {
      lane.policies().admitUnread(asking);
      transit.isAdmitted = true;
      throw e;
    }
  }

  private void fit(Transit transit, Entry.Lane lane) {
    var type = transit.entry.operation().input();
    if (type == Type.Simple.ANY) {
      return;
    }
    if (lane.policies().validate().isPresent()) {
      fit(transit, type, lane.policies().validate().get());
      return;
    }
    var value = transit.message.body().value();
    if (transit.injected) {
      conform(transit, type, value, Conform.Extra.REFUSE);
    } else if (!isOf(type, value)) {
      conform(transit, type, value, Conform.Extra.KEEP);
    }
  }

  /** As a policy says. */
  private void fit(Transit transit, Type type, Policy.Validate policy) {
    boolean isFit = false;
    try {
      isFit = fits(transit, type, policy.mode());
    } finally {
      if (!isFit) {
        engine.acted(policy);
      }
    }
  }

  /** Whether it was left as it is. */
  private boolean fits(Transit transit, Type type, Policy.Mode mode) {
    switch (mode) {
      case OFF -> {
        return false;
      }
      case STRICT -> conform(transit, type, transit.message.body().value(), Conform.Extra.REFUSE);
      case LENIENT -> {
        var value = transit.message.body().value();
        var fitted = Lenient.to(type, value, what(transit));
        if (fitted.value() != value) {
          transit.replaceBody(fitted.value());
        }
        if (!fitted.taken().isEmpty()) {
          engine.tell(
              new Listener.Event.Coerced(
                  transit.lane.orElseThrow().route().name(), transit.message.id(), fitted.taken()));
          return false;
        }
      }
    }
    return true;
  }

  private static String what(Transit transit) {
    return "the input of `" + transit.entry.id() + "`";
  }

  /** A source decodes with the type and refuses what does not fit; that is not done twice. */
  private static boolean isOf(Type type, Value value) {
    return value instanceof Rec rec
        && type.bare() instanceof Type.Record record
        && rec.shape() == record.shape();
  }

  private static void conform(Transit transit, Type type, Value value, Conform.Extra extra) {
    var fitted = Conform.to(type, value, extra, what(transit));
    if (fitted != value) {
      transit.replaceBody(fitted);
    }
  }
}
