package io.unikernal.importers;

import io.unikernal.model.Type;

/** The type of a field that may be left out. */
final class Optionals {
  private Optionals() {}

  /** Unlike {@link Type#maybe}, of {@code any} too: a field of type {@code any} must be there. */
  static Type of(Type type) {
    return type.isMaybe() ? type : new Type.Maybe(type);
  }
}
