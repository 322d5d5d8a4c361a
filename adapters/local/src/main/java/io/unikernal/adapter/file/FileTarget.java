package io.unikernal.adapter.file;

import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.World;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Puts messages into files. What is done is on the disk. */
sealed interface FileTarget extends Endpoint.Target {

  /** Puts one message away. */
  void put(Value value) throws IOException;

  String name();

  @Override
  default List<Outcome> send(List<Message> batch) {
    var outcomes = new ArrayList<Outcome>();
    for (Message message : batch) {
      outcomes.add(send(message));
    }
    return outcomes;
  }

  private Outcome send(Message message) {
    try {
      put(message.body().value());
      return Outcome.Done.NONE;
    } catch (FaultException exception) {
      return new Outcome.Failed(exception.fault());
    } catch (IOException error) {
      return new Outcome.Failed(FileFaults.of(error, name()));
    }
  }

  /** One record for each message. The file is opened each time, so that it may be rotated away. */
  final class Appending implements FileTarget {
    private static final Set<StandardOpenOption> OPEN =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);

    private final Root root;
    private final String name;
    private final Content content;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean looked;

    Appending(Root root, String name, Content content) {
      this.root = root;
      this.name = name;
      this.content = content;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void put(Value value) throws IOException {
      lock.lock();
      try {
        Path path = root.make(name);
        boolean isNew = !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        byte[] record =
            content.appended(
                name, value, isNew || Files.isRegularFile(path) && Files.size(path) == 0);
        if (!looked && !isNew && !endsWithLine(path)) {
          // A crash in the middle of a line must not spoil the next one.
          write(path, new byte[] {'\n'});
        }
        looked = true;
        write(path, record);
        if (isNew) {
          Root.syncFolderOf(path);
        }
      } finally {
        lock.unlock();
      }
    }

    /** In one write, which the system does not mix with others; or, when it fails, not at all. */
    private static void write(Path path, byte[] bytes) throws IOException {
      try (var channel = open(path)) {
        long size = channel.size();
        try {
          var buffer = ByteBuffer.wrap(bytes);
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
          channel.force(false);
        } catch (IOException error) {
          if (channel.isOpen() && channel.size() > size && channel.size() < size + bytes.length) {
            channel.truncate(size);
          }
          throw error;
        }
      }
    }

    private static FileChannel open(Path path) throws IOException {
      var options = new java.util.HashSet<java.nio.file.OpenOption>(OPEN);
      options.add(LinkOption.NOFOLLOW_LINKS);
      return FileChannel.open(path, options);
    }

    private static boolean endsWithLine(Path path) throws IOException {
      try (var channel =
          FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        if (channel.size() == 0) {
          return true;
        }
        var last = ByteBuffer.allocate(1);
        channel.read(last, channel.size() - 1);
        return last.get(0) == '\n';
      }
    }
  }

  /** A file for each message: readers see the old one or the new one, never half. */
  record Writing(Root root, FileName template, Content content, World world) implements FileTarget {
    @Override
    public String name() {
      return template.template();
    }

    @Override
    public void put(Value value) throws IOException {
      String name = template.fill(value);
      Path path = root.make(name);
      write(path, content.encode(name, value), world);
    }

    static void write(Path path, byte[] bytes, World world) throws IOException {
      Path half = path.resolveSibling("." + path.getFileName() + "." + world.uuid() + ".tmp");
      try {
        try (var channel =
            FileChannel.open(half, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
          var buffer = ByteBuffer.wrap(bytes);
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
          channel.force(true);
        }
        Files.move(half, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Root.syncFolderOf(path);
      } finally {
        Files.deleteIfExists(half);
      }
    }
  }
}
