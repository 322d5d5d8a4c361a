package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Config;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Field;
import io.unikernal.model.Label;
import io.unikernal.model.Labels;
import io.unikernal.model.Policy;
import io.unikernal.model.Policy.Over;
import io.unikernal.model.Policy.Rule;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.PolicyReader.Written;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes policies of what is written, their expressions typed by what they see at one use. */
final class PolicyBuilder {
  private final Function<Diagnostics, ExpressionReader> expressions;
  private final Diagnostics diagnostics;

  PolicyBuilder(Function<Diagnostics, ExpressionReader> expressions, Diagnostics diagnostics) {
    this.expressions = expressions;
    this.diagnostics = diagnostics;
  }

  /**
   * A place that uses policies.
   *
   * @param variables what its expressions see
   */
  record Use(Guards.Scope scope, Variables variables, Over over) {
    static Use of(Guards.Level level, String what, Type input) {
      return new Use(new Guards.Scope(level, what), Variables.of(input), Over.PLACE);
    }

    static Use ofOperation(Guards.Level level, String what, Type input) {
      return new Use(new Guards.Scope(level, what), Variables.of(input), Over.OPERATION);
    }

    static Use ofStep(String what, Variables variables) {
      return new Use(new Guards.Scope(Guards.Level.STEP, what), variables, Over.PLACE);
    }

    /** Whether it guards what is called, and not what is received. */
    boolean isOfCall() {
      return switch (scope.level()) {
        case PIPELINE, STEP -> true;
        case OPERATION -> over == Over.OPERATION;
        case DEFAULTS, SYSTEM, ROUTE -> false;
      };
    }

    /** What all who use it share it by; empty where each has its own. */
    String shared() {
      return switch (scope.level()) {
        case OPERATION, SYSTEM -> scope.what().replace("`", "");
        case DEFAULTS, ROUTE, PIPELINE, STEP -> "";
      };
    }
  }

  Policy build(Written written, Use use) {
    Config config = written.config();
    var origin = written.origin();
    return switch (written.kind().kind()) {
      case ACCESS ->
          new Policy.Access(
              config.find(PolicyKind.ALLOW).orElseGet(java.util.List::of),
              config.find(PolicyKind.DENY).orElseGet(java.util.List::of),
              condition(written, PolicyKind.WHEN, use),
              origin);
      case CUSTOM -> {
        Rule denied =
            condition(written, PolicyKind.DENY_WHEN, use)
                .orElseGet(() -> new Rule(ExpressionReader.unknown(), use.over()));
        yield new Policy.Custom(denied, message(written, use), origin);
      }
      case RATE_LIMIT -> rate(written, use);
      case QUOTA ->
          new Policy.Quota(
              config.get(PolicyKind.QUOTA_LIMIT),
              Policy.Period.valueOf(upper(config.get(PolicyKind.PER))),
              key(written, PolicyKind.KEY, use),
              scope(config),
              use.shared(),
              origin);
      case DEAD_LETTER -> new Policy.DeadLetter(config.get(PolicyKind.TO), origin);
      case SAMPLE ->
          new Policy.Sample(
              config.get(PolicyKind.SHARE), key(written, PolicyKind.SAMPLE_KEY, use), origin);
      case VALIDATE ->
          new Policy.Validate(Policy.Mode.valueOf(upper(config.get(PolicyKind.MODE))), origin);
      case IDEMPOTENCY ->
          new Policy.Idempotency(
              key(written, PolicyKind.IDEMPOTENCY_KEY, use)
                  .orElseGet(() -> new Rule(ExpressionReader.unknown(), use.over())),
              config.get(PolicyKind.KEEP),
              use.shared(),
              origin);
      case CACHE ->
          new Policy.Cache(
              config.get(PolicyKind.TTL),
              key(written, PolicyKind.CACHE_KEY, use),
              config.get(PolicyKind.STALE),
              origin);
      case CONCURRENCY ->
          new Policy.Concurrency(
              config.find(PolicyKind.AT_ONCE),
              config.get(PolicyKind.QUEUE),
              priority(written, use),
              origin);
      case TIMEOUT -> new Policy.Timeout(config.get(PolicyKind.AFTER), origin);
      case RETRY -> retry(written);
      case CIRCUIT_BREAKER -> breaker(written);
    };
  }

  private Policy.RateLimit rate(Written written, Use use) {
    Config config = written.config();
    int limit = config.get(PolicyKind.LIMIT);
    return new Policy.RateLimit(
        limit,
        config.get(PolicyKind.WINDOW),
        config.find(PolicyKind.BURST).orElse(limit),
        key(written, PolicyKind.KEY, use),
        scope(config),
        use.shared(),
        written.origin());
  }

