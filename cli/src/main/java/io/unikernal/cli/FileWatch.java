package io.unikernal.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks whether files of a folder have changed. It asks again and again: notices of the system are
 * lost on network and container file systems, which is where people edit.
 */
final class FileWatch {
  private static final Duration EVERY = Duration.ofMillis(300);
  private static final int FILES_MAX = 5_000;
  private static final int DEPTH_MAX = 8;

  /** Folders in which nobody edits; those that begin with a point are left out too. */
  private static final Set<String> OTHERS = Set.of("node_modules", "__pycache__", "target");

  private final List<Path> folders;

  private final Path aside;

  /**
   * Of each definition: a file, whose folder is watched, or a folder.
   *
   * @param aside a file that is written when something has changed; may be empty
   */
  FileWatch(List<Path> definitions, Path aside) {
    this.aside = aside.toAbsolutePath().normalize();
    folders = definitions.stream().map(FileWatch::folder).distinct().toList();
  }

  private static Path folder(Path definition) {
    Path path = definition.toAbsolutePath().normalize();
    Path parent = path.getParent();
    return Files.isDirectory(path) || parent == null ? path : parent;
  }

  /** Calls it after each change, once the files have been still for a moment. Ends by interrupt. */
  void run(Runnable changed) {
    try {
      String known = state();
      while (true) {
        Thread.sleep(EVERY);
        String now = state();
        if (now.equals(known)) {
          continue;
        }
        while (!now.equals(known)) { // an editor writes more than once
          known = now;
          Thread.sleep(EVERY);
          now = state();
        }
        changed.run();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private String state() {
    var files = new TreeMap<String, String>();
    folders.forEach(folder -> look(folder, files));
    return files.toString();
  }

  private void look(Path folder, TreeMap<String, String> files) {
    try {
      Files.walkFileTree(
          folder,
          EnumSet.noneOf(java.nio.file.FileVisitOption.class),
          DEPTH_MAX,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
              String name = String.valueOf(path.getFileName());
              boolean isOther = name.startsWith(".") || OTHERS.contains(name);
              return isOther && !path.equals(folder)
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
              if (path.equals(aside)) {
                return FileVisitResult.CONTINUE;
              }
              files.put(path.toString(), attributes.lastModifiedTime() + " " + attributes.size());
              return files.size() < FILES_MAX
                  ? FileVisitResult.CONTINUE
                  : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) {
              return FileVisitResult.CONTINUE; // gone since it was listed
            }
          });
    } catch (IOException _) {
      // What was seen so far must do.
    }
  }
}
