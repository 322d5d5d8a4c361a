package io.unikernal.kernel.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.MemoryState;
import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Origin;
import io.unikernal.model.Policy;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/**
 * What policies promise, under random times, failures, interrupts and orders of events. Each check
 * finds a variant that is broken on purpose.
 */
class InvariantsTest {
  private static final int SEEDS = Boolean.getBoolean("unikernal.long") ? 5_000 : 200;
  private static final int CALLERS = 12;
  private static final int CALLS = 6;
  private static final Policy.Rule KEY =
      new Policy.Rule(
          new Expression() {
            @Override
            public Type type() {
              return Type.Simple.ANY;
            }

            @Override
            public Value evaluate(Frame frame) {
              return frame.get(Frame.INPUT);
            }

            @Override
            public String text() {
              return "input";
            }
          },
          Policy.Over.PLACE);

  /** A policy around work, real or broken. */
  @FunctionalInterface
  private interface Around {
    Optional<Value> run(Asked asked, Attempt attempt) throws InterruptedException;
  }

  /** Callers at random times, some of whom are interrupted. */
  private static final class Run {
    final SimWorld world;
    final Random random;
    final List<String> wrong = new ArrayList<>();

    Run(long seed) {
      world = new SimWorld(seed);
      random = new Random(seed);
    }

    Duration some(int millisMax) {
      return Duration.ofMillis(random.nextInt(millisMax));
    }

    void callers(Around around, Attempt work, int keys) {
      world.run(() -> {
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < CALLERS; i++) {
          threads.add(world.start("caller " + i, () -> calls(around, work, keys)));
        }
        for (int i = 0; i < CALLERS / 2; i++) {
          world.sleep(some(100));
          threads.get(random.nextInt(CALLERS)).interrupt();
        }
        world.sleep(Duration.ofMinutes(10));
      });
    }

