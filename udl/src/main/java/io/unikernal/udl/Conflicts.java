package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Capability;
import io.unikernal.model.Effect;
import io.unikernal.model.Operation;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Policy;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.PipelineReader.Call;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Policies that cannot do what they say at the place where they stand. */
final class Conflicts {
  private Conflicts() {}

  /** The parameters are those of {@link Retries#check}. */
  static void check(
      List<Policy> policies,
      List<Call> calls,
      Mapping user,
      String target,
      Diagnostics diagnostics) {
    if (policies.isEmpty()) {
      return;
    }
    Place place =
        user.get("policy")
            .or(() -> user.get("cache"))
            .or(() -> user.get(target))
            .map(Node::place)
            .orElse(user.place());
    cache(policies, calls, place, diagnostics);
    boolean isWhole = target.equals("to") || target.equals("steps");
    if (isWhole) {
      retry(policies, place, diagnostics);
    }
  }

  /** An answer that is kept leaves the call out, and with it what the call does. */
  private static void cache(
      List<Policy> policies, List<Call> calls, Place place, Diagnostics diagnostics) {
    Optional<Policy> cache = Guards.from(policies).find(Policy.Kind.CACHE);
    if (cache.isEmpty()) {
      return;
    }
    calls.stream()
        .filter(call -> call.effect().kind() != Effect.Kind.READS)
        .findFirst()
        .ifPresent(call -> {
          String id = call.op().operation().id();
          boolean isUnknown = call.effect().kind() == Effect.Kind.UNKNOWN;
          var finding =
              diagnostics
                  .warning(
                      Code.CACHE_EFFECT,
                      place,
                      "a cache leaves calls of `"
                          + id
                          + "` out"
                          + (isUnknown ? "" : ", and it is `" + call.effect() + "`"))
                  .label("the cache is in " + cache.get().origin());
          if (isUnknown) {
            finding.write(call.op().operation().name() + ": { …, effect: reads }");
          }
        });
  }

  /** A second attempt that would begin when the time of the whole is over. */
  private static void retry(List<Policy> policies, Place place, Diagnostics diagnostics) {
    Optional<Policy.Retry> retry = PolicyTable.retry(ofWhole(policies));
    Optional<Policy.Timeout> timeout = timeout(policies);
    if (retry.isEmpty() || timeout.isEmpty()) {
      return;
    }
    Duration soonest =
        Duration.ofNanos(
            (long) (retry.get().delay().toNanos() * (1 - Math.min(1, retry.get().jitter()))));
    Duration after = timeout.get().after();
    if (soonest.compareTo(after) >= 0) {
      diagnostics
          .error(
              Code.RETRY_IN_VAIN,
              place,
              "the time is up after "
                  + Quantities.text(after)
                  + ", before a second attempt begins, which waits "
                  + Quantities.text(retry.get().delay()))
          .label(
              "the retry is in "
                  + retry.get().origin()
                  + ", the time-out in "
                  + timeout.get().origin())
          .write(
              "delay: " + Quantities.text(Duration.ofMillis(Math.max(1, after.toMillis() / 10))));
    }
  }

  /** The time of the whole. */
  private static Optional<Policy.Timeout> timeout(List<Policy> policies) {
    return ofWhole(policies).stream()
        .filter(Policy.Timeout.class::isInstance)
        .map(Policy.Timeout.class::cast)
        .min(Comparator.comparing(Policy.Timeout::after));
  }

  /**
   * Steps that every message goes through, and that wait for longer than it has.
   *
   * @param user the route, or the pipeline itself
   */
  static void waits(List<Policy> policies, Pipeline pipeline, Mapping user, Diagnostics found) {
    Optional<Policy.Timeout> timeout = timeout(policies);
    if (timeout.isEmpty()) {
      return;
    }
    Duration waits = waits(pipeline.steps());
    if (waits.compareTo(timeout.get().after()) < 0) {
      return;
    }
    found
        .error(
            Code.WAIT_IN_VAIN,
            user.get("policy").map(Node::place).orElse(user.place()),
            "the time is up after "
                + Quantities.text(timeout.get().after())
                + ", and `"
                + pipeline.name()
                + "` waits "
                + Quantities.text(waits))
        .label("the time-out is in " + timeout.get().origin())
        .write("after: " + Quantities.text(waits.multipliedBy(2)));
  }

