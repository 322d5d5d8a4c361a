package io.unikernal.adapter.file;

import io.unikernal.model.Fault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;

/** The folder that everything stays in. */
final class Root {
  /** Files that one look at the folder may find. */
  static final int FOUND_MAX = 100_000;

  private static final int DEPTH_MAX = 16;
  private final Path folder;

  /** {@code folder} without links. */
  private Root(Path folder) {
    this.folder = folder;
  }

  static Root open(Path path) throws IOException {
    Files.createDirectories(path);
    return new Root(path.toRealPath());
  }

  Path folder() {
    return folder;
  }

  /** A file that is there, by its path from the folder. */
  record Found(String name, Path path, long size, long modifiedMillis) {}

  /**
   * The path of a file in the folder, whether it is there or not. Neither it nor a folder on the
   * way may be a link: a link could lead out, or be turned to lead out.
   */
  Path resolve(String name) {
    Path path = folder.resolve(name).normalize();
    if (!path.startsWith(folder) || path.equals(folder)) {
      throw outside(name);
    }
    Path at = folder;
    for (Path part : folder.relativize(path)) {
      at = at.resolve(part);
      if (Files.isSymbolicLink(at)) {
        throw outside(name);
      }
    }
    return path;
  }

  private static RuntimeException outside(String name) {
    return Fault.of(
            Fault.Code.FORBIDDEN,
            "`" + name + "` is a link, or leads out of the folder",
            "a file system reads and writes inside of its `path` only")
        .toException();
  }

  /** The path, with the folders that it needs. */
  Path make(String name) throws IOException {
    Path path = resolve(name);
    Files.createDirectories(path.getParent());
    return path;
  }

  /** The files that fit the pattern, by name. Hidden files and links are left out. */
  List<Found> find(String glob) throws IOException {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    var found = new ArrayList<Found>();
    FileVisitor<Path> visitor =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return dir.equals(folder) || !isHidden(dir)
                ? FileVisitResult.CONTINUE
                : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Path relative = folder.relativize(file);
            if (attributes.isRegularFile() && !isHidden(file) && matcher.matches(relative)) {
              if (found.size() == FOUND_MAX) {
                throw Fault.of(
                        Fault.Code.TOO_LARGE,
                        "more than " + FOUND_MAX + " files fit",
                        "narrow the pattern")
                    .toException();
              }
              found.add(
                  new Found(
                      relative.toString(),
                      file,
                      attributes.size(),
                      attributes.lastModifiedTime().toMillis()));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException error) throws IOException {
            // Others may delete while we look.
            if (error instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw error;
          }
        };
    Files.walkFileTree(
        folder, EnumSet.noneOf(java.nio.file.FileVisitOption.class), DEPTH_MAX, visitor);
    found.sort(Comparator.comparing(Found::name));
    return found;
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  boolean isThere() {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
  }

  /** Makes a new name, or one that went, survive a loss of power. */
  static void syncFolderOf(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      try (var channel = FileChannel.open(parent, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
