package io.unikernal.testing;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Conform;
import io.unikernal.model.Frame;
import io.unikernal.model.Plan;
import io.unikernal.model.Policy;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.DefinitionTest;
import io.unikernal.udl.DefinitionTest.Send;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Runs one test of a definition, in a world of its own. */
final class TestRunner {
  /** How often another value is made up where one does not fit its type: odd patterns. */
  private static final int MAKE_TRIES_MAX = 20;

  private final Plan plan;
  private final Map<String, Adapter> adapters;
  private final RealSystems real;
  private final Opener opener;
  private final Consumer<Policy> acted;

  /** {@code acted} hears of each policy that does something. */
  TestRunner(
      Plan plan,
      Map<String, Adapter> adapters,
      RealSystems real,
      Opener opener,
      Consumer<Policy> acted) {
    this.plan = plan;
    this.adapters = adapters;
    this.real = real;
    this.opener = opener;
    this.acted = acted;
  }

  private record Judged(Stage.Ran ran, List<Failing> failings, Duration virtual) {}

  /** The same seed and test give the same result. */
  TestResult run(DefinitionTest test, long seed) {
    long begun = System.nanoTime();
    Judged judged = judge(test, seed, sendings(test, seed));
    List<Failing> failings = judged.failings();
    if (!failings.isEmpty() && test.sends().stream().anyMatch(Send::any)) {
      failings = List.copyOf(shrunk(test, seed, judged));
    }
    var seen = judged.ran().seen();
    return new TestResult(
        test,
        seed,
        failings,
        seen.sent.size(),
        seen.calls().size(),
        judged.virtual(),
        Duration.ofNanos(System.nanoTime() - begun));
  }

  private Judged judge(DefinitionTest test, long seed, List<Sending> sendings) {
    var world = new SimWorld(seed);
    var mocks = new Mocks(world, test.mocks(), real);
    var ran = new Stage(plan, adapters, world, mocks, opener).run(sendings);
    ran.seen()
        .events(Listener.Event.PolicyActed.class)
        .forEach(event -> acted.accept(event.policy()));
    var judge = new Judge(plan, adapters, test, ran);
    return new Judged(ran, judge.failings(mocks.missing(ran.seen())), world.elapsed());
  }

  private List<Sending> sendings(DefinitionTest test, long seed) {
    var sendings = new ArrayList<Sending>();
    for (Send send : test.sends()) {
      LongFunction<Value> input =
          send.any() ? made(send, seed + sendings.size()) : number -> evaluated(send, number, seed);
      sendings.add(new Sending(send.to(), send.times(), send.every(), input, send.headers()));
    }
    return sendings;
  }

  private static Value evaluated(Send send, long number, long seed) {
    var frame = new Frame(Frame.FIRST_STEP, new SimWorld(seed + number).ambient());
    frame.set(Frame.INPUT, Value.integer(number));
    return send.input().evaluate(frame);
  }

  /** Each message has random numbers of its own: leaving one out changes no other. */
  private static LongFunction<Value> made(Send send, long seed) {
    return number -> {
      var random = new SplittableRandom(seed * 1_000_003 + number);
      Value value = Value.Null.NULL;
      for (int i = 0; i < MAKE_TRIES_MAX; i++) {
        value = new ValueMaker(random).make(send.to().input());
        if (Conform.check(send.to().input(), value, Conform.Extra.REFUSE)
            instanceof Conform.Result.Fits) {
          return value;
        }
      }
      return value; // the message fails as INVALID then, and the trace shows which rule
    };
  }

  /** The first failing that one message shows by itself, with the smallest such message. */
  private List<Failing> shrunk(DefinitionTest test, long seed, Judged judged) {
    var failings = new ArrayList<>(judged.failings());
    for (int i = 0; i < failings.size(); i++) {
      Failing failing = failings.get(i);
      Optional<Send> send = alone(test, failing, judged.ran().seen());
      if (send.isEmpty()) {
        continue;
      }
      Value value = judged.ran().seen().sent.get(failing.message().orElseThrow()).input;
      Value smallest =
          Shrinking.shrink(
              send.get().to().input(),
              value,
              smaller -> shows(test, seed, send.get(), smaller, failing.what()).isPresent());
      Optional<Failing> small = shows(test, seed, send.get(), smallest, failing.what());
      if (small.isPresent() && !smallest.equals(value)) {
        var trace = new ArrayList<String>();
        trace.add("with a message made smaller:");
        trace.addAll(small.get().trace());
        failings.set(
            i,
            new Failing(
                failing.at(),
                failing.what(),
                failing.expected(),
                failing.came(),
                failing.message(),
                trace));
      }
      return failings;
    }
    return failings;
  }

  /** What was sent, where the failing is about one made-up message and not about how many. */
  private static Optional<Send> alone(DefinitionTest test, Failing failing, Seen seen) {
    OptionalInt message = failing.message();
    boolean isOfOne =
        failing.what().equals("any")
            || failing.what().equals("mock")
            || failing.what().equals("replies")
                && test.expect().replies().flatMap(DefinitionTest.Replies::times).isEmpty();
    if (message.isEmpty() || !isOfOne) {
      return Optional.empty();
    }
    String source = seen.sent.get(message.getAsInt()).source.id();
    return test.sends().stream()
        .filter(send -> send.any() && send.to().id().equals(source))
        .findFirst();
  }

  private Optional<Failing> shows(
      DefinitionTest test, long seed, Send send, Value value, String what) {
    if (!(Conform.check(send.to().input(), value, Conform.Extra.REFUSE)
        instanceof Conform.Result.Fits)) {
      return Optional.empty();
    }
    var one = new Sending(send.to(), 1, Duration.ZERO, _ -> value, send.headers());
    return judge(test, seed, List.of(one)).failings().stream()
        .filter(failing -> failing.what().equals(what))
        .findFirst();
  }
}
