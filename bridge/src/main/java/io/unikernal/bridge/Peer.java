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
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a worker: calls out with even ids, replies in any order. Only two threads of
 * its own touch the channel, since interrupting a thread inside it would close it; callers queue
 * and park.
 */
final class Peer implements AutoCloseable {
  private static final int QUEUE_FRAMES_MAX = 1024;
  private static final int BATCH_BYTES_MAX = 256 * 1024;

  /** What a connection's owner hears of it; called on the reader's thread. */
  interface Owner {
    /** A CALL, GOODBYE or REGISTER from the worker. */
    void received(Peer peer, Frame frame);

    /** The connection ended, for this reason; called once. */
    void ended(Peer peer, String reason);
  }

  private final ByteChannel channel;
  private final Owner owner;
  private final World world;
  private final BlockingQueue<Frame> outgoing = new ArrayBlockingQueue<>(QUEUE_FRAMES_MAX);
  private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger nextId = new AtomicInteger(2);
  private final AtomicInteger abandoned = new AtomicInteger();
  private volatile long lastHeardNanos;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean open = true;
  private volatile String reason = "";
  private @Nullable Thread writer;

  /** A call that waits for its answer, or was given up. */
  private static final class Waiting {
    final Thread caller;
    final long sinceNanos;
    volatile @Nullable Frame answer;
    volatile boolean isAbandoned;

    Waiting(Thread caller, long sinceNanos) {
      this.caller = caller;
      this.sinceNanos = sinceNanos;
    }
  }

  Peer(ByteChannel channel, Owner owner, World world) {
    this.channel = channel;
    this.owner = owner;
    this.world = world;
    lastHeardNanos = world.nanos();
  }

  /** Reads and writes until the end; {@code reader} has read the HELLO already. */
  void start(String name, FrameReader reader) {
    writer = world.start(name + "-writer", this::write);
    world.start(name + "-reader", () -> read(reader));
  }

  /**
   * Sends a call and waits for RESULT or ERROR.
   *
   * @param limit after it TIMEOUT is thrown and the worker is told to cancel
   */
  Frame call(int type, byte[] payload, Duration limit) throws InterruptedException {
    int id = nextId.getAndAdd(2) & 0x7ffffffe;
    long end = world.nanos() + limit.toNanos();
    var slot = new Waiting(Thread.currentThread(), world.nanos());
    waiting.put(id, slot);
    boolean answered = false;
    try {
      if (!send(new Frame(type, 0, id, payload), limit)) {
        throw disconnected();
      }
      while (slot.answer == null) {
        long left = end - world.nanos();
        if (!open) {
          throw disconnected();
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (left <= 0) {
          throw Fault.of(Fault.Code.TIMEOUT, "no answer within " + limit.toMillis() + " ms")
              .toException();
        }
        LockSupport.parkNanos(this, left);
      }
      answered = true;
      return slot.answer;
    } finally {
      if (answered || slot.answer != null || !open) {
        waiting.remove(id);
      } else {
        abandon(id, slot);
      }
    }
  }

  /** The worker may still be busy with it: it stays booked until its answer comes. */
  private void abandon(int id, Waiting slot) {
    slot.isAbandoned = true;
    abandoned.incrementAndGet();
    if (slot.answer != null && waiting.remove(id) != null) {
      abandoned.decrementAndGet();
      return;
    }
    outgoing.offer(Frame.of(Frame.CANCEL, id, Value.Null.NULL));
  }

  /** Queues a frame; false if the connection ended. */
  boolean send(Frame frame, Duration limit) throws InterruptedException {
    if (!open) {
      return false;
    }
    if (!outgoing.offer(frame, limit.toNanos(), TimeUnit.NANOSECONDS)) {
      throw Fault.of(Fault.Code.OVERLOADED, "the worker does not take its calls").toException();
    }
    return true;
  }

  /** Queues a frame if there is room; for heartbeats. */
  void offer(Frame frame) {
    outgoing.offer(frame);
  }

  /** Calls that somebody waits for. */
  int inFlight() {
    return waiting.size() - abandoned.get();
  }

  /** How long the oldest call that was given up has kept the worker busy. */
  Duration oldestAbandoned() {
    long now = world.nanos();
    long oldest = now;
    for (Waiting slot : waiting.values()) {
      if (slot.isAbandoned) {
        oldest = Math.min(oldest, slot.sinceNanos);
      }
    }
    return Duration.ofNanos(now - oldest);
  }

  Duration silence() {
    return Duration.ofNanos(world.nanos() - lastHeardNanos);
  }

  boolean isOpen() {
    return open;
  }

  private FaultException disconnected() {
    return Fault.of(Fault.Code.DISCONNECTED, reason.isEmpty() ? "the worker went away" : reason)
        .toException();
  }

  private void read(FrameReader reader) {
    String why = "the worker closed its connection";
    try {
      for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
        lastHeardNanos = world.nanos();
        dispatch(frame.get());
      }
    } catch (FaultException e) {
      why = "the worker broke the protocol: " + e.fault().message();
    } catch (IOException _) {
      // The channel was closed on one of the two sides; the reason above says it.
    } finally {
      end(why);
    }
  }

  private void dispatch(Frame frame) {
    switch (frame.type()) {
      case Frame.RESULT, Frame.ERROR -> answer(frame);
      case Frame.PING -> offer(new Frame(Frame.PONG, 0, frame.id(), frame.payload()));
      case Frame.PONG,
          Frame.CANCEL -> {} // Hearing it was enough; calls of workers end by themselves.
      case Frame.CALL, Frame.GOODBYE, Frame.REGISTER -> owner.received(this, frame);
      default -> {
        if ((frame.flags() & Frame.FLAG_OPTIONAL) == 0) {
          throw Fault.of(Fault.Code.MALFORMED, "frame type " + frame.type()).toException();
        }
      }
    }
  }

  private void answer(Frame frame) {
    Waiting slot = waiting.get(frame.id());
    if (slot == null) {
      return; // Late or twice: nobody waits.
    }
    slot.answer = frame;
    if (slot.isAbandoned) {
      if (waiting.remove(frame.id()) != null) {
        abandoned.decrementAndGet();
      }
    } else {
      LockSupport.unpark(slot.caller);
    }
  }

  private void write() {
    var batch = new ArrayList<Frame>();
    try {
      while (open) {
        batch.add(outgoing.take());
        outgoing.drainTo(batch, 255);
        writeAll(batch);
        batch.clear();
      }
    } catch (InterruptedException | IOException _) {
      end("the connection to the worker broke");
    }
  }

  private void writeAll(List<Frame> batch) throws IOException {
    int index = 0;
    while (index < batch.size()) {
      int bytes = batch.get(index).size();
      int end = index + 1;
      while (end < batch.size() && bytes + batch.get(end).size() <= BATCH_BYTES_MAX) {
        bytes += batch.get(end++).size();
      }
      var buffer = ByteBuffer.allocate(bytes);
      batch.subList(index, end).forEach(frame -> frame.writeTo(buffer));
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      index = end;
    }
  }

  private void end(String why) {
    boolean first = ended.compareAndSet(false, true);
    if (first) {
      reason = why;
      open = false;
    }
    try {
      channel.close();
    } catch (IOException _) {
      // It is gone either way.
    }
    if (first) {
      if (writer != null) {
        writer.interrupt();
      }
      waiting.values().forEach(slot -> LockSupport.unpark(slot.caller));
      owner.ended(this, reason);
    }
  }

  /** Ends the connection, saying why to those who wait. */
  void close(String why) {
    end(why);
  }

  @Override
  public void close() {
    end("the worker is stopped");
  }
}
