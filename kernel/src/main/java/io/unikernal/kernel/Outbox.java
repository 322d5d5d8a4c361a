package io.unikernal.kernel;

import io.unikernal.kernel.execute.Failure;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.kernel.step.Entry;
import io.unikernal.kernel.step.Resend;
import io.unikernal.kernel.step.Transit;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Route;
import io.unikernal.model.Route.Durable;
import io.unikernal.model.Value;
import io.unikernal.spi.StateStore.Journal;
import io.unikernal.spi.StateStore.Table;
import io.unikernal.spi.World;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a durable route has taken over and not yet delivered. One loop gives them to
 * threads of their own: in order, one after the other, where the route is ordered, or where its
 * order is by a key and their keys are equal; else so many at once, each when it is due. A message
 * leaves the store only once it is delivered, dropped or lies in another place; until then a
 * restart finds it here.
 */
class Outbox implements Entry.Keeper {
  /** Attempts at once, of a route without order. */
  static final int CARRIED_MAX = 64;

  /** Messages that are still in memory when their turn comes; others are read from the store. */
  static final int IN_MEMORY_MAX = 1_000;

  /** Between attempts it waits twice as long each time, between these. */
  static final Duration DELAY_MIN = Duration.ofSeconds(1);

  static final Duration DELAY_MAX = Duration.ofMinutes(5);

  private static final int PAGE = 256;

  private final World world;
  private final Listener listener;
  private final Resend resend;
  private volatile Durable durable;
  private final Journal journal;
  private final Table seen;
  private final Letters letters;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Order order;
  private final OutboxLine line;

  /** Where it leads now: changed as one when the definition changes. */
  private volatile @Nullable Place place;

  private Optional<World.Timer> alarm = Optional.empty();
  private int inMemory;
  private long stored;
  private int carried;

  /** Whether what is carried must be carried alone: its last attempt may have ended the kernel. */
  private boolean isAlone;

  private boolean stopped;
  private volatile boolean isStarted;
  private volatile boolean ended = true;

  /** Which messages wait for each other. */
  enum Order {
    NONE("not ordered"),
    WHOLE("ordered"),
    BY_KEY("ordered by a key");

    private final String text;

    Order(String text) {
      this.text = text;
    }

    static Order of(Route route) {
      if (route.handling().order().isPresent()) {
        return BY_KEY;
      }
      return route.guarantee().ordered() ? WHOLE : NONE;
    }

    String text() {
      return text;
    }
  }

  /**
   * @param orderKey stands for its key; those with the same wait for each other
   * @param kept empty if it must be read
   * @param isSuspect whether the kernel ended in the middle of an attempt
   * @param isOld whether it was there when the kernel was opened
   * @param isDone whether it is delivered, and the store would not remove it
   */
  record Waiting(
      long number,
      int orderKey,
      long dueNanos,
      Optional<Kept> kept,
      boolean isOld,
      boolean isSuspect,
      boolean isDone) {
    Waiting later(long nanos) {
      return new Waiting(number, orderKey, nanos, Optional.empty(), isOld, isSuspect, isDone);
    }

    /** What is left is to remove it. */
    Waiting done(long nanos) {
      return new Waiting(number, orderKey, nanos, Optional.empty(), false, false, true);
    }
  }

  /** Where messages are carried, and what counts them on their way. */
  record Place(Entry entry, Entry.Lane lane, InFlight inFlight) {}

  /** What an outbox works with. */
  record Parts(
      World world,
      Listener listener,
      Resend resend,
      Durable durable,
      Journal journal,
      Table seen,
      Letters letters) {}

  Outbox(Parts parts, Order order) {
    world = parts.world();
    listener = parts.listener();
    resend = parts.resend();
    durable = parts.durable();
    journal = parts.journal();
    seen = parts.seen();
    letters = parts.letters();
    this.order = order;
    line = new OutboxLine(order);
  }

  /** Finds what an earlier run left; nothing is carried yet. */
  void load(Place leads) {
    place = leads;
    long from = 0;
    for (var page = journal.read(from, PAGE); !page.isEmpty(); page = journal.read(from, PAGE)) {
      for (var one : page) {
        var mark = Kept.mark(one.record());
        line.add(
            new Waiting(
                one.number(),
                mark.orderKey(),
                world.nanos(),
                Optional.empty(),
                true,
                mark.isBegun(),
                false));
        from = one.number() + 1;
      }
    }
    stored = line.size();
    leads.lane().ledger().takenOver(stored);
  }

  boolean isLoaded() {
    return place != null;
  }

  /** Leads elsewhere from now on; attempts that have begun end where they began. */
  void lead(Place elsewhere, Durable settings) {
    durable = settings;
    place = elsewhere;
  }

