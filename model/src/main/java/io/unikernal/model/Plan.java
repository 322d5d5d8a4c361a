package io.unikernal.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * A compiled definition: everything the kernel needs and nothing of the text. All names are
 * resolved and all types fit.
 *
 * @param file the definition's file or folder
 * @param stateDir {@code .unikernal} beside the definition
 * @param access who may call what
 * @param state what seals the state that is kept; in clear if empty
 */
public record Plan(
    Path file,
    Path stateDir,
    List<PlannedSystem> systems,
    SequencedMap<String, Pipeline> pipelines,
    List<Route> routes,
    Access access,
    Optional<StateKeys> state) {

  /** One that keeps its state in clear. */
  public Plan(
      Path file,
      Path stateDir,
      List<PlannedSystem> systems,
      SequencedMap<String, Pipeline> pipelines,
      List<Route> routes,
      Access access) {
    this(file, stateDir, systems, pipelines, routes, access, Optional.empty());
  }

  /** One that is open to all. */
  public Plan(
      Path file,
      Path stateDir,
      List<PlannedSystem> systems,
      SequencedMap<String, Pipeline> pipelines,
      List<Route> routes) {
    this(file, stateDir, systems, pipelines, routes, Access.OPEN);
  }

  /**
   * @param key seals what is written
   * @param old open what was sealed before
   */
  public record StateKeys(String key, List<String> old) {
    public static final int LENGTH_MIN = 32;

    @Override
    public String toString() {
      return "StateKeys[***]";
    }
  }

  /**
   * @param adapter the adapter's name: the system's {@code type}
   * @param operations by name; those declared and those that the system described itself
   */
  public record PlannedSystem(
      String name,
      String adapter,
      Config config,
      SequencedMap<String, Operation> operations,
      Set<Label> clearance,
      List<Policy> policies,
      Origin origin) {}
}
