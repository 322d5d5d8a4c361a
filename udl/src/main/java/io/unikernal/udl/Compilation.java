package io.unikernal.udl;

import io.unikernal.model.Plan;
import io.unikernal.model.Type;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What came of a definition: the plan if there is no error, all diagnostics in order of place, and
 * their text.
 *
 * @param types the declared types by name, in the order of the files; {@code any} where one is
 *     wrong
 */
public record Compilation(
    Optional<Plan> plan,
    List<Diagnostic> diagnostics,
    Rendered rendered,
    SequencedMap<String, Type> types) {

  /** The diagnostics for people and for programs. */
  public interface Rendered {
    /** With source lines and carets; {@code color} for terminals. */
    String text(boolean color);

    /** A JSON array. */
    String json();
  }
}
