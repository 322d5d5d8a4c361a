package io.unikernal.spi;

import io.unikernal.model.ConfigSpec;
import java.util.List;

/**
 * What an adapter is, without I/O. The checker, the reference docs and the contract kit read it.
 *
 * @param name the system's {@code type}
 * @param aliases other names for it, as {@code postgresql}
 * @param system options of the system
 * @param operation options of each declared operation; besides these every operation may have
 *     {@code effect}, {@code policy} and {@code doc}, which the language reads
 * @param rule what an operation's options make of it
 */
public record AdapterSpec(
    String name,
    List<String> aliases,
    Stability stability,
    String summary,
    ConfigSpec system,
    ConfigSpec operation,
    OperationRule rule,
    List<Example> examples) {

  public enum Stability {
    STABLE,
    BETA,
    EXPERIMENTAL
  }

  /** A whole definition that {@code check} accepts. */
  public record Example(String title, String udl) {}
}
