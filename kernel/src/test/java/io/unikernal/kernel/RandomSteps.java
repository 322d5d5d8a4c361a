package io.unikernal.kernel;

import io.unikernal.model.Expression;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.Frame;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Policy;
import io.unikernal.model.Reply;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.Step;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Random pipelines and targets of every kind. */
final class RandomSteps {
  static final int ITEMS_MAX = 4;

  /** In names of what is called for each item. */
  private static final String LOOP = "loop";

  /** In names of what gets copies: its answers must reach nobody. */
  static final String SHADOW = "shadow";

  /** In names of what may get a second copy, which may come late. */
  private static final String HEDGE = "hedge";

  /** What a shadow answers, and nobody else does. */
  static final Value WRONG = Value.integer(-1);

  /** In names of what is called for each item of what is run again behind a batch. */
  private static final String AGAIN = LOOP + "again";

  /** In names of what runs behind a batch, and so takes lists. */
  static final String BATCH = "batch";

  /** In names of members that are cancelled and not waited for. */
  private static final String RACE = "race";

  /** Later steps are simple: a frame has no more slots. */
  private static final int SLOTS_MAX = 24;

  private static final int DEPTH_MAX = 2;

  private final SplittableRandom random;
  private final Def def;
  private final BiFunction<String, Integer, Operation> workers;
  private final int attemptsAround;
  private final Undone undone;
  private int names;
  private int slot;

  RandomSteps(
      SplittableRandom random,
      Def def,
      BiFunction<String, Integer, Operation> workers,
      int attemptsAround,
      Undone undone) {
    this.random = random;
    this.def = def;
    this.workers = workers;
    this.attemptsAround = attemptsAround;
    this.undone = undone;
  }

  /** Whether one message may call it while another call of it has not ended. */
  static boolean mayOverlap(String operation) {
    return operation.startsWith(LOOP) || operation.startsWith(RACE);
  }

  /** Whether calls for an earlier message may come later, though the source has an order. */
  static boolean mayOvertake(String operation) {
    return operation.contains(SHADOW)
        || operation.contains(HEDGE)
        || operation.startsWith(AGAIN)
        || operation.startsWith(BATCH);
  }

  static int retry(SplittableRandom random, List<Policy> policies) {
    int attempts = 2 + random.nextInt(3);
    policies.add(
        new Policy.Retry(
            attempts,
            Policy.Backoff.values()[random.nextInt(3)],
            Duration.ofMillis(1 + random.nextInt(200)),
            Duration.ofSeconds(1),
            random.nextInt(2) * 0.5,
            Def.HERE));
    return attempts;
  }

  /** Steps, then a batch or a window, then a call with its list. */
  String gathering(String name, boolean replies) {
    boolean isRepeated = attemptsAround > 1; // and then messages meet those behind them
    slot = 0;
    var steps = new ArrayList<>(steps(DEPTH_MAX, new Place(isRepeated ? AGAIN : "w", 1, true)));
    if (replies) {
      steps.add(Def.reply(slot++, Def.input()));
    }
    int own = slot++;
    steps.add(held(Def.head("held", own)));
    var many = workers.apply(BATCH + name + ".call", attemptsAround);
    steps.add(new Step.Call(Def.head("many", slot++), many, Def.slot(Frame.FIRST_STEP + own)));
    def.pipeline(name, steps, List.of());
    return name;
  }

  private Step held(Step.Head head) {
    Optional<Expression> key =
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(Def.eval(frame -> Value.integer(number(frame) % 3)));
    int count = 1 + random.nextInt(6);
    if (random.nextBoolean()) {
      var within = Duration.ofMillis(1 + random.nextInt(2_000));
      Optional<Long> bytes = random.nextBoolean() ? Optional.of(6L) : Optional.empty();
      return new Step.Batch(head, Optional.of(count), bytes, within, key, Def.input());
    }
    var every = Duration.ofMillis(1 + random.nextInt(2_000));
    Optional<Expression> at =
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(
                Def.eval(frame -> new Value.Timestamp(BEGIN.plusMillis(number(frame) * 200))));
    return new Step.Window(head, every, every, at, Duration.ofMillis(100), count, key, Def.input());
  }

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  String pipeline(String name, int depth, boolean replies) {
    int outer = slot;
    slot = 0;
    var steps = new ArrayList<Step>();
    if (random.nextInt(3) == 0) {
      steps.add(done("first" + names++));
      steps.add(done("second" + names++));
    }
    steps.addAll(steps(depth, new Place("w", 1, true)));
    if (replies) {
      steps.add(random.nextInt(steps.size() + 1), Def.reply(slot++, Def.input()));
    }
    List<Step> onError = List.of();
    if (random.nextInt(4) == 0) {
      var alert = workers.apply(name + "alert.send", attemptsAround * ITEMS_MAX);
      onError = List.of(Def.call("alert", 30, alert));
    }
    def.pipeline(name, steps, onError);
    slot = outer;
    return name;
  }

