package io.unikernal.adapter.sql;

import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import java.nio.file.Path;
import java.time.Duration;

/** The options that every SQL database has. */
final class SqlFields {
  static final Field<Path> SCHEMA =
      Field.path(
              "schema",
              "A file of SQL that makes the tables. Applied once for each version of the file, all"
                  + " of it or nothing; what was applied is kept in the table unikernal_schema.")
          .optional()
          .example("./schema.sql");

  static final Field<Duration> TIMEOUT =
      Field.duration(
              "timeout",
              "How long to wait for a connection, and for the locks of others, when the call's own"
                  + " deadline is not nearer.")
          .or(Duration.ofSeconds(5))
          .example("2s");

  static final Field<String> SQL =
      Field.text(
              "sql",
              "One statement. `:name` is a parameter: a field of the input. Fields that no"
                  + " parameter names are ignored, an optional one that is absent is NULL, a list or"
                  + " record travels as JSON.")
          .example("select * from orders where id = :id");

  static final Field<Field.TypeOrSymbol> RETURNS =
      Field.typeOrSymbol(
              "returns",
              "The answer: a type (`Order`: exactly one row, `Order?`: one row at most,"
                  + " `list(Order)`: all rows), or the same without types. Without it a query"
                  + " returns `many` and any other statement `none`.",
              "many",
              "one",
              "one?",
              "none")
          .optional()
          .example("Order?")
          .example("list(Order)");

  static final Field<Integer> MAX_ROWS =
      Field.integer("max_rows", "The most rows of one answer; more are TOO_LARGE.")
          .or(100_000)
          .example("500");

  static final ConfigSpec OPERATION = ConfigSpec.of(SQL, RETURNS, MAX_ROWS);

  private SqlFields() {}
}
