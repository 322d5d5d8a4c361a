package io.unikernal.model;

import java.util.Set;

/**
 * Who sends a message.
 *
 * @param identity the identity of the definition that proved it; empty where none did
 * @param claims what else that says of the sender
 */
public record Principal(String name, Set<String> roles, String identity, Value.Dict claims) {
  public static final Principal ANONYMOUS = new Principal(Access.ANONYMOUS, Set.of());

  public Principal {
    roles = Set.copyOf(roles);
  }

  /** Of nobody's saying, or of the kernel's own. */
  public Principal(String name, Set<String> roles) {
    this(name, roles, "", Value.Dict.EMPTY);
  }
}
