package io.unikernal.bridge;

import io.unikernal.model.Cbor;
import io.unikernal.model.Effect;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Labels;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Reply;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.Invites;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.Staffed;
import io.unikernal.spi.SystemContext;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** A file of functions, running in one or more processes; calls go to the least busy. */
final class BridgeSystem implements OpenSystem, Invites, Staffed {
  private static final int INSTANCES_MAX = 256;

  /** Workers of others that have joined or are expected. */
  private static final int GUESTS_MAX = 64;

  private static final Duration INVITED_FOR = Duration.ofSeconds(60);
  private static final int CONCURRENCY_MAX = 1024;
  private static final Duration TIMEOUT_MAX = Duration.ofDays(365);

  /** How long a call is known as failed, and may be tried again, where its result is a stream. */
  private static final Duration FIRST_ELEMENT_WAIT = Duration.ofSeconds(1);

  private final SystemContext context;
  private final PythonRuntime runtime;

  /** Of the files when it was opened; empty where there is too much to look at. */
  private final Optional<String> content;

  private final Limits limits;
  private final Gate gate;
  private final Seats seats;
  private final List<Instance> instances;
  private final List<Guest> guests = new CopyOnWriteArrayList<>();
  private final ReentrantLock inviting = new ReentrantLock();
  private int guestsSoFar;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Duration callLimit;
  private volatile Optional<Thread> heart = Optional.empty();

  private BridgeSystem(SystemContext context, PythonRuntime runtime, Gate gate, Limits limits) {
    this.context = context;
    this.runtime = runtime;
    content = content();
    this.limits = limits;
    this.gate = gate;
    seats = new Seats(context.world(), this::trouble);
    var all = new ArrayList<Instance>();
    for (int number = 1; number <= context.config().get(PythonAdapter.INSTANCES); number++) {
      all.add(new Instance(context, runtime, gate, limits, number, seats));
    }
    instances = List.copyOf(all);
    seats.of(instances);
    callLimit = shorter(context.config().get(PythonAdapter.TIMEOUT), TIMEOUT_MAX);
  }

  static OpenSystem open(SystemContext context, PythonRuntime runtime, Limits limits)
      throws InterruptedException {
    requireRange(context, "instances", PythonAdapter.INSTANCES, 0, INSTANCES_MAX);
    requireRange(context, "concurrency", PythonAdapter.CONCURRENCY, 1, CONCURRENCY_MAX);
    if (!Files.isRegularFile(runtime.file())) {
      throw Fault.of(
              Fault.Code.INVALID,
              "`" + context.name() + "`: there is no file " + runtime.file(),
              "write it, or correct `path`")
          .toException();
    }
    Gate gate;
    try {
      gate = Gate.open(context.name(), context.world(), context.log(), limits);
    } catch (IOException e) {
      throw Fault.of(Fault.Code.DISCONNECTED, "cannot make a socket for workers: " + e.getMessage())
          .toException(e);
    }
    var system = new BridgeSystem(context, runtime, gate, limits);
    try {
      system.startAll();
    } catch (FaultException | InterruptedException e) {
      system.close();
      throw e;
    }
    return system;
  }

