package io.unikernal.testing;

import io.unikernal.kernel.Status;
import io.unikernal.model.Plan;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.DefinitionTest;
import io.unikernal.udl.DefinitionTest.Mock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * A definition under made-up messages and everything that goes wrong, for as long and as often as
 * is wanted. The real kernel runs, in virtual time; a seed reproduces a run.
 */
public final class Simulation {
  /** The longest run, in virtual time. */
  public static final Duration LENGTH_MAX = Duration.ofHours(144);

  public static final int MESSAGES_MAX = 10_000;

  /** What may go wrong, by the names of the command line. */
  public static final List<String> KINDS =
      EnumSet.allOf(Calamity.Kind.class).stream().map(Calamity.Kind::toString).toList();

  /** How often a smaller scenario is tried, to show what is wrong with little. */
  private static final int TRIES_MAX = 300;

  private final Plan plan;
  private final Map<String, Adapter> adapters;
  private final Map<String, Mock> mocks = new LinkedHashMap<>();
  private final Settings settings;

  /**
   * @param seed the first; {@code seeds} of them are run
   * @param messages how many come in each
   * @param length how long each takes, in virtual time
   * @param kinds of {@link #KINDS}
   */
  public record Settings(
      long seed, int seeds, int messages, Duration length, Set<String> kinds, Opener opener) {}

  /** How often what happened, over all runs. */
  public record Totals(long messages, long calls, long calamities, Map<String, long[]> byRoute) {}

  /**
   * Something that must never be.
   *
   * @param messages how many are left of those that the run began with
   * @param calamities what must go wrong for it
   * @param trace what happened to the message, or to all where it is about none
   */
  public record Found(
      long seed,
      String invariant,
      String text,
      int messages,
      List<String> calamities,
      List<String> trace) {}

  public record Report(
      int seeds, Totals totals, Duration virtual, Duration real, Optional<Found> found) {}

  /** {@code tests}: their mocks answer for the operations that they name. */
  public Simulation(
      Plan plan, Map<String, Adapter> adapters, List<DefinitionTest> tests, Settings settings) {
    this.plan = plan;
    this.adapters = adapters;
    this.settings = settings;
    for (DefinitionTest test : tests) {
      test.mocks().stream()
          .filter(mock -> mock.returns().isPresent())
          .forEach(mock -> mocks.putIfAbsent(mock.operation().id(), mock));
    }
  }

  /** Stops at the first seed that finds something. {@code progress} is told of each seed. */
  public Report run(LongConsumer progress) {
    long begun = System.nanoTime();
    var kinds = EnumSet.noneOf(Calamity.Kind.class);
    settings
        .kinds()
        .forEach(kind -> kinds.add(Calamity.Kind.valueOf(kind.toUpperCase(Locale.ROOT))));
    var byRoute = new LinkedHashMap<String, long[]>();
    long messages = 0;
    long calls = 0;
    long calamities = 0;
    Duration virtual = Duration.ZERO;
    Optional<Found> found = Optional.empty();
    int seeds = 0;
    for (int i = 0; i < settings.seeds() && found.isEmpty(); i++) {
      long seed = settings.seed() + i;
      progress.accept(seed);
      var scenario = Scenario.of(plan, seed, settings.messages(), settings.length(), kinds);
      Play.Played played = play(scenario);
      List<Invariants.Broken> broken = Invariants.broken(plan, played);
      seeds++;
      messages += played.posted().size();
      calls += played.seen().calls().size();
      calamities += scenario.calamities().size();
      virtual = virtual.plus(played.virtual());
      count(played, byRoute);
      if (!broken.isEmpty()) {
        found = Optional.of(shortest(scenario, broken.getFirst()));
      }
    }
    return new Report(
        seeds,
        new Totals(messages, calls, calamities, byRoute),
        virtual,
        Duration.ofNanos(System.nanoTime() - begun),
        found);
  }

