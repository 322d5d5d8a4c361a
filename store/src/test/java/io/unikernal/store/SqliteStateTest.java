package io.unikernal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.spi.StateStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStateTest extends StateStoreContract {
  private static final int KILLS = Boolean.getBoolean("unikernal.long") ? 100 : 20;
  @TempDir private Path folder;

  @Override
  StateStore open() {
    return SqliteState.open(folder.resolve("contract.db"), world);
  }

  private SqliteState state(String name) {
    return SqliteState.open(folder.resolve(name), world);
  }

  @Test
  void anotherOpeningFindsAllOfIt() {
    long last;
    try (var state = state("again.db")) {
      state.table("t").put("key", bytes("value"), Instant.MAX);
      last = state.journal("j").append(bytes("record"));
      state.journal("j").remove(last);
    }
    try (var state = state("again.db")) {
      assertThat(state.table("t").get("key")).hasValue(bytes("value"));
      assertThat(state.journal("j").append(bytes("next"))).isGreaterThan(last);
    }
  }

  @Test
  void onlyItsUserMayReadIt() throws IOException {
    try (var state = state("private.db")) {
      state.journal("j").append(bytes("record"));
      for (String name : List.of("private.db", "private.db-wal", "private.db-shm")) {
        assertThat(
                PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void whatIsPastItsTimeIsRemovedInTheBackground() throws Exception {
    try (var state = state("clean.db")) {
      var table = state.table("t");
      for (int i = 0; i < 10; i++) {
        table.put("key" + i, bytes("value"), LATER);
      }
      table.put("kept", bytes("value"), Instant.MAX);
      world.advance(Duration.ofHours(2));
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (rows("clean.db") > 1 && System.nanoTime() < end) {
        Thread.sleep(50);
      }
      assertThat(rows("clean.db")).isEqualTo(1);
    }
  }

  private int rows(String name) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(name));
        var rows = connection.createStatement().executeQuery("select count(*) from kept")) {
      return rows.getInt(1);
    }
  }

  @Test
  void aFileOfANewerVersionIsLeftAlone() throws Exception {
    state("newer.db").close();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("newer.db"));
        var statement = connection.createStatement()) {
      statement.execute("pragma user_version = 999");
    }
    assertThatThrownBy(() -> state("newer.db").close())
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().message()).contains("999"));
  }

  @Test
  void aFileThatIsNoDatabaseIsAFault() throws Exception {
    Files.writeString(folder.resolve("broken.db"), "this is not a database".repeat(100));
    assertThatThrownBy(() -> state("broken.db").close())
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().code()).isEqualTo(Fault.Code.INTERNAL));
  }

  @Test
  void nobodyWaitsForAStoreThatIsClosed() {
    var state = state("closed.db");
    var journal = state.journal("j");
    state.close();
    assertThatThrownBy(() -> journal.append(bytes("late"))).isInstanceOf(FaultException.class);
  }

  @Test
  void anInterruptedCallerKnowsWhetherItIsSafe() {
    try (var state = state("interrupted.db")) {
      var journal = state.journal("j");
      Thread.currentThread().interrupt();
      journal.append(bytes("record"));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(journal.size()).isEqualTo(1);
    }
  }

  /** Method: a child appends, and says so; it is killed in the middle, again and again. */
  @Test
  void nothingThatWasAcknowledgedIsLostWhenTheProcessIsKilled() throws Exception {
    Path file = folder.resolve("killed.db");
    Set<String> acknowledged = new HashSet<>();
    for (int round = 0; round < KILLS; round++) {
      acknowledged.addAll(lines(child(file, "append", "" + round), 200 + round * 13 % 200));
    }
    assertThat(acknowledged).hasSizeGreaterThan(KILLS * 100);
    try (var state = SqliteState.open(file, world)) {
      assertThat(all(state.journal("j"))).containsAll(acknowledged);
    }
  }

  /** Method: a child that may write no file above a size, as on a disk that is full. */
  @Test
  void aFullDiskIsAFaultAndLosesNothing() throws Exception {
    Path file = folder.resolve("full.db");
    var builder =
        new ProcessBuilder(
            "bash",
            "-c",
            "ulimit -f 2048; exec \"$@\"",
            "bash",
            java(),
            "-cp",
            System.getProperty("java.class.path"),
            "--enable-native-access=ALL-UNNAMED",
            Child.class.getName(),
            file.toString(),
            "fill",
            "0");
    List<String> said = lines(builder.redirectErrorStream(true).start(), Integer.MAX_VALUE);
    assertThat(said.getLast()).isEqualTo("OVERLOADED, then still there");
    try (var state = SqliteState.open(file, world)) {
      assertThat(all(state.journal("j"))).containsAll(said.subList(0, said.size() - 1));
    }
  }

  private static Set<String> all(StateStore.Journal journal) {
    var found = new HashSet<String>();
    long from = 0;
    for (var page = journal.read(from, 1000); !page.isEmpty(); page = journal.read(from, 1000)) {
      for (var entry : page) {
        String text = new String(entry.record(), UTF_8);
        found.add(text.substring(0, text.indexOf(' ')));
        from = entry.number() + 1;
      }
    }
    return found;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static Process child(Path file, String what, String round) throws IOException {
    return new ProcessBuilder(
            java(),
            "-cp",
            System.getProperty("java.class.path"),
            "--enable-native-access=ALL-UNNAMED",
            Child.class.getName(),
            file.toString(),
            what,
            round)
        .redirectErrorStream(true)
        .start();
  }

  /** What it says, until it ends or is killed after so many lines. */
  private static List<String> lines(Process process, int killAfter) throws Exception {
    var lines = new ArrayList<String>();
    try (var in = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line);
        if (lines.size() == killAfter) {
          process.toHandle().destroyForcibly(); // the stream stays: what was said counts
        }
      }
    }
    process.waitFor();
    // The last line may be cut off by the kill.
    return killAfter == Integer.MAX_VALUE ? lines : lines.subList(0, lines.size() - 1);
  }

  /** Appends from many threads; says each record once it is safe. */
  static final class Child {
    private static final int THREADS = 16;

    public static void main(String[] arguments) throws Exception {
      var state = SqliteState.open(Path.of(arguments[0]), new SystemWorld());
      var journal = state.journal("j");
      if (arguments[1].equals("fill")) {
        fill(journal);
        state.close();
        Runtime.getRuntime().halt(0);
      }
      for (int t = 0; t < THREADS; t++) {
        String name = arguments[2] + "-" + t + "-";
        Thread.ofVirtual()
            .start(() -> {
              for (int i = 0; i < 100_000; i++) {
                journal.append(bytes(name + i + " " + "x".repeat(200)));
                say(name + i);
              }
            });
      }
      Thread.sleep(Duration.ofSeconds(30));
    }

    private static void fill(StateStore.Journal journal) {
      for (int i = 0; i < 100_000; i++) {
        try {
          journal.append(bytes("r" + i + " " + "x".repeat(2_000)));
          say("r" + i);
        } catch (FaultException e) {
          long there = journal.size();
          say(e.fault().code() + (there == i ? ", then still there" : ", but " + there));
          return;
        }
      }
      say("the disk was never full");
    }

    private static synchronized void say(String line) {
      System.out.println(line);
      System.out.flush();
    }
  }
}
