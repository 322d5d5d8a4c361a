package io.unikernal.udl;

import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Fault;
import io.unikernal.model.Field;
import io.unikernal.model.Policy;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A kind of policy with its options.
 *
 * @param doc what it does, for the reference and the editor
 * @param isRun whether the kernel runs it; what it does not is checked and then refused
 * @param later options that are checked and then refused
 */
record PolicyKind(
    Policy.Kind kind, String doc, ConfigSpec options, boolean isRun, Set<Field<?>> later) {

  private static final Duration SHORTEST = Duration.ofMillis(1);

  static final Field<Integer> ATTEMPTS =
      Field.integer("attempts", "how often in all")
          .or(3)
          .example("3")
          .atLeast(1)
          .atMost(Policy.Retry.ATTEMPTS_MAX);
  static final Field<String> BACKOFF =
      Field.symbol("backoff", "how the waiting grows", "constant", "linear", "exponential")
          .or("exponential");
  static final Field<Duration> DELAY =
      time("delay", "the first waiting").or(Duration.ofMillis(100)).example("100ms");
  static final Field<Duration> MAX_DELAY =
      time("max_delay", "the longest waiting").or(Duration.ofSeconds(30)).example("30s");
  static final Field<Double> JITTER =
      Field.share("jitter", "the random share of the waiting").or(0.2).example("0.2");
  static final Field<List<String>> ON =
      Field.symbols(
              "on",
              "the faults that are tried again; unless written, those that may pass",
              Arrays.stream(Fault.Code.values()).map(Fault.Code::name).toArray(String[]::new))
          .optional()
          .example("[TIMEOUT, DISCONNECTED]");
  static final Field<Double> BUDGET =
      Field.share("budget", "the share of all calls that may be second attempts")
          .optional()
          .example("10%");

  static final Field<Duration> AFTER = time("after", "when to give up").example("5s");

  static final Field<Integer> LIMIT =
      Field.integer("limit", "messages in a window").example("100").atLeast(1);
  static final Field<Duration> WINDOW =
      time("window", "the time that the limit is for").or(Duration.ofSeconds(1)).example("1s");
  static final Field<Integer> BURST =
      Field.integer("burst", "messages at once; the limit unless written")
          .optional()
          .example("10")
          .atLeast(1);
  static final Field<io.unikernal.model.Expression> KEY =
      Field.expression("key", "counts each of its values by itself")
          .optional()
          .example("${auth.name}");
  static final Field<String> SCOPE =
      Field.symbol("scope", "who shares the count", "node", "cluster").or("node");

  static final Field<Integer> QUOTA_LIMIT =
      Field.integer("limit", "messages in a period").example("10000").atLeast(1);
  static final Field<String> PER =
      Field.symbol("per", "the period of the calendar, in UTC", "hour", "day", "month")
          .or("day")
          .example("month");

  static final Field<Double> FAILURE_RATE =
      Field.share("failure_rate", "the share of failures that is too much")
          .or(0.5)
          .example("50%")
          .atLeast(0.001);
  static final Field<Double> SLOW_RATE =
      Field.share("slow_rate", "the share of slow calls that is too much")
          .optional()
          .example("80%")
          .atLeast(0.001);
  static final Field<Duration> SLOW_AFTER =
      time("slow_after", "a call that takes longer is slow").optional().example("2s");
  static final Field<Integer> LAST_CALLS =
      Field.integer("window", "how many of the last calls are looked at; fewer open nothing")
          .or(20)
          .example("20")
          .atLeast(1)
          .atMost(10_000);
  static final Field<Duration> OPEN_FOR =
      time("open_for", "how long nothing is called").or(Duration.ofSeconds(30)).example("30s");
  static final Field<Integer> PROBES =
      Field.integer("probes", "calls that must succeed before all may call again")
          .or(3)
          .example("3")
          .atLeast(1);

  static final Field<Integer> AT_ONCE =
      Field.integer("limit", "how many at once").optional().example("20").atLeast(1);
  static final Field<Boolean> ADAPTIVE =
      Field.bool("adaptive", "finds the limit out from how long calls take").or(false);
  static final Field<Integer> QUEUE =
      Field.integer("queue", "how many may wait").or(0).example("100").atLeast(0);

  static final Field<io.unikernal.model.Expression> PRIORITY =
      Field.expression(
              "priority", "the greater goes first; when the queue is full the least is refused")
          .optional()
          .example("\"${'gold' in auth.roles ? 1 : 0}\"");

  static final Field<Duration> TTL = time("ttl", "how long an answer is kept").example("60s");
  static final Field<io.unikernal.model.Expression> CACHE_KEY =
      Field.expression("key", "messages with one value have one answer; unless written the input")
          .optional()
          .example("${input.id}");
  static final Field<Duration> STALE =
      Field.duration(
              "stale_while_revalidate", "how long an old answer is given while a new one is got")
          .or(Duration.ZERO)
          .example("30s");

  static final Field<io.unikernal.model.Expression> IDEMPOTENCY_KEY =
      Field.expression("key", "two messages with one value are the same message")
          .example("\"${meta.headers['idempotency-key']}\"");
  static final Field<Duration> KEEP =
      time("keep", "how long an answer is remembered").or(Duration.ofHours(24)).example("24h");

  static final Field<List<String>> ALLOW =
      Field.texts("allow", "roles: who has none of them is refused").optional().example("[admin]");
  static final Field<List<String>> DENY =
      Field.texts("deny", "roles: who has one of them is refused").optional().example("[guest]");
  static final Field<io.unikernal.model.Expression> WHEN =
      Field.condition("when", "who does not make it true is refused")
          .optional()
          .example("auth.name == input.owner");

  static final Field<String> MODE =
      Field.symbol(
              "mode", "what becomes of fields that the type has not", "strict", "lenient", "off")
          .or("strict");

  static final Field<String> TO =
      Field.text("to", "the operation or pipeline that gets it").example("dead.letters");

  static final Field<Double> SHARE =
      Field.share("share", "the share of messages that is taken").example("10%");
  static final Field<io.unikernal.model.Expression> SAMPLE_KEY =
      Field.expression("key", "messages with one value are taken or left together")
          .optional()
          .example("${input.customer}");

  static final Field<io.unikernal.model.Expression> DENY_WHEN =
      Field.condition("deny_when", "the message is refused if it is true")
          .example("input.total > decimal('1000')");
  static final Field<io.unikernal.model.Expression> MESSAGE =
      Field.expression("message", "what the caller is told").optional().example("too much");

  private static final Map<Policy.Kind, PolicyKind> ALL = new EnumMap<>(Policy.Kind.class);

  static {
    for (Policy.Kind kind : Policy.Kind.values()) {
      ALL.put(kind, declared(kind));
    }
  }

  private static Field<Duration> time(String name, String doc) {
    return Field.duration(name, doc).atLeast(SHORTEST);
  }

  private static PolicyKind declared(Policy.Kind kind) {
    return switch (kind) {
      case ACCESS -> runs(kind, "who may call", ALLOW, DENY, WHEN);
      case CUSTOM -> runs(kind, "refuses by a condition of your own", DENY_WHEN, MESSAGE);
      case RATE_LIMIT ->
          runs(kind, "how many messages in a time", LIMIT, WINDOW, BURST, KEY, SCOPE);
      case QUOTA ->
          runs(kind, "how many messages in an hour, day or month", QUOTA_LIMIT, PER, KEY, SCOPE);
      case DEAD_LETTER -> runs(kind, "where messages go that failed for good", TO);
      case SAMPLE -> runs(kind, "takes a part of the messages", SHARE, SAMPLE_KEY);
      case VALIDATE -> runs(kind, "how strictly a message is compared with its type", MODE);
      case IDEMPOTENCY -> runs(kind, "does the same message once", IDEMPOTENCY_KEY, KEEP);
      case CACHE -> runs(kind, "keeps answers", TTL, CACHE_KEY, STALE);
      case CONCURRENCY -> runs(kind, "how many at once", AT_ONCE, ADAPTIVE, QUEUE, PRIORITY);
      case TIMEOUT -> runs(kind, "how long it may take", AFTER);
      case RETRY ->
          runs(
              kind,
              "tries again what failed",
              ATTEMPTS,
              BACKOFF,
              DELAY,
              MAX_DELAY,
              JITTER,
              ON,
              BUDGET);
      case CIRCUIT_BREAKER ->
          runs(
              kind,
              "leaves alone for a while what fails",
              FAILURE_RATE,
              SLOW_RATE,
              SLOW_AFTER,
              LAST_CALLS,
              OPEN_FOR,
              PROBES);
    };
  }

  private static PolicyKind runs(Policy.Kind kind, String doc, Field<?>... options) {
    return new PolicyKind(kind, doc, ConfigSpec.of(options), true, Set.of());
  }

  static PolicyKind of(Policy.Kind kind) {
    return Optional.ofNullable(ALL.get(kind)).orElseThrow();
  }

  /** All kinds, in the order in which they apply. */
  static List<PolicyKind> all() {
    return List.copyOf(ALL.values());
  }

  static Optional<PolicyKind> find(String name) {
    return all().stream().filter(kind -> kind.name().equals(name)).findFirst();
  }

  static List<String> names() {
    return all().stream().map(PolicyKind::name).toList();
  }

  String name() {
    return kind.toString();
  }

  boolean isLater(String option) {
    return later.stream().anyMatch(field -> field.name().equals(option));
  }
}