  /**
   * Where steps stand.
   *
   * @param prefix of the names of what they call
   * @param times how often they may be run for one message, besides retries of the route
   * @param mayDrop whether a filter may stand there
   */
  private record Place(String prefix, int times, boolean mayDrop) {
    Place aside() {
      return new Place(prefix, times, false);
    }

    Place race() {
      return new Place(RACE + prefix, times, mayDrop);
    }

    Place each() {
      return new Place(LOOP + prefix, times * ITEMS_MAX, true);
    }
  }

  private List<Step> steps(int depth, Place place) {
    var steps = new ArrayList<Step>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      steps.add(step(depth, place));
    }
    return steps;
  }

  private Step step(int depth, Place place) {
    String name = "s" + names++;
    int kind = slot >= SLOTS_MAX ? 99 : random.nextInt(depth >= DEPTH_MAX ? 8 : 16);
    return switch (kind) {
      case 0, 1, 2 -> call(name, place);
      case 3 -> new Step.Set(Def.head(name, slot++), Def.input());
      case 4, 5 -> done(name);
      case 6 -> Def.wait(slot++, Duration.ofMillis(random.nextInt(200)));
      case 7 -> place.mayDrop() ? filter() : call(name, place);
      case 8, 9 -> parallel(name, depth, place);
      case 10 -> each(name, depth, place);
      case 11 -> choose(name, depth, place);
      case 12, 13 -> attempt(name, depth, place);
      case 14 -> new Step.Routed(Def.head(name, slot++), several(place), Def.input());
      case 15 ->
          place.times() == 1 && slot < SLOTS_MAX
              ? new Step.Run(
                  Def.head(name, slot++), pipeline("sub" + name, depth + 1, false), Def.input())
              : call(name, place);
      default -> new Step.Set(Def.head(name, SLOTS_MAX), Def.input());
    };
  }

  private Step call(String name, Place place) {
    var policies = new ArrayList<Policy>();
    if (random.nextInt(3) == 0) {
      policies.add(new Policy.Timeout(Duration.ofMillis(50 + random.nextInt(1000)), Def.HERE));
    }
    int attempts = random.nextInt(3) == 0 ? retry(random, policies) : 1;
    var target = worker(name, place, attempts);
    return new Step.Call(
        Def.head(name, slot++, policies.toArray(Policy[]::new)), target, Def.input());
  }

  private Operation worker(String name, Place place, int attempts) {
    return workers.apply(
        place.prefix() + name + ".call", attempts * place.times() * attemptsAround);
  }

  private Step filter() {
    int modulus = 2 + random.nextInt(5);
    return Def.filter(slot++, Def.eval(frame -> Value.Bool.of(number(frame) % modulus != 0)));
  }

  private static long number(Frame frame) {
    return ((Value.Int) frame.get(Frame.INPUT)).value();
  }

  private Step parallel(String name, int depth, Place place) {
    undone.isConcurrent = true;
    var head = Def.head(name, slot++);
    var branches =
        IntStream.range(0, 1 + random.nextInt(3))
            .mapToObj(_ -> step(depth + 1, place.aside()))
            .toList();
    return new Step.Parallel(head, branches);
  }

  private Step each(String name, int depth, Place place) {
    int concurrency = 1 + random.nextInt(3);
    undone.isConcurrent |= concurrency > 1;
    var head = Def.head(name, slot++);
    var items =
        new Value.Items(
            IntStream.range(0, random.nextInt(ITEMS_MAX + 1)).mapToObj(Value::integer).toList());
    return Def.each(
        head,
        Def.constant(items),
        concurrency,
        random.nextBoolean(),
        steps(depth + 1, place.each()));
  }

  private Step choose(String name, int depth, Place place) {
    var head = Def.head(name, slot++);
    var odd = Def.eval(frame -> Value.Bool.of(number(frame) % 2 == 1));
    var cases = new ArrayList<Step.Case>();
    cases.add(new Step.Case(Optional.of(odd), steps(depth + 1, place), Def.input()));
    if (random.nextBoolean()) {
      cases.add(new Step.Case(Optional.empty(), steps(depth + 1, place), Def.input()));
    }
    return new Step.Choose(head, cases);
  }

  private Step attempt(String name, int depth, Place place) {
    var on = random.nextBoolean() ? List.<Code>of() : List.of(Code.TIMEOUT, Code.DISCONNECTED);
    int own = slot++;
    return Def.attempt(name, own, steps(depth + 1, place), on, steps(depth + 1, place));
  }

  SmartTarget several() {
    return several(new Place("w", 1, true));
  }

  private SmartTarget several(Place place) {
    undone.isConcurrent = true;
    int kind = random.nextInt(4);
    var where = kind == 1 ? place.race() : place;
    var members =
        IntStream.range(0, 1 + random.nextInt(3))
            .mapToObj(_ -> Def.member(worker("m" + names++, where, 1)))
            .toList();
    return switch (kind) {
      case 0 -> new SmartTarget.All(members, Def.SLOTS);
      case 1 -> new SmartTarget.First(members, Def.SLOTS);
      case 2 -> choose(place, members);
      default -> new SmartTarget.Fallback(members, Def.SLOTS);
    };
  }

  private SmartTarget choose(Place place, List<SmartTarget.Member> members) {
    boolean isHedged = random.nextInt(3) == 0;
    var race = place.race();
    var all =
        isHedged
            ? IntStream.range(0, 2 + random.nextInt(2))
                .mapToObj(_ -> Def.member(Def.reads(worker(HEDGE + names++, race, 1))))
                .toList()
            : members;
    return new SmartTarget.Choose(
        all,
        SmartTarget.By.values()[random.nextInt(SmartTarget.By.values().length)],
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        Optional.of(Def.input()),
        Optional.empty(),
        isHedged
            ? Optional.of(new SmartTarget.Hedge.After(Duration.ofMillis(random.nextInt(100))))
            : Optional.empty(),
        random.nextInt(3) == 0
            ? Optional.of(Def.member(worker(SHADOW + names++, race, 1)))
            : Optional.empty(),
        random.nextInt(3) == 0
            ? List.of(new SmartTarget.Canary(Def.member(worker("c" + names++, place, 1)), 30))
            : List.of(),
        Def.SLOTS);
  }

  /** A step that is done when it is run, and undone when a later one fails. */
  private Step done(String name) {
    int own = slot++;
    var undo = def.called("undo" + name + ".x", undone.worker());
    return new Step.Set(
        Def.compensate(
            Def.head(name, own),
            new Step.Call(Def.head("undo", 31), undo, Def.slot(Frame.FIRST_STEP + own))),
        Def.eval(frame -> undone.done(number(frame))));
  }

  /** What was done and undone for each message. */
  static final class Undone {
    private final Map<Long, ArrayDeque<Long>> open = new HashMap<>();
    private final Map<Long, Long> messages = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private long number;

    /** Then nothing can be said of the order. */
    boolean isConcurrent;

    Value done(long message) {
      long run = ++number;
      open.computeIfAbsent(message, _ -> new ArrayDeque<>()).push(run);
      messages.put(run, message);
      return Value.integer(run);
    }

    Endpoint.Duplex worker() {
      return request -> {
        undo(request);
        return Reply.NONE;
      };
    }

    private void undo(Message request) {
      long run = ((Value.Int) request.body().value()).value();
      var left = open.getOrDefault(messages.get(run), new ArrayDeque<>());
      if (!isConcurrent && !left.isEmpty() && left.peek() != run) {
        wrong.add("undone too early: " + run + " before " + left.peek());
      }
      if (!left.remove(run)) {
        wrong.add("undone twice: " + run);
      }
    }

    Optional<String> check(long message, boolean mustBeEmpty) {
      if (!wrong.isEmpty()) {
        return Optional.of(wrong.toString());
      }
      var left = open.getOrDefault(message, new ArrayDeque<>());
      return mustBeEmpty && !left.isEmpty()
          ? Optional.of(message + " failed, and this is not undone: " + left)
          : Optional.empty();
    }
  }
}
