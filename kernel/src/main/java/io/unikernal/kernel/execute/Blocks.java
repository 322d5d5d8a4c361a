package io.unikernal.kernel.execute;

import io.unikernal.model.Builtin;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Json;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** Steps that hold other steps: some of them are run, or all, or several times. */
class Blocks {
  /** Results that a {@code for_each} over a stream keeps, whose length nobody knows before. */
  static final int STREAM_RESULTS_MAX = 10_000;

  private final Engine engine;
  private final Together together;

  Blocks(Engine engine, Together together) {
    this.engine = engine;
    this.together = together;
  }

  /** The values by the branches' names. Branches write different slots of one frame. */
  Value parallel(Node.ParallelNode node, Frame frame, Work work) throws InterruptedException {
    var branches = node.branches();
    together.all(
        branches.stream().map(branch -> branch.head().name()).toList(),
        work,
        (index, inner) -> engine.step(branches.get(index), frame, inner));
    var values = new LinkedHashMap<String, Value>();
    for (var branch : branches) {
      var value = frame.get(branch.head().slot());
      if (value != Value.Absent.ABSENT) {
        values.put(branch.head().name(), value);
      }
    }
    return new Value.Dict(values);
  }

  Value choose(Node.ChooseNode node, Frame frame, Work work) throws InterruptedException {
    var cases = node.cases();
    for (int i = 0; i < cases.size(); i++) {
      var one = cases.get(i);
      if (one.when().isEmpty() || one.when().get().evaluate(frame) == Value.Bool.TRUE) {
        return engine.sequence(one.body(), frame, work);
      }
    }
    return Value.Absent.ABSENT;
  }

  Value attempt(Node.TryNode node, Frame frame, Work work) throws InterruptedException {
    for (int slot : node.own()) {
      frame.set(slot, Value.Absent.ABSENT);
    }
    try {
      return engine.sequence(node.body(), frame, work);
    } catch (Ended e) {
      throw e;
    } catch (RuntimeException e) {
      var fault = Failure.faultOf(e);
      boolean isTaken = node.on().isEmpty() || node.on().contains(fault.code());
      if (!isTaken || engine.isStopped(work)) {
        throw e;
      }
      engine.aside().report(work.task(), node.head().name(), node.head().origin(), e);
      return engine.sequence(node.handler(), caught(frame, e, fault), work);
    }
  }

  /** A copy: what runs at once with this sees no other failure's `error`. */
  private static Frame caught(Frame frame, RuntimeException thrown, Fault fault) {
    var copy = frame.copy();
    var failure = thrown instanceof Failure known ? known : null;
    copy.set(
        Frame.ERROR,
        Builtin.error(
            fault,
            failure == null ? "" : failure.localStep(),
            failure == null ? "" : failure.operation()));
    return copy;
  }

  /** Waits for others; what stands behind is run for all of them together, on another thread. */
  Value gather(Node.GatherNode node, List<Node> behind, Expression value, Frame frame, Work work)
      throws InterruptedException {
    var head = node.head();
    work.goOn();
    try {
      var item = item(node, frame);
      Gathering.Rest rest = (own, inner) -> behind(node, behind, value, own, inner);
      if (head.policies().areNone()) {
        return node.gathering().hold(item, frame, work, rest);
      }
      if (!engine.admits(node, frame, work)) {
        throw Ended.BY_FILTER;
      }
      return engine
          .guarded()
          .each(
              head.policies(),
              node.target(),
              head.name(),
              work,
              inner -> node.gathering().hold(item, frame, inner, rest));
    } catch (InterruptedException e) {
      engine.aside().onStop(head.onError(), frame, work);
      throw e;
    }
  }

  /** The steps for a batch, whose list is in the node's slot; tests break it on purpose. */
  Value behind(Node.GatherNode node, List<Node> behind, Expression value, Frame frame, Work work)
      throws InterruptedException {
    return engine.sequence(behind, value, frame, work);
  }

  private static Sorting.Item item(Node.GatherNode node, Frame frame) {
    try {
      var value = node.value().evaluate(frame);
      return new Sorting.Item(
          value,
          node.key().map(key -> text(key.evaluate(frame))).orElse(""),
          node.measured() ? Json.write(value).length : 0,
          node.at().map(at -> time(at.evaluate(frame))));
    } catch (RuntimeException e) {
      throw Engine.located(e, node);
    }
  }

  private static String text(Value value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }

  private static Instant time(Value value) {
    if (value instanceof Value.Timestamp(var time)) {
      return time;
    }
    throw Fault.of(Fault.Code.INVALID, "`at` is a timestamp").toException();
  }

