package io.unikernal.model;

import java.util.Set;

/** Who sends a message. */
public record Principal(String name, Set<String> roles) {
  public static final Principal ANONYMOUS = new Principal("anonymous", Set.of());
}
