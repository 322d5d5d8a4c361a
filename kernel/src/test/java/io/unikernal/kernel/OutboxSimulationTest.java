package io.unikernal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Route;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: what a durable route has acknowledged is delivered or is a dead letter, whenever the kernel
 * is killed. Method: the real kernel in virtual time, over a store that takes its time; a kill
 * throws away all threads and all memory at a moment that the seed chooses, and keeps the store.
 */
class OutboxSimulationTest {
  private static final int SEEDS = Boolean.getBoolean("unikernal.long") ? 10_000 : 300;
  private static final int SABOTEUR_SEEDS = 200;
  private static final int KEYS = 3;

  /** What stays when the kernel is killed: the store, and the world outside. */
  private static final class Run {
    private final SplittableRandom chance;
    private final MemoryState kept;
    private final Set<String> acknowledged = new TreeSet<>();
    private final Map<String, Integer> delivered = new HashMap<>();
    private final List<Long> firsts = new ArrayList<>();
    private final Set<String> lettered = new HashSet<>();
    private final Outbox.Order order;
    private final Function<Making, Keeping.Making> outboxes;
    private final Function<StateStore, StateStore> store;
    private int sent;
    private int kills;

    Run(
        long seed,
        Function<Making, Keeping.Making> outboxes,
        Function<StateStore, StateStore> store) {
      chance = new SplittableRandom(seed);
      kept = new MemoryState(new SimWorld(seed));
      order = Outbox.Order.values()[chance.nextInt(3)];
      this.outboxes = outboxes;
      this.store = store;
    }

    /** What is wrong, if anything is. */
    List<String> all() {
      int rounds = 1 + chance.nextInt(4);
      for (int round = 0; round < rounds; round++) {
        round(Optional.of(Duration.ofMillis(1 + chance.nextInt(4_000))));
      }
      round(Optional.empty());
      return wrong();
    }

    private List<String> wrong() {
      var wrong = new ArrayList<String>();
      for (String id : acknowledged) {
        if (!delivered.containsKey(id) && !lettered.contains(id)) {
          wrong.add("lost: " + id);
        }
      }
      delivered.forEach((id, times) -> {
        if (times > 1 + kills) {
          wrong.add(id + " was delivered " + times + " times with " + kills + " kills");
        }
        if (lettered.contains(id) && kills == 0) {
          wrong.add(id + " is a dead letter and delivered");
        }
      });
      for (var line : lines()) {
        if (!line.equals(line.stream().sorted().toList())) {
          wrong.add("out of order: " + line);
        }
      }
      if (kept.journals().stream().anyMatch(name -> name.startsWith("outbox"))) {
        wrong.add("the outbox is not empty at the end");
      }
      return wrong;
    }

    /** Those that keep an order among each other, in the order in which they were delivered. */
    private Collection<List<Long>> lines() {
      return switch (order) {
        case NONE -> List.of();
        case WHOLE -> List.of(firsts);
        case BY_KEY -> firsts.stream().collect(Collectors.groupingBy(n -> n % KEYS)).values();
      };
    }

    private static Value key(Value id) {
      return Value.integer(Long.parseLong(((Value.Text) id).value().substring(1)) % KEYS);
    }

    private void round(Optional<Duration> killAfter) {
      var world = new SimWorld(chance.nextLong());
      var def = new Def();
      var web = new Fakes.Push();
      var from =
          def.operation(
              "web.in", Operation.Direction.RECEIVES, Type.Simple.ANY, Type.Simple.NULL, web);
      def.handling =
          new Route.Handling(
              List.of(),
              Optional.empty(),
              true,
              Optional.of(new Route.Durable(3, Duration.ofHours(1), 50)),
              order == Outbox.Order.BY_KEY
                  ? Optional.of(new Route.Order(Def.eval(frame -> key(frame.get(Frame.INPUT))), 2))
                  : Optional.empty());
      def.route(
          from,
          Optional.empty(),
          new Route.Target.ToOperation(
              def.called("db.save", new Fakes.Worker((m, _) -> take(world, m)))),
          order == Outbox.Order.WHOLE);
      var slow = store.apply(new SlowState(kept, world, chance));
      try {
        world.run(() -> {
          var kernel =
              Kernel.open(
                  def.plan(),
                  def.adapters(),
                  new Site(world, Listener.SILENT, slow),
                  outboxes.apply(new Making(world)));
          kernel.start();
          world.start("client", () -> send(web, 1 + chance.nextInt(20), world));
          if (killAfter.isPresent()) {
            world.sleep(killAfter.get());
            throw new Killed();
          }
          world.sleep(Duration.ofHours(2));
          kernel
              .letters()
              .list(Letters.Filter.ALL, Instant.MAX, 10_000)
              .forEach(letter -> lettered.add(letter.fields().fieldText("body")));
          var status = kernel.drain(Duration.ofSeconds(10));
          assertThat(status.isBalanced()).as(status.toString()).isTrue();
          assertThat(status.routes().getFirst().counts().stored()).isZero();
        });
      } catch (IllegalStateException e) {
        if (!(e.getCause() instanceof Killed)) {
          throw e;
        }
        kills++;
      }
    }