  private static void count(Play.Played played, Map<String, long[]> byRoute) {
    for (Status status : played.books()) {
      for (var route : status.routes()) {
        if (route.counts().received() == 0) {
          continue;
        }
        long[] sums = byRoute.computeIfAbsent(route.name(), _ -> new long[5]);
        var counts = route.counts();
        sums[0] += counts.received();
        sums[1] += counts.delivered();
        sums[2] += counts.failed();
        sums[3] += counts.deadLettered();
        sums[4] += counts.dropped();
      }
    }
  }

  private Play.Played play(Scenario scenario) {
    return new Play(plan, adapters, mocks, scenario, settings.opener()).run();
  }

  /** Leaves out messages and faults as long as the same invariant is broken. */
  private Found shortest(Scenario scenario, Invariants.Broken broken) {
    var tries = new int[] {TRIES_MAX};
    var smallest = new Scenario[] {scenario};
    boolean goesOn = true;
    while (goesOn) {
      Scenario before = smallest[0];
      smallest[0] =
          smallest[0].withLetters(
              fewer(
                  smallest[0].letters(),
                  part -> isBroken(smallest[0].withLetters(part), broken, tries)));
      smallest[0] =
          smallest[0].withCalamities(
              fewer(
                  smallest[0].calamities(),
                  part -> isBroken(smallest[0].withCalamities(part), broken, tries)));
      smallest[0] = earlier(smallest[0], part -> isBroken(part, broken, tries));
      goesOn = !smallest[0].equals(before);
    }
    Play.Played played = play(smallest[0]);
    Invariants.Broken shown =
        Invariants.broken(plan, played).stream()
            .filter(one -> one.invariant().equals(broken.invariant()))
            .findFirst()
            .orElse(broken);
    return new Found(
        scenario.seed(),
        shown.invariant(),
        shown.text(),
        smallest[0].letters().size(),
        smallest[0].calamities().stream().map(Calamity::toString).toList(),
        trace(played, shown));
  }

  /** What goes wrong with a late call needs many messages before: it is moved to an early one. */
  private static Scenario earlier(Scenario scenario, Predicate<Scenario> isStill) {
    Scenario best = scenario;
    for (int i = 0; i < best.calamities().size(); i++) {
      Calamity late = best.calamities().get(i);
      for (int number : new int[] {0, late.number() / 2, late.number() - 1}) {
        if (!late.kind().isOfCalls() || number < 0 || number >= late.number()) {
          continue;
        }
        var moved = new ArrayList<>(best.calamities());
        moved.set(i, new Calamity(late.kind(), late.operation(), number, late.at()));
        Scenario tried = best.withCalamities(List.copyOf(moved));
        if (isStill.test(tried)) {
          best = tried;
          break;
        }
      }
    }
    return best;
  }

  private List<String> trace(Play.Played played, Invariants.Broken shown) {
    var story = new Story(played.seen(), new Senders(plan, adapters));
    if (shown.message().isPresent()) {
      return story.lines(shown.message().get());
    }
    var lines = new ArrayList<String>();
    played.seen().sent.stream().limit(3).forEach(one -> lines.addAll(story.lines(one)));
    return lines;
  }

  private boolean isBroken(Scenario scenario, Invariants.Broken broken, int[] tries) {
    if (tries[0]-- <= 0) {
      return false;
    }
    return Invariants.broken(plan, play(scenario)).stream()
        .anyMatch(one -> one.invariant().equals(broken.invariant()));
  }

  /** The least part of a list that still does it: halves are left out, then quarters, and so on. */
  private static <T> List<T> fewer(List<T> all, Predicate<List<T>> isStill) {
    List<T> left = all;
    if (!left.isEmpty() && isStill.test(List.of())) {
      return List.of();
    }
    for (int size = Math.max(1, left.size() / 2); size >= 1; size /= 2) {
      int at = 0;
      while (at < left.size()) {
        var without = new ArrayList<>(left.subList(0, at));
        without.addAll(left.subList(Math.min(left.size(), at + size), left.size()));
        if (isStill.test(List.copyOf(without))) {
          left = List.copyOf(without);
        } else {
          at += size;
        }
      }
    }
    return left;
  }
}
