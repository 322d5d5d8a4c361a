package io.unikernal.kernel.explain;

import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import io.unikernal.model.Trace;
import io.unikernal.spi.World;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One part of what happens to a message, with the parts within it: a tree that grows while the
 * message is on its way. Written by the thread that does the work, or, below it, by several; may be
 * looked at meanwhile. Where nothing is recorded all parts are {@link #NONE}, which takes nothing.
 */
public final class Span {
  /** Stands for every part of a message that is not recorded. */
  public static final Span NONE = new Span(null, Kind.MESSAGE, "", Origin.NONE, 0, 0);

  /** What a part is. */
  public enum Kind {
    /** The whole way. */
    MESSAGE,
    STEP,
    /** An attempt to call an operation. */
    CALL
  }

  private final @Nullable Story story;
  private final Kind kind;
  private final String name;
  private final Origin origin;
  private final long begunNanos;
  private final int number;
  private volatile @Nullable Linked<Span> parts;
  private volatile @Nullable Linked<Note> notes;

  /** These two are written before {@link #isEnded}, and read after it. */
  private long endedNanos;

  private @Nullable Fault fault;
  private volatile boolean isEnded;

  private static final VarHandle PARTS = field("parts", Linked.class);
  private static final VarHandle NOTES = field("notes", Linked.class);
  private static final VarHandle IS_ENDED = field("isEnded", boolean.class);

  /** What takes no object for each field of each part of each message. */
  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(Span.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The last first: adding is one compare-and-set, and most parts have one child or none. */
  private record Linked<T>(T value, @Nullable Linked<T> before) {}

  Span(@Nullable Story story, Kind kind, String name, Origin origin, long begunNanos, int number) {
    this.story = story;
    this.kind = kind;
    this.name = name;
    this.origin = origin;
    this.begunNanos = begunNanos;
    this.number = number;
  }

  public boolean isRecorded() {
    return story != null;
  }

  /** Whether somebody elsewhere is told of it. */
  public boolean isTold() {
    var whole = story;
    return whole != null && whole.exporter().isPresent();
  }

  /**
   * What a call that is this part says of the trace: the part itself, if somebody is told of it.
   */
  public Trace traceOf(Trace message) {
    var whole = story;
    if (whole == null || whole.exporter().isEmpty()) {
      return message;
    }
    var own = whole.trace();
    return new Trace(own.traceId(), whole.spanId(number), own.flags(), own.state());
  }

  /** The message that it is a part of. */
  Optional<Story> story() {
    return Optional.ofNullable(story);
  }

  /** A part within this one, that begins now. Beyond the story's bound it is only counted. */
  public Span begin(Kind what, String called, Origin place) {
    var whole = story;
    int room = whole == null ? 0 : whole.takeRoom();
    if (whole == null || room == 0) {
      return NONE;
    }
    var part = new Span(whole, what, called, place, whole.world().nanos(), room);
    for (var before = parts;
        !PARTS.compareAndSet(this, before, new Linked<>(part, before));
        before = parts) {
      Thread.onSpinWait();
    }
    return part;
  }

  /** Something that was decided in this part. */
  public void note(Note note) {
    var whole = story;
    if (whole != null && whole.takeRoom() > 0) {
      for (var before = notes;
          !NOTES.compareAndSet(this, before, new Linked<>(note, before));
          before = notes) {
        Thread.onSpinWait();
      }
    }
  }

  public void end() {
    finish(null);
  }

  public void fail(Fault why) {
    finish(why);
  }

  private void finish(@Nullable Fault why) {
    var whole = story;
    if (whole != null && !isEnded) {
      fault = why;
      endedNanos = whole.world().nanos();
      IS_ENDED.setRelease(this, true);
    }
  }

  private static <T> List<T> inOrder(@Nullable Linked<T> last) {
    var found = new ArrayList<T>();
    for (var one = last; one != null; one = one.before()) {
      found.add(one.value());
    }
    Collections.reverse(found);
    return found;
  }

  /** As it is now; times count from the beginning of the message. */
  Told tell(Story whole, long zero) {
    boolean hasEnded = isEnded;
    return new Told(
        kind,
        name,
        origin,
        whole.spanId(number),
        begunNanos - zero,
        tookNanos(whole.world()),
        hasEnded,
        hasEnded ? Optional.ofNullable(fault) : Optional.empty(),
        inOrder(notes),
        inOrder(parts).stream().map(part -> part.tell(whole, zero)).toList());
  }

  long tookNanos(World world) {
    return (isEnded ? endedNanos : world.nanos()) - begunNanos;
  }

  long begunNanos() {
    return begunNanos;
  }
}
