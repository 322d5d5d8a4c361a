package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Engines broken on purpose, for saboteurs. */
public final class BrokenEngines {
  private BrokenEngines() {}

  /** Leaves what was done. */
  public static Engine undoesNothing(World world, Listener listener) {
    return withAside(
        world,
        listener,
        engine ->
            new Aside(world, listener, engine) {
              @Override
              void undo(Work work, int mark, Fault fault, String step, String operation) {
                work.saga().takeSince(mark);
              }
            });
  }

  /** Undoes the first first. */
  public static Engine undoesForwards(World world, Listener listener) {
    return withAside(
        world,
        listener,
        engine ->
            new Aside(world, listener, engine) {
              @Override
              List<Saga.Done> inOrder(List<Saga.Done> lastFirst) {
                return lastFirst.reversed();
              }
            });
  }

  private interface AsideMaker {
    Aside make(Engine engine);
  }

  private static Engine withAside(World world, Listener listener, AsideMaker maker) {
    return new Engine(
        world,
        listener,
        new Engine.Parts(world, listener) {
          @Override
          Aside aside(Engine engine) {
            return maker.make(engine);
          }
        });
  }

  /** Sends a second copy whenever it is time for one. */
  public static Engine hedgesWithoutEnd(World world, Listener listener) {
    return new Engine(
        world,
        listener,
        new Engine.Parts(world, listener) {
          @Override
          Choices choices(Targets targets, Together together) {
            return new Choices(world, targets, together, listener) {
              @Override
              boolean mayHedge(Hedging hedging) {
                return true;
              }
            };
          }
        });
  }

  /** Answers with what the shadow says. */
  public static Engine answersFromTheShadow(World world, Listener listener) {
    return new Engine(
        world,
        listener,
        new Engine.Parts(world, listener) {
          @Override
          Choices choices(Targets targets, Together together) {
            return new Choices(world, targets, together, listener) {
              @Override
              Value choose(Several.Choose target, Frame frame, Work work)
                  throws InterruptedException {
                return target.shadow().isPresent()
                    ? targets.member(target, target.shadow().get().member(), frame, work)
                    : super.choose(target, frame, work);
              }
            };
          }
        });
  }

  /** Leaves one message out of each batch of several. */
  public static Engine losesOneOfABatch(World world, Listener listener) {
    return withBatches(
        world, listener, list -> list.size() > 1 ? list.subList(1, list.size()) : list);
  }

  /** Has one message twice in each batch. */
  public static Engine doublesOneOfABatch(World world, Listener listener) {
    return withBatches(
        world,
        listener,
        list -> {
          var longer = new ArrayList<>(list);
          longer.add(list.getFirst());
          return longer;
        });
  }

  private static Engine withBatches(
      World world, Listener listener, UnaryOperator<List<Value>> change) {
    return new Engine(
        world,
        listener,
        new Engine.Parts(world, listener) {
          @Override
          Blocks blocks(Engine engine, Together together) {
            return new Blocks(engine, together) {
              @Override
              Value behind(
                  Node.GatherNode node, List<Node> behind, Expression value, Frame frame, Work work)
                  throws InterruptedException {
                int slot = node.head().slot();
                var list = ((Value.Items) frame.get(slot)).items();
                frame.set(slot, new Value.Items(change.apply(list)));
                return super.behind(node, behind, value, frame, work);
              }
            };
          }
        });
  }
}
