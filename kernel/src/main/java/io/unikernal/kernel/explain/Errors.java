package io.unikernal.kernel.explain;

import io.unikernal.kernel.Listener.Event;
import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import io.unikernal.spi.World;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** The failures so far, those of one kind at one place together. */
public final class Errors {
  /** Kinds of failures; beyond, the one that has not come for longest is forgotten. */
  static final int GROUPS_MAX = 1_000;

  private final World world;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<Kind, Group> groups = new LinkedHashMap<>(16, 0.75f, true);

  private record Kind(String route, String step, Fault.Code code) {}

  /** Failures of one kind; the rest is that of the last. */
  public record Group(
      String route,
      String step,
      Fault.Code code,
      long count,
      Instant first,
      Instant last,
      String message,
      String traceId,
      Origin origin) {}

  public Errors(World world) {
    this.world = world;
  }

  /** Counts what is a failure of a message; all else is nothing to it. */
  public void hear(Event event) {
    if (event instanceof Event.MessageFailed failed) {
      add(failed);
    }
  }

  private void add(Event.MessageFailed failed) {
    var now = world.now();
    var kind = new Kind(failed.route(), failed.step(), failed.fault().code());
    lock.lock();
    try {
      var before = groups.get(kind);
      groups.put(
          kind,
          new Group(
              kind.route(),
              kind.step(),
              kind.code(),
              before == null ? 1 : before.count() + 1,
              before == null ? now : before.first(),
              now,
              failed.fault().message(),
              failed.traceId(),
              failed.origin()));
      if (groups.size() > GROUPS_MAX) {
        Map.Entry<Kind, Group> oldest = groups.firstEntry();
        groups.remove(oldest.getKey());
      }
    } finally {
      lock.unlock();
    }
  }

  /** The most frequent first. */
  public List<Group> all() {
    lock.lock();
    try {
      return groups.values().stream()
          .sorted(Comparator.comparingLong(Group::count).reversed())
          .toList();
    } finally {
      lock.unlock();
    }
  }
}
