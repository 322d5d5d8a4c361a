package io.unikernal.model;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What guards an operation, a route or a step. The kernel applies them in a fixed order. */
public sealed interface Policy {
  /** Where it is written, for {@code unikernal policy} and for explanations. */
  Origin origin();

  Kind kind();

  /** What several policies of one kind make together. */
  enum Together {
    /** The nearest counts and replaces the others. */
    NEAREST,
    /** The least of them counts. */
    LEAST,
    /** All of them count. */
    ALL
  }

  /**
   * The kinds in their fixed order, the outermost first. What is refused by who asks and how often
   * is no dead letter; what is invalid, or fails for good, is. A time limit of the whole stands
   * around the retries, one of a step around each attempt, inside the breaker.
   */
  enum Kind {
    ACCESS(Together.ALL),
    CUSTOM(Together.ALL),
    RATE_LIMIT(Together.ALL),
    QUOTA(Together.ALL),
    DEAD_LETTER(Together.NEAREST),
    SAMPLE(Together.NEAREST),
    VALIDATE(Together.NEAREST),
    IDEMPOTENCY(Together.NEAREST),
    CACHE(Together.NEAREST),
    CONCURRENCY(Together.NEAREST),
    TIMEOUT(Together.LEAST),
    RETRY(Together.NEAREST),
    CIRCUIT_BREAKER(Together.NEAREST);

    private final Together together;

    Kind(Together together) {
      this.together = together;
    }

    public Together together() {
      return together;
    }

    /** What a definition writes at {@code type}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What the {@code input} of an expression is. */
  enum Over {
    /** That of the route, pipeline or step at which the policy stands. */
    PLACE,
    /** What the guarded operation takes: the policy stands at it or at its system. */
    OPERATION
  }

  /** An expression of a policy, and the frame that it needs. */
  record Rule(Expression expression, Over over) {}

  /** Who shares a count. */
  enum Scope {
    NODE,
    CLUSTER
  }

  /** Who of {@code deny} is refused, then all who are not of {@code allow}, if that has any. */
  record Access(List<String> allow, List<String> deny, Optional<Rule> when, Origin origin)
      implements Policy {
    @Override
    public Kind kind() {
      return Kind.ACCESS;
    }
  }

  /** Refuses with {@code message}, a text, when {@code denyWhen} is true. */
  record Custom(Rule denyWhen, Rule message, Origin origin) implements Policy {
    @Override
    public Kind kind() {
      return Kind.CUSTOM;
    }
  }

  /**
   * At most {@code limit} messages in {@code window}, {@code burst} of them at once; for each value
   * of {@code key} by itself, if there is one.
   *
   * @param at the operation or system at which it stands, under which its count is known after a
   *     restart; empty elsewhere, where that is the place that uses it
   */
  record RateLimit(
      int limit,
      Duration window,
      int burst,
      Optional<Rule> key,
      Scope scope,
      String at,
      Origin origin)
      implements Policy {
    public RateLimit(int limit, Duration window, int burst, Origin origin) {
      this(limit, window, burst, Optional.empty(), Scope.NODE, "", origin);
    }

    @Override
    public Kind kind() {
      return Kind.RATE_LIMIT;
    }
  }

  /**
   * At most {@code limit} messages in each period of the calendar, in UTC.
   *
   * @param at as for {@link RateLimit}
   */
  record Quota(int limit, Period per, Optional<Rule> key, Scope scope, String at, Origin origin)
      implements Policy {
    @Override
    public Kind kind() {
      return Kind.QUOTA;
    }
  }

  enum Period {
    HOUR,
    DAY,
    MONTH
  }

  /** Where a message goes that failed for good: an operation as {@code system.operation}. */
  record DeadLetter(String to, Origin origin) implements Policy {
    @Override
    public Kind kind() {
      return Kind.DEAD_LETTER;
    }
  }

  /** Takes that share of the messages; those with one key together, if there is one. */
  record Sample(double share, Optional<Rule> key, Origin origin) implements Policy {
    @Override
    public Kind kind() {
      return Kind.SAMPLE;
    }
  }

  record Validate(Mode mode, Origin origin) implements Policy {
    @Override
    public Kind kind() {
      return Kind.VALIDATE;
    }
  }

  /** How a message is compared with the type that it should have. */
  enum Mode {
    /** A field that the type does not have is refused. */
    STRICT,
    /** It is kept. */
    LENIENT,
    /** Nothing is compared. */
    OFF
  }

  /**
   * The second message with one key is answered as the first was.
   *
   * @param at as for {@link RateLimit}
   */
  record Idempotency(Rule key, Duration keep, String at, Origin origin) implements Policy {
    @Override
    public Kind kind() {
      return Kind.IDEMPOTENCY;
    }
  }

  /** Without a key, the whole input is the key. */
  record Cache(Duration ttl, Optional<Rule> key, Duration staleWhileRevalidate, Origin origin)
      implements Policy {
    @Override
    public Kind kind() {
      return Kind.CACHE;
    }
  }

  /**
   * At most {@code limit} at once, found out while it runs if that is empty.
   *
   * @param priority gives a number: who has a greater one waits before others, and in the place of
   *     the one with the least when the queue is full
   */
  record Concurrency(Optional<Integer> limit, int queue, Optional<Rule> priority, Origin origin)
      implements Policy {
    @Override
    public Kind kind() {
      return Kind.CONCURRENCY;
    }
  }

  /** On a route or pipeline the whole of it, on a step each attempt. */
  record Timeout(Duration after, Origin origin) implements Policy {
    @Override
    public Kind kind() {
      return Kind.TIMEOUT;
    }
  }

  /**
   * Up to {@code attempts} in all, waiting between them.
   *
   * @param jitter a share from 0 to 1
   * @param on the faults that are tried again; without any, those that say so themselves
   * @param budget the share of all calls that may be second attempts
   */
  record Retry(
      int attempts,
      Backoff backoff,
      Duration delay,
      Duration maxDelay,
      double jitter,
      Set<Fault.Code> on,
      Optional<Double> budget,
      Origin origin)
      implements Policy {
    public static final int ATTEMPTS_MAX = 100;

    public Retry(
        int attempts,
        Backoff backoff,
        Duration delay,
        Duration maxDelay,
        double jitter,
        Origin origin) {
      this(attempts, backoff, delay, maxDelay, jitter, Set.of(), Optional.empty(), origin);
    }

    @Override
    public Kind kind() {
      return Kind.RETRY;
    }
  }

  enum Backoff {
    CONSTANT,
    LINEAR,
    EXPONENTIAL
  }

  /**
   * Calls nothing for {@code openFor} when of the last {@code window} calls too large a share
   * failed or was slow; then lets {@code probes} through.
   */
  record CircuitBreaker(
      double failureRate,
      Optional<Slow> slow,
      int window,
      Duration openFor,
      int probes,
      Origin origin)
      implements Policy {
    @Override
    public Kind kind() {
      return Kind.CIRCUIT_BREAKER;
    }
  }

  /** Calls that take longer than {@code after}, and the share of them that is too much. */
  record Slow(double rate, Duration after) {}
}
