package io.unikernal.udl;

import io.unikernal.model.Effect;
import io.unikernal.model.Policy;
import io.unikernal.udl.PipelineReader.Call;
import java.util.List;
import java.util.Optional;

/** Whether what a retry repeats may run twice. */
final class Retries {
  private Retries() {}

  static void check(List<Policy> policies, List<Call> calls, Place place, Diagnostics diagnostics) {
    if (PolicyTable.retry(policies).isEmpty()) {
      return;
    }
    find(calls, Effect.Kind.ONCE)
        .ifPresent(call ->
            diagnostics
                .error(
                    Code.RETRY_ONCE,
                    place,
                    "a retry may run `" + call.op().operation().id() + "` twice, and it is `once`")
                .write("effect: keyed(…)"));
    find(calls, Effect.Kind.UNKNOWN)
        .ifPresent(call ->
            diagnostics
                .warning(
                    Code.RETRY_UNKNOWN,
                    place,
                    "a retry may run `" + call.op().operation().id() + "` twice")
                .label("nobody said what happens then: declare its effect, or leave the retry out")
                .write(call.op().operation().name() + ": { …, effect: idempotent }"));
  }

  private static Optional<Call> find(List<Call> calls, Effect.Kind kind) {
    return calls.stream().filter(call -> call.effect().kind() == kind).findFirst();
  }
}
