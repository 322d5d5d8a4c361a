package io.unikernal.kernel.execute;

import io.unikernal.model.Builtin;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Json;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Steps that hold other steps: some of them are run, or all, or several times. */
class Blocks {
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
      engine.aside().report(work.task(), node.head().name(), e);
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
    var items = items(node.in().evaluate(frame));
    var run = new Run(node, frame, items);
    int workers = Math.min(node.concurrency(), items.size());
    if (workers <= 1) {
      run.goThrough(work);
    } else {
      var names = Collections.nCopies(workers, node.head().name());
      together.all(names, work, (_, inner) -> run.goThrough(inner));
    }
    return run.values();
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
    private final List<Value> items;
    private final ReentrantLock lock = new ReentrantLock();
    private final @Nullable Value[] byIndex;
    private final List<Value> asDone = new ArrayList<>();
    private int next;

    Run(Node.EachNode node, Frame frame, List<Value> items) {
      this.node = node;
      this.frame = frame;
      this.items = items;
      byIndex = new Value[items.size()];
    }

    void goThrough(Work work) throws InterruptedException {
      for (int index = take(); index < items.size(); index = take()) {
        work.goOn();
        one(index, work);
      }
    }

    private int take() {
      lock.lock();
      try {
        return next++;
      } finally {
        lock.unlock();
      }
    }

    private void one(int index, Work work) throws InterruptedException {
      var own = frame.copy();
      own.set(node.item(), items.get(index));
      own.set(node.index(), Value.integer(index));
      Value value;
      try {
        value = engine.sequence(node.body(), own, work);
      } catch (Ended _) {
        return; // dropped
      }
      if (value == Value.Absent.ABSENT) {
        return;
      }
      lock.lock();
      try {
        byIndex[index] = value;
        asDone.add(value);
      } finally {
        lock.unlock();
      }
    }

    Value values() {
      if (!node.ordered()) {
        return new Value.Items(List.copyOf(asDone));
      }
      var values = new ArrayList<Value>(byIndex.length);
      for (var value : byIndex) {
        if (value != null) {
          values.add(value);
        }
      }
      return new Value.Items(List.copyOf(values));
    }
  }
}
