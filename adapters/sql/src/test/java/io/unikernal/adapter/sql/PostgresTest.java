package io.unikernal.adapter.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Config;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.Field;
import io.unikernal.model.Value;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PostgresTest extends SqlContract {
  private final String name = "db_" + UUID.randomUUID().toString().replace("-", "");
  private boolean made;

  @Override
  Database open(Object... more) throws Exception {
    if (!made) {
      made = true;
      try (var admin = open(PostgresServer.shared().url())) {
        admin.call("create database " + name, "");
      }
    }
    return open(PostgresServer.shared().url().replaceFirst("/postgres$", "/" + name), more);
  }

  private Database open(String url, Object... more) throws Exception {
    var values = new LinkedHashMap<Field<?>, Object>();
    values.put(PostgresAdapter.CONNECTION, url);
    for (int i = 0; i < more.length; i += 2) {
      var field = more[i] == SqliteAdapter.POOL ? PostgresAdapter.POOL : (Field<?>) more[i];
      values.put(field, more[i + 1]);
    }
    return Database.open(new PostgresAdapter(), new Config(values), folder);
  }

  @Override
  String bytesType() {
    return "bytea";
  }

  @Override
  String slow(int seconds) {
    return "select pg_sleep(" + seconds + ")";
  }

  @Test
  void itsOwnTypesTakeAndGiveValues() throws Exception {
    table(
        "u uuid, z timestamptz, l timestamp, d date, c time, i interval, j jsonb, n numeric, s int[]");
    var id = new Value.Uuid(UUID.randomUUID());
    var moment = new Value.Timestamp(Instant.parse("2026-07-01T12:00:00.123456Z"));
    db.call(
        "insert into t values (:u, :z, :z, '2026-07-01', '10:11:12', :i, :j, :n, '{1,2,null}')",
        "",
        "u",
        id,
        "z",
        moment,
        "i",
        new Value.Duration(Duration.parse("PT36H0.5S")),
        "j",
        Database.dict("a", 1),
        "n",
        Value.decimal("0.10"));
    var row = ((Value.Dict) db.call("select * from t where u = :u", "one", "u", id)).fields();
    assertThat(row.get("u")).isEqualTo(id);
    assertThat(row.get("z")).isEqualTo(moment);
    assertThat(row.get("l")).isEqualTo(moment);
    assertThat(row.get("d")).hasToString("Date[value=2026-07-01]");
    assertThat(row.get("c")).hasToString("Time[value=10:11:12]");
    assertThat(row.get("i")).isEqualTo(new Value.Duration(Duration.parse("PT36H0.5S")));
    assertThat(row.get("j")).isEqualTo(Database.dict("a", 1));
    assertThat(String.valueOf(row.get("n"))).contains("0.10");
    assertThat(row.get("s"))
        .isEqualTo(
            new Value.Items(
                java.util.List.of(Value.integer(1), Value.integer(2), Value.Null.NULL)));
    assertThat(db.call("select z::text from t", "string"))
        .isEqualTo(Value.text("2026-07-01 12:00:00.123456+00"));
  }

  @Test
  void aNumberWithASequenceIsANumber() throws Exception {
    table("a smallserial, b serial, c bigserial, d text");
    db.call("insert into t (d) values ('x')", "");
    assertThat(db.call("select a, b, c from t", "one"))
        .isEqualTo(Database.dict("a", 1, "b", 1, "c", 1));
  }

  @Test
  void aNulInTextIsInvalidByName() throws Exception {
    var fault = db.fault("select :a::text", "one", "a", "a\0b");
    assertThat(fault.code()).isEqualTo(Code.INVALID);
    assertThat(fault.violations().getFirst().path()).isEqualTo("a");
  }

  @Test
  void aValueThatDoesNotFitIsNotRepeated() throws Exception {
    table("n int");
    var fault = db.fault("insert into t values (:n)", "", "n", "top-secret");
    assertThat(fault.code()).isEqualTo(Code.REJECTED);
    assertThat(fault.toString()).doesNotContain("top-secret").contains("22P02");
  }

  @Test
  void theServerItselfStopsWhatIsCancelled() throws Exception {
    var slow = db.bind("select pg_sleep(30), 'find-me-" + name + "'", "");
    db.within(Duration.ofMillis(300));
    assertThatThrownBy(() -> db.call(slow)).hasMessageContaining("TIMEOUT");
    db.within(Duration.ofSeconds(20));
    assertThat(
            db.call(
                "select count(*) from pg_stat_activity where state = 'active' and query like :q"
                    + " and pid <> pg_backend_pid()",
                "int",
                "q",
                "%find-me-" + name + "%"))
        .isEqualTo(Value.integer(0));
  }

  @Test
  void connectionsAreGivenBackAtTheEnd() throws Exception {
    db.call("select 1", "");
    db.close();
    Thread.sleep(200);
    try (var admin = open(PostgresServer.shared().url())) {
      assertThat(
              admin.call(
                  "select count(*) from pg_stat_activity where datname = :n", "int", "n", name))
          .isEqualTo(Value.integer(0));
    }
  }

  @Test
  void aDeadlockIsWorthAnotherTry() throws Exception {
    table("id int primary key, n int");
    db.call("insert into t values (1, 0), (2, 0)", "");
    var fault = db.fault("do $$ begin raise exception 'x' using errcode = '40P01'; end $$", "");
    assertThat(fault.code()).isEqualTo(Code.OVERLOADED);
    assertThat(fault.retryable()).isTrue();
  }

  @Test
  void aServerThatIsNotThereIsSaidAtOnce() throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    long begin = System.nanoTime();
    assertThatThrownBy(() -> open("postgres://u:hidden@127.0.0.1:" + port + "/x"))
        .hasMessageContaining("DISCONNECTED")
        .hasMessageContaining("127.0.0.1:" + port + "/x")
        .hasMessageNotContaining("hidden");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void aServerThatSaysNothingIsGivenUp() throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      long begin = System.nanoTime();
      assertThatThrownBy(() ->
              open(
                  "postgres://u:hidden@127.0.0.1:" + socket.getLocalPort() + "/x",
                  SqlFields.TIMEOUT,
                  Duration.ofSeconds(1)))
          .hasMessageContaining("DISCONNECTED");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void aWrongPasswordOrDatabaseIsRejectedWithoutThePassword() throws Exception {
    String url = PostgresServer.shared().url();
    assertThatThrownBy(() -> open(url.replace("Secr3t", "Wr0ng")))
        .hasMessageContaining("REJECTED")
        .hasMessageNotContaining("Wr0ng");
    assertThatThrownBy(() -> open(url.replaceFirst("/postgres$", "/nowhere")))
        .hasMessageContaining("no such database");
  }

  @Test
  void aServerThatIsKilledAndComesBackIsDisconnectedInBetween() throws Exception {
    try (var server = PostgresServer.start();
        var mine = open(server.url())) {
      var quick = mine.bind("select 1", "int");
      assertThat(mine.call(quick)).isEqualTo(Value.integer(1));
      server.kill();
      for (int i = 0; i < 3; i++) {
        long begin = System.nanoTime();
        assertThatThrownBy(() -> mine.call(quick)).hasMessageContaining("DISCONNECTED");
        // The pool may learn it the slow way once.
        if (i > 0) {
          assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
        }
      }
      assertThat(mine.system.probe()).isInstanceOf(io.unikernal.spi.Health.Down.class);
      server.run();
      assertThat(mine.call(quick)).isEqualTo(Value.integer(1));
      assertThat(mine.system.probe()).isEqualTo(io.unikernal.spi.Health.UP);
    }
  }
}
