package io.unikernal.store;

import io.unikernal.spi.StateStore;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** A store without a key, in a file that may have had one: it refuses what is sealed. */
final class KeylessState implements StateStore {
  private final StateStore inner;

  KeylessState(StateStore inner) {
    this.inner = inner;
  }

  @Override
  public Table table(String name) {
    return inner.table(name);
  }

  @Override
  public Journal journal(String name) {
    return new KeylessJournal(inner.journal(name));
  }

  @Override
  public List<String> journals() {
    return inner.journals();
  }

  @Override
  public void close() {
    inner.close();
  }

  /** The keys of tables are other ones where they were sealed, so only journals can meet it. */
  private record KeylessJournal(Journal journal) implements Journal {
    @Override
    public long append(byte[] record) {
      return journal.append(record);
    }

    @Override
    public List<Entry> read(long from, int max) {
      var found = journal.read(from, max);
      if (found.stream().anyMatch(entry -> Seals.isSealed(entry.record()))) {
        throw Seals.keyless();
      }
      return found;
    }

    @Override
    public boolean replace(long number, byte[] record) {
      return journal.replace(number, record);
    }

    @Override
    public OptionalLong appendOnce(Table seen, String key, Instant until, byte[] record) {
      return journal.appendOnce(seen, key, until, record);
    }

    @Override
    public boolean remove(long number) {
      return journal.remove(number);
    }

    @Override
    public boolean move(long number, Journal to, byte[] record) {
      return journal.move(number, ((KeylessJournal) to).journal(), record);
    }

    @Override
    public long size() {
      return journal.size();
    }
  }
}
