package io.unikernal.kernel.execute;

import io.unikernal.kernel.explain.Span;
import io.unikernal.model.Frame;
import io.unikernal.model.Message;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What stays the same for all the work that one message causes.
 *
 * @param route for events
 * @param known {@code meta} and {@code auth}, made when an expression first asks for one
 * @param carrier where its branches run, so that no other thread is woken
 * @param answer what a {@code reply} goes to
 * @param span what is recorded of it
 * @param held run when the message is held back, for a source that then goes on with the next; such
 *     a source keeps an order
 * @param handlersUntil when the time for {@code on_error} steps of stopped work is over, once there
 *     was such work: all of them share it, or a late answer would be late by that time for each
 * @param undoNanosLeft the time that is left to {@code compensate} steps of stopped work
 * @param streams what calls gave to be read: what is not read to its end is closed with the message
 */
public record Task(
    Message message,
    String route,
    Frame.Later known,
    Frame.Ambient ambient,
    Optional<Executor> carrier,
    Answer answer,
    Span span,
    Optional<Runnable> held,
    AtomicLong handlersUntil,
    AtomicLong undoNanosLeft,
    AtomicReference<List<Opened>> streams) {

  public Task(
      Message message,
      String route,
      Frame.Later known,
      Frame.Ambient ambient,
      Optional<Executor> carrier,
      Answer answer,
      Span span) {
    this(
        message,
        route,
        known,
        ambient,
        carrier,
        answer,
        span,
        Optional.empty(),
        new AtomicLong(Long.MAX_VALUE),
        new AtomicLong(Aside.UNDO_MAX.toNanos()),
        new AtomicReference<>(List.of()));
  }

  /** For work beside the message's own, which nobody is answered by. */
  Task aside() {
    return new Task(message, route, known, ambient, Optional.empty(), Answer.NONE, Span.NONE);
  }

  public Task whenHeld(Runnable action) {
    return new Task(
        message,
        route,
        known,
        ambient,
        carrier,
        answer,
        span,
        Optional.of(action),
        handlersUntil,
        undoNanosLeft,
        streams);
  }

  /**
   * A stream that a call gave, or steps.
   *
   * @param isWork whether steps are done as it is read, so that somebody must read it
   */
  public record Opened(ValueStream stream, boolean isWork) {}

  void opened(ValueStream stream, boolean isWork) {
    streams.updateAndGet(before -> {
      var more = new ArrayList<Opened>();
      before.stream().filter(one -> one.stream().ending().isEmpty()).forEach(more::add);
      more.add(new Opened(stream, isWork));
      return List.copyOf(more);
    });
  }

  /**
   * Does what is still to be done as streams are read, of which nobody has begun to read: all but
   * the one that is handed on.
   */
  public void finish(Value handedOn) throws InterruptedException {
    for (var opened : streams.get()) {
      if (opened.isWork() && opened.stream() != handedOn && !opened.stream().isTaken()) {
        while (opened.stream().next().isPresent()) {
          // what it gives was not asked for
        }
      }
    }
  }

  /** On a thread of its own, where this task's work runs. */
  void start(World world, String name, Runnable body) {
    if (carrier.isPresent()) {
      world.start(name, carrier.get(), body);
    } else {
      world.start(name, body);
    }
  }

  /** The variables of one route or pipeline. */
  public Frame frame(int slots, Value input) {
    var frame = new Frame(Math.max(slots, Frame.FIRST_STEP), ambient);
    frame.set(Frame.INPUT, input);
    frame.setLater(known);
    return frame;
  }
}
