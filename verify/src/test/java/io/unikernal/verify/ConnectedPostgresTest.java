package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Contact.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A definition beside a real PostgreSQL: a true one, and each way to be wrong. */
class ConnectedPostgresTest {
  private static final String TABLES =
      """
      drop schema public cascade;
      create schema public;
      create type status as enum ('new', 'paid');
      create table orders (
        id uuid primary key, number serial, customer varchar(80) not null,
        total numeric(12,2) not null, paid boolean not null, weight real, items jsonb not null,
        note text, tags text[] not null, status status not null, placed_at timestamptz not null,
        due date, patience interval, raw bytea, large bigint not null);
      create table legacy (id text not null, quantity text not null, total text not null);
      insert into orders (id, customer, total, paid, items, tags, status, placed_at, large)
      values ('00000000-0000-0000-0000-000000000001', 'ann', 1, true, '[]', '{}', 'new', now(), 1);
      """;

  /** What reality is: every field with the type that its column has. */
  private static final String DEFINITION =
      """
      types:
        Order:
          id: uuid
          number: int
          customer: string(1..80)
          total: decimal(12,2)
          paid: bool
          weight: double?
          items: list(string)
          note: string?
          tags: list(string)
          status: enum(new, paid)
          placed_at: timestamp
          due: date?
          patience: duration?
          raw: bytes?
          large: int
      systems:
        db:
          type: postgres
          connection: ${DB}
          operations:
            by_id:
              sql: select * from orders where id = :id
              returns: Order?
            save:
              sql: >
                insert into orders (id, customer, total, paid, weight, items, note, tags, status,
                  placed_at, due, patience, raw, large)
                values (:id, :customer, :total, :paid, :weight, :items, :note, '{}', :status,
                  :placed_at, :due, :patience, :raw, :large)
            under_test:
              %s
        bus:
          type: memory
          operations:
            orders: { receives: Order }
            given: { receives: { id: uuid, number: int, text: string, total: decimal, yes: bool,
              ids: list(int), at: timestamp, word: "enum(new, paid)", free: any } }
      routes:
        - { from: bus.orders, to: db.save }
        - { from: bus.given, to: test }
      pipelines:
        test:
          steps:
            - { system: db.under_test, with: %s }
      """;

  private static PostgresServer server;
  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void makeTables() throws Exception {
    run(TABLES);
  }