  Value each(Node.EachNode node, Frame frame, Work work) throws InterruptedException {
    Value in = node.in().evaluate(frame);
    if (in instanceof ValueStream stream) {
      stream.take();
      if (node.isLast() && node.concurrency() == 1) {
        return asRead(node, frame, work, stream);
      }
      try {
        return each(node, frame, work, new Turns.OfStream(stream), node.concurrency());
      } finally {
        stream.close();
      }
    }
    var items = items(in);
    int workers = Math.min(node.concurrency(), items.size());
    return each(node, frame, work, new Turns.OfList(items), workers);
  }

  private Value each(Node.EachNode node, Frame frame, Work work, Turns turns, int workers)
      throws InterruptedException {
    var run = new Run(node, frame, turns);
    if (workers <= 1) {
      run.goThrough(work);
    } else {
      var names = Collections.nCopies(workers, node.head().name());
      together.all(names, work, (_, inner) -> run.goThrough(inner));
    }
    return run.values();
  }

  /** The results as a stream: an element is asked for, and its steps are done, when one is read. */
  private Value asRead(Node.EachNode node, Frame frame, Work work, ValueStream in) {
    var turns = new Turns.OfStream(in);
    var run = new Run(node, frame, turns);
    // Time limits are about the answer, which the stream is: it may go on for longer.
    var each = new Work(work.task(), work.task().message().deadline(), work.scope());
    var results =
        new ValueStream(
            new ValueStream.Producer() {
              @Override
              public Optional<Value> next() throws InterruptedException {
                for (var turn = turns.next(); turn.isPresent(); turn = turns.next()) {
                  each.goOn();
                  Value value = result(turn.get());
                  if (value != Value.Absent.ABSENT) {
                    return Optional.of(value);
                  }
                }
                return Optional.empty();
              }

              private Value result(Turns.Turn turn) throws InterruptedException {
                try {
                  return run.result(turn, each);
                } catch (Failure e) {
                  throw Failure.faultOf(e).toException(e);
                }
              }

              @Override
              public void close() {
                in.close();
              }
            });
    work.task().opened(results, true);
    return results;
  }

  private static List<Value> items(Value in) {
    return switch (in) {
      case Value.Items(var items) -> items;
      case Value.Dict(var fields) -> entries(fields);
      case Rec rec -> entries(rec.toMap());
      default ->
          throw Fault.of(Fault.Code.INVALID, "`for_each` takes a list or a map").toException();
    };
  }

  private static List<Value> entries(Map<String, Value> fields) {
    var items = new ArrayList<Value>(fields.size());
    fields.forEach((key, value) -> {
      var entry = new LinkedHashMap<String, Value>();
      entry.put("key", Value.text(key));
      entry.put("value", value);
      items.add(new Value.Dict(entry));
    });
    return items;
  }

  /** The way through the items, by one worker or several. */
  private final class Run {
    private final Node.EachNode node;
    private final Frame frame;
    private final Turns turns;
    private final ReentrantLock lock = new ReentrantLock();
    private final SortedMap<Integer, Value> byIndex = new TreeMap<>();
    private final List<Value> asDone = new ArrayList<>();

    Run(Node.EachNode node, Frame frame, Turns turns) {
      this.node = node;
      this.frame = frame;
      this.turns = turns;
    }

    void goThrough(Work work) throws InterruptedException {
      for (var turn = turns.next(); turn.isPresent(); turn = turns.next()) {
        work.goOn();
        one(turn.get(), work);
      }
    }

    /** Absent where it was dropped. */
    Value result(Turns.Turn turn, Work work) throws InterruptedException {
      var own = frame.copy();
      own.set(node.item(), turn.item());
      own.set(node.index(), Value.integer(turn.index()));
      try {
        return engine.sequence(node.body(), own, work);
      } catch (Ended _) {
        return Value.Absent.ABSENT;
      }
    }

    private void one(Turns.Turn turn, Work work) throws InterruptedException {
      Value value = result(turn, work);
      if (value == Value.Absent.ABSENT || turns.isEndless() && value == Value.Null.NULL) {
        return;
      }
      lock.lock();
      try {
        keep(turn, value);
      } finally {
        lock.unlock();
      }
    }

    private void keep(Turns.Turn turn, Value value) {
      if (turns.isEndless() && byIndex.size() + asDone.size() >= STREAM_RESULTS_MAX) {
        throw Fault.of(
                Fault.Code.TOO_LARGE,
                "`for_each` over a stream gave more than " + STREAM_RESULTS_MAX + " results",
                "end its steps with one that answers nothing")
            .toException();
      }
      if (node.ordered()) {
        byIndex.put(turn.index(), value);
      } else {
        asDone.add(value);
      }
    }

    Value values() {
      return new Value.Items(node.ordered() ? List.copyOf(byIndex.values()) : List.copyOf(asDone));
    }
  }
}
