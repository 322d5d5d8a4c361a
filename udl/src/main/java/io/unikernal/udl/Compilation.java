package io.unikernal.udl;

import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Plan;
import java.util.List;
import java.util.Optional;

/**
 * What came of a definition: the plan if there is no error, all diagnostics in order of place, and
 * their text.
 *
 * @param tests those beside the definition that are right; none unless it was checked
 * @param functions those that the definition declares, for expressions from elsewhere
 */
public record Compilation(
    Optional<Plan> plan,
    List<Diagnostic> diagnostics,
    Rendered rendered,
    UserFunctions functions,
    List<DefinitionTest> tests) {

  public Compilation(Optional<Plan> plan, List<Diagnostic> diagnostics, Rendered rendered) {
    this(plan, diagnostics, rendered, UserFunctions.NONE, List.of());
  }

  /** The diagnostics for people and for programs. */
  public interface Rendered {
    /** With source lines and carets; {@code color} for terminals. */
    String text(boolean color);

    /** A JSON array. */
    String json();
  }
}
