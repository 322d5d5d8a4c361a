package io.unikernal.model;

import java.util.Set;

/**
 * One thing that a system can do or emit: {@code system.operation}.
 *
 * @param input what a caller gives, or what a source emits
 * @param output what it answers, or what the source wants as the answer; {@link Type.Simple#NULL}
 *     for nothing
 * @param options the operation's own options, read by its adapter
 */
public record Operation(
    String system,
    String name,
    Direction direction,
    Type input,
    Type output,
    Effect effect,
    Set<Capability> capabilities,
    Config options,
    String doc,
    Origin origin) {

  public enum Direction {
    /** Emits messages: stands in {@code from}. */
    RECEIVES,
    /** Is called: stands in {@code to} and in steps. */
    CALLED
  }

  public String id() {
    return system + "." + name;
  }
}
