package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.resilience.Policies;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Builtin;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.List;

/** Walks the graphs of pipelines. Blocking; all state is in the frame and the work. */
public final class Engine {
  /** How long all {@code on_error} steps of one failure may take, whatever the deadline was. */
  public static final Duration ON_ERROR_MAX = Duration.ofSeconds(5);

  private final World world;
  private final Listener listener;
  private final Guarded guarded;
  private final Branches branches;

  public Engine(World world, Listener listener) {
    this.world = world;
    this.listener = listener;
    this.guarded = new Guarded(world, listener);
    this.branches = new Branches(world, this);
  }

  public Guarded guarded() {
    return guarded;
  }

  /** Calls one operation without a pipeline around it. */
  public Value call(Callee callee, Policies around, Value input, Work work)
      throws InterruptedException {
    return around.areNone()
        ? callee.call(input, work)
        : guarded.each(around, callee.id(), callee.id(), work, inner -> callee.call(input, inner));
  }

  public Value run(Graph graph, Value input, Work work) throws InterruptedException {
    graph.policies().acquire(graph.name());
    var attempt = new Attempt(graph, input, work.task());
    try {
      return guarded.whole(graph.policies(), graph.name(), work, attempt);
    } catch (RuntimeException e) {
      var failure = Failure.at(e, "", "", graph.pipeline().origin());
      onError(graph.onError(), attempt.frame, graph.slots(), work, failure);
      throw failure;
    } catch (InterruptedException e) {
      onStop(graph.onError(), attempt.frame, graph.slots(), work);
      throw e;
    }
  }

  /** A pipeline's steps, in a fresh frame each time they are tried. */
  private final class Attempt implements Guarded.Body {
    private final Graph graph;
    private final Value input;
    private Frame frame;
    private boolean used;

    Attempt(Graph graph, Value input, Task task) {
      this.graph = graph;
      this.input = input;
      this.frame = task.frame(graph.slots(), input);
    }

    @Override
    public Value run(Work work) throws InterruptedException {
      if (used) {
        frame = work.task().frame(graph.slots(), input);
      }
      used = true;
      var steps = graph.steps();
      for (int i = 0; i < steps.size(); i++) {
        step(steps.get(i), frame, graph.slots(), work);
      }
      return graph.output().evaluate(frame);
    }
  }

  /** Runs one step and puts its value in its slot. */
  void step(Node node, Frame frame, int slots, Work work) throws InterruptedException {
    var head = node.head();
    try {
      work.goOn();
      if (head.when().isPresent() && head.when().get().evaluate(frame) != Value.Bool.TRUE) {
        return;
      }
      frame.set(head.slot(), guarded(node, frame, slots, work));
    } catch (RuntimeException e) {
      var failure = located(e, node);
      onError(head.onError(), frame, slots, work, failure);
      throw failure;
    } catch (InterruptedException e) {
      onStop(head.onError(), frame, slots, work);
      throw e;
    }
  }

  private Value guarded(Node node, Frame frame, int slots, Work work) throws InterruptedException {
    var head = node.head();
    if (head.policies().areNone()) {
      return perform(node, frame, slots, work);
    }
    head.policies().acquire(node.target());
    return guarded.each(
        head.policies(),
        node.target(),
        head.name(),
        work,
        inner -> perform(node, frame, slots, inner));
  }

  private Value perform(Node node, Frame frame, int slots, Work work) throws InterruptedException {
    return switch (node) {
      case Node.CallNode(_, var callee, var with) -> callee.call(with.evaluate(frame), work);
      case Node.RunNode(_, var graph, var with) -> run(graph, with.evaluate(frame), work);
      case Node.SetNode(_, var value) -> value.evaluate(frame);
      case Node.ParallelNode parallel -> branches.run(parallel, frame, slots, work);
    };
  }

  private static Failure located(RuntimeException thrown, Node node) {
    var head = node.head();
    return switch (node) {
      case Node.CallNode(_, var callee, _) ->
          Failure.at(thrown, head.name(), callee.id(), head.origin());
      case Node.RunNode _ -> Failure.at(thrown, head.name(), "", head.origin()).seenAs(head.name());
      case Node.SetNode _, Node.ParallelNode _ ->
          Failure.at(thrown, head.name(), "", head.origin());
    };
  }

  /** Work stopped by a time limit around it has failed; work that nobody wants any more has not. */
  private void onStop(List<Node> handlers, Frame frame, int slots, Work work) {
    if (handlers.isEmpty()) {
      return;
    }
    var reason = work.scope().anyReason();
    if (reason.isPresent() && reason.get().code() == Fault.Code.TIMEOUT) {
      var until = work.task().handlersUntil();
      long now = world.nanos();
      until.compareAndSet(Long.MAX_VALUE, now + ON_ERROR_MAX.toNanos());
      var left = Duration.ofNanos(until.get() - now);
      handle(handlers, frame, slots, work, left, reason.get(), "", "");
    }
  }

  private void onError(List<Node> handlers, Frame frame, int slots, Work work, Failure failure) {
    if (handlers.isEmpty()) {
      return;
    }
    if (work.scope().anyReason().isPresent()) {
      onStop(handlers, frame, slots, work); // the failure is only how the stop shows
    } else {
      handle(
          handlers,
          frame,
          slots,
          work,
          ON_ERROR_MAX,
          failure.fault(),
          failure.localStep(),
          failure.operation());
    }
  }

  /** Runs the handlers beside the fault: whatever they do, the fault goes on. */
  private void handle(
      List<Node> handlers,
      Frame frame,
      int slots,
      Work work,
      Duration limit,
      Fault fault,
      String step,
      String operation) {
    boolean interrupted = Thread.interrupted(); // what stopped the work must not stop its report
    var task = work.task();
    var copy = task.frame(slots, frame.get(Frame.INPUT));
    for (int slot = Frame.FIRST_STEP; slot < slots; slot++) {
      copy.set(slot, frame.get(slot));
    }
    copy.set(Frame.ERROR, Builtin.error(fault, step, operation));
    try (var scope = Scope.open()) {
      var beside = new Work(task, Deadline.NONE, scope);
      guarded.limited(limit, "on_error", beside, inner -> handleEach(handlers, copy, slots, inner));
    } catch (InterruptedException _) {
      interrupted = true;
    } catch (RuntimeException e) {
      report(task, "on_error", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Value handleEach(List<Node> handlers, Frame frame, int slots, Work work)
      throws InterruptedException {
    for (var handler : handlers) {
      try {
        step(handler, frame, slots, work);
      } catch (Failure e) {
        report(work.task(), handler.head().name(), e);
      }
    }
    return Value.Null.NULL;
  }

  private void report(Task task, String step, RuntimeException thrown) {
    listener.on(
        new Listener.Event.AttemptFailed(
            task.route(), step, 1, Failure.reported(thrown), Duration.ZERO));
  }
}
