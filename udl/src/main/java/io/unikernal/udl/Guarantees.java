package io.unikernal.udl;

import io.unikernal.model.Capability;
import io.unikernal.model.Effect;
import io.unikernal.model.Operation;
import io.unikernal.model.Route.Guarantee;
import io.unikernal.model.Route.Guarantee.Level;
import io.unikernal.udl.PipelineReader.Call;
import java.util.List;
import java.util.Optional;

/** What a route can promise, from what its source keeps and its calls do when run twice. */
final class Guarantees {
  private Guarantees() {}

  /** {@code isRetried}: a policy repeats all calls together. */
  static Guarantee of(Operation source, List<Call> calls, boolean isRetried) {
    boolean isOrdered = source.capabilities().contains(Capability.ORDERED);
    if (source.capabilities().contains(Capability.REDELIVERS)) {
      return calls.stream()
          .filter(call -> !call.effect().isRepeatable())
          .findFirst()
          .map(call -> weakened(isOrdered, call, source.id() + " sends again"))
          .orElseGet(() ->
              new Guarantee(
                  Level.EFFECTIVELY_ONCE, isOrdered, "a second run of its calls does no harm"));
    }
    Optional<Call> repeated =
        calls.stream()
            .filter(call -> !call.effect().isRepeatable() && (isRetried || call.isRetried()))
            .findFirst();
    return repeated
        .map(call -> weakened(isOrdered, call, repeated(call)))
        .orElseGet(() ->
            new Guarantee(Level.AT_MOST_ONCE, isOrdered, source.id() + " does not send again"));
  }

  /** Of a route that stores its messages: it tries them again, whatever its source does. */
  static Guarantee durable(Operation source, List<Call> calls) {
    boolean isOrdered = source.capabilities().contains(Capability.ORDERED);
    return calls.stream()
        .filter(call -> !call.effect().isRepeatable())
        .findFirst()
        .map(call -> weakened(isOrdered, call, "tried again, also after a restart"))
        .orElseGet(() ->
            new Guarantee(
                Level.EFFECTIVELY_ONCE,
                isOrdered,
                "stored, also through a restart; a second run of its calls does no harm"));
  }

  private static String repeated(Call call) {
    return switch (call.repeat()) {
      case NOT, RETRIED -> "retried";
      case BESIDE -> "beside others";
    };
  }

  /** A call that may run twice, and should not. */
  private static Guarantee weakened(boolean isOrdered, Call call, String why) {
    Effect effect = call.effect();
    String text = call.op().operation().id() + ": effect " + effect + ", " + why;
    return new Guarantee(
        Level.AT_LEAST_ONCE, isOrdered, Optional.empty(), text, Optional.of(call.place().origin()));
  }
}
