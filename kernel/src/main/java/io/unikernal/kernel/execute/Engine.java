package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.explain.Note;
import io.unikernal.kernel.explain.Span;
import io.unikernal.kernel.resilience.Durations;
import io.unikernal.kernel.resilience.Policies;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Deadline;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Policy;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Walks the graphs of pipelines. Blocking; all state is in the frame and the work. */
public final class Engine {
  private final World world;
  private final Listener listener;
  private final Guarded guarded;
  private final Aside aside;
  private final Together together;
  private final Blocks blocks;
  private final Targets targets;

  public Engine(World world, Listener listener) {
    this(world, listener, new Parts(world, listener));
  }

  /** For tests that break it on purpose. */
  Engine(World world, Listener listener, Parts parts) {
    this.world = world;
    this.listener = listener;
    this.guarded = new Guarded(world, listener);
    this.aside = parts.aside(this);
    this.together = new Together(world, aside);
    this.blocks = parts.blocks(this, together);
    this.targets = new Targets(this, together, listener, parts);
  }

  /** What an engine is made of, and tests make otherwise. */
  static class Parts {
    final World world;
    final Listener listener;

    Parts(World world, Listener listener) {
      this.world = world;
      this.listener = listener;
    }

    Aside aside(Engine engine) {
      return new Aside(world, listener, engine);
    }

    Blocks blocks(Engine engine, Together together) {
      return new Blocks(engine, together);
    }

    Choices choices(Targets targets, Together together) {
      return new Choices(world, targets, together, listener);
    }
  }

  public Guarded guarded() {
    return guarded;
  }

  /** Tells those who listen. */
  public void acted(Policy policy) {
    listener.acted(policy);
  }

  public void tell(Listener.Event event) {
    listener.on(event);
  }

  Aside aside() {
    return aside;
  }

  /** Whether all has ended that nobody waits for. */
  public boolean isQuiet() {
    return together.isQuiet() && guarded.isQuiet();
  }

  /** Calls one operation without a pipeline around it. */
  public Value call(Callee callee, Policies around, Value input, Work work)
      throws InterruptedException {
    if (around.areNone()) {
      return callee.call(input, work);
    }
    Guarded.Body each =
        inner ->
            guarded.each(around, callee.id(), callee.id(), inner, last -> callee.call(input, last));
    return around.isAround()
        ? guarded.around(around, asking(callee, input, work), work, each, () -> each)
        : each.run(work);
  }

  /** The same, where its gates are asked too. */
  Value callAdmitted(Callee callee, Policies policies, Value input, Work work)
      throws InterruptedException {
    if (policies.hasGates() && !policies.admit(asking(callee, input, work))) {
      throw Ended.BY_FILTER;
    }
    return call(callee, policies, input, work);
  }

  /** Asks for the policies of a whole route. */
  public Asking asking(Task task, Asking.Of of) {
    return new Asking(listener, task, of.what(), of.deadline(), of.place(), of.input(), of.taken());
  }

  private Asking asking(Callee callee, Value input, Work work) {
    return asking(work, callee.id(), () -> work.task().frame(Frame.FIRST_STEP, input), () -> input);
  }

  private Asking asking(Work work, String what, Supplier<Frame> place, Supplier<Value> input) {
    return new Asking(listener, work.task(), what, work.deadline(), place, input, input);
  }

  /** Calls a target of several members; the frame is that of the expressions in it. */
  public Value call(Several target, Value given, Frame frame, Work work)
      throws InterruptedException {
    return targets.call(target, given, frame, work);
  }

  /**
   * Runs a pipeline.
   *
   * @throws Ended if a {@code filter} in it says so
   */
  public Value run(Graph graph, Value input, Work work) throws InterruptedException {
    var attempt = new Attempt(graph, input, work.task());
    if (graph.policies().areNone()) {
      return run(graph, attempt, work, attempt);
    }
    var policies = graph.policies();
    var asking = asking(work, graph.name(), () -> attempt.frame, () -> input);
    if (!policies.admit(asking)) {
      throw Ended.BY_FILTER;
    }
    Guarded.Body whole = inner -> guarded.whole(policies, graph.name(), inner, attempt);
    return run(
        graph,
        attempt,
        work,
        policies.isAround()
            ? inner ->
                guarded.around(policies, asking, inner, whole, () -> again(graph, input, work))
            : whole);
  }

  private Guarded.Body again(Graph graph, Value input, Work work) {
    var attempt = new Attempt(graph, input, work.task());
    return inner -> guarded.whole(graph.policies(), graph.name(), inner, attempt);
  }

