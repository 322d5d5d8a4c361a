package io.unikernal.udl;

import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the tests that belong to a definition: those in its folder, or the one beside its file; and
 * the definition that a file of tests belongs to.
 */
final class TestFiles {
  private static final List<String> ENDS = List.of(".test.udl.yaml", ".test.udl");

  private TestFiles() {}

  static boolean isTest(Path file) {
    String name = name(file);
    return ENDS.stream().anyMatch(name::endsWith);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** {@code x} of {@code x.udl.yaml} and {@code x.test.udl.yaml}. */
  private static String stem(Path file) {
    return name(file).replaceFirst("(\\.test)?\\.udl(\\.yaml)?$", "");
  }

  /** What is checked: the definition, and the files of tests. */
  record Checked(Path definition, List<Path> tests) {}

  static Checked of(Path path, Overlay overlay) {
    if (isTest(path) && !Files.isDirectory(path)) {
      return new Checked(definition(path, overlay), List.of(path));
    }
    if (Files.isDirectory(path)) {
      return new Checked(path, belonging(path, overlay));
    }
    var beside = new ArrayList<Path>();
    for (String end : ENDS) {
      Path test = path.resolveSibling(stem(path) + end);
      if (Files.isRegularFile(test)) {
        beside.add(test);
      }
    }
    return new Checked(path, beside);
  }

  /** All in the folder, but those that say that they belong to something else. */
  private static List<Path> belonging(Path folder, Overlay overlay) {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> isTest(file) && Files.isRegularFile(file))
          .filter(file -> named(file, overlay).map(other -> isSame(other, folder)).orElse(true))
          .sorted()
          .toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  private static boolean isSame(Path a, Path b) {
    return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
  }

  private static Path definition(Path test, Overlay overlay) {
    Optional<Path> named = named(test, overlay);
    if (named.isPresent()) {
      return named.get();
    }
    for (String end : List.of(".udl.yaml", ".udl")) {
      Path beside = test.resolveSibling(stem(test) + end);
      if (Files.isRegularFile(beside)) {
        return beside;
      }
    }
    return Optional.ofNullable(test.getParent()).orElse(Path.of("."));
  }

  /** What the file's {@code definition} names; what is wrong with the file is reported later. */
  private static Optional<Path> named(Path test, Overlay overlay) {
    Optional<Node> root = Loader.document(test, overlay, new Diagnostics());
    if (root.orElse(null) instanceof Mapping mapping
        && mapping.get("definition").orElse(null) instanceof Scalar scalar
        && !scalar.text().isBlank()) {
      try {
        return Optional.of(test.resolveSibling(scalar.text()).normalize());
      } catch (InvalidPathException _) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** What the tests of the files set, as far as it can be read; what is wrong is said later. */
  static List<Map<String, String>> environments(Path path, Overlay overlay) {
    Checked checked = of(path, overlay);
    var files = new ArrayList<Path>(checked.tests());
    if (Files.isRegularFile(checked.definition())) {
      files.addFirst(checked.definition());
    }
    var all = new LinkedHashSet<Map<String, String>>();
    for (Path file : files) {
      Loader.document(file, overlay, new Diagnostics())
          .filter(Mapping.class::isInstance)
          .flatMap(root -> ((Mapping) root).get("tests"))
          .filter(Sequence.class::isInstance)
          .ifPresent(tests -> ((Sequence) tests).items().forEach(test -> all.add(variables(test))));
    }
    return List.copyOf(all);
  }

  private static Map<String, String> variables(Node test) {
    var variables = new LinkedHashMap<String, String>();
    if (test instanceof Mapping mapping
        && mapping.get("env").orElse(null) instanceof Mapping environment) {
      for (Node.Entry entry : environment.entries()) {
        if (entry.value() instanceof Scalar value) {
          variables.put(entry.name(), value.text());
        }
      }
    }
    return variables;
  }

  /** The tests in the files. */
  static List<Node> read(List<Path> files, Overlay overlay, Diagnostics diagnostics) {
    var tests = new ArrayList<Node>();
    for (Path file : files) {
      Loader.document(file, overlay, diagnostics)
          .flatMap(root -> Grammar.TEST_FILE.read(root, diagnostics))
          .ifPresent(root -> {
            List<Node> found =
                root.get("tests")
                    .map(list -> Vocabulary.list(list, "`tests`", diagnostics))
                    .orElse(List.of());
            if (root.get("tests").isEmpty()) {
              diagnostics
                  .error(Code.MISSING_KEY, root.place(), "a file of tests needs `tests`")
                  .write("tests:\n  - name: …");
            }
            tests.addAll(found);
          });
    }
    return tests;
  }
}
