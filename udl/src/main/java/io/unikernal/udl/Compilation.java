package io.unikernal.udl;

import io.unikernal.model.Plan;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a definition: all diagnostics in order of place, their text, and the plan.
 *
 * @param plan if there is no error
 * @param draft the plan also where the only errors are of what is not available yet: to be shown,
 *     never to be run
 * @param effectsBy who says what effect an operation has, by {@code system.operation}
 */
public record Compilation(
    Optional<Plan> plan,
    Optional<Plan> draft,
    Map<String, String> effectsBy,
    List<Diagnostic> diagnostics,
    Rendered rendered) {

  /** The diagnostics for people and for programs. */
  public interface Rendered {
    /** With source lines and carets; {@code color} for terminals. */
    String text(boolean color);

    /** A JSON array. */
    String json();
  }
}
