package io.unikernal.lsp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/**
 * Which definition a file is part of: the one that the settings name; else that of a file, here or
 * in the folder above, that imports it; else the folder, unless its files import each other.
 */
final class Definitions {
  private static final Pattern IMPORT = Pattern.compile("(?m)^import\\s*:");
  private static final int CANDIDATES_MAX = 50;

  private final Documents documents;
  private final BiPredicate<Path, Path> holds;

  /** {@code holds}: whether the definition that begins at a file reads another. */
  Definitions(Documents documents, BiPredicate<Path, Path> holds) {
    this.documents = documents;
    this.holds = holds;
  }

  /** A file of tests stands for itself: it says what it tests. */
  Path of(Path file, Optional<Path> chosen) {
    if (isTest(file)) {
      return file;
    }
    if (chosen.isPresent()) {
      return chosen.get();
    }
    Path folder = Optional.ofNullable(file.getParent()).orElse(file);
    List<Path> siblings = files(folder);
    var importing = new ArrayList<>(siblings.stream().filter(this::imports).toList());
    boolean isFolder = importing.isEmpty();
    Optional.ofNullable(folder.getParent())
        .ifPresent(above -> files(above).stream().filter(this::imports).forEach(importing::add));
    return importing.stream()
        .filter(it -> !it.equals(file))
        .limit(CANDIDATES_MAX)
        .filter(it -> holds.test(it, file))
        .findFirst()
        .orElse(isFolder && siblings.size() > 1 ? folder : file);
  }

  /** Whether it is one that a definition may consist of; tests of definitions are not. */
  static boolean isDefinition(Path file) {
    String name = file.getFileName().toString();
    return (name.endsWith(".udl") || name.endsWith(".udl.yaml")) && !isTest(file);
  }

  static boolean isTest(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".test.udl") || name.endsWith(".test.udl.yaml");
  }

  private static List<Path> files(Path folder) {
    try (var list = Files.list(folder)) {
      return list.filter(Definitions::isDefinition).filter(Files::isRegularFile).sorted().toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  private boolean imports(Path file) {
    try {
      Optional<String> text = documents.text(file);
      boolean isSmall = text.isPresent() || Files.size(file) <= Documents.LENGTH_MAX;
      return isSmall
          && IMPORT.matcher(text.isPresent() ? text.get() : Files.readString(file)).find();
    } catch (IOException _) {
      return false;
    }
  }
}
