package io.unikernal.adapter.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Config;
import io.unikernal.model.Field;
import io.unikernal.model.Value;
import io.unikernal.spi.Health;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;

class SqliteTest extends SqlContract {
  @Override
  Database open(Object... more) throws Exception {
    return open(folder.resolve("data/new folder/a?b#c%20.db"), more);
  }

  private Database open(Path file, Object... more) throws Exception {
    var values = new LinkedHashMap<Field<?>, Object>();
    values.put(SqliteAdapter.CONNECTION, file);
    for (int i = 0; i < more.length; i += 2) {
      values.put((Field<?>) more[i], more[i + 1]);
    }
    return Database.open(new SqliteAdapter(), new Config(values), folder);
  }

  @Override
  String bytesType() {
    return "blob";
  }

  @Override
  String slow(int seconds) {
    return "with recursive c(n) as (select 1 union all select n + 1 from c where n < "
        + seconds * 100_000_000L
        + ") select count(*) from c";
  }

  @Test
  void theFileIsWhereItWasSaid() {
    assertThat(folder.resolve("data/new folder/a?b#c%20.db")).exists();
    assertThat(db.system.describe()).endsWith("a?b#c%20.db");
  }

  @Test
  void itIsDurableAndChecked() throws Exception {
    assertThat(db.call("pragma journal_mode", "string")).isEqualTo(Value.text("wal"));
    assertThat(db.call("pragma synchronous", "int")).isEqualTo(Value.integer(2));
    assertThat(db.call("pragma foreign_keys", "int")).isEqualTo(Value.integer(1));
  }

  @Test
  void memoryIsOneDatabaseForReadersAndWriters() throws Exception {
    try (var memory = open(folder.resolve(":memory:"))) {
      memory.call("create table m (a text)", "");
      memory.call("insert into m values ('x')", "");
      assertThat(memory.call("select a from m", "string")).isEqualTo(Value.text("x"));
    }
    assertThat(folder.resolve(":memory:")).doesNotExist();
  }

  @Test
  void textMayHoldNul() throws Exception {
    table("a text");
    db.call("insert into t values (:a)", "", "a", "a\0b");
    assertThat(db.call("select a from t", "string")).isEqualTo(Value.text("a\0b"));
  }

  @Test
  void notANumberIsInvalidBecauseItWouldBeNull() throws Exception {
    assertThat(db.fault("select :a", "one", "a", Double.NaN).code().name()).isEqualTo("INVALID");
  }

  @Test
  void aFileThatIsNoDatabaseIsSaidToBeNone() throws Exception {
    Path text =
        Files.writeString(folder.resolve("x.db"), "hello, this is no database at all".repeat(40));
    assertThatThrownBy(() -> open(text)).hasMessageContaining("not a SQLite database");
  }

  @Test
  void aFolderThatCannotBeMadeIsSaidSo() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> open(file.resolve("x.db"))).hasMessageContaining("DISCONNECTED");
  }

  @Test
  void aFileThatGoesAwayIsDown() throws Exception {
    Files.delete(folder.resolve("data/new folder/a?b#c%20.db"));
    assertThat(db.system.probe()).isInstanceOf(Health.Down.class);
  }

  @Test
  void anotherWritersLockIsOverloaded() throws Exception {
    table("a text");
    db.close();
    db = open(SqlFields.TIMEOUT, Duration.ofMillis(200));
    String url = "jdbc:sqlite:" + folder.resolve("data/new folder/a?b#c%20.db").toUri();
    try (var other = java.sql.DriverManager.getConnection(url);
        var statement = other.createStatement()) {
      statement.execute("begin immediate");
      var fault = db.fault("insert into t values ('1')", "");
      assertThat(fault.code().name()).isEqualTo("OVERLOADED");
      assertThat(fault.retryable()).isTrue();
      assertThat(db.call("select count(*) from t", "int")).isEqualTo(Value.integer(0));
      statement.execute("rollback");
    }
    db.call("insert into t values ('1')", "");
  }
}
