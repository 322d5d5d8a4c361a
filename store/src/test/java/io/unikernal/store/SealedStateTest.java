package io.unikernal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.kernel.MemoryState;
import io.unikernal.model.FaultException;
import io.unikernal.model.Plan.StateKeys;
import io.unikernal.spi.StateStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedStateTest extends StateStoreContract {
  private static final String NEW = "the new key, with its 32 characters";
  private static final String OLD = "the old key, with its 32 characters";

  @TempDir private Path folder;

  @Override
  StateStore open() {
    return sealed(new MemoryState(world), NEW);
  }

  private static StateStore sealed(StateStore inner, String key, String... old) {
    return SealedState.of(inner, Optional.of(new StateKeys(key, List.of(old))));
  }

  private static StateStore keyless(StateStore inner) {
    return SealedState.of(inner, Optional.empty());
  }

  private Path file() {
    return folder.resolve("state.db");
  }

  private String written() throws IOException {
    var all = new StringBuilder();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  private static void keep(StateStore store) {
    store.table("done").put("order of ann@example.org", bytes("paid by ann"), LATER);
    store.table("done").putIfAbsent("order of bob@example.org", bytes("paid by bob"), LATER);
    var waiting = store.journal("waiting");
    waiting.append(bytes("parcel for ann"));
    waiting.replace(waiting.append(bytes("parcel for eve")), bytes("parcel for bob"));
    waiting.appendOnce(store.table("seen"), "id of cid", LATER, bytes("parcel for cid"));
    waiting.move(3, store.journal("dead"), bytes("no parcel for cid"));
  }

  @Test
  void theFileOfASealedStoreHasNothingToRead() throws Exception {
    var secrets = List.of("ann", "bob", "cid", "eve", "parcel", "paid");
    try (var clear = SqliteState.open(file(), world)) {
      keep(clear);
      assertThat(written()).contains(secrets); // so that the search below can find it
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    try (var store = sealed(SqliteState.open(file(), world), NEW)) {
      keep(store);
      assertThat(written()).doesNotContain(secrets).doesNotContain(NEW);
    }
    try (var again = sealed(SqliteState.open(file(), world), NEW)) {
      assertThat(again.table("done").get("order of ann@example.org"))
          .hasValue(bytes("paid by ann"));
      assertThat(again.table("done").putIfAbsent("order of bob@example.org", bytes("x"), LATER))
          .hasValue(bytes("paid by bob"));
      assertThat(again.journal("waiting").read(0, 10))
          .extracting(entry -> new String(entry.record(), StandardCharsets.UTF_8))
          .containsExactly("parcel for ann", "parcel for bob");
      assertThat(again.journal("dead").read(0, 10).getFirst().record())
          .isEqualTo(bytes("no parcel for cid"));
    }
  }

  @Test
  void theSameIsNeverSealedTheSameWay() {
    var inner = new MemoryState(world);
    var journal = sealed(inner, NEW).journal("waiting");
    journal.append(bytes("one"));
    journal.append(bytes("one"));
    sealed(inner, NEW).journal("waiting").append(bytes("one"));
    assertThat(inner.journal("waiting").read(0, 10))
        .extracting(entry -> List.of(entry.record()))
        .doesNotHaveDuplicates();
  }

  @Test
  void whatAnOldKeySealedIsReadAsLongAsTheKeyIsNamed() {
    var inner = new MemoryState(world);
    keep(sealed(inner, OLD));
    var both = sealed(inner, NEW, OLD);
    assertThat(both.table("done").get("order of ann@example.org")).hasValue(bytes("paid by ann"));
    assertThat(both.table("done").putIfAbsent("order of ann@example.org", bytes("x"), LATER))
        .hasValue(bytes("paid by ann"));
    assertThat(
            both.journal("waiting").appendOnce(both.table("seen"), "id of cid", LATER, bytes("x")))
        .isEmpty();
    assertThat(both.journal("waiting").read(0, 10)).hasSize(2);
    both.table("done").put("order of ann@example.org", bytes("paid back"), LATER);
    assertThat(both.table("done").get("order of ann@example.org")).hasValue(bytes("paid back"));
    both.table("done").remove("order of ann@example.org");
    assertThat(both.table("done").get("order of ann@example.org")).isEmpty();

    var without = sealed(inner, NEW);
    assertThat(without.table("done").get("order of bob@example.org")).isEmpty();
    assertThatThrownBy(() -> without.journal("waiting").read(0, 10))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("no key opens it")
        .hasMessageNotContaining("hunter");
  }

  @Test
  void whatWasWrittenBeforeThereWasAKeyIsThereStill() {
    var inner = new MemoryState(world);
    keep(inner);
    var store = sealed(inner, NEW);
    assertThat(store.table("done").get("order of ann@example.org")).hasValue(bytes("paid by ann"));
    assertThat(store.journal("waiting").read(0, 10)).hasSize(2);
    assertThat(
            store
                .journal("waiting")
                .appendOnce(store.table("seen"), "id of cid", LATER, bytes("x")))
        .isEmpty();
  }

  @Test
  void aStoreWithoutTheKeyRefusesWhatIsSealedAndTakesItForNothingElse() {
    var inner = new MemoryState(world);
    var without = keyless(inner);
    keep(without);
    assertThat(without.isSealed()).isFalse();
    assertThat(without.journal("waiting").read(0, 10)).hasSize(2);
    sealed(inner, NEW).journal("waiting").append(bytes("parcel"));
    assertThatThrownBy(() -> without.journal("waiting").read(0, 10))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("no key opens it");
  }

  @Test
  void aRecordThatWasChangedOrMovedIsRefused() {
    var inner = new MemoryState(world);
    var store = sealed(inner, NEW);
    long number = store.journal("waiting").append(bytes("pay 1 to ann"));
    byte[] record = inner.journal("waiting").read(number, 1).getFirst().record();

    inner.journal("dead").append(record);
    assertThatThrownBy(() -> store.journal("dead").read(0, 10))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("was changed");
    for (int at = 24; at < record.length; at += 7) {
      byte[] changed = record.clone();
      changed[at] ^= 1;
      inner.journal("waiting").replace(number, changed);
      assertThatThrownBy(() -> store.journal("waiting").read(0, 10))
          .as("byte %d", at)
          .isInstanceOf(FaultException.class)
          .hasMessageContaining("was changed");
    }
    store.table("done").put("a", bytes("of a"), Instant.MAX);
    assertThat(store.table("done").get("a")).hasValue(bytes("of a"));
  }
}
