package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One open connection to a worker: calls out with even ids, replies in any order. Only two threads
 * of its own touch the channel, since interrupting a thread inside it would close it; callers queue
 * and park.
 */
final class Peer implements AutoCloseable {
  private static final int BATCH_BYTES_MAX = 256 * 1024;
  private static final int BATCH_FRAMES_MAX = 256;

  /** CHUNKs that may be on their way, and wait to be read: what PROTOCOL.md calls the window. */
  static final int WINDOW = 16;

  /** Answers that a worker may leave unread. */
  private static final int UNREAD_MAX = 1024;

  /** How long a last word may take to be written. */
  private static final Duration LAST_WORD_LIMIT = Duration.ofSeconds(1);

  private static final Outgoing END =
      new Outgoing(new Frame(Frame.GOODBYE, 0, 0, new byte[0]), () -> {});

  /** What a connection's owner hears of it; called on the reader's thread, and may not block. */
  interface Owner {
    /** A CALL, CANCEL or GOODBYE from the worker. */
    void received(Peer peer, Frame frame);

    /** A seat is free again. */
    void freed();

    /** The connection ended, for this reason; called once, on any thread. */
    void ended(Peer peer, String reason);
  }

  /** {@code done} runs when it is written, or never will be. */
  private record Outgoing(Frame frame, Runnable done) {}

  private final ByteChannel channel;
  private final Owner owner;
  private final World world;
  private final int seats;
  private final int lengthMax;

  /**
   * Without a bound of its own: calls are bounded by the seats, answers by those who give them, the
   * rest by {@link #UNREAD_MAX}. So nobody waits for a worker that does not read.
   */
  private final BlockingQueue<Outgoing> outgoing = new LinkedBlockingQueue<>();

  private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger nextId = new AtomicInteger(2);
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile long lastHeardNanos;
  private volatile boolean draining;
  private volatile boolean open = true;
  private volatile String reason = "";

  /** A call that waits for its answer, or was given up while the worker still has it. */
  private static final class Waiting {
    volatile Thread caller = Thread.currentThread();
    volatile @Nullable Frame answer;

    /** Elements that nobody has read; not there where no stream is wanted. */
    final Optional<Queue<Frame>> chunks;

    volatile boolean isAbandoned;
    volatile long abandonedNanos;

    Waiting(boolean isStream) {
      chunks = isStream ? Optional.of(new ConcurrentLinkedQueue<>()) : Optional.empty();
    }

    boolean isHeard() {
      return answer != null || chunks.isPresent() && !chunks.get().isEmpty();
    }
  }

  /**
   * @param seats how many calls the worker has at once
   * @param lengthMax the largest frame in either direction
   */
  Peer(ByteChannel channel, Owner owner, World world, int seats, int lengthMax) {
    this.channel = channel;
    this.owner = owner;
    this.world = world;
    this.seats = seats;
    this.lengthMax = lengthMax;
    lastHeardNanos = world.nanos();
  }

  /** Reads and writes until the end; {@code reader} has read the HELLO already. */
  void start(String name, FrameReader reader) {
    reader.limit(lengthMax);
    world.start(name + "-writer", this::write);
    world.start(name + "-reader", () -> read(reader));
  }

  // ---- calls ----

