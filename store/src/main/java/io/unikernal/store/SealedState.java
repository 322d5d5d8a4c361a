package io.unikernal.store;

import io.unikernal.model.Plan;
import io.unikernal.spi.StateStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A store whose records nobody reads who has only its file: each is sealed with the key of the
 * definition, and keys of tables are replaced by names that tell nothing. What was written before
 * there was a key is found and read all the same; what was sealed by an old key as long as that is
 * named. Counters begin anew with a new key.
 */
public final class SealedState implements StateStore {
  private final StateStore inner;
  private final Seals seals;

  private SealedState(StateStore inner, Seals seals) {
    this.inner = inner;
    this.seals = seals;
  }

  /** Without keys, one that refuses what is sealed, instead of taking it for something else. */
  public static StateStore of(StateStore inner, Optional<Plan.StateKeys> keys) {
    return keys.<StateStore>map(given -> new SealedState(inner, Seals.of(given)))
        .orElseGet(() -> new KeylessState(inner));
  }

  @Override
  public boolean isSealed() {
    return true;
  }

  @Override
  public Table table(String name) {
    return new SealedTable(inner.table(name), name);
  }

  @Override
  public Journal journal(String name) {
    return new SealedJournal(inner.journal(name), name);
  }

  @Override
  public List<String> journals() {
    return inner.journals();
  }

  @Override
  public void close() {
    inner.close();
  }

  private final class SealedTable implements Table {
    private final Table table;
    private final String name;

    SealedTable(Table table, String name) {
      this.table = table;
      this.name = name;
    }

    private String place(String key) {
      return "table " + name + " " + key;
    }

    private String name(String key) {
      return seals.names(name, key).getFirst();
    }

    /** As it may lie there from before the key: by an old one, or in clear. */
    private List<String> before(String key) {
      var names = new ArrayList<>(seals.names(name, key));
      names.removeFirst();
      names.add(key);
      return names;
    }

    private Optional<byte[]> found(String key, String named) {
      return table.get(named).map(record -> seals.open(record, place(key)));
    }

    private Optional<byte[]> foundBefore(String key) {
      return before(key).stream().flatMap(named -> found(key, named).stream()).findFirst();
    }

    @Override
    public Optional<byte[]> get(String key) {
      return found(key, name(key)).or(() -> foundBefore(key));
    }

    @Override
    public void put(String key, byte[] value, Instant until) {
      table.put(name(key), seals.seal(value, place(key)), until);
    }

    /** Nobody writes by an old key any more: what is not there by it does not come there. */
    @Override
    public Optional<byte[]> putIfAbsent(String key, byte[] value, Instant until) {
      return foundBefore(key)
          .filter(_ -> table.get(name(key)).isEmpty())
          .or(() ->
              table
                  .putIfAbsent(name(key), seals.seal(value, place(key)), until)
                  .map(record -> seals.open(record, place(key))));
    }

    @Override
    public void remove(String key) {
      table.remove(name(key));
      before(key).stream().filter(named -> table.get(named).isPresent()).forEach(table::remove);
    }

    /** A sum is no secret; whose it is may be. */
    @Override
    public long add(String key, long amount, Instant until) {
      return table.add(name(key), amount, until);
    }
  }

  private final class SealedJournal implements Journal {
    private final Journal journal;
    private final String place;

    SealedJournal(Journal journal, String name) {
      this.journal = journal;
      place = "journal " + name;
    }

    private byte[] seal(byte[] record) {
      return seals.seal(record, place);
    }

    @Override
    public long append(byte[] record) {
      return journal.append(seal(record));
    }

    @Override
    public OptionalLong appendOnce(Table seen, String key, Instant until, byte[] record) {
      var table = (SealedTable) seen;
      return table.foundBefore(key).isPresent()
          ? OptionalLong.empty()
          : journal.appendOnce(table.table, table.name(key), until, seal(record));
    }

    @Override
    public List<Entry> read(long from, int max) {
      return journal.read(from, max).stream()
          .map(entry -> new Entry(entry.number(), seals.open(entry.record(), place)))
          .toList();
    }

    @Override
    public boolean replace(long number, byte[] record) {
      return journal.replace(number, seal(record));
    }

    @Override
    public boolean remove(long number) {
      return journal.remove(number);
    }

    @Override
    public boolean move(long number, Journal to, byte[] record) {
      var target = (SealedJournal) to;
      return journal.move(number, target.journal, target.seal(record));
    }

    @Override
    public long size() {
      return journal.size();
    }
  }
}
