package io.unikernal.kernel.step;

import io.unikernal.model.Conform;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;

/** Lets a message in: first the limits, which cost nothing, then the check of its data. */
final class Guard implements PassageStep {
  @Override
  public Next apply(Transit transit) {
    var lane = transit.lane.orElseThrow();
    if (!lane.policies().areNone()) {
      lane.policies().acquire(transit.entry.id());
    }
    transit.isAdmitted = true;
    var type = transit.entry.operation().input();
    if (type == Type.Simple.ANY) {
      return Next.Go.ON;
    }
    var value = transit.message.body().value();
    if (transit.injected) {
      conform(transit, type, value, Conform.Extra.REFUSE);
    } else if (!isOf(type, value)) {
      conform(transit, type, value, Conform.Extra.KEEP);
    }
    return Next.Go.ON;
  }

  /** A source decodes with the type and refuses what does not fit; that is not done twice. */
  private static boolean isOf(Type type, Value value) {
    return value instanceof Rec rec
        && type.bare() instanceof Type.Record record
        && rec.shape() == record.shape();
  }

  private static void conform(Transit transit, Type type, Value value, Conform.Extra extra) {
    var what = "the input of `" + transit.entry.id() + "`";
    var fitted = Conform.to(type, value, extra, what);
    if (fitted != value) {
      transit.replaceBody(fitted);
    }
  }
}
