package io.unikernal.adapter.file;

import io.unikernal.model.Body;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Trace;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.SystemContext;
import io.unikernal.spi.World;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Emits each new file. A file is complete when two looks find it the same. Only when its message is
 * safe it is remembered, deleted or moved: until then it comes again after a restart.
 */
final class FileSource implements Endpoint.PullSource {
  private final String operation;
  private final Root root;
  private final String glob;
  private final Content content;
  private final Duration every;
  private final String after;
  private final String done;
  private final Path stateFile;
  private final World world;
  private final Logger log;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private final Set<String> underWay = new HashSet<>();
  private Map<String, Root.Found> before = new HashMap<>();
  private Optional<Seen> seen = Optional.empty();
  private boolean ticked;
  private boolean closed;

  FileSource(SystemContext context, Root root, Operation operation) {
    this.operation = operation.id();
    this.root = root;
    var options = operation.options();
    glob = options.get(FileAdapter.WATCH);
    content = Content.of(options, context.config(), options.get(FileAdapter.RECEIVES));
    every = options.get(FileAdapter.EVERY);
    after = options.get(FileAdapter.AFTER);
    done = options.get(FileAdapter.DONE);
    stateFile = context.stateDir().resolve("file").resolve(operation.id() + ".seen");
    world = context.world();
    log = context.log();
  }

  @Override
  public List<Delivery> receive(int max) throws InterruptedException {
    while (!isClosed()) {
      List<Delivery> deliveries = look(max);
      if (!deliveries.isEmpty()) {
        return deliveries;
      }
      rest();
    }
    return List.of();
  }

  private List<Delivery> look(int max) throws InterruptedException {
    try {
      return world.blocking(() -> complete(max));
    } catch (InterruptedException | FaultException error) {
      throw error;
    } catch (IOException error) {
      throw FileFaults.of(error, glob).toException(error);
    } catch (Exception error) {
      throw Fault.of(Fault.Code.INTERNAL, "watching failed").toException(error);
    }
  }

  private List<Delivery> complete(int max) throws IOException {
    var here = root.find(glob);
    if (seen.isEmpty()) {
      seen = Optional.of(new Seen(stateFile, here, world));
    }
    var now = new HashMap<String, Root.Found>();
    List<Delivery> deliveries = new ArrayList<>();
    for (Root.Found found : here) {
      now.put(found.name(), found);
      boolean isComplete = found.equals(before.get(found.name()));
      if (isComplete && deliveries.size() < max && !isMoved(found) && begin(found)) {
        read(found).ifPresent(deliveries::add);
      }
    }
    before = now;
    return deliveries;
  }

  /** What lies where this source itself puts its files. */
  private boolean isMoved(Root.Found found) {
    return after.equals("move") && found.name().startsWith(done + "/");
  }

  private boolean begin(Root.Found found) {
    lock.lock();
    try {
      return !seen.orElseThrow().has(found) && underWay.add(found.name());
    } finally {
      lock.unlock();
    }
  }

  private void end(Root.Found found) {
    lock.lock();
    try {
      underWay.remove(found.name());
    } finally {
      lock.unlock();
    }
  }

  private Optional<Delivery> read(Root.Found found) throws IOException {
    try {
      byte[] bytes = FileDuplex.Reading.read(found.path(), found.name());
      return Optional.of(delivery(found, Body.lazy(() -> content.decode(found.name(), bytes))));
    } catch (NoSuchFileException _) {
      end(found);
      return Optional.empty();
    } catch (FaultException fault) {
      // Too large: a message that fails, so that somebody hears of it.
      return Optional.of(
          delivery(
              found,
              Body.lazy(() -> {
                throw fault;
              })));
    } catch (IOException error) {
      end(found);
      throw error;
    }
  }

  private Delivery delivery(Root.Found found, Body body) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("file", found.name());
    return new Taken(Message.received(operation, headers, body, Trace.NONE), found);
  }

  private final class Taken implements Delivery {
    private final Message message;
    private final Root.Found found;

    private Taken(Message message, Root.Found found) {
      this.message = message;
      this.found = found;
    }

    @Override
    public Message message() {
      return message;
    }

    @Override
    public void settle(Outcome outcome) {
      try {
        switch (outcome) {
          case Outcome.Done _, Outcome.Dropped _ -> putAway(found);
          case Outcome.Failed _ -> {} // It comes again with the next look.
        }
      } catch (IOException | FaultException error) {
        log.log(
            Level.WARNING,
            () -> operation + ": " + found.name() + " is done, but will come again: " + error);
      } finally {
        end(found);
      }
    }

    @Override
    public void onCancel(Runnable action) {}
  }

  private void putAway(Root.Found found) throws IOException {
    switch (after) {
      case "delete" -> {
        Files.deleteIfExists(found.path());
        Root.syncFolderOf(found.path());
      }
      case "move" -> {
        Path to = root.make(done + "/" + found.name());
        Files.move(
            found.path(), to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Root.syncFolderOf(to);
        Root.syncFolderOf(found.path());
      }
      default -> seen.orElseThrow().add(found);
    }
  }

  private void rest() throws InterruptedException {
    lock.lockInterruptibly();
    ticked = false;
    var timer = world.after(every, this::tick);
    try {
      while (!closed && !ticked) {
        woken.await();
      }
    } finally {
      timer.cancel();
      lock.unlock();
    }
  }

  private void tick() {
    lock.lock();
    try {
      ticked = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
