package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Contact.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A definition beside a real SQLite database: a true one, and each way to be wrong. */
class ConnectedSqliteTest {
  private static final String TABLES =
      """
      create table orders (
        id text primary key, customer text not null, total decimal(12,2) not null, paid int not null,
        weight real not null, items text not null, note text, placed_at text not null);
      create view big_orders as select id, total from orders where total > 100;
      """;

  private static final String DEFINITION =
      """
      types:
        Order:
          id: uuid
          customer: string
          total: decimal(12,2)
          paid: bool
          weight: double
          items: list(string)
          note: string?
          placed_at: timestamp
      systems:
        db:
          type: sqlite
          path: ./orders.db
          operations:
            by_id:
              sql: select * from orders where id = :id
              returns: Order?
            save:
              sql: >
                insert into orders (id, customer, total, paid, weight, items, note, placed_at)
                values (:id, :customer, :total, :paid, :weight, :items, :note, :placed_at)
            under_test:
              %s
      """;

  @TempDir private Path folder;

  @BeforeEach
  void makeTables() throws SQLException {
    run(TABLES);
  }

  private void run(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("orders.db"));
        var statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private Connected check(String operation) throws IOException, InterruptedException {
    return Connected.check(folder, DEFINITION.formatted(operation));
  }

  private Map<String, String> files() throws IOException {
    var contents = new TreeMap<String, String>();
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(path -> !path.endsWith("test.udl.yaml")).toList()) {
        contents.put(
            file.getFileName().toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  @Test
  void aTrueDefinitionHasNoFindingAndNothingIsChanged() throws Exception {
    var before = files();
    var checked =
        check(
            "{ sql: \"select id, note from orders where id = :id\", returns: \"map(string, any)\" }");

    assertThat(checked.findings()).isEmpty();
    assertThat(checked.compilation().plan()).isPresent();
    assertThat(checked.contact("db").status()).isEqualTo(Status.CONNECTED);
    assertThat(checked.contact("db").detail()).isEqualTo("3 statements prepared");
    assertThat(files()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // what the database refuses
        "sql: select id frm orders | error UDL-7101 at `orders`",
        "sql: select id from orders wher id = :id | error UDL-7101 at `id`",
        "sql: select id, totl from orders | error UDL-7101 at `totl`",
        "sql: select o.id, o.totl from orders o where o.id = :id | error UDL-7101 at `o.totl`",
        "sql: select id from ordrs | error UDL-7101 at `ordrs`",
        "sql: insert into orders (id, costumer) values (:id, :c) | error UDL-7101 at `costumer`",
        "sql: \"select \\\"id\\\", totl from orders\" | error UDL-7101 at `totl`",
        "sql: select id from orders where :id in (select id from ordrs) | error UDL-7101 at `ordrs`",
        "sql: select 'totl' as a, totl from orders /* totl */ | error UDL-7101 at `totl`",
        "sql: select foo(id) from orders | error UDL-7101 at `foo`",
        "sql: select id from orders, big_orders | error UDL-7101 at `id`",
        "sql: select id from orders where | error UDL-7101 at `where`",
        "sql: select (id from orders | error UDL-7101 at `from`",
        // what the columns are not
        "{ sql: \"select id, customer from orders\", returns: { id: uuid, sum: int } }"
            + " | error UDL-7102 at `{ id: uuid, sum: int }`",
        "{ sql: \"select id, total from orders\", returns: string } | error UDL-7102 at `string`",
        "{ sql: \"select paid, id as paid from orders\" } | error UDL-7102 at `paid`",
        "{ sql: \"select paid from orders\", returns: \"list(string)\" } | error UDL-7103 at `paid`",
        "{ sql: \"select customer from orders\", returns: \"list(int)\" }"
            + " | error UDL-7103 at `customer`",
        "{ sql: \"select weight from orders\", returns: \"list(int)\" } | error UDL-7103 at `weight`",
        "{ sql: \"select note from orders\", returns: \"list(string)\" } | warning UDL-7104 at `note`",
      })
  void eachDriftGivesItsFindingAtItsPlace(String operation, String expected) throws Exception {
    assertThat(check(operation).findings()).as(operation).containsExactly(expected);
  }

  @Test
  void aStatementOverSeveralLinesHasTheCaretInItsLine() throws Exception {
    var checked =
        check(
            """
            sql: >
                      select id, customer
                      from orders
                      where costumer = :customer
            """);

    assertThat(checked.findings()).containsExactly("error UDL-7101 at `costumer`");
    assertThat(checked.text())
        .contains("where costumer = :customer", "did you mean `customer`?", "^^^^^^^^");
  }

  @Test
  void aMisspeltNameIsCorrectedByTheEdit() throws Exception {
    for (String sql :
        new String[] {"select o.id, o.totl as n from orders o", "select 1 as n from ordrs"}) {
      var checked = check("{ sql: \"" + sql + "\", returns: \"list(any)\" }");
      assertThat(checked.findings()).hasSize(1).first().asString().contains("UDL-7101");
      var again = Connected.check(folder, checked.edited("UDL-7101"));
      assertThat(again.findings()).noneMatch(finding -> finding.contains("UDL-71"));
    }
  }

  @Test
  void aFieldWithoutItsColumnIsMissed() throws Exception {
    var checked =
        check(
            "{ sql: \"select id, customer as client, total, paid, weight, items, placed_at from"
                + " orders\", returns: Order }");

    assertThat(checked.findings()).containsExactly("error UDL-7102 at `Order`");
    assertThat(checked.text())
        .contains(
            "`db.under_test` gives no column `customer`, and `Order` needs it",
            "it also gives `client`");
  }

  @Test
  void anOptionalFieldIsMissedWhereAColumnLooksLikeIt() throws Exception {
    String sql = "select id, customer, total, paid, weight, items, placed_at%s from orders";
    var left = check("{ sql: \"" + sql.formatted("") + "\", returns: Order }");
    var renamed = check("{ sql: \"" + sql.formatted(", note as nota") + "\", returns: Order }");

    assertThat(left.findings()).isEmpty();
    assertThat(renamed.findings()).containsExactly("warning UDL-7102 at `Order`");
  }

  @Test
  void typesThatAreNotWrittenAreOfferedAndTheOfferChecks() throws Exception {
    for (String operation :
        new String[] {
          "sql: select id, total, note from orders",
          "{ sql: \"select id, total, note from orders\" }",
          "{ sql: \"select id, total, note from orders\", returns: one }",
          "{ sql: \"select id, total, note from orders\", returns: any }",
          "{ sql: \"select id, total, note from orders\", returns: \"one?\" }",
        }) {
      var checked = check(operation);
      assertThat(checked.findings()).as(operation).hasSize(1).first().asString().contains("7002");
      assertThat(checked.compilation().plan()).as("a note is no error").isPresent();
      assertThat(checked.text()).contains("note[UDL-7002]", "total: \"decimal(12,2)\"", "string?");

      String edited = checked.edited("UDL-7002");
      var again = Connected.check(folder, edited);
      assertThat(again.text()).as(edited).isEmpty();
    }
  }

  @Test
  void aSchemaFileThatIsNotAppliedIsTriedOnACopy() throws Exception {
    Files.writeString(
        folder.resolve("schema.sql"),
        "create table if not exists orders (id text); alter table orders add column shipped_at text;"
            + " create table if not exists parcels (id int primary key);");
    var before = files();
    String definition =
        DEFINITION
            .formatted("{ sql: \"insert into parcels (id) select shipped_at from orders\" }")
            .replace("path: ./orders.db", "path: ./orders.db\n    schema: ./schema.sql");
    var checked = Connected.check(folder, definition);

    assertThat(checked.findings()).isEmpty();
    assertThat(checked.contact("db").notes())
        .containsExactly(
            "schema.sql is not applied yet: it was applied to a copy of the tables in memory");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void aDatabaseThatIsNotThereYetIsMadeInMemoryOnly() throws Exception {
    Files.writeString(folder.resolve("schema.sql"), TABLES);
    String definition =
        DEFINITION
            .formatted("sql: select id, totl from orders")
            .replace("path: ./orders.db", "path: ./new/orders.db\n    schema: ./schema.sql");
    var checked = Connected.check(folder, definition);

    assertThat(checked.findings()).containsExactly("error UDL-7101 at `totl`");
    assertThat(checked.contact("db").notes())
        .containsExactly("orders.db is not there yet: `run` makes it");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void aDatabaseInUseIsReadBesideItsWriter() throws Exception {
    try (Connection writer =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("orders.db"));
        var statement = writer.createStatement()) {
      statement.execute("pragma journal_mode = wal");
      statement.executeUpdate("create table parcels (id int)");
      statement.execute("begin immediate");
      statement.executeUpdate("insert into parcels values (1)");
      var checked =
          check("{ sql: \"select count(id) as n from parcels\", returns: \"list(int)\" }");
      assertThat(checked.findings()).as(checked.text()).isEmpty();
      statement.execute("commit");
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsUnreachableAndNothingElseIsSaid() throws Exception {
    Files.writeString(folder.resolve("orders.db"), "this is no database, only text.".repeat(50));
    var checked = check("sql: select nothing from nowhere");

    assertThat(checked.findings()).containsExactly("error UDL-7001 at `./orders.db`");
    assertThat(checked.contact("db").status()).isEqualTo(Status.UNREACHABLE);
  }

  @Test
  void aFolderThatCannotBeMadeIsUnreachable() throws Exception {
    Files.writeString(folder.resolve("file"), "");
    var checked =
        Connected.check(
            folder,
            DEFINITION
                .formatted("sql: select id from orders")
                .replace("path: ./orders.db", "path: ./file/orders.db"));

    assertThat(checked.findings()).containsExactly("error UDL-7001 at `./file/orders.db`");
  }
}
