package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a step does, by the key that says so. */
enum StepKind {
  SYSTEM,
  ROUTE,
  SET,
  PARALLEL,
  FOR_EACH,
  CHOOSE,
  TRY,
  WAIT,
  REPLY,
  FILTER,
  VALIDATE,
  BATCH,
  WINDOW,
  USE;

  /** Keys that only some kinds take. */
  private static final Map<String, List<StepKind>> BELONGS =
      Map.of(
          "as", List.of(SET),
          "with", List.of(SYSTEM, ROUTE, USE),
          "catch", List.of(TRY),
          "compensate", List.of(SYSTEM, ROUTE, PARALLEL, FOR_EACH, CHOOSE, TRY));

  /** What to write instead of a key at a step of another kind. */
  private static final Map<String, String> INSTEAD =
      Map.of(
          "as", "- { validate: … }",
          "with", "- { set: … }",
          "catch", "try:\n  - …\ncatch:\n  - …",
          "compensate", "");

  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Those that a step is written as: one, where it is right. */
  static List<StepKind> of(Mapping mapping) {
    return mapping.entries().stream().map(Entry::name).flatMap(StepKind::named).toList();
  }

  private static Stream<StepKind> named(String key) {
    return Arrays.stream(values()).filter(kind -> kind.key().equals(key));
  }

  /** Whether every key may stand at a step; what may not is reported. */
  static boolean checkKeys(Mapping mapping, Diagnostics diagnostics) {
    int before = diagnostics.errors();
    var rest = new ArrayList<Entry>();
    for (Entry entry : mapping.entries()) {
      Optional<String> home = home(entry.name());
      if (home.isPresent()) {
        diagnostics
            .error(
                Code.UNKNOWN_KEY,
                entry.key().place(),
                "`" + entry.name() + "` is not a key of a step")
            .label("it stands within " + home.get());
      } else {
        rest.add(entry);
      }
    }
    Grammar.STEP.checkKnown(new Mapping(mapping.place(), rest, mapping.isFlow()), diagnostics);
    boolean isGood = diagnostics.errors() == before;
    List<StepKind> kinds = of(mapping);
    for (Entry entry : mapping.entries()) {
      boolean isLater = Grammar.STEP.find(entry.name()).filter(Vocabulary.Key::isLater).isPresent();
      // `catch` is a part of `try`: one finding for both.
      if (isLater && !(entry.name().equals("catch") && kinds.contains(TRY))) {
        diagnostics.notYet(entry.key().place(), "`" + entry.name() + "` in a step");
      }
    }
    return isGood;
  }

  /** The mapping that a key belongs to which is none of a step itself. */
  private static Optional<String> home(String key) {
    if (Grammar.STEP.find(key).isPresent()) {
      return Optional.empty();
    }
    return List.of(Grammar.FOR_EACH, Grammar.CASE, Grammar.BATCH, Grammar.WINDOW, Grammar.TARGET)
        .stream()
        .filter(vocabulary -> vocabulary.find(key).isPresent())
        .map(vocabulary ->
            vocabulary == Grammar.TARGET ? "a target: `route: { … }`" : vocabulary.what())
        .findFirst();
  }

  /** Reports a step that is of no kind, or of two. */
  static void wrong(
      Mapping mapping, List<StepKind> kinds, boolean isKnown, Diagnostics diagnostics) {
    if (kinds.size() > 1) {
      String second = kinds.get(1).key();
      Place place = mapping.find(second).map(entry -> entry.key().place()).orElse(mapping.place());
      diagnostics
          .error(
              Code.STEP_KIND,
              place,
              "`" + kinds.getFirst().key() + "` and `" + second + "` are two steps")
          .label("make it a step of its own");
    } else if (isKnown) {
      diagnostics
          .error(Code.STEP_KIND, mapping.place(), "this step does nothing")
          .write("system: …");
    }
  }

  /** Reports keys that belong to another kind of step. */
  void checkBelonging(Mapping mapping, Diagnostics diagnostics) {
    for (Entry entry : mapping.entries()) {
      List<StepKind> owners = BELONGS.getOrDefault(entry.name(), List.of(this));
      if (!owners.contains(this)) {
        diagnostics
            .error(Code.STEP_KIND, entry.key().place(), message(entry.name(), owners))
            .write(INSTEAD.getOrDefault(entry.name(), ""));
      }
    }
  }

  private String message(String key, List<StepKind> owners) {
    return key.equals("compensate")
        ? "`compensate` undoes what was called, and `" + key() + "` calls nothing"
        : "`"
            + key
            + "` belongs to "
            + owners.stream()
                .filter(kind -> kind != USE)
                .map(kind -> "`" + kind.key() + "`")
                .collect(Collectors.joining(" and "));
  }
}
