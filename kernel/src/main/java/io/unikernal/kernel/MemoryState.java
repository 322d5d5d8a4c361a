package io.unikernal.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unikernal.spi.StateStore;
import io.unikernal.spi.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** A store that lives as long as its object: for simulations and tests of definitions. */
public final class MemoryState implements StateStore {
  private final World world;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Table> tables = new LinkedHashMap<>();
  private final Map<String, Journal> journals = new LinkedHashMap<>();

  public MemoryState(World world) {
    this.world = world;
  }

  @Override
  public Table table(String name) {
    return locked(() -> tables.computeIfAbsent(name, _ -> new MemoryTable()));
  }

  @Override
  public Journal journal(String name) {
    return locked(() -> journals.computeIfAbsent(name, _ -> new MemoryJournal()));
  }

  @Override
  public List<String> journals() {
    return locked(() ->
        journals.entrySet().stream()
            .filter(journal -> journal.getValue().size() > 0)
            .map(Map.Entry::getKey)
            .sorted()
            .toList());
  }

  @Override
  public void close() {}

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private record Kept(byte[] value, Instant until) {}

  private final class MemoryTable implements Table {
    private final Map<String, Kept> byKey = new LinkedHashMap<>();

    @Override
    public Optional<byte[]> get(String key) {
      return locked(() -> live(key).map(Kept::value));
    }

    private Optional<Kept> live(String key) {
      var kept = byKey.get(key);
      if (kept != null && !kept.until().isAfter(world.now())) {
        byKey.remove(key);
        return Optional.empty();
      }
      return Optional.ofNullable(kept);
    }

    @Override
    public void put(String key, byte[] value, Instant until) {
      locked(() -> byKey.put(key, new Kept(value.clone(), until)));
    }

    @Override
    public Optional<byte[]> putIfAbsent(String key, byte[] value, Instant until) {
      return locked(() -> {
        var before = live(key);
        if (before.isEmpty()) {
          byKey.put(key, new Kept(value.clone(), until));
        }
        return before.map(Kept::value);
      });
    }

    @Override
    public void remove(String key) {
      locked(() -> byKey.remove(key));
    }

    @Override
    public long add(String key, long amount, Instant until) {
      return locked(() -> {
        var before = live(key);
        long sum =
            amount + before.map(kept -> Long.parseLong(new String(kept.value(), UTF_8))).orElse(0L);
        byKey.put(
            key,
            new Kept(Long.toString(sum).getBytes(UTF_8), before.map(Kept::until).orElse(until)));
        return sum;
      });
    }
  }

  private final class MemoryJournal implements Journal {
    private final TreeMap<Long, byte[]> records = new TreeMap<>();
    private long last;

    @Override
    public long append(byte[] record) {
      return locked(() -> {
        records.put(++last, record.clone());
        return last;
      });
    }

    @Override
    public OptionalLong appendOnce(Table seen, String key, Instant until, byte[] record) {
      return locked(() ->
          seen.putIfAbsent(key, new byte[0], until).isPresent()
              ? OptionalLong.empty()
              : OptionalLong.of(append(record)));
    }

    @Override
    public boolean move(long number, Journal to, byte[] record) {
      return locked(() -> {
        boolean isThere = records.remove(number) != null;
        if (isThere) {
          to.append(record);
        }
        return isThere;
      });
    }

    @Override
    public List<Entry> read(long from, int max) {
      return locked(() -> {
        var found = new ArrayList<Entry>();
        for (var entry : records.tailMap(from).entrySet()) {
          if (found.size() >= max) {
            break;
          }
          found.add(new Entry(entry.getKey(), entry.getValue().clone()));
        }
        return List.copyOf(found);
      });
    }

    @Override
    public boolean replace(long number, byte[] record) {
      return locked(() -> records.replace(number, record.clone()) != null);
    }

    @Override
    public boolean remove(long number) {
      return locked(() -> records.remove(number) != null);
    }

    @Override
    public long size() {
      return locked(() -> (long) records.size());
    }
  }
}
