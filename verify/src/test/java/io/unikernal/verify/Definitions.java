package io.unikernal.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Definitions made ready for a test: copies whose HTTP server listens on a free port. */
final class Definitions {
  private Definitions() {}

  static Path root() {
    return Path.of(System.getProperty("unikernal.root")).toAbsolutePath().normalize();
  }

  /** Copies an example; nothing but the port is changed. */
  static Path example(String name, Path folder) throws IOException {
    Path source = root().resolve("examples").resolve(name);
    Path target = folder.resolve(name);
    try (var files = Files.walk(source)) {
      for (Path file : files.toList()) {
        if (file.toString().contains(".unikernal") || file.toString().contains("__pycache__")) {
          continue;
        }
        Path copy = target.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else if (file.toString().contains(".udl")) {
          Files.writeString(copy, Files.readString(file).replaceAll("listen: \\d+", "listen: 0"));
        } else {
          Files.copy(file, copy);
        }
      }
    }
    return target;
  }

  /** A definition of one file, with the files beside it: names and texts in turn. */
  static Path of(Path folder, String... namesAndTexts) throws IOException {
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      Path file = folder.resolve(namesAndTexts[i]);
      Files.createDirectories(file.getParent());
      Files.writeString(file, namesAndTexts[i + 1]);
    }
    return folder;
  }
}