  private static void run(String sql) throws Exception {
    try (var connection = DriverManager.getConnection(server.jdbcUrl());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connected check(String operation, String with) throws Exception {
    return connect(DEFINITION.formatted(operation, with));
  }

  private Connected connect(String definition) throws Exception {
    var checked = Connected.check(folder, definition, Map.of("DB", server.url()), Connected.LIMIT);
    assertThat(checked.text() + checked.compilation().contacts()).doesNotContain(server.password());
    return checked;
  }

  @Test
  void aTrueDefinitionHasNoFindingAndNothingIsChanged() throws Exception {
    String before = server.dump();
    var checked =
        check(
            "{ sql: \"update orders set total = :total where id = :id returning total\","
                + " returns: \"list(decimal(12,2))\" }",
            "{ id: \"${input.id}\", total: \"${input.total}\" }");

    assertThat(checked.text()).isEmpty();
    assertThat(checked.contact("db").status()).isEqualTo(Status.CONNECTED);
    assertThat(checked.contact("db").detail()).isEqualTo("3 statements prepared");
    assertThat(server.dump()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // the server's own position
        "sql: select id frm orders | error UDL-7101 at `orders`",
        "sql: select id, totl from orders | error UDL-7101 at `totl`",
        "sql: select o.totl from orders o where o.id = :id | error UDL-7101 at `o.totl`",
        "sql: select 1 from orders where :id::uuid = id and totl > 1 | error UDL-7101 at `totl`",
        "sql: select id from ordrs | error UDL-7101 at `ordrs`",
        "sql: insert into orders (id, costumer) values (:id, '') | error UDL-7101 at `costumer`",
        "sql: select upperr(customer) from orders | error UDL-7101 at `upperr`",
        "sql: select id, 'ä𝄞' as x, totl from orders | error UDL-7101 at `totl`",
        // columns
        "{ sql: \"select customer from orders\", returns: { customer: string, sum: int } }"
            + " | error UDL-7102 at `{ customer: string, sum: int }`",
        "{ sql: \"select id, total from orders\", returns: uuid } | error UDL-7102 at `uuid`",
        "{ sql: \"select id, total as id from orders\" } | error UDL-7102 at `id`",
        "{ sql: \"select total from orders\", returns: \"list(int)\" } | error UDL-7103 at `total`",
        "{ sql: \"select id from orders\", returns: \"list(string)\" } | error UDL-7103 at `id`",
        "{ sql: \"select sum(large) as s from orders\", returns: int } | error UDL-7103 at `s`",
        "{ sql: \"select due from orders\", returns: \"list(timestamp?)\" }"
            + " | error UDL-7103 at `due`",
        "{ sql: \"select tags from orders\", returns: \"list(string)\" } | error UDL-7103 at `tags`",
        "{ sql: \"select status from orders\", returns: \"list(enum(old))\" }"
            + " | error UDL-7103 at `status`",
        "{ sql: \"select quantity from legacy\", returns: \"list(int)\" }"
            + " | error UDL-7103 at `quantity`",
        "{ sql: \"select note from orders\", returns: \"list(string)\" } | warning UDL-7104 at `note`",
      })
  void eachDriftGivesItsFindingAtItsPlace(String operation, String expected) throws Exception {
    String with = operation.contains(":id") ? "{ id: \"${input.id}\" }" : "{ }";
    assertThat(check(operation, with).findings()).as(operation).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "select count(*) as n from orders, list(int)",
    "select coalesce(note; '') as note from orders, list(string)",
    "select total::float8 as total from orders, list(double)",
    "select weight::float8 as weight from orders, list(decimal?)",
    "select items from orders, list(list(any))",
    "select items::text as items from orders, list(list(any))",
    "select status::text as status from orders, list(enum(new; paid))",
    "select id from legacy, list(uuid)",
    "select total from legacy, list(decimal(12;2))",
    "select total from orders, list(double)",
    "select to_jsonb(o) as o from orders o, list(any)",
  })
  void whatTheReaderMakesOfAColumnIsNoDrift(String sql, String returns) throws Exception {
    var checked =
        check("{ sql: \"%s\", returns: \"%s\" }".formatted(sql, returns).replace(';', ','), "{ }");
    assertThat(checked.findings().stream().filter(finding -> finding.contains("UDL-71")))
        .as(checked.text())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select 1 from orders where id = :x | id | ",
        "select 1 from orders where number = :x | number | ",
        "select 1 from orders where note = :x | text | ",
        "select 1 from orders where note = :x | id | ",
        "select 1 from orders where total = :x | number | ",
        "select 1 from orders where placed_at > :x | at | ",
        "select 1 from orders where status = :x | word | ",
        "select 1 from orders where id = :x | free | ",
        "update orders set note = :x | number | ",
        "select 1 from orders where id = :x | text | warning",
        "select 1 from orders where number = :x | text | warning",
        "update orders set number = :x | total | warning",
        "select 1 from orders where id = :x | number | error",
        "select 1 from orders where note = :x | number | error",
        "select 1 from orders where number = :x | yes | error",
        "select 1 from orders where number = any(:x) | ids | error",
        "update orders set paid = :x | number | error",
      })
  void aParameterIsComparedWithWhatIsGiven(String sql, String field, String severity)
      throws Exception {
    var checked = check("sql: " + sql, "{ x: \"${input." + field + "}\" }");
    var expected =
        severity == null
            ? new String[0]
            : new String[] {severity + " UDL-7105 at `\"${input." + field + "}\"`"};
    assertThat(checked.findings().stream().filter(finding -> finding.contains("UDL-71")))
        .as(checked.text())
        .containsExactly(expected);
  }

  @Test
  void theMessagesSayWhatTheServerSaysAndWhatToDo() throws Exception {
    var table = check("sql: select id from ordrs", "{ }");
    assertThat(table.text())
        .contains("`db.under_test` cannot work: relation \"ordrs\" does not exist")
        .contains("did you mean `orders`?");
    var column = check("sql: select o.totl from orders o", "{ }");
    assertThat(column.text()).contains("Perhaps you meant to reference the column \"o.total\".");
    var given = check("sql: select 1 from orders where note = :x", "{ x: \"${input.number}\" }");
    assertThat(given.text())
        .contains("cannot take what `with` gives: operator does not exist: text = integer")
        .contains("`:x` gets `int`");
  }

