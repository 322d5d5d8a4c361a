package io.unikernal.udl;

import io.unikernal.model.Policy;
import io.unikernal.model.Policy.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A policy in one line, as people and golden files read it. */
final class PolicyText {
  private PolicyText() {}

  static String of(Policy policy) {
    String more =
        switch (policy) {
          case Policy.Access access -> access(access);
          case Policy.Custom custom ->
              "deny_when " + text(custom.denyWhen()) + ", message " + text(custom.message());
          case Policy.RateLimit limit ->
              limit.limit()
                  + " in "
                  + Quantities.text(limit.window())
                  + ", burst "
                  + limit.burst()
                  + key(limit.key())
                  + scope(limit.scope());
          case Policy.Quota quota ->
              quota.limit()
                  + " per "
                  + lower(quota.per())
                  + key(quota.key())
                  + scope(quota.scope());
          case Policy.DeadLetter letters -> "to " + letters.to();
          case Policy.Sample sample -> share(sample.share()) + key(sample.key());
          case Policy.Validate validate -> lower(validate.mode());
          case Policy.Idempotency same ->
              "key " + text(same.key()) + ", keep " + Quantities.text(same.keep());
          case Policy.Cache cache -> cache(cache);
          case Policy.Concurrency most ->
              most.limit().map(String::valueOf).orElse("adaptive")
                  + ", queue "
                  + most.queue()
                  + most.priority().map(rule -> ", priority " + text(rule)).orElse("");
          case Policy.Timeout timeout -> "after " + Quantities.text(timeout.after());
          case Policy.Retry retry -> retry(retry);
          case Policy.CircuitBreaker breaker -> breaker(breaker);
        };
    return policy.kind() + " " + more;
  }

  private static String access(Policy.Access access) {
    var parts = new ArrayList<String>();
    if (!access.allow().isEmpty()) {
      parts.add("allow " + String.join(", ", access.allow()));
    }
    if (!access.deny().isEmpty()) {
      parts.add("deny " + String.join(", ", access.deny()));
    }
    access.when().ifPresent(rule -> parts.add("when " + text(rule)));
    return String.join("; ", parts);
  }

  private static String cache(Policy.Cache cache) {
    String stale =
        cache.staleWhileRevalidate().isZero()
            ? ""
            : ", stale for " + Quantities.text(cache.staleWhileRevalidate());
    return "for " + Quantities.text(cache.ttl()) + key(cache.key()) + stale;
  }

  private static String retry(Policy.Retry retry) {
    List<String> on = retry.on().stream().sorted().map(Enum::name).toList();
    return retry.attempts()
        + " attempts, "
        + lower(retry.backoff())
        + " "
        + Quantities.text(retry.delay())
        + " to "
        + Quantities.text(retry.maxDelay())
        + (on.isEmpty() ? "" : ", on " + String.join(", ", on))
        + retry.budget().map(share -> ", budget " + share(share)).orElse("");
  }

  private static String breaker(Policy.CircuitBreaker breaker) {
    String slow =
        breaker
            .slow()
            .map(s -> ", " + share(s.rate()) + " slower than " + Quantities.text(s.after()))
            .orElse("");
    return share(breaker.failureRate())
        + " failures"
        + slow
        + " of the last "
        + breaker.window()
        + ", open for "
        + Quantities.text(breaker.openFor())
        + ", probes "
        + breaker.probes();
  }

  private static String key(Optional<Rule> key) {
    return key.map(rule -> ", key " + text(rule)).orElse("");
  }

  private static String scope(Policy.Scope scope) {
    return switch (scope) {
      case NODE -> "";
      case CLUSTER -> ", in the cluster";
    };
  }

  private static String text(Rule rule) {
    return rule.expression().text().replace('\n', ' ');
  }

  private static String lower(Enum<?> symbol) {
    return symbol.name().toLowerCase(Locale.ROOT);
  }

  private static String share(double share) {
    double percent = Math.round(share * 100_000) / 1000.0;
    return (percent == Math.rint(percent) ? String.valueOf((long) percent) : "" + percent) + "%";
  }
}
