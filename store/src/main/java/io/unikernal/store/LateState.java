package io.unikernal.store;

import io.unikernal.spi.StateStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that is opened when it is first used: a definition that keeps nothing makes no file and
 * loads no class of a database. Names may be asked for before.
 */
public final class LateState implements StateStore {
  private final Supplier<StateStore> opening;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable StateStore opened;
  private boolean closed;

  public LateState(Supplier<StateStore> opening) {
    this.opening = opening;
  }

  private StateStore store() {
    lock.lock();
    try {
      if (closed) {
        throw StateFaults.closed();
      }
      if (opened == null) {
        opened = opening.get();
      }
      return opened;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Table table(String name) {
    return new LateTable(name);
  }

  @Override
  public Journal journal(String name) {
    return new LateJournal(name);
  }

  @Override
  public List<String> journals() {
    return store().journals();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (opened != null) {
        opened.close();
      }
    } finally {
      lock.unlock();
    }
  }

  private final class LateTable implements Table {
    private final String name;
    private volatile @Nullable Table found;

    LateTable(String name) {
      this.name = name;
    }

    private Table table() {
      var table = found;
      if (table == null) {
        table = store().table(name);
        found = table;
      }
      return table;
    }

    @Override
    public Optional<byte[]> get(String key) {
      return table().get(key);
    }

    @Override
    public void put(String key, byte[] value, Instant until) {
      table().put(key, value, until);
    }

    @Override
    public Optional<byte[]> putIfAbsent(String key, byte[] value, Instant until) {
      return table().putIfAbsent(key, value, until);
    }

    @Override
    public void remove(String key) {
      table().remove(key);
    }

    @Override
    public long add(String key, long amount, Instant until) {
      return table().add(key, amount, until);
    }
  }

  private final class LateJournal implements Journal {
    private final String name;
    private volatile @Nullable Journal found;

    LateJournal(String name) {
      this.name = name;
    }

    private Journal journal() {
      var journal = found;
      if (journal == null) {
        journal = store().journal(name);
        found = journal;
      }
      return journal;
    }

    @Override
    public long append(byte[] record) {
      return journal().append(record);
    }

    @Override
    public OptionalLong appendOnce(Table seen, String key, Instant until, byte[] record) {
      return journal().appendOnce(((LateTable) seen).table(), key, until, record);
    }

    @Override
    public List<Entry> read(long from, int max) {
      return journal().read(from, max);
    }

    @Override
    public boolean replace(long number, byte[] record) {
      return journal().replace(number, record);
    }

    @Override
    public boolean remove(long number) {
      return journal().remove(number);
    }

    @Override
    public boolean move(long number, Journal to, byte[] record) {
      return journal().move(number, ((LateJournal) to).journal(), record);
    }

    @Override
    public long size() {
      return journal().size();
    }
  }
}
