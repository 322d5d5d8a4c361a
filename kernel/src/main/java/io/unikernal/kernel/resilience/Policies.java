package io.unikernal.kernel.resilience;

import io.unikernal.model.Policy;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The policies of one place, ready to use, in their fixed order: the gates, each of which counts;
 * then, around the work, of each kind the nearest; of time limits the shortest.
 */
public record Policies(
    List<Gate> gates,
    Optional<Policy.Validate> validate,
    Optional<Once.At> same,
    Optional<AnswerCache.At> kept,
    Optional<Bulkhead.At> most,
    Optional<Policy.Timeout> timeout,
    Optional<Retry> retry,
    Optional<Breaker> breaker) {
  public static final Policies NONE =
      new Policies(
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * A place at which policies stand.
   *
   * @param name as people know it, for what is told of it and kept
   * @param answer what the guarded work answers
   * @param ofSource those of the system that the messages come from: what its operation takes is
   *     what comes to this place
   */
  public record Place(String name, Type answer, List<Policy> ofSource) {
    public Place(String name, Type answer) {
      this(name, answer, List.of());
    }

    Policy.Rule seen(Policy policy, Policy.Rule rule) {
      return ofSource.stream().anyMatch(one -> one == policy)
          ? new Policy.Rule(rule.expression(), Policy.Over.PLACE)
          : rule;
    }

    Optional<Policy.Rule> seen(Policy policy, Optional<Policy.Rule> rule) {
      return rule.map(one -> seen(policy, one));
    }
  }

  public static Policies of(Limits shared, List<Policy> policies, Place place) {
    if (policies.isEmpty()) {
      return NONE;
    }
    var gates = new ArrayList<Policy>();
    var made = NONE;
    for (var policy : policies) {
      switch (policy) {
        case Policy.Access _, Policy.Custom _, Policy.RateLimit _, Policy.Quota _ ->
            gates.add(policy);
        case Policy.Sample _ -> gates.add(policy);
        case Policy.Idempotency same ->
            made =
                made.or(
                    new Once.At(
                        shared.once(same, place.name()),
                        place.seen(same, same.key()),
                        place.answer()));
        case Policy.Cache cache ->
            made =
                made.or(
                    new AnswerCache.At(
                        shared.cache(cache, place.name()), place.seen(cache, cache.key())));
        case Policy.Concurrency most ->
            made =
                made.or(
                    new Bulkhead.At(
                        shared.bulkhead(most, place.name()), place.seen(most, most.priority())));
        case Policy.Timeout limit -> made = made.within(limit);
        case Policy.Retry again -> made = made.or(shared.retry(again));
        case Policy.CircuitBreaker breaker -> made = made.or(shared.breaker(breaker, place.name()));
        case Policy.DeadLetter _ -> {} // the compiler has made it the route's own
        case Policy.Validate check -> made = made.checked(check);
      }
    }
    var inOrder = gates.stream().sorted(Comparator.comparing(Policy::kind));
    return made.behind(inOrder.map(policy -> gate(shared, policy, place)).toList());
  }

  private static Gate gate(Limits shared, Policy policy, Place place) {
    return switch (policy) {
      case Policy.Access access -> new Gate.Access(access, place.seen(access, access.when()));
      case Policy.Custom custom ->
          new Gate.Custom(
              custom, place.seen(custom, custom.denyWhen()), place.seen(custom, custom.message()));
      case Policy.RateLimit limit when limit.scope() == Policy.Scope.CLUSTER ->
          new Gate.Counted(
              limit, shared.counter(limit, place.name()), place.seen(limit, limit.key()));
      case Policy.RateLimit limit when limit.key().isPresent() ->
          new Gate.KeyedRate(limit, shared.keyed(limit), place.seen(limit, limit.key().get()));
      case Policy.RateLimit limit -> new Gate.Rate(limit, shared.of(limit));
      case Policy.Quota quota ->
          new Gate.Counted(
              quota, shared.counter(quota, place.name()), place.seen(quota, quota.key()));
      case Policy.Sample sample ->
          new Gate.Sample(sample, sample.share(), place.seen(sample, sample.key()));
      case Policy.Idempotency _, Policy.Cache _, Policy.Concurrency _, Policy.Timeout _ ->
          throw new AssertionError(policy);
      case Policy.Retry _, Policy.CircuitBreaker _, Policy.DeadLetter _, Policy.Validate _ ->
          throw new AssertionError(policy);
    };
  }

  private Policies checked(Policy.Validate farther) {
    return validate.isPresent()
        ? this
        : new Policies(gates, Optional.of(farther), same, kept, most, timeout, retry, breaker);
  }

  private Policies or(Once.At farther) {
    return same.isPresent()
        ? this
        : new Policies(gates, validate, Optional.of(farther), kept, most, timeout, retry, breaker);
  }

  private Policies or(AnswerCache.At farther) {
    return kept.isPresent()
        ? this
        : new Policies(gates, validate, same, Optional.of(farther), most, timeout, retry, breaker);
  }

  private Policies or(Bulkhead.At farther) {
    return most.isPresent()
        ? this
        : new Policies(gates, validate, same, kept, Optional.of(farther), timeout, retry, breaker);
  }

  private Policies or(Retry farther) {
    return retry.isPresent()
        ? this
        : new Policies(gates, validate, same, kept, most, timeout, Optional.of(farther), breaker);
  }

  private Policies or(Breaker farther) {
    return breaker.isPresent()
        ? this
        : new Policies(gates, validate, same, kept, most, timeout, retry, Optional.of(farther));
  }

  private Policies within(Policy.Timeout limit) {
    var shortest =
        timeout
            .filter(time -> time.after().compareTo(limit.after()) <= 0)
            .or(() -> Optional.of(limit));
    return new Policies(gates, validate, same, kept, most, shortest, retry, breaker);
  }

  private Policies behind(List<Gate> all) {
    return new Policies(all, validate, same, kept, most, timeout, retry, breaker);
  }

  /**
   * With those of the system that is called: of the time limits the shortest, of the others its own
   * where no nearer one is. Its gates are asked at the call itself.
   *
   * @param answer what the call answers
   */
  public Policies andOf(Policies system, Type answer) {
    if (!system.isAround() && system.timeout.isEmpty() && !system.repeats()) {
      return this;
    }
    return new Policies(
        gates,
        validate,
        same.or(() -> system.same.map(all -> all.answering(answer))),
        kept.or(() -> system.kept),
        most.or(() -> system.most),
        Stream.concat(timeout.stream(), system.timeout.stream())
            .min(Comparator.comparing(Policy.Timeout::after)),
        retry.or(() -> system.retry),
        breaker.or(() -> system.breaker));
  }

  /**
   * Of a system's those that stand around a call of it within a place that has these: without its
   * gates, which are asked at the call itself, and without what the place replaces.
   *
   * @param answer what the call answers
   */
  public Policies within(Policies place, Type answer) {
    var left =
        new Policies(
            List.of(),
            Optional.empty(),
            place.same.isPresent() ? Optional.empty() : same.map(all -> all.answering(answer)),
            place.kept.isPresent() ? Optional.empty() : kept,
            place.most.isPresent() ? Optional.empty() : most,
            timeout,
            place.retry.isPresent() ? Optional.empty() : retry,
            place.breaker.isPresent() ? Optional.empty() : breaker);
    return left.equals(NONE) ? NONE : left;
  }

  private boolean repeats() {
    return retry.isPresent() || breaker.isPresent();
  }

  /** Whether anything may answer instead of the work, or let it wait. */
  public boolean isAround() {
    return same.isPresent() || kept.isPresent() || most.isPresent();
  }

  /** Whether a gate looks at the message. */
  public boolean readInput() {
    for (int i = 0; i < gates.size(); i++) {
      if (gates.get(i).readsInput()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Asks each gate; false if the message is left out.
   *
   * @throws Refused if it may not go on
   */
  public boolean admit(Asked asked) {
    for (int i = 0; i < gates.size(); i++) {
      if (!lets(gates.get(i), asked)) {
        return false;
      }
    }
    return true;
  }

  private static boolean lets(Gate gate, Asked asked) {
    boolean isIn = false;
    try {
      isIn = gate.lets(asked);
      return isIn;
    } finally {
      if (!isIn) {
        asked.acted(gate.policy());
      }
    }
  }

  /** Asks those only that do not look at the message: it cannot be read. */
  public void admitUnread(Asked asked) {
    for (var gate : gates) {
      if (!gate.readsInput()) {
        lets(gate, asked);
      }
    }
  }

  /** Runs work beside the message, on a thread of its own. */
  @FunctionalInterface
  public interface Beside {
    /** {@code guards} is put around the work; {@code told} hears what it gave, if anything. */
    void start(UnaryOperator<Attempt> guards, Consumer<Optional<Value>> told);
  }

  /** The work in what may answer instead of it, or let it wait. */
  public Optional<Value> around(Asked asked, Attempt work, Beside beside)
      throws InterruptedException {
    UnaryOperator<Attempt> most =
        inner -> this.most.isEmpty() ? inner : () -> this.most.get().run(asked, inner);
    Attempt called = most.apply(work);
    Attempt cached =
        kept.isEmpty()
            ? called
            : () ->
                kept.get()
                    .cache()
                    .run(asked, kept.get().key(), called, told -> beside.start(most, told));
    return same.isEmpty()
        ? cached.run()
        : same.get().once().run(asked, same.get().key(), same.get().answer(), cached);
  }

  public boolean hasGates() {
    return !gates.isEmpty();
  }

  public boolean areNone() {
    return this == NONE;
  }
}