  @Test
  void operatorsThatNeedTypesAreJudgedByWhatIsGiven() throws Exception {
    String sum = "{ sql: \"select :a + :b as total\", returns: int }";
    assertThat(check(sum, "{ a: \"${input.number}\", b: 1 }").findings()).isEmpty();
    assertThat(check(sum, "{ a: \"${input.yes}\", b: \"${input.yes}\" }").findings())
        .containsExactly("error UDL-7101 at `+`");
    var free = check(sum, "{ a: \"${input.free}\", b: 1 }");
    assertThat(free.findings()).isEmpty();
  }

  @Test
  void typesThatAreNotWrittenAreOfferedAndTheOfferChecks() throws Exception {
    var checked = check("sql: select id, total, note, status from orders", "{ }");

    assertThat(checked.text())
        .contains(
            "UnderTest: { id: uuid, total: \"decimal(12,2)\", note: string?, status: \"enum(new, paid)\" }",
            "returns: list(UnderTest)");
    assertThat(connect(checked.edited("UDL-7002")).findings()).isEmpty();
  }

  private String withSchema(String operation, String script) throws Exception {
    Files.writeString(folder.resolve("schema.sql"), script);
    return DEFINITION
        .formatted(operation, "{ id: \"${input.id}\" }")
        .replace("connection: ${DB}", "connection: ${DB}\n    schema: ./schema.sql");
  }

  @Test
  void aSchemaFileThatIsNotAppliedIsTriedAndRolledBack() throws Exception {
    String before = server.dump();
    var checked =
        connect(
            withSchema(
                "sql: insert into parcels (id) values (:id)",
                """
                create table if not exists parcels (id uuid primary key);
                create index if not exists parcels_by_id on parcels (id);
                insert into parcels values ('00000000-0000-0000-0000-000000000001');
                """));

    assertThat(checked.findings()).isEmpty();
    assertThat(checked.contact("db").notes())
        .containsExactly(
            "schema.sql is not applied yet: its tables were made in a transaction that was rolled"
                + " back");
    assertThat(server.dump()).isEqualTo(before);
  }

  @Test
  void aSchemaFileThatWouldLockTablesIsNotTried() throws Exception {
    String before = server.dump();
    var checked =
        connect(
            withSchema(
                "sql: update orders set shipped = true where id = :id",
                "alter table orders add column shipped boolean;"));

    assertThat(checked.findings()).containsExactly("error UDL-7101 at `shipped`");
    assertThat(checked.contact("db").notes().getFirst())
        .contains("schema.sql is not applied yet", "`alter table`", "as it is");
    assertThat(server.dump()).isEqualTo(before);
  }

  @Test
  void aSchemaFileThatTheServerRefusesIsANote() throws Exception {
    var checked =
        connect(
            withSchema("sql: delete from orders where id = :id", "create table a (b nothing);"));

    assertThat(checked.findings()).isEmpty();
    assertThat(checked.contact("db").notes().getFirst())
        .contains("trying it gave: type \"nothing\" does not exist");
  }

  @Test
  void aTableThatSomebodyHasLockedIsNotWaitedForLong() throws Exception {
    try (var connection = DriverManager.getConnection(server.jdbcUrl());
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table orders in access exclusive mode");
      long start = System.nanoTime();
      var checked = check("sql: delete from orders where id = :id", "{ id: \"${input.id}\" }");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
      assertThat(checked.findings()).containsExactly("error UDL-7001 at `${DB}`");
      assertThat(checked.text()).contains("another transaction was in the way");
    }
  }

  @Test
  void aWrongPasswordIsUnreachableAndNotPrinted() throws Exception {
    String url = server.url().replace(server.password(), "Hunter2");
    var checked =
        Connected.check(
            folder,
            DEFINITION.formatted("sql: select nothing", "{ }"),
            Map.of("DB", url),
            Connected.LIMIT);

    assertThat(checked.findings()).containsExactly("error UDL-7001 at `${DB}`");
    assertThat(checked.text())
        .contains("the server refuses this user or password", "pg_hba.conf")
        .doesNotContain("Hunter2");
  }
}
