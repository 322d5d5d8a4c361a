package io.unikernal.bridge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What a description depends on: the file, the Python files beside it that it may import, the SDK,
 * and how it is run.
 */
final class ContentHash {
  private static final int FILES_MAX = 500;
  private static final int FOLDER_DEPTH_MAX = 4;
  private static final int HASH_BYTES = 16;
  private final MessageDigest digest;

  private ContentHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Empty where there is too much to look at: such a file is described each time. */
  static Optional<String> of(PythonRuntime runtime) throws IOException {
    var hash = new ContentHash();
    Path folder = Optional.ofNullable(runtime.file().getParent()).orElse(Path.of("."));
    if (!hash.addFolder(folder) || !hash.addFolder(runtime.sdk().resolve("unikernal"))) {
      return Optional.empty();
    }
    hash.add(Files.readAllBytes(runtime.file())); // It may have any suffix.
    hash.add(runtime.file().toString());
    hash.add(runtime.interpreter());
    hash.add(runtime.environment().toString());
    return Optional.of(HexFormat.of().formatHex(hash.digest.digest(), 0, HASH_BYTES));
  }

  private void add(String text) {
    add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** With its length before it, so that no two lists of parts read alike. */
  private void add(byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
    digest.update(part);
  }

  private boolean addFolder(Path folder) throws IOException {
    var files = new ArrayList<Path>();
    Files.walkFileTree(
        folder,
        EnumSet.noneOf(java.nio.file.FileVisitOption.class),
        FOLDER_DEPTH_MAX,
        new Finder(folder, files));
    if (files.size() > FILES_MAX) {
      return false;
    }
    for (Path file : files.stream().sorted().toList()) {
      add(folder.relativize(file).toString());
      add(Files.readAllBytes(file));
    }
    return true;
  }

  /** Python's files, but not those of virtual environments and hidden folders. */
  private static final class Finder extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<Path> files;

    Finder(Path root, List<Path> files) {
      this.root = root;
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      String name = String.valueOf(folder.getFileName());
      boolean isForeign =
          name.startsWith(".")
              || name.equals("__pycache__")
              || Files.isRegularFile(folder.resolve("pyvenv.cfg"));
      return isForeign && !folder.equals(root)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (file.toString().endsWith(".py") && Files.isReadable(file) && !Files.isDirectory(file)) {
        files.add(file);
      }
      return files.size() > FILES_MAX ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE; // What this user cannot read, the file cannot import.
    }
  }
}