  void start() {
    isStarted = true;
    ended = false;
    world.start("outbox-" + lane().route().name(), this::loop);
  }

  /** Begins nothing new. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      alarm.ifPresent(World.Timer::cancel);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isStarted() {
    return isStarted;
  }

  Order order() {
    return order;
  }

  /** Whether it begins nothing any more. */
  boolean isStopped() {
    return ended;
  }

  private Place place() {
    var known = place;
    if (known == null) {
      throw new IllegalStateException("not loaded");
    }
    return known;
  }

  private Entry.Lane lane() {
    return place().lane();
  }

  private Entry entry() {
    return place().entry();
  }

  @Override
  public boolean keep(Message message, Instant receivedAt, String givenId, int orderKey) {
    takePlace();
    var kept = new Kept(message, receivedAt, 0, false, orderKey);
    long number;
    try {
      var appended = append(kept, givenId);
      if (appended.isEmpty()) {
        changeStored(-1);
        return false;
      }
      number = appended.get();
    } catch (RuntimeException e) {
      changeStored(-1);
      throw e;
    }
    lock.lock();
    try {
      boolean isKept = inMemory < IN_MEMORY_MAX;
      inMemory += isKept ? 1 : 0;
      line.add(
          new Waiting(
              number,
              orderKey,
              world.nanos(),
              isKept ? Optional.of(kept) : Optional.empty(),
              false,
              false,
              false));
      changed.signal();
    } finally {
      lock.unlock();
    }
    return true;
  }

  /** Empty if it has come before. */
  Optional<Long> append(Kept kept, String givenId) {
    if (givenId.isEmpty()) {
      return Optional.of(journal.append(kept.write()));
    }
    var until = world.now().plus(durable.keep());
    var number = journal.appendOnce(seen, givenId, until, kept.write());
    return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
  }

  private void takePlace() {
    lock.lock();
    try {
      if (stored >= durable.stored()) {
        throw Fault.of(
                Fault.Code.OVERLOADED,
                "%d messages of `%s` wait to be delivered"
                    .formatted(durable.stored(), lane().route().name()))
            .toException();
      }
      stored++;
    } finally {
      lock.unlock();
    }
  }

  private void changeStored(int by) {
    lock.lock();
    try {
      stored += by;
    } finally {
      lock.unlock();
    }
  }

  private void loop() {
    try {
      for (var next = next(); next.isPresent(); next = next()) {
        carry(next.get());
      }
    } catch (InterruptedException _) {
      // stopped
    } finally {
      ended = true;
    }
  }

