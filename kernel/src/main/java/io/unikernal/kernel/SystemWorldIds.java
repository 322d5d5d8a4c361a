package io.unikernal.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Random UUIDs out of a supply: asking the system for each would cost more than a message.
 *
 * <p>Nobody who asks takes a lock. An event loop that waited for one behind a message which only
 * that loop can carry would wait for ever; so a thread of its own makes the supply, and who finds
 * none left waits for that thread alone.
 */
final class SystemWorldIds {
  private static final int ID_BYTES = 16;
  private static final int IDS_IN_SUPPLY = 4096;
  private static final long LOOK_AGAIN_NANOS = 10_000;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final SecureRandom random = new SecureRandom();
  private final Thread maker;
  private final AtomicReference<Supply> current;
  private volatile Supply next;

  private final class Supply {
    final byte[] bytes = new byte[IDS_IN_SUPPLY * ID_BYTES];
    final AtomicInteger used = new AtomicInteger();

    Supply() {
      random.nextBytes(bytes);
    }
  }

  SystemWorldIds() {
    next = new Supply();
    current = new AtomicReference<>(next);
    maker = Thread.ofPlatform().daemon().name("unikernal-ids").start(this::make);
  }

  UUID next() {
    while (true) {
      Supply supply = current.get();
      int index = supply.used.getAndIncrement();
      if (index >= 0 && index < IDS_IN_SUPPLY) {
        if (index == IDS_IN_SUPPLY / 2) {
          LockSupport.unpark(maker);
        }
        return id(supply.bytes, index * ID_BYTES);
      }
      supply.used.set(IDS_IN_SUPPLY); // However many look again, the count does not run over.
      Supply ready = next;
      if (ready == supply) {
        LockSupport.unpark(maker);
        LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
      } else {
        current.compareAndSet(supply, ready); // If it fails, somebody else did it.
      }
    }
  }

  /** Keeps a second supply ready for whoever uses up the first. */
  private void make() {
    while (true) {
      if (next == current.get()) {
        next = new Supply();
      }
      LockSupport.park(this);
    }
  }

  private static UUID id(byte[] bytes, int at) {
    long high = (long) LONGS.get(bytes, at);
    long low = (long) LONGS.get(bytes, at + Long.BYTES);
    return new UUID(
        high & 0xFFFFFFFFFFFF0FFFL | 0x4000L, low & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L);
  }
}
