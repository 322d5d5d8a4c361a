package io.unikernal.udl;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Label;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Goal: whoever looks for a feature finds it in an example. Method: what the language can is taken
 * from its own declarations; what the examples use is read by the same walk that the editor uses.
 * What is not available yet is not asked for, and is asked for as soon as it is.
 */
class ExamplesShowEverythingTest {
  private static final Path EXAMPLES = Path.of("../examples");
  private static final String TEST = ".test.udl.yaml";

  /** One of each kind of type; a new kind needs a line here. */
  private static final Map<Class<?>, String> TYPES =
      Map.ofEntries(
          entry(Type.Int.class, "\\bint\\("),
          entry(Type.UInt.class, "\\buint\\b"),
          entry(Type.Real.class, "\\bdouble\\b"),
          entry(Type.Decimal.class, "\\bdecimal\\("),
          entry(Type.Text.class, "\\bstring\\(\\d*\\.\\."),
          entry(Type.Bytes.class, "\\bbytes\\b"),
          entry(Type.Enum.class, "\\benum\\("),
          entry(Type.ListOf.class, "\\blist\\(.*, *\\d*\\.\\."),
          entry(Type.MapOf.class, "\\bmap\\(string"),
          entry(Type.Maybe.class, "\\?$"),
          entry(Type.Labelled.class, "\\w+\\(.+\\)"),
          entry(Type.Union.class, " \\| "),
          entry(Type.Record.class, ""));

  /** Forms of types that are no kind of their own. */
  private static final Map<String, String> FORMS =
      Map.of(
          "a text with a pattern", "\\bstring\\(/",
          "a default", " = ",
          "a number that JSON has as a text", Pattern.quote(Type.JSON_TEXT));

  /** Not as a whole input yet. */
  private static final Set<Object> TYPES_LATER =
      Set.of(Type.Simple.BLOB, Type.Simple.NULL, Type.StreamOf.class, Type.Simple.class);

  private static final Map<String, String> MARKERS =
      Map.of(
          "a variable of the environment", "\\$\\{(env\\.\\w|[A-Z])",
          "a variable with a default", "\\$\\{env\\.\\?\\w+\\.orValue\\(",
          "a secret", "\\$\\{secret\\.");

  @Test
  void everyFeatureOfTheLanguageIsInAnExample() throws IOException {
    Set<String> missing = new TreeSet<>(wanted());
    missing.removeAll(shown(texts()));
    assertThat(missing)
        .as(
            "Features that no definition under examples/ shows, each as `mapping: key`."
                + " Show them in a few lines there")
        .isEmpty();
  }

  @Test
  void aFeatureThatIsTakenFromAnExampleIsMissed() throws IOException {
    List<String> without = new ArrayList<>();
    texts().forEach((_, text) -> without.add(text.replaceAll("(?m)^.*for_each.*$", "")));
    Set<String> shown = new TreeSet<>();
    without.forEach(text -> shown.addAll(shown(Map.of(Path.of("a.udl.yaml"), text))));
    assertThat(shown).doesNotContain("a step: for_each").contains("a step: set");
  }

  private static Map<Path, String> texts() throws IOException {
    try (var files = Files.walk(EXAMPLES)) {
      var texts = new java.util.TreeMap<Path, String>();
      for (Path file : files.filter(it -> it.toString().endsWith(".udl.yaml")).toList()) {
        texts.put(file, Files.readString(file));
      }
      assertThat(texts).hasSizeGreaterThan(3);
      return texts;
    }
  }

  /** What the language declares, and this version runs. */
  private static Set<String> wanted() {
    Set<String> wanted = new LinkedHashSet<>();
    for (Vocabulary vocabulary : reachable()) {
      vocabulary.keys().forEach(key -> wanted.add(vocabulary.what() + ": " + key));
    }
    for (PolicyKind kind : PolicyKind.all()) {
      if (kind.isRun()) {
        wanted.add("a policy: " + kind.name());
        kind.options().names().stream()
            .filter(option -> !kind.isLater(option))
            .forEach(option -> wanted.add("policy " + kind.name() + ": " + option));
      }
    }
    wanted.addAll(List.of("a policy: extends", "a policy: doc", "a type: extends"));
    TargetReader.WAYS.forEach(way -> wanted.add("by: " + way));
    Effects.KNOWN.forEach(effect -> wanted.add("effect: " + effect.replaceFirst("\\(.*", "")));
    wanted.addAll(typesWanted());
    wanted.addAll(MARKERS.keySet());
    return wanted;
  }

