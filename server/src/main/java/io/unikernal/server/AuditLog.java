package io.unikernal.server;

import io.unikernal.kernel.Listener;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes down who was refused, in {@code .unikernal/audit.jsonl}: one JSON object a line, readable
 * by its owner only. Messages do not wait for the disk: a thread of its own writes, and what it
 * cannot keep up with is counted and written down as lost. A file that is full is kept under the
 * next number, so that strangers cannot fill the disk.
 */
final class AuditLog implements Listener, AutoCloseable {
  static final String FILE = "audit.jsonl";
  static final long BYTES_MAX = 10 << 20;
  static final int OLD_FILES_MAX = 5;
  static final int WAITING_MAX = 10_000;
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);
  private static final System.Logger LOG = System.getLogger(AuditLog.class.getName());

  private final Path folder;
  private final World world;
  private final Listener next;
  private final long bytesMax;
  private final BlockingQueue<Value> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicLong lost = new AtomicLong();
  private final Thread writer;
  private volatile boolean isEnding;

  /** Hands every event on to {@code next}. */
  AuditLog(Path folder, World world, Listener next) {
    this(folder, world, next, BYTES_MAX);
  }

  AuditLog(Path folder, World world, Listener next, long bytesMax) {
    this.folder = folder;
    this.world = world;
    this.next = next;
    this.bytesMax = bytesMax;
    writer = Thread.ofPlatform().daemon().name("audit").start(this::write);
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.Refused refused && !waiting.offer(line(refused))) {
      lost.incrementAndGet();
    }
    next.on(event);
  }

  private Value line(Event.Refused refused) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("at", Value.text(world.now().toString()));
    fields.put("event", Value.text("refused"));
    fields.put("code", Value.text(refused.code().name()));
    fields.put("operation", Value.text(refused.operation()));
    fields.put("who", Value.text(refused.who().name()));
    fields.put("identity", Value.text(refused.who().identity()));
    fields.put(
        "roles",
        new Value.Items(refused.who().roles().stream().sorted().map(Value::text).toList()));
    fields.put("why", Value.text(refused.why()));
    fields.put("from", Value.text(refused.address()));
    fields.put("message", Value.text(refused.messageId()));
    fields.put("trace", Value.text(refused.traceId()));
    fields.put("place", Value.text(refused.origin().toString()));
    return new Value.Dict(fields);
  }

  private Value lost(long count) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("at", Value.text(world.now().toString()));
    fields.put("event", Value.text("lost"));
    fields.put("count", Value.integer(count));
    return new Value.Dict(fields);
  }

  private void write() {
    var batch = new ArrayList<Value>();
    try {
      while (!isEnding || !waiting.isEmpty()) {
        Value first = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          waiting.drainTo(batch);
        }
        long missed = lost.getAndSet(0);
        if (missed > 0) {
          batch.add(lost(missed));
        }
        if (!batch.isEmpty()) {
          append(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException _) {
      // Nobody waits for it any more.
    }
  }

  private void append(List<Value> lines) {
    Path file = folder.resolve(FILE);
    try {
      Files.createDirectories(folder);
      for (Value line : lines) {
        if (Files.exists(file) && Files.size(file) >= bytesMax) {
          turn(file);
        }
        if (!Files.exists(file)) {
          create(file);
        }
        byte[] json = Json.write(line);
        byte[] whole = java.util.Arrays.copyOf(json, json.length + 1);
        whole[json.length] = '\n';
        Files.write(file, whole, StandardOpenOption.APPEND);
      }
      try (var written = FileChannel.open(file, StandardOpenOption.WRITE)) {
        written.force(false);
      }
    } catch (IOException e) {
      lost.addAndGet(lines.size());
      LOG.log(Level.ERROR, () -> "the audit cannot be written: " + e);
    }
  }

  private static void create(Path file) throws IOException {
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (UnsupportedOperationException _) {
      Files.createFile(file);
    }
  }

  /** {@code audit.1.jsonl} is the youngest of the old ones. */
  private void turn(Path file) throws IOException {
    for (int number = OLD_FILES_MAX; number >= 1; number--) {
      Path from = number == 1 ? file : old(number - 1);
      if (Files.exists(from)) {
        Files.move(from, old(number), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private Path old(int number) {
    return folder.resolve("audit." + number + ".jsonl");
  }

  /** Writes what is waiting. */
  @Override
  public void close() {
    isEnding = true;
    try {
      if (!writer.join(LAST_WORDS)) {
        writer.interrupt();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
