package io.unikernal.kernel.explain;

import io.unikernal.model.Origin;
import io.unikernal.model.Trace;
import io.unikernal.spi.World;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One message that is recorded: who it is, and its way. */
public final class Story {
  /** Parts and notes of one message; what is beyond is counted and not kept. */
  static final int PARTS_MAX = 500;

  /** An odd number whose multiples differ in all bits: the fractional part of the golden ratio. */
  private static final long STRIDE = 0x9E37_79B9_7F4A_7C15L;

  private static final HexFormat HEX = HexFormat.of();
  private final World world;
  private final Optional<StoryExporter> exporter;
  private final Instant at;
  private final String operation;
  private final Span root;
  private final AtomicInteger size = new AtomicInteger();

  /**
   * These are written by the thread that carries the message. None is volatile, which would cost
   * each message more than all else that is recorded of it: each is immutable, so who looks on may
   * at worst see what was a moment ago.
   */
  private String messageId = "";

  private Trace trace = Trace.NONE;
  private Trace parent = Trace.NONE;
  private String route = "";
  private Ending ending = Ending.UNDER_WAY;

  /** How it ended, as the books have it. */
  public enum Ending {
    UNDER_WAY,
    DELIVERED,
    /** Lies in the outbox of a durable route, and is carried from there. */
    STORED,
    FAILED,
    DEAD_LETTERED,
    DROPPED;

    public boolean isFailure() {
      return this == FAILED || this == DEAD_LETTERED;
    }
  }

  /**
   * All that is known of one message.
   *
   * @param trace where it stands itself
   * @param parent where its sender stands; {@link Trace#NONE} if the trace begins here
   * @param leftOut parts and notes beyond the bound
   */
  public record Whole(
      Instant at,
      String operation,
      String route,
      String messageId,
      Trace trace,
      Trace parent,
      Ending ending,
      Told way,
      int leftOut) {
    public String traceId() {
      return trace.equals(Trace.NONE) ? "" : trace.traceId();
    }
  }

  Story(World world, String operation, Optional<StoryExporter> exporter) {
    this.world = world;
    this.exporter = exporter;
    this.operation = operation;
    at = world.now();
    root = new Span(this, Span.Kind.MESSAGE, operation, Origin.NONE, world.nanos(), 0);
  }

  World world() {
    return world;
  }

  Span root() {
    return root;
  }

  /** The number of a part from 1 on; 0 if there is no room for it. */
  int takeRoom() {
    int number = size.incrementAndGet();
    return number <= PARTS_MAX ? number : 0;
  }

  void identify(String message, Trace own, Trace sender) {
    messageId = message;
    trace = own;
    parent = sender;
  }

  /** Who is told of it, if somebody is. */
  Optional<StoryExporter> exporter() {
    return exporter;
  }

  /** The id of a part in the trace: made of the message's and the part's number, never stored. */
  String spanId(int number) {
    if (number == 0) {
      return trace.spanId();
    }
    long mixed = HexFormat.fromHexDigitsToLong(trace.spanId()) + number * STRIDE;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
    mixed ^= mixed >>> 31;
    return HEX.toHexDigits(mixed == 0 ? 1 : mixed);
  }

  /** Where the message stands in its trace; {@link Trace#NONE} until it is known. */
  public Trace trace() {
    return trace;
  }

  /** When it came. */
  Instant at() {
    return at;
  }

  public String route() {
    return route;
  }

  public String operation() {
    return operation;
  }

  /** Until now, where it has not ended. */
  public long tookNanos() {
    return root.tookNanos(world);
  }

  void route(String name) {
    route = name;
  }

  void end(Ending how) {
    ending = how;
  }

  public Ending ending() {
    return ending;
  }

  String messageId() {
    return messageId;
  }

  boolean isOf(String id) {
    return messageId.equals(id) || trace.traceId().equals(id);
  }

  /** As it is now. */
  public Whole whole() {
    return new Whole(
        at,
        operation,
        route,
        messageId,
        trace,
        parent,
        ending,
        root.tell(this, root.begunNanos()),
        Math.max(0, size.get() - PARTS_MAX));
  }
}
