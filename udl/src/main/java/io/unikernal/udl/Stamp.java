package io.unikernal.udl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * By what a file is known to be as it was when it was read.
 *
 * @param isOld not changed in the last moments before it was looked at: who writes twice within a
 *     tick of the file system's clock leaves no trace
 */
record Stamp(FileTime changed, long size, Optional<String> key, boolean isOld) {
  private static final Duration TICK_MAX = Duration.ofSeconds(2);

  static Stamp of(Path file) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    Instant changed = found.lastModifiedTime().toInstant();
    return new Stamp(
        found.lastModifiedTime(),
        found.size(),
        Optional.ofNullable(found.fileKey()).map(Object::toString),
        changed.isBefore(Instant.now().minus(TICK_MAX)));
  }

  /** Whether a file that was read at this stamp is the same at the later one. */
  boolean isSame(Stamp later) {
    return isOld && changed.equals(later.changed) && size == later.size && key.equals(later.key);
  }
}
