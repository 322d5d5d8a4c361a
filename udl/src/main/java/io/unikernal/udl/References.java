package io.unikernal.udl;

import io.unikernal.model.Operation.Direction;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.SystemTable.Declared;
import io.unikernal.udl.SystemTable.Found;
import io.unikernal.udl.SystemTable.Op;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what `from`, `to` and `system` name, and says what to declare where nothing has the name.
 */
final class References {
  private final SystemTable systems;
  private final Map<String, Entry> pipelines;
  private final Diagnostics diagnostics;

  /** What misspelt names were meant to be: used, as far as warnings go. */
  private final Set<String> meant = new HashSet<>();

  References(SystemTable systems, Map<String, Entry> pipelines, Diagnostics diagnostics) {
    this.systems = systems;
    this.pipelines = pipelines;
    this.diagnostics = diagnostics;
  }

  /** What a name leads to. */
  sealed interface Target {
    record ToOperation(Op op, Declared system) implements Target {}

    record ToPipeline(String name) implements Target {}
  }

  Set<String> meant() {
    return meant;
  }

  /** The operation that a route begins at; empty and reported if it is none. */
  Optional<Target.ToOperation> source(Scalar name) {
    String text = name.text();
    if (text.indexOf('.') < 0) {
      if (diagnostics.first("source " + text)) {
        List<String> known = systems.operations(Direction.RECEIVES);
        List<String> own = known.stream().filter(other -> other.startsWith(text + ".")).toList();
        Suggestions.offer(
            diagnostics.error(
                Code.UNKNOWN_SYSTEM,
                name.place(),
                "`from` takes `system.operation`, not `" + text + "`"),
            name.place(),
            own.size() == 1 ? own.getFirst() : text.replace('/', '.').replace(':', '.'),
            known);
      }
      return Optional.empty();
    }
    Optional<Target.ToOperation> found = operation(name, Direction.RECEIVES);
    if (found.isEmpty() || isOf(found.get(), Direction.RECEIVES)) {
      return found;
    }
    if (diagnostics.first("direction " + text)) {
      String operation = found.get().op().operation().name();
      String front = systems.ofType("http").orElse("web");
      diagnostics
          .error(Code.NOT_A_SOURCE, name.place(), "`" + text + "` is called: it emits nothing")
          .label("put an operation that receives in front")
          .write(http(operation, front, systems.ofType("http").isEmpty()))
          .write("from: " + front + "." + operation + "\nto: " + text);
    }
    return Optional.empty();
  }

  /** What is called: an operation or a pipeline; empty and reported if it is neither. */
  boolean isPipeline(String name) {
    return pipelines.containsKey(name);
  }

  Optional<Target> target(Scalar name) {
    String text = name.text();
    if (text.indexOf('.') < 0) {
      if (pipelines.containsKey(text)) {
        return Optional.of(new Target.ToPipeline(text));
      }
      unknownTarget(name);
      return Optional.empty();
    }
    Optional<Target.ToOperation> found = operation(name, Direction.CALLED);
    if (found.isPresent() && !isOf(found.get(), Direction.CALLED)) {
      if (diagnostics.first("direction " + text)) {
        diagnostics
            .error(Code.NOT_CALLABLE, name.place(), "`" + text + "` receives: it cannot be called")
            .label(
                Suggestions.closest(text, systems.operations(Direction.CALLED))
                    .map(other -> "did you mean `" + other + "`?")
                    .orElse("name an operation that is called, or a pipeline"));
      }
      return Optional.empty();
    }
    return found.map(op -> op);
  }

  private static boolean isOf(Target.ToOperation found, Direction direction) {
    return found.op().operation().direction() == direction;
  }

