package io.unikernal.adapter.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Health;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every SQL system does. Run against each real database. */
@Timeout(30)
abstract class SqlContract {
  @TempDir Path folder;
  Database db;

  /** A database that is empty, or made by this schema file. */
  abstract Database open(Object... more) throws Exception;

  abstract String bytesType();

  /** A query that takes about this long. */
  abstract String slow(int seconds);

  @BeforeEach
  void begin() throws Exception {
    Database.name("Item", "sku", "string", "price", "decimal(12,2)");
    Database.name(
        "Order", "id", "uuid", "items", "list(Item)", "note", "string?", "total", "decimal(12,2)");
    db = open();
  }

  @AfterEach
  void end() {
    db.close();
  }

  void table(String columns) throws InterruptedException {
    db.call("create table t (" + columns + ")", "");
  }

  /** Through a column and back. */
  private Value roundTrip(String column, String type, Value value) throws InterruptedException {
    db.call("drop table if exists t", "");
    table("v " + column);
    db.call("insert into t values (:v)", "", "v", value);
    Type wanted = Database.type(type);
    return Conform.to(wanted, db.call("select v from t", type), Conform.Extra.KEEP, "answer");
  }

  @Test
  void eachTypeComesBackAsItWentThroughText() throws Exception {
    for (String text :
        new String[] {"", "plain", "it's \"quoted\"; -- :x", "äöü 漢字 🎉", "a\nb\tc\\"}) {
      assertThat(roundTrip("text", "string", Value.text(text))).isEqualTo(Value.text(text));
    }
    var uuid = new Value.Uuid(UUID.fromString("0b5e6a8e-4d3f-4a51-9d6f-1a2b3c4d5e6f"));
    assertThat(roundTrip("text", "uuid", uuid)).isEqualTo(uuid);
    var moment = new Value.Timestamp(Instant.parse("2026-02-03T04:05:06.123456789Z"));
    assertThat(roundTrip("text", "timestamp", moment)).isEqualTo(moment);
    var date = new Value.Date(LocalDate.of(2024, 2, 29));
    assertThat(roundTrip("text", "date", date)).isEqualTo(date);
    var time = new Value.Time(LocalTime.of(23, 59, 0, 5_000_000));
    assertThat(roundTrip("text", "time", time)).isEqualTo(time);
    for (String iso : new String[] {"PT1H30M", "PT-0.25S", "PT0S", "P20D"}) {
      var duration = new Value.Duration(Duration.parse(iso));
      assertThat(roundTrip("text", "duration", duration)).isEqualTo(duration);
    }
    assertThat(roundTrip("text", "enum(new, paid)", Value.text("paid")))
        .isEqualTo(Value.text("paid"));
  }

