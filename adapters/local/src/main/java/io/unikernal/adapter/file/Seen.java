package io.unikernal.adapter.file;

import io.unikernal.spi.World;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** Which version of which file is done; kept on the disk, a line for each. */
final class Seen {
  private final Path file;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, String> versions = new LinkedHashMap<>();

  /** {@code here} are the files that are there: others are forgotten. */
  Seen(Path file, List<Root.Found> here, World world) throws IOException {
    this.file = file;
    if (!Files.exists(file)) {
      return;
    }
    var names = here.stream().map(Root.Found::name).collect(Collectors.toSet());
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split("\t", 2);
      // The last line may be cut off by a crash: then its file comes once more.
      if (parts.length == 2 && parts[0].endsWith(";") && names.contains(parts[1])) {
        versions.put(parts[1], parts[0]);
      }
    }
    var text = new StringBuilder();
    versions.forEach(
        (name, version) -> text.append(version).append('\t').append(name).append('\n'));
    FileTarget.Writing.write(file, text.toString().getBytes(StandardCharsets.UTF_8), world);
  }

  boolean has(Root.Found found) {
    lock.lock();
    try {
      return version(found).equals(versions.get(found.name()));
    } finally {
      lock.unlock();
    }
  }

  void add(Root.Found found) throws IOException {
    lock.lock();
    try {
      Files.createDirectories(file.getParent());
      String line = version(found) + "\t" + found.name() + "\n";
      try (var channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        channel.force(false);
      }
      versions.put(found.name(), version(found));
    } finally {
      lock.unlock();
    }
  }

  private static String version(Root.Found found) {
    return found.size() + ":" + found.modifiedMillis() + ";";
  }
}
