package io.unikernal.adapter.sql;

import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import java.nio.file.Path;
import java.util.List;

/** A database in one file, without a server. */
public final class SqliteAdapter implements Inspects {
  static final Field<Path> CONNECTION =
      Field.path(
              "connection",
              "The database file, made with its folders when it is not there; `:memory:` for one"
                  + " that ends with the process. `path` is another name for this option.")
          .optional()
          .example("./.unikernal/orders.db");

  /** The other name of {@link #CONNECTION}. */
  static final Field<Path> PATH =
      Field.path("path", "Another name for `connection`.").optional().example("./data/orders.db");

  static final Field<Integer> POOL =
      Field.integer("pool", "Connections for reading; writing always has one of its own.")
          .or(4)
          .example("8");

  private static final String ORDERS_EXAMPLE =
      """
      udl: 7
      types:
        Order: { id: uuid, customer: string, total: "decimal(12,2)", note: string? }
      systems:
        db:
          type: sqlite
          connection: ./orders.db
          schema: ./schema.sql
          operations:
            save:
              effect: keyed(id)
              sql: >
                insert into orders (id, customer, total, note) values (:id, :customer, :total, :note)
                on conflict (id) do nothing
            by_id:
              sql: select id, customer, total, note from orders where id = :id
              returns: Order?
      pipelines:
        keep:
          input: Order
          steps:
            - { system: db.save, with: "${input}" }
      """;

  private static final String COUNTER_EXAMPLE =
      """
      udl: 7
      systems:
        counters:
          type: sqlite
          connection: ":memory:"
          operations:
            total: { sql: "select :a + :b as total", returns: int }
      pipelines:
        add:
          input: { a: int, b: int }
          steps:
            - { system: counters.total, with: "${input}" }
      """;

  private static final AdapterSpec SPEC =
      new AdapterSpec(
          "sqlite",
          List.of(),
          AdapterSpec.Stability.BETA,
          "SQLite: a database in one file. What is answered has been written to the disk.",
          ConfigSpec.of(CONNECTION, PATH, SqlFields.SCHEMA, POOL, SqlFields.TIMEOUT),
          SqlFields.OPERATION,
          new SqlRule(SqlScanner.Grammar.SQLITE),
          List.of(
              new AdapterSpec.Example("Save and find orders", ORDERS_EXAMPLE),
              new AdapterSpec.Example("Compute with SQL", COUNTER_EXAMPLE)));

  @Override
  public AdapterSpec spec() {
    return SPEC;
  }

  @Override
  public OpenSystem open(SystemContext context) throws InterruptedException {
    return SqlSystem.open(context, new SqliteDialect());
  }

  @Override
  public Inspection inspect(Request request) {
    return SqliteInspection.of(request);
  }
}