  @Test
  void numbersComeBackExactly() throws Exception {
    for (long number :
        new long[] {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThat(roundTrip("bigint", "int", Value.integer(number)))
          .isEqualTo(Value.integer(number));
    }
    assertThat(roundTrip("bigint", "uint", new Value.UInt(7))).isEqualTo(new Value.UInt(7));
    for (double number : new double[] {0.1, -1e300, Double.MIN_VALUE, Double.POSITIVE_INFINITY}) {
      assertThat(roundTrip("double precision", "double", new Value.Real(number)))
          .isEqualTo(new Value.Real(number));
    }
    for (String number :
        new String[] {"19.99", "0.10", "-12345678901234567890.123456789", "1E+3"}) {
      var read = roundTrip("text", "decimal", Value.decimal(number));
      assertThat(read).isEqualTo(Value.decimal(number));
    }
    db.call("drop table t", "");
    table("v text");
    db.call("insert into t values (:v)", "", "v", Value.decimal("0.10"));
    assertThat(db.call("select v from t", "string")).isEqualTo(Value.text("0.10"));
    assertThat(roundTrip("numeric(12,2)", "decimal(12,2)", Value.decimal("59.97")))
        .isEqualTo(Value.decimal("59.97"));
  }

  @Test
  void boolsAndBytesComeBack() throws Exception {
    assertThat(roundTrip("boolean", "bool", Value.Bool.TRUE)).isEqualTo(Value.Bool.TRUE);
    assertThat(roundTrip("boolean", "bool", Value.Bool.FALSE)).isEqualTo(Value.Bool.FALSE);
    var bytes = new Value.Bytes(new byte[] {0, 1, -1, 127, -128});
    assertThat(roundTrip(bytesType(), "bytes", bytes)).isEqualTo(bytes);
    assertThat(roundTrip(bytesType(), "bytes", new Value.Bytes(new byte[0])))
        .isEqualTo(new Value.Bytes(new byte[0]));
  }

  @Test
  void listsAndRecordsTravelAsJsonWithExactDecimals() throws Exception {
    table("id text primary key, items text not null, note text, total text");
    var item = Database.dict("sku", "A", "price", Value.decimal("0.10"));
    var id = new Value.Uuid(UUID.randomUUID());
    db.call(
        "insert into t (id, items, note, total) values (:id, :items, :note, :total)",
        "",
        "id",
        id,
        "items",
        new Value.Items(java.util.List.of(item)),
        "total",
        Value.decimal("59.970"),
        "ignored",
        "extra fields are ignored");
    var order =
        Conform.to(
            Database.type("Order"),
            db.call("select * from t where id = :id", "Order?", "id", id),
            Conform.Extra.KEEP,
            "answer");
    assertThat(((io.unikernal.model.Rec) order).get("note")).isEqualTo(Value.Absent.ABSENT);
    var items = (Value.Items) ((io.unikernal.model.Rec) order).get("items");
    assertThat(((io.unikernal.model.Rec) items.items().getFirst()).get("price"))
        .isEqualTo(Value.decimal("0.10"));
    assertThat(((io.unikernal.model.Rec) order).get("total")).isEqualTo(Value.decimal("59.97"));
  }

  @Test
  void absentAndNullAreNullAndNullIsAbsent() throws Exception {
    table("a text, b text");
    db.call("insert into t values (:a, :b)", "", "b", Value.Null.NULL);
    assertThat(db.call("select a, b from t where a is null and b is null", "one"))
        .isEqualTo(Value.Dict.EMPTY);
    assertThat(db.call("select a from t", "string?")).isEqualTo(Value.Absent.ABSENT);
  }

  @Test
  void aMissingRowIsAbsentOrNotFoundAsDeclared() throws Exception {
    table("a text");
    assertThat(db.call("select a from t", "one?")).isEqualTo(Value.Absent.ABSENT);
    assertThat(db.call("select a from t", "")).isEqualTo(Value.Items.EMPTY);
    assertThat(db.fault("select a from t", "one").code()).isEqualTo(Code.NOT_FOUND);
    db.call("insert into t values ('1'), ('2')", "");
    assertThat(db.fault("select a from t", "one?").code()).isEqualTo(Code.REJECTED);
    assertThat(((Value.Items) db.call("select a from t", "list(string)")).items()).hasSize(2);
    assertThat(db.call("select count(*) from t", "int")).isEqualTo(Value.integer(2));
    assertThat(db.call("select a from t", "none")).isEqualTo(Value.Null.NULL);
  }

  @Test
  void aRefusedAnswerUndoesItsChange() throws Exception {
    table("a text");
    assertThat(db.fault("insert into t values ('1'), ('2') returning a", "one").code())
        .isEqualTo(Code.REJECTED);
    assertThat(db.call("select count(*) from t", "int")).isEqualTo(Value.integer(0));
    assertThat(db.call("insert into t values ('1') returning a", "string"))
        .isEqualTo(Value.text("1"));
    assertThat(db.call("select count(*) from t", "int")).isEqualTo(Value.integer(1));
  }

  @Test
  void moreRowsThanAllowedAreTooLarge() throws Exception {
    table("a text");
    db.call("insert into t values ('1'), ('2'), ('3')", "");
    assertThat(db.call(db.bind("select a from t", "many", SqlFields.MAX_ROWS, 3)))
        .isInstanceOf(Value.Items.class);
    assertThatThrownBy(() -> db.call(db.bind("select a from t", "many", SqlFields.MAX_ROWS, 2)))
        .hasMessageContaining("TOO_LARGE");
  }

  @Test
  void textInParametersStaysData() throws Exception {
    table("a text");
    for (String evil :
        new String[] {
          "'; drop table t; --", "' or '1'='1", ":a", "?", "$1", "\\'; x", "${input}"
        }) {
      db.call("insert into t values (:a)", "", "a", evil);
      assertThat(db.call("select a from t where a = :a", "string", "a", evil))
          .isEqualTo(Value.text(evil));
    }
    assertThat(db.call("select count(*) from t", "int")).isEqualTo(Value.integer(7));
  }

  @Test
  void aBrokenConstraintIsRejectedWithoutItsValues() throws Exception {
    table("id text primary key, n int not null check (n > 0)");
    db.call("insert into t values (:id, 1)", "", "id", "top-secret");
    for (var fault :
        new Fault[] {
          db.fault("insert into t values (:id, 1)", "", "id", "top-secret"),
          db.fault("insert into t values (:id, null)", "", "id", "top-secret"),
          db.fault("insert into t values (:id, -5)", "", "id", "top-secret")
        }) {
      assertThat(fault.code()).isEqualTo(Code.REJECTED);
      assertThat(fault.retryable()).isFalse();
      assertThat(fault.toString()).doesNotContain("top-secret");
    }
  }

  @Test
  void aWrongStatementSaysWhatAndWhere() throws Exception {
    var fault = db.fault("select 1\n frm t where a = :a", "", "a", "secret");
    assertThat(fault.code()).isEqualTo(Code.REJECTED);
    assertThat(fault.message()).contains("near \"t\"").doesNotContain("secret");
    assertThat(fault.hint()).contains("frm t");
    assertThat(db.fault("select x from nowhere", "").message()).contains("nowhere");
  }

  @Test
  void aNumberBeyondTheDatabaseIsInvalidByName() throws Exception {
    table("a bigint");
    var fault = db.fault("insert into t values (:a)", "", "a", new Value.UInt(-1));
    assertThat(fault.code()).isEqualTo(Code.INVALID);
    assertThat(fault.violations().getFirst().path()).isEqualTo("a");
  }

  @Test
  void twoColumnsOfOneNameAreRefused() throws Exception {
    assertThat(db.fault("select 1 as a, 2 as a", "one").message()).contains("two columns");
    assertThat(db.fault("select 1 as a, 2 as b", "int").message()).contains("2 columns");
  }

  @Test
  void aColumnThatIsNoJsonSaysSo() throws Exception {
    var fault = db.fault("select 'x' as id, '[oops' as items, '1' as total", "Order");
    assertThat(fault.code()).isEqualTo(Code.REJECTED);
    assertThat(fault.message()).contains("items");
  }

  @Test
  void aDeadlineStopsTheStatementAndTheSystemWorksOn() throws Exception {
    var slow = db.bind(slow(20), "");
    long begin = System.nanoTime();
    db.within(Duration.ofMillis(300));
    assertThatThrownBy(() -> db.call(slow)).hasMessageContaining("TIMEOUT");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    db.within(Duration.ofSeconds(20));
    assertThat(db.call("select 1", "int")).isEqualTo(Value.integer(1));
    db.within(Duration.ZERO);
    assertThat(db.fault("select 1", "int").code()).isEqualTo(Code.TIMEOUT);
  }

  @Test
  void anInterruptStopsTheStatement() throws Exception {
    var slow = db.bind(slow(20), "");
    var failure = new java.util.concurrent.atomic.AtomicReference<Throwable>();
    var thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                db.call(slow);
              } catch (Throwable error) {
                failure.set(error);
              }
            });
    Thread.sleep(300);
    thread.interrupt();
    assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
    assertThat(failure.get()).isInstanceOf(InterruptedException.class);
    assertThat(db.call("select 1", "int")).isEqualTo(Value.integer(1));
  }

  @Test
  void closingEndsWhatRunsAndMayHappenTwice() throws Exception {
    var slow = db.bind(slow(20), "");
    try (var threads = Executors.newSingleThreadExecutor()) {
      Future<Value> running = threads.submit(() -> db.call(slow));
      Thread.sleep(300);
      db.close();
      db.close();
      assertThatThrownBy(running::get).hasMessageContaining("DISCONNECTED");
    }
    assertThatThrownBy(() -> db.call("select 1", "")).isInstanceOf(FaultException.class);
    assertThat(db.system.probe()).isInstanceOf(Health.Down.class);
  }

  @Test
  void manyThreadsWriteAndReadAtOnce() throws Exception {
    table("id text primary key, n int");
    var insert = db.bind("insert into t values (:id, :n)", "");
    var sum = db.bind("select coalesce(sum(n), 0) from t", "int");
    var work = new ArrayList<Callable<Value>>();
    for (int i = 0; i < 32; i++) {
      String name = "thread-" + i;
      work.add(() -> {
        for (int n = 0; n < 10; n++) {
          db.call(insert, "id", name + ":" + n, "n", 1);
          db.call(sum);
        }
        return Value.Null.NULL;
      });
    }
    try (var threads = Executors.newFixedThreadPool(32)) {
      for (var future : threads.invokeAll(work)) {
        future.get();
      }
    }
    assertThat(db.call(sum)).isEqualTo(Value.integer(320));
  }

  @Test
  void aFullPoolIsOverloadedOrTooLate() throws Exception {
    db.close();
    db = open(SqliteAdapter.POOL, 1, SqlFields.TIMEOUT, Duration.ofMillis(1200));
    var slow = db.bind(slow(20), "");
    var quick = db.bind("select 1", "int");
    try (var threads = Executors.newSingleThreadExecutor()) {
      Future<Value> running = threads.submit(() -> db.call(slow));
      Thread.sleep(300);
      assertThatThrownBy(() -> db.call(quick)).hasMessageContaining("OVERLOADED");
      assertThat(db.system.probe()).isInstanceOf(Health.Degraded.class);
      db.within(Duration.ofMillis(100));
      assertThatThrownBy(() -> db.call(quick)).hasMessageContaining("TIMEOUT");
      db.close();
      assertThatThrownBy(running::get).hasMessageContaining("DISCONNECTED");
    }
  }

  @Test
  void aSchemaIsAppliedOnceForEachVersionAndWhole() throws Exception {
    db.close();
    Path schema =
        Files.writeString(
            folder.resolve("schema.sql"),
            "create table s (a text); insert into s values ('it''s; fine');");
    open(SqlFields.SCHEMA, schema).close();
    db = open(SqlFields.SCHEMA, schema);
    assertThat(db.call("select count(*) from s", "int")).isEqualTo(Value.integer(1));
    db.close();
    Files.writeString(schema, "alter table s add column b text; insert into s values ('2', 'b')");
    db = open(SqlFields.SCHEMA, schema);
    assertThat(db.call("select count(*) from s", "int")).isEqualTo(Value.integer(2));
    assertThat(db.call("select count(*) from unikernal_schema", "int")).isEqualTo(Value.integer(2));
    db.close();
    Files.writeString(schema, "create table s2 (a text); create table s (a text);");
    assertThatThrownBy(() -> open(SqlFields.SCHEMA, schema))
        .hasMessageContaining("schema.sql")
        .hasMessageContaining("already exists");
    Files.writeString(schema, "create table s2 (a text); commit; create table s (a text);");
    assertThatThrownBy(() -> open(SqlFields.SCHEMA, schema)).hasMessageContaining("`commit`");
    db = open();
    assertThat(db.fault("select * from s2", "").message()).contains("s2");
  }

  @Test
  void startersAtOnceApplyASchemaOnce() throws Exception {
    Path schema = Files.writeString(folder.resolve("s.sql"), "create table once (a text)");
    try (var threads = Executors.newFixedThreadPool(8)) {
      var opening = new ArrayList<Callable<Database>>();
      for (int i = 0; i < 8; i++) {
        opening.add(() -> open(SqlFields.SCHEMA, schema, SqliteAdapter.POOL, 1));
      }
      for (var opened : threads.invokeAll(opening)) {
        opened.get().close();
      }
    }
    assertThat(db.call("select count(*) from unikernal_schema", "int")).isEqualTo(Value.integer(1));
  }

  @Test
  void aSchemaThatIsNotThereSaysSo() {
    assertThatThrownBy(() -> open(SqlFields.SCHEMA, folder.resolve("no.sql")))
        .hasMessageContaining("no.sql");
  }

  @Test
  void itIsUpAndNothingOfItIsLeftAfterwards() throws Exception {
    assertThat(db.system.probe()).isEqualTo(Health.UP);
    db.close();
    Thread.sleep(200);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.contains("unikernal-db"));
  }

  /** The statements and the schema of the first example, the same for each database. */
  @Test
  void theOrdersExampleKeepsAndFindsAnOrderOnce() throws Exception {
    db.close();
    Path schema =
        Files.writeString(
            folder.resolve("orders.sql"),
            """
            create table if not exists orders (
              id text primary key, customer text not null, email text not null, items text not null, note text,
              total text not null, status text not null, placed_at text not null
            );
            """);
    db = open(SqlFields.SCHEMA, schema);
    nameOrderTypes();
    var type = Database.type("Placed?");
    var id = new Value.Uuid(UUID.randomUUID());
    var order = order(type, id);
    var fields = ((io.unikernal.model.Rec) order).toMap();
    var pairs = new ArrayList<Object>();
    fields.forEach((name, value) -> {
      pairs.add(name);
      pairs.add(value);
    });
    for (int i = 0; i < 2; i++) {
      var saved =
          db.call(
              "insert into orders (id, customer, email, items, note, total, status, placed_at)\n"
                  + "values (:id, :customer, :email, :items, :note, :total, :status, :placed_at)\n"
                  + "on conflict (id) do nothing\n",
              "",
              pairs.toArray());
      assertThat(saved).isEqualTo(Value.Null.NULL);
    }
    String byId =
        "select id, customer, email, items, note, total, status, placed_at from orders where id ="
            + " :id";
    var found = db.call(byId, "Placed?", "id", id);
    assertThat(Conform.to(type, found, Conform.Extra.KEEP, "answer")).isEqualTo(order);
    assertThat(db.call(byId, "Placed?", "id", new Value.Uuid(UUID.randomUUID())))
        .isEqualTo(Value.Absent.ABSENT);
  }

  private static void nameOrderTypes() {
    Database.name("Line", "sku", "string", "qty", "int", "price", "decimal(12,2)");
    Database.name(
        "Placed",
        "id",
        "uuid",
        "customer",
        "string",
        "email",
        "pii(string)",
        "items",
        "list(Line, 1..100)",
        "note",
        "string?",
        "total",
        "decimal(12,2)",
        "status",
        "enum(new, paid, shipped)",
        "placed_at",
        "timestamp");
  }

  private static Value order(Type type, Value id) {
    var line = Database.dict("sku", "ABC-0001", "qty", 3, "price", Value.decimal("19.99"));
    return Conform.to(
        type,
        Database.dict(
            "id",
            id,
            "customer",
            "ann",
            "email",
            "ann@example.org",
            "items",
            new Value.Items(java.util.List.of(line)),
            "total",
            Value.decimal("59.97"),
            "status",
            "new",
            "placed_at",
            new Value.Timestamp(Instant.parse("2026-01-02T03:04:05.6Z"))),
        Conform.Extra.REFUSE,
        "order");
  }
}
