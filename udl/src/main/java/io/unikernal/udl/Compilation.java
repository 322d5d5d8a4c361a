package io.unikernal.udl;

import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Plan;
import io.unikernal.model.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * What came of a definition: the plan if there is no error, all diagnostics in order of place,
 * their text, and what else is known of it.
 */
public record Compilation(
    Optional<Plan> plan, List<Diagnostic> diagnostics, Rendered rendered, Known known) {

  /**
   * What is known besides the plan, as far as it could be found out.
   *
   * @param draft the plan also where the only errors are of what is not available yet: to be shown,
   *     never to be run
   * @param types the declared types by name, in the order of the files; {@code any} where one is
   *     wrong
   * @param functions those that the definition declares, for expressions from elsewhere
   * @param tests those beside the definition that are right; none unless it was checked
   * @param effectsBy who says what effect an operation has, by {@code system.operation}
   * @param contacts what came of asking the real systems, if they were asked
   * @param written what it says besides the plan; asked for by whoever compares definitions
   * @param index of a {@link Workspace} only: what stands where
   */
  public record Known(
      Optional<Plan> draft,
      SequencedMap<String, Type> types,
      UserFunctions functions,
      List<DefinitionTest> tests,
      Map<String, String> effectsBy,
      List<Contact> contacts,
      Supplier<Written> written,
      Optional<Index> index) {
    public static final Known NONE =
        new Known(
            Optional.empty(),
            new LinkedHashMap<>(),
            UserFunctions.NONE,
            List.of(),
            Map.of(),
            List.of(),
            () -> Written.NONE,
            Optional.empty());

    Known with(Optional<Index> found) {
      return new Known(draft, types, functions, tests, effectsBy, contacts, written, found);
    }
  }

  public Optional<Plan> draft() {
    return known.draft();
  }

  public SequencedMap<String, Type> types() {
    return known.types();
  }

  public UserFunctions functions() {
    return known.functions();
  }

  public List<DefinitionTest> tests() {
    return known.tests();
  }

  public Map<String, String> effectsBy() {
    return known.effectsBy();
  }

  public List<Contact> contacts() {
    return known.contacts();
  }

  public Written written() {
    return known.written().get();
  }

  public Optional<Index> index() {
    return known.index();
  }

  /** The diagnostics for people and for programs. */
  public interface Rendered {
    /** With source lines and carets; {@code color} for terminals. */
    String text(boolean color);

    /** A JSON array. */
    String json();
  }
}
