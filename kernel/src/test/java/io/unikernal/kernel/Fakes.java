package io.unikernal.kernel;

import io.unikernal.model.Body;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Reply;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Sink;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/** Endpoints in memory that do what a test tells them. */
final class Fakes {
  private Fakes() {}

  /** A message and everything that was done with it. */
  static class Sent implements Delivery {
    final Message message;
    final List<Outcome> outcomes = new ArrayList<>();
    final CountDownLatch settled = new CountDownLatch(1);
    Optional<Runnable> cancel = Optional.empty();

    Sent(Message message) {
      this.message = message;
    }

    static Message message(String operation, Body body) {
      return Message.received(operation, new LinkedHashMap<>(), body, Trace.NONE);
    }

    @Override
    public Message message() {
      return message;
    }

    @Override
    public void settle(Outcome outcome) {
      outcomes.add(outcome);
      settled.countDown();
    }

    @Override
    public void onCancel(Runnable action) {
      cancel = Optional.of(action);
    }

    Outcome await() throws InterruptedException {
      settled.await();
      return outcomes.getFirst();
    }

    Value reply() throws InterruptedException {
      return switch (await()) {
        case Outcome.Done(var reply) -> reply.body();
        case Outcome.Dropped(var reason) -> throw new AssertionError("dropped: " + reason);
        case Outcome.Failed(var fault) -> throw new AssertionError(fault.toString());
      };
    }

    Fault fault() throws InterruptedException {
      return switch (await()) {
        case Outcome.Failed(var fault) -> fault;
        case Outcome.Done _, Outcome.Dropped _ -> throw new AssertionError(outcomes.toString());
      };
    }
  }

  /** A server. */
  static final class Push implements Endpoint.PushSource {
    private static final Executor NOWHERE = Thread.ofVirtual().factory()::newThread;
    final List<Sent> all = new ArrayList<>();
    Optional<Sink> sink = Optional.empty();
    boolean stopped;

    @Override
    public void start(Sink where) {
      sink = Optional.of(where);
    }

    @Override
    public void stop() {
      stopped = true;
    }

    Sent send(Value value) {
      return send(new Sent(Sent.message("web.in", Body.of(value))));
    }

    Sent send(Sent sent) {
      all.add(sent);
      sink.orElseThrow().accept(sent, NOWHERE);
      return sent;
    }
  }

  /** What a fake operation does with its {@code number}th call, from 1. */
  @FunctionalInterface
  interface Script {
    Value answer(Message request, int number) throws InterruptedException;
  }

  static final class Worker implements Endpoint.Duplex {
    final List<Message> calls = new ArrayList<>();
    final List<Thread> threads = new ArrayList<>();
    int running;
    int interrupted;
    private final Script script;

    Worker(Script script) {
      this.script = script;
    }

    static Worker echo() {
      return new Worker((request, _) -> request.body().value());
    }

    static Worker failing(Fault.Code code, int times) {
      return new Worker((request, number) -> {
        if (number <= times) {
          throw fault(code);
        }
        return request.body().value();
      });
    }

    static Worker slow(World world, Duration time) {
      return new Worker((request, _) -> {
        world.sleep(time);
        return request.body().value();
      });
    }

    @Override
    public Reply call(Message request) throws InterruptedException {
      calls.add(request);
      threads.add(Thread.currentThread());
      running++;
      try {
        return Reply.of(script.answer(request, calls.size()));
      } catch (InterruptedException e) {
        interrupted++;
        throw e;
      } finally {
        running--;
      }
    }
  }

  static final class Store implements Endpoint.Target {
    final List<Message> taken = new ArrayList<>();
    Outcome outcome = Outcome.Done.NONE;

    @Override
    public List<Outcome> send(List<Message> batch) {
      taken.addAll(batch);
      return batch.stream().map(_ -> outcome).toList();
    }
  }

  static FaultException fault(Fault.Code code) {
    return Fault.of(code, "as the test wants").toException();
  }
}
