package io.unikernal.kernel;

import io.unikernal.spi.StateStore;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * A store around another; whoever extends it says what happens before and after a journal's work.
 */
class StateWrapper implements StateStore {
  private final StateStore inner;

  StateWrapper(StateStore inner) {
    this.inner = inner;
  }

  <T> T change(Supplier<T> work) {
    return work.get();
  }

  List<Entry> read(Journal journal, long from, int max) {
    return journal.read(from, max);
  }

  @Override
  public Table table(String name) {
    return inner.table(name);
  }

  @Override
  public Journal journal(String name) {
    return new Wrapped(inner.journal(name));
  }

  @Override
  public List<String> journals() {
    return inner.journals();
  }

  @Override
  public void close() {
    inner.close();
  }

  private final class Wrapped implements Journal {
    private final Journal journal;

    Wrapped(Journal journal) {
      this.journal = journal;
    }

    @Override
    public long append(byte[] record) {
      return change(() -> journal.append(record));
    }

    @Override
    public OptionalLong appendOnce(Table seen, String key, Instant until, byte[] record) {
      return change(() -> journal.appendOnce(seen, key, until, record));
    }

    @Override
    public List<Entry> read(long from, int max) {
      return StateWrapper.this.read(journal, from, max);
    }

    @Override
    public boolean replace(long number, byte[] record) {
      return change(() -> journal.replace(number, record));
    }

    @Override
    public boolean remove(long number) {
      return change(() -> journal.remove(number));
    }

    @Override
    public boolean move(long number, Journal to, byte[] record) {
      return change(() -> journal.move(number, ((Wrapped) to).journal, record));
    }

    @Override
    public long size() {
      return journal.size();
    }
  }
}
