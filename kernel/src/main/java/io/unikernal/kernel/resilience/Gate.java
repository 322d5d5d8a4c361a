package io.unikernal.kernel.resilience;

import io.unikernal.model.Fault;
import io.unikernal.model.Policy;
import io.unikernal.model.Value;
import java.util.Optional;

/** A policy that lets a message in, leaves it out, or refuses it; asked once, before all else. */
sealed interface Gate {
  /**
   * False if it is left out, which is no fault.
   *
   * @throws Refused if it is refused
   */
  boolean lets(Asked asked);

  Policy policy();

  /** Whether it looks at the message. */
  default boolean readsInput() {
    return false;
  }

  /** Who of {@code deny}, who is not of {@code allow}, and who does not make the condition true. */
  record Access(Policy.Access policy, Optional<Policy.Rule> when) implements Gate {
    @Override
    public boolean lets(Asked asked) {
      var roles = asked.who().roles();
      boolean isDenied = policy.deny().stream().anyMatch(roles::contains);
      boolean isAllowed =
          policy.allow().isEmpty() || policy.allow().stream().anyMatch(roles::contains);
      boolean isTrue =
          isAllowed
              && !isDenied
              && when.map(rule -> asked.value(rule) == Value.Bool.TRUE).orElse(true);
      if (!isTrue) {
        var fault = Fault.of(Fault.Code.FORBIDDEN, "the caller may not use `" + asked.what() + "`");
        asked.refused(policy, fault);
        throw new Refused(fault);
      }
      return true;
    }

    @Override
    public boolean readsInput() {
      return when.isPresent();
    }
  }

  /** What the author's own condition refuses. */
  record Custom(Policy.Custom policy, Policy.Rule denyWhen, Policy.Rule message) implements Gate {
    private static final String BARE = "refused";

    @Override
    public boolean lets(Asked asked) {
      if (asked.value(denyWhen) == Value.Bool.TRUE) {
        var text =
            asked.value(message) instanceof Value.Text(var said) && !said.isEmpty() ? said : BARE;
        var fault = Fault.of(Fault.Code.FORBIDDEN, text);
        asked.refused(policy, fault);
        throw new Refused(fault);
      }
      return true;
    }

    @Override
    public boolean readsInput() {
      return true;
    }
  }

  /** One limit for all. */
  record Rate(Policy policy, RateLimiter limiter) implements Gate {
    @Override
    public boolean lets(Asked asked) {
      limiter.acquire(asked.what());
      return true;
    }
  }

  /** A limit for each value of a key. */
  record KeyedRate(Policy policy, KeyedLimiters limiters, Policy.Rule key) implements Gate {
    @Override
    public boolean lets(Asked asked) {
      limiters.acquire(KeyText.of(asked.value(key)), asked.what());
      return true;
    }

    @Override
    public boolean readsInput() {
      return true;
    }
  }

  /** So many in a period, counted where a restart does not forget it. */
  record Counted(Policy policy, Counter counter, Optional<Policy.Rule> key) implements Gate {
    @Override
    public boolean lets(Asked asked) {
      counter.acquire(key.map(rule -> KeyText.of(asked.value(rule))).orElse(""), asked.what());
      return true;
    }

    @Override
    public boolean readsInput() {
      return key.isPresent();
    }
  }

  /** A share of the messages, the same for one key or message however often it comes. */
  record Sample(Policy policy, double share, Optional<Policy.Rule> key) implements Gate {
    private static final double UNIT = 0x1.0p-53;

    @Override
    public boolean lets(Asked asked) {
      var text = key.map(rule -> KeyText.of(asked.value(rule))).orElse(asked.messageId());
      return chance(text) < share;
    }

    /** From 0 inclusive to 1 exclusive, evenly spread over keys: FNV-1a, then a mixer. */
    static double chance(String key) {
      long hash = 0xCBF29CE484222325L;
      for (int i = 0; i < key.length(); i++) {
        hash = (hash ^ key.charAt(i)) * 0x100000001B3L;
      }
      hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
      hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
      return ((hash ^ (hash >>> 31)) >>> 11) * UNIT;
    }

    @Override
    public boolean readsInput() {
      return key.isPresent();
    }
  }
}