  private void unknownTarget(Scalar name) {
    String text = name.text();
    if (!diagnostics.first("target " + text)) {
      return;
    }
    var known = new ArrayList<>(pipelines.keySet());
    known.addAll(systems.operations(Direction.CALLED));
    var finding =
        diagnostics
            .error(
                Code.UNKNOWN_TARGET,
                name.place(),
                "`" + text + "` is neither a pipeline nor `system.operation`")
            .label(Suggestions.label(text, known));
    Optional<String> operation =
        known.stream().filter(other -> other.endsWith("." + text)).findFirst();
    Suggestions.closest(text, known)
        .or(() -> operation)
        .ifPresent(better -> {
          finding.write(better).edit(name.place(), better, Suggestions.isOnly(text, known));
          meant.add(better);
        });
  }

  private Optional<Target.ToOperation> operation(Scalar name, Direction direction) {
    String text = name.text();
    int dot = text.indexOf('.');
    return switch (systems.find(text.substring(0, dot), text.substring(dot + 1))) {
      case Found.Known(var op, var system) -> Optional.of(new Target.ToOperation(op, system));
      case Found.Silent() -> Optional.empty();
      case Found.NoSystem(var system) -> {
        unknownSystem(name, system, text.substring(dot + 1), direction);
        yield Optional.empty();
      }
      case Found.NoOperation(var system, var operation) -> {
        unknownOperation(name, system, operation);
        yield Optional.empty();
      }
    };
  }

  private void unknownSystem(Scalar name, String system, String operation, Direction direction) {
    if (!diagnostics.first("system " + system)) {
      return;
    }
    var finding =
        diagnostics.error(Code.UNKNOWN_SYSTEM, name.place(), "there is no system `" + system + "`");
    Optional<String> closest = Suggestions.closest(system, systems.names());
    if (pipelines.containsKey(operation) && closest.isEmpty()) {
      finding.label("did you mean the pipeline `" + operation + "`?").edit(name.place(), operation);
      meant.add(operation);
      return;
    }
    if (closest.isPresent()) {
      String better = closest.get() + "." + operation;
      finding
          .label("did you mean `" + closest.get() + "`?")
          .edit(name.place(), better, Suggestions.isOnly(system, systems.names()));
      return;
    }
    finding.label("declare it under `systems:`");
    finding.write(
        direction == Direction.RECEIVES
            ? http(operation, system, true)
            : "systems:\n  "
                + system
                + ":\n    type: …\n    operations:\n      "
                + operation
                + ": { … }");
  }

  /** An HTTP operation to put under `systems:`. */
  private static String http(String operation, String system, boolean isNew) {
    boolean isReading = operation.matches("(get|list|find|read|show|watch|search)(_.*)?");
    String method = isReading ? "get" : "post";
    return "systems:\n  "
        + system
        + ":\n    type: http\n"
        + (isNew ? "    listen: 8080\n" : "")
        + "    operations:\n      "
        + operation
        + ": { "
        + method
        + ": /"
        + operation
        + " }";
  }

  private void unknownOperation(Scalar name, Declared system, String operation) {
    String id = system.name() + "." + operation;
    if (!diagnostics.first("operation " + id)) {
      return;
    }
    List<String> known = List.copyOf(system.operations.keySet());
    var finding =
        diagnostics
            .error(
                Code.UNKNOWN_OPERATION,
                name.place(),
                "`" + system.name() + "` has no operation `" + operation + "`")
            .label(Suggestions.label(operation, known));
    Optional<String> closest = Suggestions.closest(operation, known);
    closest.ifPresent(better ->
        finding.edit(
            name.place(), system.name() + "." + better, Suggestions.isOnly(operation, known)));
    if (closest.isPresent() || SystemTable.describes(system)) {
      return;
    }
    String options =
        system
            .adapter
            .map(adapter -> adapter.spec())
            .map(AdapterSpec::operation)
            .map(SystemReader::example)
            .orElse("");
    finding.write(
        "operations:\n  " + operation + ": { " + (options.isEmpty() ? "…" : options) + " }");
  }
}