  private static Duration waits(List<Step> steps) {
    Duration sum = Duration.ZERO;
    for (Step step : steps) {
      if (step instanceof Step.Filter || step instanceof Step.Reply) {
        break; // Not every message goes further, or nobody waits for it any more.
      }
      boolean isSure = step instanceof Step.Wait && step.head().when().isEmpty();
      if (isSure
          && Expressions.known(((Step.Wait) step).time()).orElse(null)
              instanceof Value.Duration(var time)) {
        sum = sum.plus(time);
      }
    }
    return sum;
  }

  /** Those of a system are for each attempt. */
  private static List<Policy> ofWhole(List<Policy> policies) {
    return Guards.from(policies).guards().stream()
        .filter(guard -> guard.scope().level() != Guards.Level.SYSTEM)
        .map(Guards.Guard::policy)
        .toList();
  }

  /** An answer that can be read once cannot be kept for the next who asks. */
  static void kept(List<Policy> policies, Type answer, Place place, Diagnostics found) {
    if (!Streams.holds(answer)) {
      return;
    }
    policies.stream()
        .filter(policy -> policy instanceof Policy.Cache || policy instanceof Policy.Idempotency)
        .findFirst()
        .ifPresent(policy ->
            found
                .error(
                    Code.STREAM_KEPT,
                    place,
                    "`" + policy.kind() + "` keeps answers, and a `" + answer + "` is read once")
                .label("the policy is in " + policy.origin()));
  }

  /**
   * What can be read once cannot be kept for people to look at, or be sent on, when it failed.
   *
   * @param isDefault whether nobody said so of this route
   */
  static void letters(Operation source, boolean isDefault, Place place, Diagnostics found) {
    String message =
        "`dead_letter` keeps messages, and `"
            + source.id()
            + "` receives a stream, which is read once";
    var finding =
        isDefault
            ? found.warning(Code.STREAM_KEPT, place, message)
            : found.error(Code.STREAM_KEPT, place, message);
    finding.label("handle what fails by `on_error`, or inside of `for_each`");
  }

  /** Whether dead letters are what the defaults say. */
  static boolean isDefault(List<Policy> policies) {
    return Guards.from(policies).guards().stream()
        .anyMatch(guard ->
            guard.policy().kind() == Policy.Kind.DEAD_LETTER
                && guard.scope().level() == Guards.Level.DEFAULTS);
  }

  /** Who waits for an answer may not be left without one. */
  static void sampled(List<Policy> policies, Operation source, Place place, Diagnostics found) {
    boolean mustAnswer =
        source.capabilities().contains(Capability.REPLIES)
            && source.output() != Type.Simple.NULL
            && !source.output().isMaybe();
    Guards.from(policies)
        .find(Policy.Kind.SAMPLE)
        .filter(_ -> mustAnswer)
        .ifPresent(policy ->
            found
                .error(
                    Code.POLICY_PLACE,
                    place,
                    "`sample` drops messages, and `"
                        + source.id()
                        + "` answers each with `"
                        + source.output()
                        + "`")
                .label("the policy is in " + policy.origin())
                .write("returns: " + source.output() + "?"));
  }

  /** What was undone is not done again by the next message with its key. */
  static void undone(List<Policy> policies, Place compensate, Diagnostics found) {
    Guards.from(policies)
        .find(Policy.Kind.IDEMPOTENCY)
        .ifPresent(policy ->
            found
                .error(
                    Code.UNDONE_ONCE,
                    compensate,
                    "`compensate` undoes what `idempotency` then takes for done")
                .label("the policy is in " + policy.origin()));
  }

  /** Who has its answer before the end has no other one to be given again. */
  static void answeredEarly(
      List<Policy> policies, boolean replies, String pipeline, Place place, Diagnostics found) {
    if (!replies) {
      return;
    }
    policies.stream()
        .filter(policy -> policy instanceof Policy.Cache || policy instanceof Policy.Idempotency)
        .findFirst()
        .ifPresent(policy ->
            found
                .error(
                    Code.ANSWERED_EARLY,
                    place,
                    "`"
                        + pipeline
                        + "` answers before its end, so `"
                        + policy.kind()
                        + "` has no"
                        + " answer to give again")
                .label("the policy is in " + policy.origin()));
  }
}
