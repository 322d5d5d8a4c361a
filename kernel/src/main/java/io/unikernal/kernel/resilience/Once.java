package io.unikernal.kernel.resilience;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unikernal.model.Cbor;
import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.Policy;
import io.unikernal.model.Principal;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.StateStore;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Does the same message once. Its key is put in the store before the work begins and its answer
 * when it has succeeded; the second message with that key gets that answer. While the first is
 * under way the second waits; if the first fails, the key is free again and the second does the
 * work.
 *
 * <p>A kernel that is killed between the effect and the record of the answer leaves a key without
 * an answer, and nobody can know how far the work went: the next message with the key does it
 * again. So the promise is "once" as long as the kernel lives or ends in order, and "at least once"
 * over a kill. What must not happen twice even then needs a target whose effect is {@code keyed}.
 */
final class Once {
  /** How long one waits for the first at most, whatever its deadline. */
  static final Duration WAIT_MAX = Duration.ofSeconds(30);

  /** A larger answer is not kept: the second message is told that the first was done. */
  static final int ANSWER_BYTES_MAX = 1 << 20;

  private static final byte BEGUN = 'b';
  private static final byte DONE = 'd';
  private static final byte DROPPED = 'f';
  private static final byte LARGE = 'l';

  /** At a place whose work answers that type. */
  record At(Once once, Policy.Rule key, Type answer) {
    At answering(Type type) {
      return new At(once, key, type);
    }
  }

  private final World world;
  private final StateStore.Table table;
  private final String name;
  private final Policy.Idempotency policy;

  /** Tells the keys of this kernel from those of one that was killed. */
  private final String run;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Condition> underWay = new HashMap<>();
  private long repeated;

  Once(World world, StateStore.Table table, String name, Policy.Idempotency policy, String run) {
    this.world = world;
    this.table = table;
    this.name = name;
    this.policy = policy;
    this.run = run;
  }

  /**
   * Does the work, or answers as it did; a message whose key is empty is none that came before.
   *
   * @param rule the key, as the place sees it
   * @param type of the answer
   */
  Optional<Value> run(Asked asked, Policy.Rule rule, Type type, Attempt attempt)
      throws InterruptedException {
    var own = KeyText.of(asked.value(rule));
    if (own.isEmpty()) {
      return attempt.run();
    }
    // The key is the sender's: another sender's with the same text is another one.
    var key = placeOf(asked) + '\n' + sender(asked.who()) + '\n' + own;
    var message = KeyText.digest(KeyText.exact(asked.input()));
    take(key, asked);
    try {
      var before = table.putIfAbsent(key, record(BEGUN, message, run.getBytes(UTF_8)), until());
      if (before.isPresent() && before.get()[0] != BEGUN) {
        return again(before.get(), message, type, asked);
      }
      if (before.isPresent()) {
        // Of a kernel that was killed, since none of this one is under way.
        table.put(key, record(BEGUN, message, run.getBytes(UTF_8)), until());
      }
      return first(key, message, attempt);
    } finally {
      give(key);
    }
  }

  /** Two whom different identities know by the same name are two. */
  private static String sender(Principal who) {
    return who.identity().isEmpty()
        ? who.name()
        : KeyText.digest(who.identity() + '\n' + who.name());
  }

  /** What stands at a system stands at each of its operations by itself. */
  private String placeOf(Asked asked) {
    return name.startsWith(Limits.SYSTEM) ? name + ' ' + asked.what() : name;
  }

  private java.time.Instant until() {
    return world.now().plus(policy.keep());
  }

  private Optional<Value> first(String key, String message, Attempt attempt)
      throws InterruptedException {
    boolean isDone = false;
    try {
      var answer = attempt.run();
      table.put(key, done(message, answer), until());
      isDone = true;
      return answer;
    } finally {
      if (!isDone) {
        table.remove(key);
      }
    }
  }

  private static byte[] done(String message, Optional<Value> answer) {
    if (answer.isEmpty()) {
      return record(DROPPED, message, new byte[0]);
    }
    byte[] bytes = Cbor.write(answer.get());
    return bytes.length > ANSWER_BYTES_MAX
        ? record(LARGE, message, new byte[0])
        : record(DONE, message, bytes);
  }

  private static byte[] record(byte state, String message, byte[] rest) {
    byte[] digest = message.getBytes(UTF_8);
    byte[] record = new byte[1 + digest.length + rest.length];
    record[0] = state;
    System.arraycopy(digest, 0, record, 1, digest.length);
    System.arraycopy(rest, 0, record, 1 + digest.length, rest.length);
    return record;
  }

  private Optional<Value> again(byte[] record, String message, Type type, Asked asked) {
    int begin = 1 + message.length();
    asked.acted(policy);
    if (!new String(record, 1, message.length(), UTF_8).equals(message)) {
      throw new Refused(
          Fault.of(
              Fault.Code.INVALID,
              "`%s` has done another message with this key".formatted(asked.what()),
              "send another key, or the same message"));
    }
    asked.isDuplicate();
    lock.lock();
    try {
      repeated++;
    } finally {
      lock.unlock();
    }
    return switch (record[0]) {
      case DROPPED -> Optional.empty();
      case DONE -> Optional.of(read(Arrays.copyOfRange(record, begin, record.length), type));
      default ->
          throw new Refused(
              Fault.of(
                  Fault.Code.REJECTED,
                  "`%s` has done this message; its answer was too large to keep"
                      .formatted(asked.what())));
    };
  }

  /** The definition may have changed since it was kept. */
  private static Value read(byte[] bytes, Type type) {
    var value = Cbor.read(bytes, 0, bytes.length);
    return type == Type.Simple.ANY
        ? value
        : Conform.to(type, value, Conform.Extra.KEEP, "the answer that was kept");
  }

  /** Waits until no message with this key is under way here. */
  private void take(String key, Asked asked) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (!underWay.containsKey(key)) {
        underWay.put(key, lock.newCondition());
        return;
      }
      long left = Math.min(asked.deadline().remaining(world.nanos()).toNanos(), WAIT_MAX.toNanos());
      var isLate = new boolean[1];
      var timer = world.after(Duration.ofNanos(left), () -> wake(key, isLate));
      try {
        for (var other = underWay.get(key); other != null; other = underWay.get(key)) {
          if (isLate[0]) {
            throw Refused.overloaded(
                "a message with the same key is under way at `%s`".formatted(asked.what()),
                Duration.ofSeconds(1).toNanos());
          }
          other.await();
        }
      } finally {
        timer.cancel();
      }
      underWay.put(key, lock.newCondition());
    } finally {
      lock.unlock();
    }
  }

  private void wake(String key, boolean[] isLate) {
    lock.lock();
    try {
      isLate[0] = true;
      var waited = underWay.get(key);
      if (waited != null) {
        waited.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void give(String key) {
    lock.lock();
    try {
      var waited = underWay.remove(key);
      if (waited != null) {
        waited.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** For people. */
  String text() {
    lock.lock();
    try {
      return "%d under way, %d came again".formatted(underWay.size(), repeated);
    } finally {
      lock.unlock();
    }
  }
}
