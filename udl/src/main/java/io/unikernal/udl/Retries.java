package io.unikernal.udl;

import io.unikernal.model.Effect;
import io.unikernal.model.Policy;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.PipelineReader.Call;
import java.util.List;
import java.util.Optional;

/** Whether what a retry repeats may run twice. */
final class Retries {
  private static final String NONE = "{ type: retry, attempts: 1 }";

  private Retries() {}

  /**
   * {@code user} is the route, pipeline or step that is guarded; {@code target} its key that says
   * what.
   */
  static void check(
      List<Policy> policies,
      List<Call> calls,
      Mapping user,
      String target,
      Diagnostics diagnostics) {
    Optional<Policy.Retry> retry = PolicyTable.retry(policies);
    if (retry.isEmpty()) {
      return;
    }
    Place place =
        user.get("policy").or(() -> user.get(target)).map(Node::place).orElse(user.place());
    find(calls, Effect.Kind.ONCE)
        .ifPresent(call -> {
          var finding =
              diagnostics
                  .error(
                      Code.RETRY_ONCE,
                      place,
                      "a retry may run `"
                          + call.op().operation().id()
                          + "` twice, and it is `once`")
                  .label("the retry is in " + retry.get().origin());
          turnOff(finding, policies, user, target);
          finding.write("effect: keyed(…)");
        });
    calls.stream()
        .filter(call -> Streams.holds(call.op().operation().input()))
        .findFirst()
        .ifPresent(call -> {
          var finding =
              diagnostics
                  .error(
                      Code.RETRY_STREAM,
                      place,
                      "a retry would give `"
                          + call.op().operation().id()
                          + "` its stream twice, and a stream is read once")
                  .label("the retry is in " + retry.get().origin());
          turnOff(finding, policies, user, target);
        });
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

  /** One attempt at the place itself replaces the retry that comes from farther away. */
  private static void turnOff(
      Diagnostics.Finding finding, List<Policy> policies, Mapping user, String target) {
    finding.write("policy: " + NONE);
    Optional<Node> written = user.get("policy");
    if (written.isEmpty()) {
      user.find(target).ifPresent(entry -> insert(finding, entry, user.isFlow()));
      return;
    }
    boolean isOwn =
        Guards.from(policies).guards().stream()
            .filter(guard -> guard.policy() instanceof Policy.Retry)
            .anyMatch(guard -> isOf(guard.scope().level(), target));
    switch (written.get()) {
      case Mapping mapping when isOwn -> finding.edit(mapping.place(), NONE);
      case Mapping mapping ->
          finding.edit(mapping.place(), "[" + mapping.place().text() + ", " + NONE + "]");
      case Scalar name when !isOwn ->
          finding.edit(name.place(), "[" + name.text() + ", " + NONE + "]");
      case Scalar name when isAlone(policies) -> finding.edit(name.place(), NONE);
      case Scalar _, Sequence _ -> {}
    }
  }

  private static boolean isOf(Guards.Level level, String target) {
    return switch (level) {
      case DEFAULTS, SYSTEM, OPERATION -> false;
      case ROUTE -> target.equals("to");
      case PIPELINE -> target.equals("steps");
      case STEP -> !target.equals("to") && !target.equals("steps");
    };
  }

  /** Whether the place itself says nothing but the retry. */
  private static boolean isAlone(List<Policy> policies) {
    return Guards.from(policies).guards().stream()
            .filter(guard -> guard.scope().level().compareTo(Guards.Level.ROUTE) >= 0)
            .count()
        == 1;
  }

  private static void insert(Diagnostics.Finding finding, Entry entry, boolean isFlow) {
    Place key = entry.key().place();
    Place end = new Place(key.source(), entry.value().place().end(), entry.value().place().end());
    int column = key.source().columnAt(key.start());
    finding.edit(
        end, isFlow ? ", policy: " + NONE : "\n" + " ".repeat(column - 1) + "policy: " + NONE);
  }
}
