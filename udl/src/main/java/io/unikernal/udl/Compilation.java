package io.unikernal.udl;

import io.unikernal.model.Plan;
import java.util.List;
import java.util.Optional;

/**
 * What came of a definition: the plan if there is no error, all diagnostics in order of place, and
 * their text. {@code contacts} says what came of asking the real systems, if they were asked.
 */
public record Compilation(
    Optional<Plan> plan, List<Diagnostic> diagnostics, Rendered rendered, List<Contact> contacts) {

  public Compilation(Optional<Plan> plan, List<Diagnostic> diagnostics, Rendered rendered) {
    this(plan, diagnostics, rendered, List.of());
  }

  /** The diagnostics for people and for programs. */
  public interface Rendered {
    /** With source lines and carets; {@code color} for terminals. */
    String text(boolean color);

    /** A JSON array. */
    String json();
  }
}
