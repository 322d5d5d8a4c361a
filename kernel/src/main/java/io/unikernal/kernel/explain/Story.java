package io.unikernal.kernel.explain;

import io.unikernal.model.Origin;
import io.unikernal.spi.World;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/** One message that is recorded: who it is, and its way. */
public final class Story {
  /** Parts and notes of one message; what is beyond is counted and not kept. */
  static final int PARTS_MAX = 500;

  private final World world;
  private final Instant at;
  private final String operation;
  private final Span root;
  private final AtomicInteger size = new AtomicInteger();
  private volatile String messageId = "";
  private volatile String traceId = "";
  private volatile String route = "";
  private volatile Ending ending = Ending.UNDER_WAY;

  /** How it ended, as the books have it. */
  public enum Ending {
    UNDER_WAY,
    DELIVERED,
    /** Lies in the outbox of a durable route, and is carried from there. */
    STORED,
    FAILED,
    DEAD_LETTERED,
    DROPPED;

    boolean isFailure() {
      return this == FAILED || this == DEAD_LETTERED;
    }
  }

  /**
   * All that is known of one message.
   *
   * @param leftOut parts and notes beyond the bound
   */
  public record Whole(
      Instant at,
      String operation,
      String route,
      String messageId,
      String traceId,
      Ending ending,
      Told way,
      int leftOut) {}

  Story(World world, String operation) {
    this.world = world;
    this.operation = operation;
    at = world.now();
    root = new Span(this, Span.Kind.MESSAGE, operation, Origin.NONE, world.nanos());
  }

  World world() {
    return world;
  }

  Span root() {
    return root;
  }

  boolean takeRoom() {
    return size.incrementAndGet() <= PARTS_MAX;
  }

  void identify(String message, String trace) {
    messageId = message;
    traceId = trace;
  }

  void route(String name) {
    route = name;
  }

  void end(Ending how) {
    ending = how;
  }

  Ending ending() {
    return ending;
  }

  String messageId() {
    return messageId;
  }

  boolean isOf(String id) {
    return messageId.equals(id) || traceId.equals(id);
  }

  Whole whole() {
    return new Whole(
        at,
        operation,
        route,
        messageId,
        traceId,
        ending,
        root.tell(world, root.begunNanos()),
        Math.max(0, size.get() - PARTS_MAX));
  }
}