    private void send(Fakes.Push web, int count, SimWorld world) {
      try {
        for (int i = 0; i < count; i++) {
          String id = "m" + sent++;
          var message = web.send(Value.text(id));
          if (message.await() instanceof Outcome.Done) {
            acknowledged.add(id);
          }
          world.sleep(Duration.ofMillis(chance.nextInt(300)));
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private Value take(SimWorld world, Message message) throws InterruptedException {
      world.sleep(Duration.ofMillis(chance.nextInt(200)));
      int luck = chance.nextInt(10);
      if (luck == 0) {
        throw Fakes.fault(Fault.Code.REJECTED);
      }
      if (luck < 4) {
        throw Fakes.fault(Fault.Code.DISCONNECTED);
      }
      String id = ((Value.Text) message.body().value()).value();
      if (delivered.merge(id, 1, Integer::sum) == 1) {
        firsts.add(Long.parseLong(id.substring(1)));
      }
      return Value.Null.NULL;
    }
  }

  private record Making(SimWorld world) {}

  private static final class Killed extends Exception {
    private static final long serialVersionUID = 1;
  }

  /** Takes its time before and after each change: a kill may come between. */
  private static final class SlowState extends StateWrapper {
    private final SimWorld world;
    private final SplittableRandom chance;

    SlowState(StateStore inner, SimWorld world, SplittableRandom chance) {
      super(inner);
      this.world = world;
      this.chance = chance;
    }

    @Override
    <T> T change(Supplier<T> work) {
      pause();
      T result = work.get();
      pause();
      return result;
    }

    private void pause() {
      try {
        world.sleep(Duration.ofMillis(chance.nextInt(20)));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void nothingAcknowledgedIsLostWhenTheKernelIsKilledAtAnyMoment() {
    int kills = 0;
    int letters = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      var run = new Run(seed, _ -> Outbox::new, store -> store);
      assertThat(run.all()).as("seed " + seed).isEmpty();
      kills += run.kills;
      letters += run.lettered.size();
    }
    assertThat(kills).isGreaterThan(SEEDS);
    assertThat(letters).isGreaterThan(SEEDS / 2);
  }

  enum Saboteur {
    /** Tells the source before the message is safe. */
    ACKNOWLEDGES_BEFORE_IT_IS_SAFE(
        making ->
            (parts, ordered) ->
                new Outbox(parts, ordered) {
                  @Override
                  public boolean keep(
                      Message message, Instant receivedAt, String givenId, int orderKey) {
                    making
                        .world()
                        .start("later", () -> super.keep(message, receivedAt, givenId, orderKey));
                    return true;
                  }
                },
        store -> store),
    /** Removes a message when it is taken out, and not when it is delivered. */
    REMOVES_BEFORE_IT_IS_DELIVERED(
        _ -> Outbox::new,
        store ->
            new StateWrapper(store) {
              @Override
              List<Entry> read(Journal journal, long from, int max) {
                var found = super.read(journal, from, max);
                if (max == 1 && !found.isEmpty()) {
                  journal.remove(found.getFirst().number());
                }
                return found;
              }
            }),
    /** Carries what is due, whatever lies before it. */
    KEEPS_NO_ORDER(_ -> (parts, _) -> new Outbox(parts, Outbox.Order.NONE), store -> store);

    private final Function<Making, Keeping.Making> outboxes;
    private final Function<StateStore, StateStore> store;

    Saboteur(Function<Making, Keeping.Making> outboxes, Function<StateStore, StateStore> store) {
      this.outboxes = outboxes;
      this.store = store;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBrokenOutboxIsFound(Saboteur saboteur) {
    for (long seed = 0; seed < SABOTEUR_SEEDS; seed++) {
      if (!new Run(seed, saboteur.outboxes, saboteur.store).all().isEmpty()) {
        return;
      }
    }
    throw new AssertionError(saboteur + " was not found");
  }
}
