package io.unikernal.kernel.execute;

import io.unikernal.model.Frame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps that one thread has done and that can be undone, in the order in which they were done.
 * Work on threads of its own has its own, which the join adds. Bounded by the steps of a message.
 */
final class Saga {
  private @Nullable List<Done> done;

  /** A step that is done, with what it sees. */
  record Done(Node node, Frame frame) {}

  int mark() {
    return done == null ? 0 : done.size();
  }

  void add(Node node, Frame frame) {
    if (done == null) {
      done = new ArrayList<>();
    }
    done.add(new Done(node, frame));
  }

  void addAll(Saga other) {
    if (other.done != null) {
      other.done.forEach(one -> add(one.node(), one.frame()));
      other.done = null;
    }
  }

  /** Takes away what was done since {@code mark}, the last first. */
  List<Done> takeSince(int mark) {
    if (done == null || done.size() <= mark) {
      return List.of();
    }
    var since = done.subList(mark, done.size());
    var taken = List.copyOf(since.reversed());
    since.clear();
    return taken;
  }
}