  private static Set<String> typesWanted() {
    Set<String> wanted = new LinkedHashSet<>();
    for (Class<?> kind : Type.class.getPermittedSubclasses()) {
      if (!TYPES_LATER.contains(kind)) {
        assertThat(TYPES).as("how " + kind + " is written").containsKey(kind);
        wanted.add("type: " + kind.getSimpleName());
      }
    }
    Arrays.stream(Type.Simple.values())
        .filter(simple -> !TYPES_LATER.contains(simple))
        .forEach(simple -> wanted.add("type: " + simple));
    Arrays.stream(Label.values()).forEach(label -> wanted.add("type: " + label + "(T)"));
    FORMS.keySet().forEach(form -> wanted.add("type: " + form));
    wanted.add("type: another name");
    return wanted;
  }

  /** Without those that only what is refused leads to. */
  private static Set<Vocabulary> reachable() {
    Set<Vocabulary> found = new LinkedHashSet<>();
    var open =
        new ArrayDeque<>(
            List.of(Grammar.DEFINITION, Grammar.TEST_FILE, Grammar.SYSTEM, Grammar.OPERATION));
    while (!open.isEmpty()) {
      Vocabulary vocabulary = open.pop();
      if (found.add(vocabulary)) {
        vocabulary.all().stream()
            .filter(key -> !key.isLater())
            .forEach(key -> nested(key.shape(), open));
      }
    }
    return found;
  }

  private static void nested(Shape shape, ArrayDeque<Vocabulary> open) {
    switch (shape) {
      case Shape.Nested(var vocabulary) -> open.add(vocabulary.get());
      case Shape.ListOf(var element) -> nested(element, open);
      case Shape.MapOf(var value) -> nested(value, open);
      case Shape.AnyOf(var shapes) -> shapes.forEach(one -> nested(one, open));
      case Shape.Scalar _, Shape.Written _, Shape.Symbols _ -> {}
    }
  }

  /** What definitions use. */
  private static Set<String> shown(Map<Path, String> texts) {
    var seen = new Seen();
    texts.forEach((file, text) -> {
      var diagnostics = new Diagnostics();
      Optional<Node> root = YamlReader.read(new Source(file.toString(), file, text), diagnostics);
      root.ifPresent(node -> {
        Walk.through(node, Fakes.all(), seen);
        if (file.toString().endsWith(TEST) && node instanceof Mapping tests) {
          tests
              .entries()
              .forEach(it -> seen.found.add(Grammar.TEST_FILE.what() + ": " + it.name()));
        }
      });
      MARKERS.forEach((name, form) -> seen.add(name, form, text));
    });
    return seen.found;
  }

  private static final class Seen implements Walk.Visitor {
    final Set<String> found = new TreeSet<>();

    private void add(String name, String form, String text) {
      if (Pattern.compile(form).matcher(text).find()) {
        found.add(name);
      }
    }

    @Override
    public void mapping(Mapping mapping, String what, List<Slot> slots) {
      String kind =
          what.replaceFirst("^a system of type .*", Grammar.SYSTEM.what())
              .replaceFirst("^an operation of .*", Grammar.OPERATION.what());
      boolean isPolicy = what.equals("a policy");
      String type = Walk.text(mapping, "type");
      for (Entry entry : mapping.entries()) {
        found.add(kind + ": " + entry.name());
        if (isPolicy) {
          found.add("a policy: " + type);
          found.add("policy " + type + ": " + entry.name());
        }
        if (what.equals(Grammar.TARGET.what()) && entry.name().equals("by")) {
          found.add("by: " + Walk.text(mapping, "by"));
        }
        if (kind.equals(Grammar.OPERATION.what()) && entry.name().equals("effect")) {
          found.add("effect: " + Walk.text(mapping, "effect").replaceFirst("\\(.*", ""));
        }
      }
    }

    @Override
    public void key(Entry entry, Optional<Slot> slot) {
      if (entry.name().equals("extends")
          && slot.map(Slot::shape).filter(Shape.Scalar.RECORD_TYPE::equals).isPresent()) {
        found.add("a type: extends");
      }
    }

    @Override
    public void declares(Entry entry, Index.Kind kind, Walk.Around around) {
      if (kind == Index.Kind.FIELD && entry.value() instanceof Mapping) {
        found.add("type: Record");
      }
      if (kind == Index.Kind.TYPE && entry.value() instanceof Node.Scalar) {
        found.add("type: another name");
      }
    }

    @Override
    public void value(Node node, Shape shape, Walk.Around around) {
      if (shape != Shape.Written.TYPE || !(node instanceof Node.Scalar scalar)) {
        return;
      }
      String text = scalar.text();
      TYPES.forEach((kind, form) -> {
        if (!form.isEmpty()) {
          add("type: " + kind.getSimpleName(), form, text);
        }
      });
      FORMS.forEach((name, form) -> add("type: " + name, form, text));
      Arrays.stream(Type.Simple.values())
          .forEach(simple -> add("type: " + simple, "\\b" + simple + "\\b", text));
      Arrays.stream(Label.values())
          .forEach(label -> add("type: " + label + "(T)", "\\b" + label + "\\(", text));
    }
  }
}
