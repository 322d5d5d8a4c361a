package io.unikernal.udl;

import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.Effect;
import io.unikernal.model.Label;
import io.unikernal.model.Operation;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Plan.PlannedSystem;
import io.unikernal.model.Policy;
import io.unikernal.model.Type;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Describes;
import io.unikernal.spi.OperationRule.Result.Shaped;
import io.unikernal.udl.Node.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** The systems with their operations, and how names find them. */
final class SystemTable {
  private final SequencedMap<String, Declared> systems = new LinkedHashMap<>();
  private final Diagnostics diagnostics;

  SystemTable(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** One operation with what belongs to its declaration. */
  record Op(Operation operation, List<Policy> policies, Place place) {}

  /** One system, as far as it could be understood. */
  static final class Declared {
    final Entry entry;
    final SequencedMap<String, Op> operations = new LinkedHashMap<>();

    /** Operations that are wrong: reported, so that naming them is no second error. */
    final Set<String> broken = new HashSet<>();

    final Set<Label> clearance = new HashSet<>();

    /** What its operations have by it, or by the defaults. */
    Guards policies = Guards.NONE;

    /** What is written at it: each is one, so that all of its operations share a limit. */
    Guards own = Guards.NONE;

    /** The same before its operations are known. */
    List<PolicyReader.Written> written = List.of();

    Optional<Adapter> adapter = Optional.empty();
    Config config = Config.EMPTY;

    /** Who says what effect an operation has, by {@code system.operation}. */
    final Map<String, String> effectsBy = new LinkedHashMap<>();

    /** Nothing can be said of its operations, for a reason that is reported. */
    boolean isBroken;

    /** It has operations that are not known: user code did not run. */
    boolean isOpen;

    Declared(Entry entry) {
      this.entry = entry;
    }

    String name() {
      return entry.name();
    }

    String type() {
      return adapter.map(found -> found.spec().name()).orElse("");
    }

    Place place() {
      return entry.key().place();
    }
  }

  /** What became of {@code system.operation}. */
  sealed interface Found {
    record Known(Op op, Declared system) implements Found {}

    /** It is wrong, and that is reported already. */
    record Silent() implements Found {}

    record NoSystem(String system) implements Found {}

    record NoOperation(Declared system, String operation) implements Found {}
  }

  void add(Declared system) {
    systems.put(system.name(), system);
  }

  Iterable<Declared> all() {
    return systems.values();
  }

  List<String> names() {
    return List.copyOf(systems.keySet());
  }

  /** All operations of a direction, as {@code system.operation}. */
  List<String> operations(Direction direction) {
    return systems.values().stream()
        .flatMap(system -> system.operations.values().stream())
        .filter(op -> op.operation().direction() == direction)
        .map(op -> op.operation().id())
        .toList();
  }

  Declared get(String name) {
    Declared found = systems.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no system " + name);
    }
    return found;
  }

  /** The first system of a type, for examples of what to write. */
  Optional<String> ofType(String type) {
    return systems.values().stream()
        .filter(system -> system.type().equals(type))
        .map(Declared::name)
        .findFirst();
  }

  Found find(String systemName, String operation) {
    Declared system = systems.get(systemName);
    if (system == null) {
      return new Found.NoSystem(systemName);
    }
    diagnostics.session().note(trail -> trail.system(system));
    Op known = system.operations.get(operation);
    if (known != null) {
      return new Found.Known(known, system);
    }
    if (system.isBroken || system.broken.contains(operation)) {
      return new Found.Silent();
    }
    if (!system.isOpen) {
      return new Found.NoOperation(system, operation);
    }
    return new Found.Known(assume(system, operation), system);
  }

  /** Offline, a function that is not declared takes and gives anything. */
  private Op assume(Declared system, String operation) {
    if (diagnostics.first("offline " + system.name())) {
      diagnostics
          .warning(
              Code.OFFLINE_ANY,
              system.place(),
              "functions of `" + system.name() + "` that are not declared take and give `any`")
          .label("offline: its code did not run");
    }
    var shaped =
        new Shaped(
            Direction.CALLED, Type.Simple.ANY, Type.Simple.ANY, Effect.UNKNOWN, Set.of(), "");
    Op op = operation(system, operation, shaped, Config.EMPTY, List.of(), system.place());
    system.operations.put(operation, op);
    return op;
  }

  static Op operation(
      Declared system,
      String name,
      Shaped shaped,
      Config options,
      List<Policy> policies,
      Place place) {
    var operation =
        new Operation(
            system.name(),
            name,
            shaped.direction(),
            shaped.input(),
            shaped.output(),
            shaped.effect(),
            shaped.capabilities(),
            options,
            shaped.doc(),
            place.origin());
    return new Op(operation, policies, place);
  }

  List<PlannedSystem> plan() {
    var planned = new ArrayList<PlannedSystem>();
    for (Declared system : systems.values()) {
      SequencedMap<String, Operation> operations = new LinkedHashMap<>();
      system.operations.forEach((name, op) -> operations.put(name, op.operation()));
      planned.add(
          new PlannedSystem(
              system.name(),
              system.type(),
              system.config,
              operations,
              Set.copyOf(system.clearance),
              system.policies,
              system.place().origin()));
    }
    return planned;
  }

  /** What an operation cannot take or give yet: blobs, streams within records, or any stream. */
  void notYetStreams(Op op, Place place) {
    Operation operation = op.operation();
    boolean isNotYet =
        isNotYet(operation, operation.input()) || isNotYet(operation, operation.output());
    if (isNotYet && diagnostics.first("stream " + operation.id())) {
      diagnostics.notYet(place, "an operation with a stream or blob like this");
    }
  }

  private static boolean isNotYet(Operation operation, Type type) {
    return Streams.holds(type)
        && !(type.core() instanceof Type.StreamOf
            && operation.capabilities().contains(Capability.STREAMS));
  }

  /** Whether the system's kind tells its operations itself. */
  static boolean describes(Declared system) {
    return system.adapter.filter(Describes.class::isInstance).isPresent();
  }

  Map<String, Declared> byName() {
    return systems;
  }
}
