package io.unikernal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.spi.StateStore;
import io.unikernal.spi.StateStore.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store keeps to. */
abstract class StateStoreContract {
  static final Instant LATER = Instant.parse("2026-01-01T01:00:00Z");
  final TestWorld world = new TestWorld(Instant.parse("2026-01-01T00:00:00Z"));
  private StateStore store;

  abstract StateStore open() throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static List<String> texts(List<Entry> entries) {
    return entries.stream().map(entry -> new String(entry.record(), UTF_8)).toList();
  }

  @Test
  void whatIsPutIsThereUntilItsTimeAndTablesDoNotShareKeys() {
    var table = store.table("one");
    table.put("key", bytes("value"), LATER);
    table.put("for ever", new byte[0], Instant.MAX);
    assertThat(table.get("key")).hasValue(bytes("value"));
    assertThat(store.table("one").get("key")).hasValue(bytes("value"));
    assertThat(store.table("two").get("key")).isEmpty();
    table.put("key", bytes("other"), LATER);
    assertThat(table.get("key")).hasValue(bytes("other"));

    world.advance(Duration.ofHours(1).minusNanos(1_000));
    assertThat(table.get("key")).isPresent();
    world.advance(Duration.ofNanos(1_000));
    assertThat(table.get("key")).isEmpty();
    assertThat(table.get("for ever")).isPresent();
    table.remove("for ever");
    assertThat(table.get("for ever")).isEmpty();
  }

  @Test
  void theFirstPutWinsUntilItsTimeIsOver() {
    var table = store.table("one");
    assertThat(table.putIfAbsent("key", bytes("first"), LATER)).isEmpty();
    assertThat(table.putIfAbsent("key", bytes("second"), LATER)).hasValue(bytes("first"));
    world.advance(Duration.ofHours(2));
    assertThat(table.putIfAbsent("key", bytes("third"), Instant.MAX)).isEmpty();
    assertThat(table.get("key")).hasValue(bytes("third"));
  }

  @Test
  void aCounterBeginsAnewWhenItsTimeIsOver() {
    var table = store.table("counts");
    assertThat(table.add("key", 2, LATER)).isEqualTo(2);
    assertThat(table.add("key", 3, Instant.MAX)).isEqualTo(5);
    world.advance(Duration.ofHours(1));
    assertThat(table.add("key", -1, Instant.MAX)).isEqualTo(-1);
  }

  @Test
  void aJournalKeepsTheOrderAndNeverGivesANumberAgain() {
    var journal = store.journal("one");
    var other = store.journal("other");
    long first = journal.append(bytes("a"));
    other.append(bytes("x"));
    long second = journal.append(bytes("b"));
    long third = journal.append(bytes("c"));
    assertThat(first).isLessThan(second);
    assertThat(second).isLessThan(third);
    assertThat(texts(journal.read(0, 10))).containsExactly("a", "b", "c");
    assertThat(texts(journal.read(second, 1))).containsExactly("b");
    assertThat(journal.size()).isEqualTo(3);

    assertThat(journal.replace(second, bytes("B"))).isTrue();
    assertThat(journal.remove(third)).isTrue();
    assertThat(journal.remove(third)).isFalse();
    assertThat(journal.replace(third, bytes("C"))).isFalse();
    assertThat(texts(journal.read(0, 10))).containsExactly("a", "B");
    assertThat(journal.append(bytes("d"))).isGreaterThan(third);
    assertThat(store.journals()).containsExactly("one", "other");
  }

  @Test
  void whatIsMovedIsInOneJournalOnly() {
    var from = store.journal("from");
    var to = store.journal("to");
    long number = from.append(bytes("a"));
    assertThat(from.move(number, to, bytes("moved"))).isTrue();
    assertThat(from.move(number, to, bytes("again"))).isFalse();
    assertThat(from.size()).isZero();
    assertThat(texts(to.read(0, 10))).containsExactly("moved");
    assertThat(store.journals()).containsExactly("to");
  }

  @Test
  void whatHasAKeyIsAppendedOnce() {
    var seen = store.table("seen");
    var journal = store.journal("one");
    assertThat(journal.appendOnce(seen, "key", LATER, bytes("a"))).isPresent();
    assertThat(journal.appendOnce(seen, "key", LATER, bytes("a"))).isEmpty();
    assertThat(journal.appendOnce(seen, "other", LATER, bytes("b"))).isPresent();
    world.advance(Duration.ofHours(1));
    assertThat(journal.appendOnce(seen, "key", Instant.MAX, bytes("c"))).isPresent();
    assertThat(texts(journal.read(0, 10))).containsExactly("a", "b", "c");
  }

  @Test
  void manyCallersAtOnceLoseNothing() throws Exception {
    var journal = store.journal("one");
    var table = store.table("counts");
    var numbers = new ConcurrentSkipListSet<Long>();
    var works = new ArrayList<Callable<Long>>();
    for (int i = 0; i < 500; i++) {
      works.add(() -> {
        numbers.add(journal.append(bytes("x")));
        return table.add("key", 1, Instant.MAX);
      });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Long> done : threads.invokeAll(works)) {
        assertThat(done.get()).isBetween(1L, 500L);
      }
    }
    assertThat(numbers).hasSize(500);
    assertThat(journal.size()).isEqualTo(500);
    assertThat(table.add("key", 0, Instant.MAX)).isEqualTo(500);
  }
}