  /** Takes a seat for one {@link #call}, which must follow, or {@link #giveSeat}. */
  boolean takeSeat() {
    if (!isReady()) {
      return false;
    }
    while (true) {
      int now = taken.get();
      if (now >= seats) {
        return false;
      }
      if (taken.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  boolean hasSeat() {
    return taken.get() < seats;
  }

  void giveSeat() {
    taken.decrementAndGet();
    owner.freed();
  }

  /** Calls that the worker has, those that were given up among them. */
  int load() {
    return taken.get();
  }

  /**
   * Sends a call and waits for RESULT or ERROR. The caller has a seat, which is free again when the
   * worker has ended the call, and not when the caller gives up.
   *
   * @param limit after it TIMEOUT is thrown and the worker is told to cancel
   */
  Frame call(byte[] payload, Duration limit) throws InterruptedException {
    var slot = new Waiting(false);
    int id = send(payload, slot);
    boolean isOver = false;
    try {
      if (!awaitWord(slot, limit)) {
        throw Fault.of(Fault.Code.TIMEOUT, "no answer within " + limit.toMillis() + " ms")
            .toException();
      }
      isOver = true;
      return Optional.ofNullable(slot.answer).orElseThrow();
    } finally {
      if (!isOver && open) {
        abandon(id, slot);
      }
    }
  }

  /**
   * Sends a call whose result is a stream, and waits a little for its first word, so that a call
   * that fails at once fails here.
   */
  Chunks stream(byte[] payload, Duration patience) throws InterruptedException {
    var slot = new Waiting(true);
    int id = send(payload, slot);
    boolean isHandedOver = false;
    try {
      boolean _ = awaitWord(slot, patience);
      isHandedOver = true;
      return new Chunks(id, slot);
    } finally {
      if (!isHandedOver && open) {
        abandon(id, slot);
      }
    }
  }

  /** The elements of one result. For one reader. */
  final class Chunks {
    private final int id;
    private final Waiting slot;
    private int ungranted;

    private Chunks(int id, Waiting slot) {
      this.id = id;
      this.slot = slot;
    }

    /**
     * Waits for the next word: a CHUNK, or what ends the call.
     *
     * @throws FaultException DISCONNECTED
     */
    Frame next() throws InterruptedException {
      slot.caller = Thread.currentThread();
      while (true) {
        Frame answer = slot.answer; // Before the chunks: all of them came before it.
        Frame chunk = slot.chunks.orElseThrow().poll();
        if (chunk != null) {
          grant();
          return chunk;
        }
        if (answer != null) {
          return answer;
        }
        if (!open) {
          throw disconnected();
        }
        if (slot.isAbandoned) {
          throw Fault.of(Fault.Code.CANCELLED, "the stream is not wanted any more").toException();
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        LockSupport.park(this);
      }
    }

    /** Whether the call ended without an element. */
    boolean hasFailedAtOnce() {
      Frame answer = slot.answer;
      return answer != null && answer.type() == Frame.ERROR && slot.chunks.orElseThrow().isEmpty();
    }

    /** Not for each element: half a window is enough to keep the worker going. */
    private void grant() {
      ungranted++;
      if (ungranted >= WINDOW / 2 && slot.answer == null) {
        offer(Frame.of(Frame.CREDIT, id, Value.integer(ungranted)));
        ungranted = 0;
      }
    }

    /** Whoever reads wants no more. */
    void close() {
      if (slot.answer == null && open && !slot.isAbandoned) {
        abandon(id, slot);
        LockSupport.unpark(slot.caller);
      }
    }
  }

  private int send(byte[] payload, Waiting slot) {
    if (payload.length + Frame.COUNTED_HEADER_BYTES > lengthMax) {
      giveSeat();
      throw Fault.of(Fault.Code.TOO_LARGE, "the input is over " + lengthMax + " bytes")
          .toException();
    }
    int id = register(slot);
    outgoing.add(new Outgoing(new Frame(Frame.CALL, 0, id, payload), () -> {}));
    return id;
  }

  /** Whether the worker said something to the call in time. */
  private boolean awaitWord(Waiting slot, Duration limit) throws InterruptedException {
    long end = world.nanos() + limit.toNanos();
    while (!slot.isHeard()) {
      if (!open) {
        throw disconnected();
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      long left = end - world.nanos();
      if (left <= 0) {
        return false;
      }
      LockSupport.parkNanos(this, left);
    }
    return true;
  }

  /** An id that no call has: a worker may keep one for long, until the numbers begin again. */
  private int register(Waiting slot) {
    while (true) {
      int id = nextId.getAndAdd(2) & 0x7ffffffe;
      if (id != 0 && waiting.putIfAbsent(id, slot) == null) {
        return id;
      }
    }
  }

  /** An answer that comes meanwhile is dropped; the CANCEL is then for no call, and ignored. */
  private void abandon(int id, Waiting slot) {
    slot.abandonedNanos = world.nanos();
    slot.isAbandoned = true;
    outgoing.add(new Outgoing(Frame.of(Frame.CANCEL, id, Value.Null.NULL), () -> {}));
  }

  /** Whether somebody waits for one of its calls. */
  boolean isBusy() {
    return waiting.values().stream().anyMatch(slot -> !slot.isAbandoned);
  }

  /** How long the oldest call that was given up has kept the worker busy. */
  Duration oldestAbandoned() {
    long now = world.nanos();
    long longest = 0;
    for (Waiting slot : waiting.values()) {
      if (slot.isAbandoned) {
        longest = Math.max(longest, now - slot.abandonedNanos);
      }
    }
    return Duration.ofNanos(longest);
  }

  Duration silence() {
    return Duration.ofNanos(world.nanos() - lastHeardNanos);
  }

  /** Takes no more calls; those it has are finished. */
  void drain() {
    draining = true;
  }

  boolean isOpen() {
    return open;
  }

  boolean isReady() {
    return open && !draining;
  }

  private FaultException disconnected() {
    return Fault.of(Fault.Code.DISCONNECTED, reason).toException();
  }

  // ---- sending ----

  /**
   * Queues the answer to a worker's call; {@code done} runs when it is written or never will be.
   */
  void answer(Frame frame, Runnable done) {
    if (frame.length() > lengthMax) {
      var fault = Fault.of(Fault.Code.REJECTED, "the answer is over " + lengthMax + " bytes");
      answer(Frame.of(Frame.ERROR, frame.id(), BridgeFaults.toError(fault)), done);
      return;
    }
    if (open) {
      outgoing.add(new Outgoing(frame, done));
    } else {
      done.run();
    }
  }

  /** Queues a frame that nobody waits for. */
  void offer(Frame frame) {
    if (outgoing.size() >= UNREAD_MAX) {
      end("the worker does not read", Optional.empty());
    } else {
      outgoing.add(new Outgoing(frame, () -> {}));
    }
  }

  private void write() {
    var batch = new ArrayList<Outgoing>();
    try {
      boolean hasEnded = false;
      while (!hasEnded) {
        batch.add(outgoing.take());
        outgoing.drainTo(batch, BATCH_FRAMES_MAX - 1);
        int last = batch.indexOf(END);
        hasEnded = last >= 0;
        List<Outgoing> sent = hasEnded ? batch.subList(0, last) : batch;
        writeAll(sent.stream().map(Outgoing::frame).toList());
        batch.forEach(written -> written.done().run());
        batch.clear();
      }
      closeChannel();
    } catch (IOException _) {
      // The worker reads no more, but what it wrote before that may still be on its way: the
      // reader comes to its end. Where it does not, the connection ends all the same.
      drain();
      var _ = world.after(LAST_WORD_LIMIT, () -> close("the connection to the worker broke"));
    } catch (InterruptedException _) {
      close("the connection to the worker broke");
    } finally {
      batch.forEach(lost -> lost.done().run());
    }
  }

  private void discard() {
    for (var lost = outgoing.poll(); lost != null; lost = outgoing.poll()) {
      lost.done().run();
    }
  }

  private void writeAll(List<Frame> frames) throws IOException {
    int index = 0;
    while (index < frames.size()) {
      int bytes = frames.get(index).size();
      int end = index + 1;
      while (end < frames.size() && bytes + frames.get(end).size() <= BATCH_BYTES_MAX) {
        bytes += frames.get(end++).size();
      }
      var buffer = ByteBuffer.allocate(bytes);
      frames.subList(index, end).forEach(frame -> frame.writeTo(buffer));
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      index = end;
    }
  }

  // ---- receiving ----

  private void read(FrameReader reader) {
    String why = "the worker closed its connection";
    Optional<Frame> lastWord = Optional.empty();
    try {
      for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
        lastHeardNanos = world.nanos();
        dispatch(frame.get());
      }
    } catch (FaultException e) {
      String what = e.fault().message();
      why = "the worker broke the protocol: " + what;
      lastWord = Optional.of(BridgeFaults.ofConnection("protocol", what));
    } catch (IOException _) {
      // The channel was closed on one of the two sides; the reason above says it.
    } finally {
      end(why, lastWord);
    }
  }

  private void dispatch(Frame frame) {
    switch (frame.type()) {
      case Frame.RESULT -> answered(frame);
      case Frame.CHUNK -> chunk(frame);
      case Frame.ERROR -> {
        if (frame.id() == 0) {
          end("the worker gave up: " + frame.value().fieldText("message"), Optional.empty());
        } else {
          answered(frame);
        }
      }
      case Frame.PING -> offer(new Frame(Frame.PONG, 0, 0, frame.payload()));
      case Frame.CALL, Frame.CANCEL, Frame.GOODBYE -> owner.received(this, frame);
      case Frame.PONG, Frame.REGISTER -> {} // Hearing it was enough; functions were checked before.
      default ->
          throw FrameRules.malformed("a frame of type " + frame.type() + " may not come now");
    }
  }

  private void chunk(Frame frame) {
    Waiting slot = waiting.get(frame.id());
    if (slot == null || slot.isAbandoned) {
      return; // Late: nobody waits.
    }
    Queue<Frame> chunks =
        slot.chunks.orElseThrow(
            () -> FrameRules.malformed("a CHUNK for a call that asked for no stream"));
    if (chunks.size() >= WINDOW) {
      throw FrameRules.malformed("more CHUNKs than the window of " + WINDOW);
    }
    chunks.add(frame);
    LockSupport.unpark(slot.caller);
  }

  private void answered(Frame frame) {
    Waiting slot = waiting.remove(frame.id());
    if (slot == null) {
      return; // Late or twice: nobody waits.
    }
    slot.answer = frame;
    LockSupport.unpark(slot.caller);
    giveSeat();
  }

  // ---- the end ----

  private void end(String why, Optional<Frame> lastWord) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    reason = why;
    open = false; // Whoever registers a call after this sees it; whoever did before is woken.
    waiting.values().forEach(slot -> LockSupport.unpark(slot.caller));
    discard();
    lastWord.ifPresent(frame -> outgoing.add(new Outgoing(frame, () -> {})));
    outgoing.add(END);
    if (lastWord.isPresent()) {
      world.after(LAST_WORD_LIMIT, this::closeChannel);
    } else {
      closeChannel();
    }
    owner.ended(this, why);
  }

  private void closeChannel() {
    try {
      channel.close();
    } catch (IOException _) {
      // It is gone either way.
    }
  }

  /** Ends the connection, saying why to those who wait. */
  void close(String why) {
    end(why, Optional.empty());
  }

  @Override
  public void close() {
    close("the worker is stopped");
  }
}
