package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * How much templates make. An argument that stands in several places is one node in memory, but
 * whoever reads the definition meets it each time: so it is counted each time.
 */
final class NodeSizes {
  static final int NODES_MAX = 1_000_000;
  static final int TEXT_MAX = 64 * 1024;

  private final Map<Node, Long> known = new IdentityHashMap<>();
  private long made;

  /** False once there is too much. */
  boolean add(Node argument) {
    return add(size(argument));
  }

  boolean add(long nodes) {
    made += nodes;
    return !isFull();
  }

  boolean isFull() {
    return made > NODES_MAX;
  }

  /** Texts multiply as nodes do: one that is too long ends it all. */
  boolean isText(String text) {
    if (text.length() > TEXT_MAX) {
      made += NODES_MAX;
    }
    return text.length() <= TEXT_MAX;
  }

  private long size(Node node) {
    Long before = known.get(node);
    if (before != null) {
      return before;
    }
    long size = 1;
    switch (node) {
      case Scalar _ -> {}
      case Sequence sequence -> {
        for (Node item : sequence.items()) {
          size = Math.min(NODES_MAX + 1L, size + size(item));
        }
      }
      case Mapping mapping -> {
        for (Entry entry : mapping.entries()) {
          size = Math.min(NODES_MAX + 1L, size + size(entry.value()));
        }
      }
    }
    known.put(node, size);
    return size;
  }
}