  private static Policy.Retry retry(Written written) {
    Config config = written.config();
    Set<Fault.Code> on =
        config.find(PolicyKind.ON).orElseGet(java.util.List::of).stream()
            .map(Fault.Code::valueOf)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Fault.Code.class)));
    return new Policy.Retry(
        config.get(PolicyKind.ATTEMPTS),
        Policy.Backoff.valueOf(upper(config.get(PolicyKind.BACKOFF))),
        config.get(PolicyKind.DELAY),
        config.get(PolicyKind.MAX_DELAY),
        config.get(PolicyKind.JITTER),
        on,
        config.find(PolicyKind.BUDGET),
        written.origin());
  }

  private static Policy.CircuitBreaker breaker(Written written) {
    Config config = written.config();
    Optional<Policy.Slow> slow =
        config
            .find(PolicyKind.SLOW_RATE)
            .flatMap(rate ->
                config.find(PolicyKind.SLOW_AFTER).map(after -> new Policy.Slow(rate, after)));
    return new Policy.CircuitBreaker(
        config.get(PolicyKind.FAILURE_RATE),
        slow,
        config.get(PolicyKind.LAST_CALLS),
        config.get(PolicyKind.OPEN_FOR),
        config.get(PolicyKind.PROBES),
        written.origin());
  }

  private static Policy.Scope scope(Config config) {
    return Policy.Scope.valueOf(upper(config.get(PolicyKind.SCOPE)));
  }

  private static String upper(String symbol) {
    return symbol.toUpperCase(Locale.ROOT);
  }

  private Optional<Rule> condition(Written written, Field<Expression> option, Use use) {
    return written
        .expression(option)
        .flatMap(scalar ->
            typed(
                use,
                (reader, found) ->
                    reader.condition(scalar, use.variables(), "`" + option.name() + "`")))
        .map(expression -> new Rule(expression, use.over()));
  }

  /** One value by which messages are told apart. */
  private Optional<Rule> key(Written written, Field<Expression> option, Use use) {
    return written
        .expression(option)
        .flatMap(scalar ->
            typed(
                use,
                (reader, found) -> {
                  Expression key = reader.read(scalar, use.variables(), Type.Simple.ANY);
                  if (!isSingle(key.type().core())) {
                    found.error(
                        Code.EXPRESSION_TYPE,
                        scalar.place(),
                        "`"
                            + option.name()
                            + "` is one value, as a text or a number, and this is `"
                            + key.type()
                            + "`");
                  }
                  return Optional.of(key);
                }))
        .map(expression -> new Rule(expression, use.over()));
  }

  private Optional<Rule> priority(Written written, Use use) {
    return written
        .expression(PolicyKind.PRIORITY)
        .flatMap(scalar ->
            typed(
                use,
                (reader, found) -> {
                  Expression priority = reader.read(scalar, use.variables(), Type.Simple.ANY);
                  if (!(priority.type().core() instanceof Type.Int)) {
                    found.error(
                        Code.EXPRESSION_TYPE,
                        scalar.place(),
                        "`priority` is a whole number, and this is `" + priority.type() + "`");
                  }
                  return Optional.of(priority);
                }))
        .map(expression -> new Rule(expression, use.over()));
  }

  private static boolean isSingle(Type type) {
    return switch (type) {
      case Type.Int _, Type.UInt _, Type.Decimal _, Type.Text _, Type.Bytes _, Type.Enum _ -> true;
      case Type.Simple simple -> simple != Type.Simple.NULL && simple != Type.Simple.BLOB;
      case Type.Real _ -> true;
      case Type.ListOf _, Type.MapOf _, Type.StreamOf _, Type.Record _, Type.Union _ -> false;
      case Type.Maybe(var of) -> isSingle(of.core());
      case Type.Labelled(_, var of) -> isSingle(of.core());
    };
  }

  /** What the caller is told, which is no place for a labelled value. */
  private Rule message(Written written, Use use) {
    Expression text =
        written
            .expression(PolicyKind.MESSAGE)
            .flatMap(scalar ->
                typed(
                    use,
                    (reader, found) -> {
                      Expression message = reader.read(scalar, use.variables(), Type.Text.ANY_TEXT);
                      Set<Label> labels = Labels.within(message.type());
                      if (!labels.isEmpty()) {
                        found
                            .error(
                                Code.LABEL_FLOW,
                                scalar.place(),
                                "`message` is told to the caller, and this is "
                                    + labels.iterator().next())
                            .label("mask() takes the label off");
                      }
                      return Optional.of(message);
                    }))
            .orElseGet(() -> Expressions.constant(Value.text("refused"), Type.Text.ANY_TEXT));
    return new Rule(text, use.over());
  }

  @FunctionalInterface
  private interface Reading {
    Optional<Expression> read(ExpressionReader reader, Diagnostics found);
  }

  /** What is wrong is told once for each place, with the first use that makes it wrong. */
  private Optional<Expression> typed(Use use, Reading reading) {
    var found = new Diagnostics(diagnostics.session(), false);
    Optional<Expression> expression = reading.read(expressions.apply(found), found);
    diagnostics.adopt(found, "used by " + use.scope().what());
    return expression;
  }
}
