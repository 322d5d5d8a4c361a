package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the target of a method and a path: a tree by segments, where literal text goes before a
 * placeholder. Immutable once it serves.
 */
final class Router<T> {
  static final int SEGMENTS_MAX = 64;

  private final Node<T> root = new Node<>();

  private static final class Node<T> {
    private final Map<String, Node<T>> literals = new HashMap<>();
    private @Nullable Node<T> placeholder;
    private final Map<String, T> targets = new TreeMap<>();
  }

  sealed interface Match<T> {
    /** {@code values} of the placeholders, decoded, in the order of the path. */
    record Found<T>(T target, List<String> values) implements Match<T> {}

    /** The path is there, for the methods in {@code allow} only. */
    record OtherMethods<T>(List<String> allow) implements Match<T> {}

    record Nothing<T>() implements Match<T> {}
  }

  /** Gives what already stands there, and then changes nothing. */
  Optional<T> add(String method, PathTemplate template, T target) {
    Node<T> node = root;
    for (var segment : template.segments()) {
      if (segment.isPlaceholder()) {
        node.placeholder = node.placeholder == null ? new Node<>() : node.placeholder;
        node = node.placeholder;
      } else {
        node = node.literals.computeIfAbsent(segment.text(), _ -> new Node<>());
      }
    }
    return Optional.ofNullable(node.targets.putIfAbsent(method, target));
  }

  /**
   * @param path as it came, percent-encoded
   * @throws io.unikernal.model.FaultException MALFORMED
   */
  Match<T> find(String method, String path) {
    String[] segments = split(path);
    if (segments.length > SEGMENTS_MAX) {
      return new Match.Nothing<>();
    }
    var search = new Search<T>(method, segments);
    T target = search.visit(root, 0, 0);
    if (target != null) {
      return new Match.Found<>(
          target, List.copyOf(Arrays.asList(search.values).subList(0, search.valueCount)));
    }
    return search.allow.isEmpty()
        ? new Match.Nothing<>()
        : new Match.OtherMethods<>(List.copyOf(search.allow));
  }

  private static String[] split(String path) {
    if (path.isEmpty() || path.charAt(0) != '/') {
      throw Fault.of(Fault.Code.MALFORMED, "the path does not begin with `/`").toException();
    }
    var segments = new ArrayList<String>(4);
    int start = 1;
    while (true) {
      int slash = path.indexOf('/', start);
      segments.add(Percent.decode(path.substring(start, slash < 0 ? path.length() : slash), false));
      if (slash < 0 || segments.size() > SEGMENTS_MAX) {
        return segments.toArray(String[]::new);
      }
      start = slash + 1;
    }
  }

  /** One walk; goes back to a placeholder where literal text led nowhere. */
  private static final class Search<T> {
    private final String method;
    private final String[] segments;
    private final String[] values;
    private int valueCount;
    private final Set<String> allow = new LinkedHashSet<>();

    Search(String method, String[] segments) {
      this.method = method;
      this.segments = segments;
      values = new String[segments.length];
    }

    private @Nullable T visit(Node<T> node, int depth, int filled) {
      if (depth == segments.length) {
        T target = node.targets.get(method);
        if (target == null && method.equals("HEAD")) {
          target = node.targets.get("GET");
        }
        if (target == null) {
          node.targets.keySet().forEach(this::allow);
        }
        valueCount = filled;
        return target;
      }
      Node<T> literal = node.literals.get(segments[depth]);
      if (literal != null) {
        T target = visit(literal, depth + 1, filled);
        if (target != null) {
          return target;
        }
      }
      if (node.placeholder == null || segments[depth].isEmpty()) {
        return null;
      }
      values[filled] = segments[depth];
      return visit(node.placeholder, depth + 1, filled + 1);
    }

    private void allow(String other) {
      allow.add(other);
      if (other.equals("GET")) {
        allow.add("HEAD");
      }
    }
  }
}