  private Value run(Graph graph, Attempt attempt, Work work, Guarded.Body body)
      throws InterruptedException {
    int mark = work.saga().mark();
    try {
      return body.run(work);
    } catch (Ended e) {
      throw e;
    } catch (RuntimeException e) {
      var failure = Failure.at(e, "", "", graph.pipeline().origin());
      aside.undo(work, mark, failure);
      aside.onError(graph.onError(), attempt.frame, work, failure);
      throw failure;
    } catch (InterruptedException e) {
      aside.undoStopped(work, mark);
      aside.onStop(graph.onError(), attempt.frame, work);
      throw e;
    }
  }

  /** Runs the {@code on_error} of a route beside its failure; throws nothing. */
  public void handle(
      Handlers handlers, Frame frame, Task task, Fault fault, Optional<Failure> failure) {
    if (!handlers.areNone()) {
      try (var scope = Scope.open()) {
        aside.handle(
            handlers.steps,
            frame,
            new Work(task, Deadline.NONE, scope),
            Aside.ON_ERROR_MAX,
            fault,
            failure.map(Failure::localStep).orElse(""),
            failure.map(Failure::operation).orElse(""));
      }
    }
  }

  /** Gives a value to where dead letters go. */
  public void deliver(Several.Aim aim, Expression with, Frame frame, Work work)
      throws InterruptedException {
    var input = with.evaluate(frame);
    switch (aim) {
      case Several.Aim.ToCallee(var callee, var policies) -> {
        callAdmitted(callee, policies, input, work);
      }
      case Several.Aim.ToGraph(var graph) -> kept(graph, input, work);
      case Several.Aim.ToSeveral(var several) -> targets.call(several, input, frame, work);
    }
  }

  /** Undoes what is done of work that has failed after its last step. */
  public void undoAll(Work work, Throwable thrown) {
    if (thrown instanceof RuntimeException failure) {
      aside.undo(work, 0, failure);
    } else {
      aside.undoStopped(work, 0);
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
      return sequence(graph.steps(), graph.output(), frame, work);
    }
  }

  Value sequence(Node.Block block, Frame frame, Work work) throws InterruptedException {
    return sequence(block.steps(), block.value(), frame, work);
  }

  /** Steps one after the other; those that are done are undone when a later one fails. */
  Value sequence(List<Node> steps, Expression value, Frame frame, Work work)
      throws InterruptedException {
    int mark = work.saga().mark();
    try {
      for (int i = 0; i < steps.size(); i++) {
        if (steps.get(i) instanceof Node.GatherNode gather) {
          return blocks.gather(gather, steps.subList(i + 1, steps.size()), value, frame, work);
        }
        step(steps.get(i), frame, work);
      }
      return value.evaluate(frame);
    } catch (Ended e) {
      throw e;
    } catch (RuntimeException e) {
      aside.undo(work, mark, e);
      throw e;
    } catch (InterruptedException e) {
      aside.undoStopped(work, mark);
      throw e;
    }
  }

  /** Runs one step and puts its value in its slot. */
  void step(Node node, Frame frame, Work work) throws InterruptedException {
    if (work.span().isRecorded()) {
      var head = node.head();
      var _ =
          work.part(
              Span.Kind.STEP,
              head.name(),
              head.origin(),
              inner -> {
                plain(node, frame, inner);
                return Value.Null.NULL;
              });
    } else {
      plain(node, frame, work);
    }
  }

  private void plain(Node node, Frame frame, Work work) throws InterruptedException {
    var head = node.head();
    try {
      work.goOn();
      if (head.when().isPresent() && head.when().get().evaluate(frame) != Value.Bool.TRUE) {
        work.span().note(new Note.Skipped(head.name(), head.origin()));
        frame.set(head.slot(), Value.Absent.ABSENT);
        return;
      }
      frame.set(head.slot(), guarded(node, frame, work));
      if (!head.compensate().isEmpty()) {
        work.saga().add(node, frame);
      }
    } catch (Ended e) {
      throw e;
    } catch (RuntimeException e) {
      var failure = located(e, node);
      aside.onError(head.onError(), frame, work, failure);
      throw failure;
    } catch (InterruptedException e) {
      aside.onStop(head.onError(), frame, work);
      throw e;
    }
  }

  private Value guarded(Node node, Frame frame, Work work) throws InterruptedException {
    var head = node.head();
    if (head.policies().areNone()) {
      return perform(node, frame, work);
    }
    var policies = head.policies();
    if (!policies.hasGates() && !policies.isAround()) {
      return each(node, frame, work);
    }
    var asking = asking(work, node.target(), () -> frame, () -> input(node, frame));
    if (!policies.admit(asking)) {
      return Value.Absent.ABSENT;
    }
    return policies.isAround()
        ? guarded.around(
            policies,
            asking,
            work,
            inner -> each(node, frame, inner),
            () -> {
              var copy = frame.copy();
              return inner -> each(node, copy, inner);
            })
        : each(node, frame, work);
  }