  private Optional<String> content() {
    try {
      return ContentHash.of(runtime);
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** Files that have changed want processes that have read them. */
  @Override
  public boolean isCurrent() {
    return content.isPresent() && content.equals(content());
  }

  private static void requireRange(
      SystemContext context,
      String name,
      io.unikernal.model.Field<Integer> option,
      int least,
      int most) {
    int number = context.config().get(option);
    if (number < least || number > most) {
      throw Fault.of(
              Fault.Code.INVALID,
              "`" + name + "` of `" + context.name() + "` must be from " + least + " to " + most)
          .toException();
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** At once: an interpreter takes its time to start. */
  private void startAll() throws InterruptedException {
    Duration limit = context.config().get(PythonAdapter.START_TIMEOUT);
    var running = new CountDownLatch(instances.size());
    var failure = new AtomicReference<Optional<Fault>>(Optional.empty());
    for (Instance instance : instances) {
      context
          .world()
          .start(
              context.name() + "-start",
              () -> {
                try {
                  instance.start(limit);
                } catch (FaultException e) {
                  failure.set(Optional.of(e.fault()));
                } catch (InterruptedException _) {
                  failure.set(
                      Optional.of(Fault.of(Fault.Code.DISCONNECTED, "starting was interrupted")));
                } finally {
                  running.countDown();
                }
              });
    }
    running.await();
    if (failure.get().isPresent()) {
      throw failure.get().get().toException();
    }
    heart = Optional.of(context.world().start(context.name() + "-heart", this::beat));
  }

  private void beat() {
    try {
      while (!closed.get()) {
        context.world().sleep(limits.heartbeat());
        instances.forEach(Instance::check);
        guests.forEach(Guest::check);
      }
    } catch (InterruptedException _) {
      // Told to stop.
    }
  }

  @Override
  public Endpoint bind(Operation operation) {
    boolean masked = Labels.isWithin(operation.input());
    return (Endpoint.Duplex) request -> call(operation, masked, request);
  }

  private Reply call(Operation operation, boolean masked, Message request)
      throws InterruptedException {
    long now = context.world().nanos();
    Duration limit = shorter(request.deadline().remaining(now), callLimit);
    long until = now + limit.toNanos();
    byte[] body = Cbor.write(parameters(request.body().value()));
    boolean isStream = operation.output().core() instanceof Type.StreamOf;
    Frame answer;
    try {
      Duration start = shorter(context.config().get(PythonAdapter.START_TIMEOUT), limit);
      Peer peer = seats.take(until, now + start.toNanos());
      byte[] payload;
      Duration left = Duration.ofNanos(until - context.world().nanos());
      try {
        payload = CallFrame.write(operation.name(), meta(operation, request, left), body);
      } catch (RuntimeException e) {
        peer.giveSeat();
        throw e;
      }
      if (isStream) {
        var chunks = peer.stream(payload, shorter(left, FIRST_ELEMENT_WAIT));
        var elements = new WorkerElements(chunks, operation.id(), masked);
        if (!chunks.hasFailedAtOnce()) {
          return Reply.of(new ValueStream(elements));
        }
        answer = chunks.next();
      } else {
        answer = peer.call(payload, left);
      }
    } catch (FaultException e) {
      Fault fault = e.fault();
      throw Fault.of(fault.code(), "`" + operation.id() + "`: " + fault.message(), fault.hint())
          .toException();
    }
    if (answer.type() == Frame.ERROR) {
      throw BridgeFaults.of(answer.value(), operation.id(), masked).toException();
    }
    try {
      return Reply.of(CallFrame.result(answer.payload()));
    } catch (FaultException e) {
      throw Fault.of(
              Fault.Code.INTERNAL,
              "`" + operation.id() + "` answered with no value: " + e.fault().message())
          .toException(e);
    }
  }

  /** A call without input is one without parameters. */
  private static Value parameters(Value body) {
    return body == Value.Absent.ABSENT || body == Value.Null.NULL ? Value.Dict.EMPTY : body;
  }

  private static Value.Dict meta(Operation operation, Message request, Duration left) {
    var meta = new LinkedHashMap<String, Value>();
    meta.put("deadline_ms", Value.integer(Math.max(1, left.toMillis())));
    if (!request.trace().equals(Trace.NONE)) {
      meta.put("trace", Value.text(request.trace().text()));
      if (!request.trace().state().isEmpty()) {
        meta.put("tracestate", Value.text(request.trace().state()));
      }
    }
    meta.put("caller", Value.text(request.principal().name()));
    key(operation.effect(), request).ifPresent(key -> meta.put("key", Value.text(key)));
    return new Value.Dict(meta);
  }

  /** The field that the operation is keyed by, else what the sender gave. */
  private static Optional<String> key(Effect effect, Message request) {
    if (effect.kind() == Effect.Kind.KEYED) {
      Value field = request.body().value().field(effect.key());
      switch (field) {
        case Value.Text(var text) -> {
          return Optional.of(text);
        }
        case Value.Int(var number) -> {
          return Optional.of(Long.toString(number));
        }
        case Value.Uuid(var uuid) -> {
          return Optional.of(uuid.toString());
        }
        default -> {}
      }
    }
    return Optional.ofNullable(request.headers().get("idempotency-key"));
  }

  /** Once, and within a minute: somebody else's process does calls of this system then. */
  @Override
  public Invitation invite() {
    inviting.lock();
    try {
      if (closed.get()) {
        throw Fault.of(Fault.Code.DISCONNECTED, "`" + context.name() + "` is closed").toException();
      }
      if (guests.size() >= GUESTS_MAX) {
        throw Fault.of(
                Fault.Code.OVERLOADED,
                "at most " + GUESTS_MAX + " workers of others join `" + context.name() + "`")
            .toException();
      }
      String token = Worker.newToken();
      Seat seat = gate.expect(token);
      var guest = new Guest(context, limits, seats, ++guestsSoFar, this::seeOff);
      guests.add(guest);
      seats.of(stations());
      guest.expect(seat, INVITED_FOR, () -> gate.forget(token, seat));
      return new Invitation(gate.path(), token, INVITED_FOR);
    } finally {
      inviting.unlock();
    }
  }

  private void seeOff(Guest guest) {
    inviting.lock();
    try {
      guests.remove(guest);
      seats.of(stations());
    } finally {
      inviting.unlock();
    }
  }

  @Override
  public List<Member> members() {
    return stations().stream().map(Station::member).toList();
  }

  private List<Station> stations() {
    return Stream.<Station>concat(instances.stream(), guests.stream()).toList();
  }

  private String trouble() {
    if (instances.isEmpty()) {
      return "no worker has joined: `unikernal join " + context.name() + " -- COMMAND` lets one in";
    }
    return instances.stream()
        .map(Instance::trouble)
        .filter(text -> !text.isEmpty())
        .findFirst()
        .map(text -> "no worker is running: " + text)
        .orElse("no worker is running");
  }

  @Override
  public Health probe() {
    long joined = guests.stream().filter(guest -> guest.ready().isPresent()).count();
    if (instances.isEmpty()) {
      return joined > 0 ? Health.UP : new Health.Down(trouble());
    }
    long ready = instances.stream().filter(instance -> instance.ready().isPresent()).count();
    if (ready == instances.size()) {
      return Health.UP;
    }
    String why =
        ready
            + " of "
            + instances.size()
            + " workers run"
            + instances.stream()
                .map(Instance::trouble)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .map(text -> "; " + text)
                .orElse("");
    return ready + joined == 0 ? new Health.Down(why) : new Health.Degraded(why);
  }

  @Override
  public String describe() {
    return switch (instances.size()) {
      case 0 -> "workers that join";
      case 1 -> "1 worker";
      default -> instances.size() + " workers";
    };
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    heart.ifPresent(Thread::interrupt);
    seats.close();
    List<Station> all = stations();
    var stopped = new CountDownLatch(all.size());
    for (Station instance : all) {
      context
          .world()
          .start(
              context.name() + "-stop",
              () -> {
                try {
                  instance.stop(limits.stopGrace());
                } catch (InterruptedException _) {
                  // Its process is killed all the same.
                } finally {
                  stopped.countDown();
                }
              });
    }
    awaitAll(stopped);
    gate.close();
  }

  /** Even where the thread is interrupted: what was started is ended, and that takes not long. */
  private static void awaitAll(CountDownLatch latch) {
    boolean wasInterrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException _) {
        wasInterrupted = true;
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