    private void calls(Around around, Attempt work, int keys) {
      for (int i = 0; i < CALLS; i++) {
        try {
          world.sleep(some(80));
          around.run(new FakeAsked("k" + random.nextInt(keys)), work);
        } catch (FaultException e) {
          // refused or failed: another comes
        } catch (InterruptedException e) {
          // as when nobody wants the answer any more
        }
      }
    }
  }

  private static void holds(LongFunction<List<String>> check) {
    for (long seed = 0; seed < SEEDS; seed++) {
      assertThat(check.apply(seed)).as("seed " + seed).isEmpty();
    }
  }

  private static void isFound(LongFunction<List<String>> check) {
    for (long seed = 0; seed < SEEDS; seed++) {
      if (!check.apply(seed).isEmpty()) {
        return;
      }
    }
    throw new AssertionError("a broken one was not found");
  }

  // At most so many at once, and no place is lost.

  private static List<String> atOnce(long seed, boolean isBroken) {
    var run = new Run(seed);
    var bulkhead = new Bulkhead(run.world, new Bulkhead.Fixed(3), FakeAsked.waiting(4));
    var running = new int[1];
    Attempt work =
        () -> {
          running[0]++;
          if (running[0] > 3) {
            run.wrong.add(running[0] + " at once");
          }
          try {
            run.world.sleep(run.some(60));
            return Optional.of(Value.text("done"));
          } finally {
            running[0]--;
          }
        };
    Around broken =
        (asked, attempt) -> {
          try {
            return bulkhead.run(asked, 0, attempt);
          } catch (FaultException e) {
            return attempt.run(); // does not take no for an answer
          }
        };
    run.callers(isBroken ? broken : new Bulkhead.At(bulkhead, Optional.empty())::run, work, 1);
    if (!bulkhead.text().equals("0 of 3 run, 0 wait")) {
      run.wrong.add("a place is lost: " + bulkhead.text());
    }
    return run.wrong;
  }

  @Test
  void aLimitAtOnceIsNeverExceeded() {
    holds(seed -> atOnce(seed, false));
    isFound(seed -> atOnce(seed, true));
  }

  // A key never gets more than its limit, however many there are.

  private static List<String> rates(long seed, boolean isBroken) {
    var run = new Run(seed);
    var policy = new Policy.RateLimit(10, Duration.ofSeconds(1), 2, Origin.NONE);
    var limiters = new KeyedLimiters[] {new KeyedLimiters(run.world, policy, 3)};
    long share = Duration.ofMillis(100).toNanos();
    Map<String, List<Long>> taken = new TreeMap<>();
    Around around =
        (asked, _) -> {
          if (isBroken && run.random.nextInt(10) == 0) {
            limiters[0] = new KeyedLimiters(run.world, policy, 3); // forgets who was here
          }
          limiters[0].acquire(asked.messageId(), "it");
          taken.computeIfAbsent(asked.messageId(), _ -> new ArrayList<>()).add(run.world.nanos());
          return Optional.empty();
        };
    run.callers(around, Optional::empty, 6);
    taken.forEach((key, times) -> {
      for (int i = 0; i < times.size(); i++) {
        for (int j = i; j < times.size(); j++) {
          if (j - i + 1 > (times.get(j) - times.get(i)) / share + 2) {
            run.wrong.add(key + " got too many: " + times);
          }
        }
      }
    });
    if (limiters[0].size() > 3) {
      run.wrong.add("too many keys");
    }
    return run.wrong;
  }

  @Test
  void noKeyGetsMoreThanItsLimitInBoundedMemory() {
    holds(seed -> rates(seed, false));
    isFound(seed -> rates(seed, true));
  }

  // Nothing is called while the breaker is open, and no more than the probes while it is half.

  private static List<String> breaks(long seed, boolean isBroken) {
    var run = new Run(seed);
    var policy =
        new Policy.CircuitBreaker(0.5, Optional.empty(), 4, Duration.ofMillis(50), 2, Origin.NONE);
    var breaker = new Breaker(run.world, policy);
    var probing = new int[1];
    Around around =
        (_, attempt) -> {
          Breaker.Pass pass;
          try {
            pass = breaker.enter("it");
          } catch (FaultException e) {
            if (isBroken && run.random.nextInt(10) == 0) {
              return attempt.run();
            }
            throw e;
          }
          var verdict = Breaker.Verdict.UNKNOWN;
          boolean isProbe = breaker.text().startsWith("half");
          probing[0] += isProbe ? 1 : 0;
          if (isProbe && probing[0] > 2) {
            run.wrong.add(probing[0] + " probes");
          }
          try {
            var answer = attempt.run();
            verdict = Breaker.Verdict.ANSWERED;
            return answer;
          } catch (FaultException e) {
            verdict = Breaker.Verdict.FAILED;
            throw e;
          } finally {
            probing[0] -= isProbe ? 1 : 0;
            breaker.leave(pass, verdict);
          }
        };
    Attempt work =
        () -> {
          if (breaker.text().startsWith("open for")) {
            run.wrong.add("called while " + breaker.text());
          }
          run.world.sleep(run.some(20));
          if (run.random.nextBoolean()) {
            throw Fault.of(Fault.Code.DISCONNECTED, "away").toException();
          }
          return Optional.of(Value.text("done"));
        };
    run.callers(around, work, 1);
    return run.wrong;
  }

  @Test
  void nothingIsCalledWhileABreakerIsOpen() {
    holds(seed -> breaks(seed, false));
    isFound(seed -> breaks(seed, true));
  }

  // One call for equal messages at once, and one for as long as its answer is kept.

  private static List<String> flights(long seed, boolean isBroken) {
    var run = new Run(seed);
    var policy =
        new Policy.Cache(
            Duration.ofMillis(100), Optional.of(KEY), Duration.ofMillis(50), Origin.NONE);
    var cache = new AnswerCache(run.world, policy);
    Map<String, Integer> underWay = new HashMap<>();
    Map<String, Long> freshUntil = new HashMap<>();
    Around around =
        (asked, _) -> {
          Attempt work =
              () -> {
                var key = asked.messageId();
                if (underWay.merge(key, 1, Integer::sum) > 1) {
                  run.wrong.add("two calls at once for " + key);
                }
                if (freshUntil.getOrDefault(key, 0L) > run.world.nanos()) {
                  run.wrong.add("a call for " + key + " whose answer is kept");
                }
                try {
                  run.world.sleep(run.some(60));
                  if (run.random.nextInt(4) == 0) {
                    throw Fault.of(Fault.Code.DISCONNECTED, "away").toException();
                  }
                  freshUntil.put(key, run.world.nanos() + policy.ttl().toNanos());
                  return Optional.of(Value.text(key));
                } finally {
                  underWay.merge(key, -1, Integer::sum);
                }
              };
          if (isBroken && run.random.nextInt(10) == 0) {
            return work.run();
          }
          var answer =
              cache.run(
                  asked,
                  Optional.of(KEY),
                  work,
                  told ->
                      run.world.start(
                          "refresh",
                          () -> {
                            Optional<Value> got = Optional.empty();
                            try {
                              got = work.run();
                            } catch (FaultException | InterruptedException e) {
                              // the old one goes on
                            } finally {
                              told.accept(got);
                            }
                          }));
          if (!answer.equals(Optional.of(Value.text(asked.messageId())))) {
            run.wrong.add("the answer of another: " + answer);
          }
          return answer;
        };
    run.callers(around, Optional::empty, 3);
    return run.wrong;
  }

  @Test
  void equalMessagesAtOnceCallOnce() {
    holds(seed -> flights(seed, false));
    isFound(seed -> flights(seed, true));
  }

  // One effect for each key, over failures, interrupts and restarts.

  private static List<String> effects(long seed, boolean isBroken) {
    var run = new Run(seed);
    var state = new MemoryState(run.world);
    var table = isBroken ? new Forgetful(state.table("keys"), run.random) : state.table("keys");
    var policy = new Policy.Idempotency(KEY, Duration.ofHours(1), "", Origin.NONE);
    var once = new Once[] {new Once(run.world, table, "here", policy, "run 0")};
    var running = new int[1];
    Map<String, Integer> effects = new TreeMap<>();
    Around around =
        (asked, _) -> {
          if (running[0] == 0 && run.random.nextInt(5) == 0) {
            once[0] = new Once(run.world, table, "here", policy, "run " + run.random.nextLong());
          }
          running[0]++;
          try {
            return once[0].run(
                asked,
                KEY,
                Type.Text.ANY_TEXT,
                () -> {
                  run.world.sleep(run.some(60));
                  if (run.random.nextInt(3) == 0) {
                    throw Fault.of(Fault.Code.DISCONNECTED, "away").toException();
                  }
                  effects.merge(asked.messageId(), 1, Integer::sum);
                  return Optional.of(Value.text("of " + asked.messageId()));
                });
          } finally {
            running[0]--;
          }
        };
    run.callers(around, Optional::empty, 8);
    effects.forEach((key, count) -> {
      if (count > 1) {
        run.wrong.add(key + " was done " + count + " times");
      }
    });
    return run.wrong;
  }

  /** Says that it has kept what it has not, now and then. */
  private record Forgetful(StateStore.Table table, Random random) implements StateStore.Table {
    @Override
    public Optional<byte[]> get(String key) {
      return table.get(key);
    }

    @Override
    public void put(String key, byte[] value, Instant until) {
      if (random.nextInt(5) > 0) {
        table.put(key, value, until);
      }
    }

    @Override
    public Optional<byte[]> putIfAbsent(String key, byte[] value, Instant until) {
      return table.putIfAbsent(key, value, until);
    }

    @Override
    public void remove(String key) {
      table.remove(key);
    }

    @Override
    public long add(String key, long amount, Instant until) {
      return table.add(key, amount, until);
    }
  }

  @Test
  void oneKeyHasOneEffect() {
    holds(seed -> effects(seed, false));
    isFound(seed -> effects(seed, true));
  }

  // Second attempts stay within their share.

  private static List<String> budgets(long seed, boolean isBroken) {
    var random = new Random(seed);
    var budget = new Budget(0.2);
    var wrong = new ArrayList<String>();
    int calls = 0;
    int again = 0;
    for (int i = 0; i < 1_000; i++) {
      if (random.nextInt(3) == 0) {
        calls++;
        budget.pay();
      } else if (budget.take() || isBroken && random.nextInt(50) == 0) {
        again++;
      }
      if (again > Budget.RESERVE + 0.2 * calls + 1e-6) {
        wrong.add(again + " second attempts for " + calls + " calls");
      }
    }
    return wrong;
  }

  @Test
  void secondAttemptsStayWithinTheirBudget() {
    holds(seed -> budgets(seed, false));
    isFound(seed -> budgets(seed, true));
  }
}
