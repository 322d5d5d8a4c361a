package io.unikernal.testing;

import io.unikernal.model.Fault;
import io.unikernal.spi.StateStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A store that a killed kernel can no longer change, nor read. */
record MortalState(StateStore kept, FakeAdapter.Life life) implements StateStore {
  private <T> T alive(T part) {
    if (life.isOver()) {
      throw Fault.of(Fault.Code.DISCONNECTED, "the kernel was killed").toException();
    }
    return part;
  }

  @Override
  public Table table(String name) {
    Table inner = kept.table(name);
    return new Table() {
      @Override
      public Optional<byte[]> get(String key) {
        return alive(inner).get(key);
      }

      @Override
      public void put(String key, byte[] value, Instant until) {
        alive(inner).put(key, value, until);
      }

      @Override
      public Optional<byte[]> putIfAbsent(String key, byte[] value, Instant until) {
        return alive(inner).putIfAbsent(key, value, until);
      }

      @Override
      public void remove(String key) {
        alive(inner).remove(key);
      }

      @Override
      public long add(String key, long amount, Instant until) {
        return alive(inner).add(key, amount, until);
      }
    };
  }

  @Override
  public Journal journal(String name) {
    Journal inner = kept.journal(name);
    return new Journal() {
      @Override
      public long append(byte[] record) {
        return alive(inner).append(record);
      }

      @Override
      public List<Entry> read(long from, int max) {
        return alive(inner).read(from, max);
      }

      @Override
      public boolean replace(long number, byte[] record) {
        return alive(inner).replace(number, record);
      }

      @Override
      public boolean remove(long number) {
        return alive(inner).remove(number);
      }

      @Override
      public long size() {
        return alive(inner).size();
      }
    };
  }

  /** The next kernel goes on with it. */
  @Override
  public void close() {}
}
