package io.unikernal.adapter.sql;

import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import java.util.List;

/** A PostgreSQL server. */
public final class PostgresAdapter implements Inspects {
  static final Field<String> CONNECTION =
      Field.text(
              "connection",
              "Where the database is: postgres://user:password@host:port/database?sslmode=require."
                  + " Special characters in the password are percent-encoded.")
          .secret()
          .example("${DATABASE}");

  static final Field<Integer> POOL =
      Field.integer("pool", "The most connections at a time.").or(8).example("20");

  private static final String ORDERS_EXAMPLE =
      """
      udl: 7
      types:
        Order: { id: uuid, customer: string, total: "decimal(12,2)", note: string? }
      systems:
        db:
          type: postgres
          connection: ${env.?DATABASE.orValue('postgres://shop@localhost/shop')}
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

  private static final String QUEUE_EXAMPLE =
      """
      udl: 7
      types:
        Job: { id: int, task: any }
      systems:
        jobs:
          type: postgres
          connection: ${env.?DATABASE.orValue('postgres://shop@localhost/shop')}
          pool: 4
          timeout: 2s
          operations:
            claim:
              sql: >
                delete from jobs where id in
                  (select id from jobs order by id limit :count for update skip locked)
                returning id, task
              returns: list(Job)
      pipelines:
        next_jobs:
          input: { count: int }
          steps:
            - { system: jobs.claim, with: "${input}" }
      """;

  private static final AdapterSpec SPEC =
      new AdapterSpec(
          "postgres",
          List.of("postgresql"),
          AdapterSpec.Stability.BETA,
          "PostgreSQL: each operation is one statement, in a transaction of its own.",
          ConfigSpec.of(CONNECTION, SqlFields.SCHEMA, POOL, SqlFields.TIMEOUT),
          SqlFields.OPERATION,
          new SqlRule(SqlScanner.Grammar.POSTGRES),
          List.of(
              new AdapterSpec.Example("Save and find orders", ORDERS_EXAMPLE),
              new AdapterSpec.Example("Claim jobs from a table", QUEUE_EXAMPLE)));

  @Override
  public AdapterSpec spec() {
    return SPEC;
  }

  @Override
  public OpenSystem open(SystemContext context) throws InterruptedException {
    return SqlSystem.open(context, new PostgresDialect());
  }

  @Override
  public Inspection inspect(Request request) {
    return PostgresInspection.of(request);
  }
}
