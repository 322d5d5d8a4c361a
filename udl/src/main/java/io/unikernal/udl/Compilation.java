package io.unikernal.udl;

import io.unikernal.model.Plan;
import java.util.List;
import java.util.Optional;

/**
 * What came of a definition: the plan if there is no error, all diagnostics in order of place, and
 * their text.
 *
 * @param index of a {@link Workspace} only: what stands where
 */
public record Compilation(
    Optional<Plan> plan, List<Diagnostic> diagnostics, Rendered rendered, Optional<Index> index) {

  /** The diagnostics for people and for programs. */
  public interface Rendered {
    /** With source lines and carets; {@code color} for terminals. */
    String text(boolean color);

    /** A JSON array. */
    String json();
  }
}
