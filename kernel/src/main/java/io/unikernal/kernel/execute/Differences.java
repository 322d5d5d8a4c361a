package io.unikernal.kernel.execute;

import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where two answers differ: paths only, since what stands there may be labelled. */
final class Differences {
  static final int SHOWN_MAX = 3;
  private final List<String> paths = new ArrayList<>();

  private Differences() {}

  /** Up to {@link #SHOWN_MAX} paths; none if they are equal. */
  static List<String> of(Value one, Value other) {
    var differences = new Differences();
    if (!one.equals(other)) {
      differences.compare("", one, other);
    }
    return List.copyOf(differences.paths);
  }

  private void compare(String path, Value one, Value other) {
    if (paths.size() >= SHOWN_MAX || one.equals(other)) {
      return;
    }
    var fields = fields(one);
    var others = fields(other);
    if (fields.isPresent() && others.isPresent()) {
      var names = new LinkedHashSet<>(fields.get().keySet());
      names.addAll(others.get().keySet());
      for (var name : names) {
        var mine = fields.get().getOrDefault(name, Value.Absent.ABSENT);
        var theirs = others.get().getOrDefault(name, Value.Absent.ABSENT);
        compare(path.isEmpty() ? name : path + "." + name, mine, theirs);
      }
    } else if (one instanceof Value.Items(var items)
        && other instanceof Value.Items(var more)
        && items.size() == more.size()) {
      for (int i = 0; i < items.size(); i++) {
        compare(path + "[" + i + "]", items.get(i), more.get(i));
      }
    } else {
      paths.add(path.isEmpty() ? "the whole answer" : path);
    }
  }

  private static Optional<Map<String, Value>> fields(Value value) {
    return switch (value) {
      case Rec rec -> Optional.of(rec.toMap());
      case Value.Dict(var fields) -> Optional.of(fields);
      default -> Optional.empty();
    };
  }
}
