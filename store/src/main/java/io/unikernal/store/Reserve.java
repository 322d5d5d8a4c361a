package io.unikernal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Room on the disk that is kept for when there is none left: to remove a record takes room too, in
 * the log of what changes. Without it a disk that is full of what waits could never be emptied by
 * delivering it. Only the writer's thread uses it.
 */
final class Reserve {
  /** More than the log of changes holds before it is written back. */
  static final int BYTES = 2 << 20;

  private final Path file;
  private boolean isThere;

  Reserve(Path file) {
    this.file = file;
  }

  boolean isThere() {
    return isThere;
  }

  /** Takes it, if the disk has so much to give. */
  boolean take() {
    if (isThere) {
      return true;
    }
    try {
      isThere = Files.exists(file) && Files.size(file) == BYTES || write();
    } catch (IOException _) {
      release();
    }
    return isThere;
  }

  /** Written, and not only said to be so long: else the disk gives nothing for it. */
  private boolean write() throws IOException {
    try (var channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var zeros = ByteBuffer.allocate(BYTES);
      while (zeros.hasRemaining()) {
        channel.write(zeros);
      }
      channel.force(true);
    }
    return true;
  }

  /** Gives it back to the disk. */
  void release() {
    isThere = false;
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      System.getLogger(Reserve.class.getName())
          .log(System.Logger.Level.WARNING, "the reserve of the state cannot be removed", e);
    }
  }
}