  /** Waits for one that is due and for room to carry it; empty once it is to stop. */
  private Optional<Waiting> next() throws InterruptedException {
    lock.lock();
    try {
      while (!stopped) {
        var head = line.peek();
        if (head != null && hasRoom(head)) {
          long left = head.dueNanos() - world.nanos();
          if (left <= 0) {
            line.take();
            carried++;
            isAlone = head.isSuspect();
            inMemory -= head.kept().isPresent() ? 1 : 0;
            return Optional.of(head);
          }
          wakeAfter(Duration.ofNanos(left));
        }
        changed.await();
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private int carriedMax() {
    return order == Order.WHOLE ? 1 : CARRIED_MAX;
  }

  private boolean hasRoom(Waiting head) {
    return carried < carriedMax() && !(carried > 0 && (isAlone || head.isSuspect()));
  }

  private void wakeAfter(Duration time) {
    alarm.ifPresent(World.Timer::cancel);
    alarm = Optional.of(world.after(time, this::wake));
  }

  private void wake() {
    lock.lock();
    try {
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void carry(Waiting one) {
    lane().ledger().resumed();
    var attempt = new Attempt(one);
    world.start(entry().id(), attempt);
  }

  /** One attempt, from the moment it is due: it counts as in flight before its thread runs. */
  private final class Attempt implements Runnable {
    private final Waiting one;
    private final InFlight inFlight = place().inFlight();
    private final Long number;
    private final Scope scope = Scope.unbound();

    Attempt(Waiting one) {
      this.one = one;
      number = inFlight.begin(scope);
    }

    @Override
    public void run() {
      Optional<Waiting> again = Optional.of(later(one));
      try {
        again = one.isDone() ? removed(one) : attempt(one, scope);
      } catch (RuntimeException e) {
        // The store does not take what happened: the message lies there as before.
        lane().ledger().stored();
        report(0, e, DELAY_MIN);
      } finally {
        inFlight.end(number);
        goOn(one, again);
      }
    }
  }

  private void goOn(Waiting one, Optional<Waiting> again) {
    lock.lock();
    try {
      carried--;
      isAlone = false;
      if (again.isPresent()) {
        line.putBack(again.get());
      } else {
        line.end(one);
        stored--;
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private Waiting later(Waiting one) {
    return one.later(world.nanos() + DELAY_MIN.toNanos());
  }

  /** It is delivered: what a store refuses to remove is not delivered again, but removed later. */
  private Optional<Waiting> removed(Waiting one) {
    try {
      journal.remove(one.number());
    } catch (FaultException e) {
      lane().ledger().stored();
      report(0, e, DELAY_MIN);
      return Optional.of(one.done(world.nanos() + DELAY_MIN.toNanos()));
    }
    lane().ledger().delivered();
    return Optional.empty();
  }

  private void report(int attempt, RuntimeException thrown, Duration delay) {
    listener.on(
        new Listener.Event.AttemptFailed(
            lane().route().name(),
            "outbox",
            attempt,
            Failure.reported(thrown),
            delay,
            Failure.origin(thrown, lane().route().origin())));
  }

  /** Tries once; what is left to do, if it is to be tried again. */
  private Optional<Waiting> attempt(Waiting one, Scope scope) {
    byte[] record = {};
    Kept kept;
    if (one.kept().isPresent()) {
      kept = one.kept().get();
    } else {
      var found = journal.read(one.number(), 1);
      if (found.isEmpty() || found.getFirst().number() != one.number()) {
        lane().ledger().failed();
        report(0, new IllegalStateException("record " + one.number() + " is gone"), Duration.ZERO);
        return Optional.empty();
      }
      record = found.getFirst().record();
      try {
        kept = Kept.read(record, entry().id(), entry().operation().input());
      } catch (FaultException e) {
        return unreadable(one, record, e.fault());
      }
    }
    int number = kept.attempts() + 1;
    var leads = place();
    var transit =
        resend.open(
            leads.entry(), leads.lane(), kept.message(), kept.receivedAt(), kept.attempts(), scope);
    if (one.isSuspect() && number > durable.attempts()) {
      return giveUp(one, transit, Kept.tooOften(kept.attempts()));
    }
    if (one.isOld()) {
      // Whatever ends the kernel now is found by the next one, and is counted.
      journal.replace(one.number(), kept.with(number, true).write());
    }
    var outcome = resend.carry(transit);
    if (outcome.isEmpty()) {
      lane().ledger().stored(); // the kernel stops: the next one goes on
      return Optional.of(later(one));
    }
    return switch (outcome.get()) {
      case Outcome.Done _ -> removed(one);
      case Outcome.Dropped _ -> {
        journal.remove(one.number());
        lane().ledger().dropped();
        yield Optional.empty();
      }
      case Outcome.Failed(var fault) -> failed(one, transit, kept.with(number, false), fault);
    };
  }

  private Optional<Waiting> failed(Waiting one, Transit transit, Kept kept, Fault fault) {
    boolean isTooOld = !kept.receivedAt().plus(durable.keep()).isAfter(world.now());
    if (!fault.retryable() || kept.attempts() >= durable.attempts() || isTooOld) {
      return giveUp(one, transit, fault);
    }
    var delay = delayAfter(kept.attempts(), fault);
    report(kept.attempts(), fault.toException(), delay);
    journal.replace(one.number(), kept.write());
    lane().ledger().stored();
    return Optional.of(
        new Waiting(
            one.number(),
            one.orderKey(),
            world.nanos() + delay.toNanos(),
            Optional.empty(),
            false,
            false,
            false));
  }

  private Duration delayAfter(int attempts, Fault fault) {
    double nanos =
        Math.min(
            DELAY_MAX.toNanos(), DELAY_MIN.toNanos() * Math.pow(2, Math.min(attempts - 1, 20)));
    var delay = Duration.ofNanos((long) (nanos * (0.8 + 0.2 * world.random())));
    if (fault.details().field(Fault.RETRY_AFTER_MS) instanceof Value.Int(var millis)) {
      var wanted = Duration.ofMillis(Math.clamp(millis, 0, DELAY_MAX.toMillis()));
      return wanted.compareTo(delay) > 0 ? wanted : delay;
    }
    return delay;
  }

  /** It failed for good: an operation takes the dead letter, or the store keeps it. */
  private Optional<Waiting> giveUp(Waiting one, Transit transit, Fault fault) {
    resend.tellOf(transit, fault);
    if (resend.giveUp(transit, fault)) {
      journal.remove(one.number());
    } else {
      var letter = resend.letter(transit, fault);
      letters.move(journal, one.number(), letter, entry().operation().input());
      resend.tellOf(letter);
    }
    lane().ledger().deadLettered();
    return Optional.empty();
  }

  /** What the definition does not understand any more is kept as it is. */
  private Optional<Waiting> unreadable(Waiting one, byte[] record, Fault fault) {
    letters.moveRaw(journal, one.number(), record, lane().route().name(), fault);
    lane().ledger().deadLettered();
    return Optional.empty();
  }
}