  /**
   * Whether the limits and conditions of a step let it begin; false where a sample leaves it out.
   */
  boolean admits(Node node, Frame frame, Work work) throws InterruptedException {
    var policies = node.head().policies();
    return !policies.hasGates()
        || policies.admit(asking(work, node.target(), () -> frame, () -> input(node, frame)));
  }

  private Value each(Node node, Frame frame, Work work) throws InterruptedException {
    var head = node.head();
    return guarded.each(
        head.policies(), node.target(), head.name(), work, inner -> perform(node, frame, inner));
  }

  /** What comes to a step. */
  private static Value input(Node node, Frame frame) {
    return switch (node) {
      case Node.CallNode(_, _, var with) -> with.evaluate(frame);
      case Node.RunNode(_, _, var with) -> with.evaluate(frame);
      case Node.RoutedNode(_, _, var with) -> with.evaluate(frame);
      case Node.SetNode _, Node.ParallelNode _, Node.EachNode _, Node.ChooseNode _ ->
          frame.get(Frame.INPUT);
      case Node.TryNode _,
          Node.WaitNode _,
          Node.ReplyNode _,
          Node.FilterNode _,
          Node.GatherNode _ ->
          frame.get(Frame.INPUT);
    };
  }

  private Value perform(Node node, Frame frame, Work work) throws InterruptedException {
    return switch (node) {
      case Node.CallNode(_, var callee, var with) -> callee.call(with.evaluate(frame), work);
      case Node.RunNode(_, var graph, var with) -> kept(graph, with.evaluate(frame), work);
      case Node.RoutedNode(_, var target, var with) -> routed(target, with, frame, work);
      case Node.SetNode(_, var value) -> value.evaluate(frame);
      case Node.ParallelNode parallel -> blocks.parallel(parallel, frame, work);
      case Node.EachNode each -> blocks.each(each, frame, work);
      case Node.ChooseNode choose -> blocks.choose(choose, frame, work);
      case Node.TryNode attempt -> blocks.attempt(attempt, frame, work);
      case Node.WaitNode(_, var time, var before) -> {
        pause(time.evaluate(frame), work);
        yield before.evaluate(frame);
      }
      case Node.ReplyNode(_, var value, var before) -> {
        work.task().answer().give(value.evaluate(frame));
        yield before.evaluate(frame);
      }
      case Node.FilterNode(_, var keep, var before) -> {
        if (keep.evaluate(frame) != Value.Bool.TRUE) {
          throw Ended.BY_FILTER;
        }
        yield before.evaluate(frame);
      }
      case Node.GatherNode _ -> throw new IllegalStateException("refused by the checker");
    };
  }

  /** A pipeline that drops what it was given answers nothing; who called it goes on. */
  private Value kept(Graph graph, Value input, Work work) throws InterruptedException {
    try {
      return run(graph, input, work);
    } catch (Ended _) {
      return Value.Absent.ABSENT;
    }
  }

  private Value routed(Several target, Expression with, Frame frame, Work work)
      throws InterruptedException {
    try {
      return targets.call(target, with.evaluate(frame), frame, work);
    } catch (Ended _) {
      return Value.Absent.ABSENT;
    }
  }

  private void pause(Value time, Work work) throws InterruptedException {
    if (!(time instanceof Value.Duration(var duration))) {
      throw Fault.of(Fault.Code.INVALID, "`wait` takes a duration").toException();
    }
    var deadline = work.deadline();
    if (!deadline.isNone()) {
      long left = deadline.nanos() - world.nanos();
      if (duration.compareTo(Duration.ofNanos(Math.max(0, left))) >= 0) {
        throw Fault.of(
                Fault.Code.TIMEOUT,
                "there is no time left to wait "
                    + Durations.text(duration)
                    + ": the deadline is"
                    + " before its end")
            .toException();
      }
    }
    if (duration.isPositive()) {
      world.sleep(duration);
    }
  }

  /**
   * Whether the whole is over: nothing recovers from that. A call that had no time left to begin is
   * how it shows before the stop itself.
   */
  boolean isStopped(Work work) {
    var deadline = work.deadline();
    return work.scope().anyReason().isPresent()
        || !deadline.isNone() && deadline.nanos() - world.nanos() <= 0;
  }

  static Failure located(RuntimeException thrown, Node node) {
    var head = node.head();
    return switch (node) {
      case Node.CallNode(_, var callee, _) ->
          Failure.at(thrown, head.name(), callee.id(), head.origin());
      case Node.RunNode _, Node.RoutedNode _ ->
          Failure.at(thrown, head.name(), "", head.origin()).seenAs(head.name());
      case Node.SetNode _, Node.ParallelNode _, Node.EachNode _, Node.ChooseNode _ ->
          Failure.at(thrown, head.name(), "", head.origin());
      case Node.TryNode _,
          Node.WaitNode _,
          Node.ReplyNode _,
          Node.FilterNode _,
          Node.GatherNode _ ->
          Failure.at(thrown, head.name(), "", head.origin());
    };
  }
}
