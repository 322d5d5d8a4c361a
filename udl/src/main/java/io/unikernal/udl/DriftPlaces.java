package io.unikernal.udl;

import io.unikernal.model.Operation;
import io.unikernal.spi.Reality;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.SystemTable.Declared;
import io.unikernal.udl.SystemTable.Op;
import java.util.Optional;

/** Where the parts of one operation's declaration stand. */
record DriftPlaces(Declared system, Op op) {

  Operation operation() {
    return op.operation();
  }

  /** The operation's name, or that of a system that tells its operations itself. */
  Place whole() {
    return op.place();
  }

  /** The operation's declaration, if it has one. */
  Optional<Mapping> mapping() {
    return mapping(system.entry.value())
        .flatMap(found -> found.get("operations"))
        .flatMap(DriftPlaces::mapping)
        .flatMap(operations -> operations.get(operation().name()))
        .flatMap(DriftPlaces::mapping);
  }

  private static Optional<Mapping> mapping(Node node) {
    return node instanceof Mapping mapping ? Optional.of(mapping) : Optional.empty();
  }

  Optional<Node> option(String name) {
    return mapping().flatMap(found -> found.get(name));
  }

  /** What is written for the option, else the operation. */
  Place of(String option) {
    return option(option).map(Node::place).orElse(whole());
  }

  /** A part of an option's text; all of it where it was filled in from elsewhere. */
  Place of(Reality.Spot spot) {
    return isPart(spot) && option(spot.option()).orElseThrow() instanceof Scalar scalar
        ? scalar.part(spot.start(), spot.end())
        : of(spot.option());
  }

  /** Whether the spot is a part of what is written, and not of what was filled in. */
  boolean isPart(Reality.Spot spot) {
    return spot.start() >= 0
        && spot.end() > spot.start()
        && option(spot.option()).orElse(null) instanceof Scalar scalar
        && isLiteral(spot.option(), scalar);
  }

  private boolean isLiteral(String option, Scalar scalar) {
    return system
        .adapter
        .flatMap(adapter -> adapter.spec().operation().find(option))
        .flatMap(field -> operation().options().find(field))
        .filter(value -> value.equals(scalar.text()))
        .isPresent();
  }
}
