package io.unikernal.testing;

import io.unikernal.model.Capability;
import io.unikernal.model.Conform;
import io.unikernal.model.Operation;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Plan;
import io.unikernal.model.Route;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a simulation plays: messages that come, and what goes wrong. It is data, so that parts of it
 * can be left out.
 */
record Scenario(long seed, List<Letter> letters, List<Calamity> calamities) {
  private static final double CALAMITIES_OF_CALLS = 0.04;
  private static final double DUPLICATES = 0.05;
  private static final int KILLS_MAX = 3;

  /** How many messages come at once, with a share of chance. */
  private static final double IN_A_BURST = 0.5;

  private static final int BURST_MS = 40;
  private static final int MAKE_TRIES_MAX = 20;

  /**
   * A message that comes.
   *
   * @param number stays the same where others are left out
   */
  record Letter(int number, Operation source, Duration at, Value value) {}

  /** The same seed makes the same scenario. */
  static Scenario of(
      Plan plan, long seed, int messages, Duration length, Set<Calamity.Kind> kinds) {
    var random = new SplittableRandom(seed);
    var sources = new LinkedHashMap<String, Operation>();
    plan.routes().stream().map(Route::from).forEach(from -> sources.put(from.id(), from));
    var letters = new ArrayList<Letter>();
    List<Operation> from = List.copyOf(sources.values());
    Duration last = Duration.ZERO;
    for (int i = 0; i < messages && !from.isEmpty(); i++) {
      Operation source = from.get(random.nextInt(from.size()));
      last =
          i > 0 && random.nextDouble() < IN_A_BURST
              ? last.plusMillis(random.nextInt(BURST_MS))
              : Duration.ofMillis(random.nextLong(length.toMillis()));
      letters.add(new Letter(i, source, last, value(source, random.split())));
    }
    letters.sort(Comparator.comparing(Letter::at).thenComparing(Letter::number));
    return new Scenario(
        seed, List.copyOf(letters), calamities(plan, letters, random.split(), kinds));
  }

  private static Value value(Operation source, SplittableRandom random) {
    Value value = Value.Null.NULL;
    for (int i = 0; i < MAKE_TRIES_MAX; i++) {
      value = new ValueMaker(random).make(source.input());
      if (Conform.check(source.input(), value, Conform.Extra.REFUSE)
          instanceof Conform.Result.Fits) {
        return value;
      }
    }
    return value;
  }

  private static List<Calamity> calamities(
      Plan plan, List<Letter> letters, SplittableRandom random, Set<Calamity.Kind> kinds) {
    var all = new ArrayList<Calamity>();
    List<Calamity.Kind> ofCalls = kinds.stream().filter(Calamity.Kind::isOfCalls).sorted().toList();
    for (Operation operation : called(plan).values()) {
      for (int i = 0; i < 2 * letters.size() && !ofCalls.isEmpty(); i++) {
        if (random.nextDouble() < CALAMITIES_OF_CALLS) {
          Calamity.Kind kind = ofCalls.get(random.nextInt(ofCalls.size()));
          all.add(new Calamity(kind, operation.id(), i, Duration.ZERO));
        }
      }
    }
    for (Letter letter : letters) {
      boolean mayCome = letter.source().capabilities().contains(Capability.REDELIVERS);
      boolean isTwice = random.nextDouble() < DUPLICATES;
      if (mayCome && isTwice && kinds.contains(Calamity.Kind.DUPLICATE)) {
        all.add(new Calamity(Calamity.Kind.DUPLICATE, "", letter.number(), Duration.ZERO));
      }
    }
    int kills = random.nextInt(KILLS_MAX + 1);
    for (int i = 0; i < kills && !letters.isEmpty() && kinds.contains(Calamity.Kind.KILL); i++) {
      Duration at = letters.get(random.nextInt(letters.size())).at();
      all.add(new Calamity(Calamity.Kind.KILL, "", i, at.plusMillis(random.nextInt(BURST_MS))));
    }
    return List.copyOf(all);
  }

  private static Map<String, Operation> called(Plan plan) {
    var called = new LinkedHashMap<String, Operation>();
    plan.systems()
        .forEach(system ->
            system.operations().values().stream()
                .filter(operation -> operation.direction() == Direction.CALLED)
                .forEach(operation -> called.put(operation.id(), operation)));
    return called;
  }

  Scenario withLetters(List<Letter> fewer) {
    return new Scenario(seed, fewer, calamities);
  }

  Scenario withCalamities(List<Calamity> fewer) {
    return new Scenario(seed, letters, fewer);
  }
}
