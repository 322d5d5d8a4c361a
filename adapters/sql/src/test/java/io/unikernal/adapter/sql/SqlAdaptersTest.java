package io.unikernal.adapter.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Config;
import io.unikernal.model.Effect;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.OperationRule.Result;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlAdaptersTest {
  private static Result shape(String sql, String returns) {
    var config =
        returns.isEmpty()
            ? Database.config(SqlFields.SQL, sql)
            : Database.config(SqlFields.SQL, sql, SqlFields.RETURNS, Database.returns(returns));
    return new PostgresAdapter().spec().rule().apply("op", config, Config.EMPTY);
  }

  @Test
  void bothAreFoundByTheirNames() {
    assertThat(ServiceLoader.load(Adapter.class))
        .extracting(adapter -> adapter.spec().name())
        .contains("sqlite", "postgres");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select :a, :b | '' | { a: any?, b: any? } | list(any) | reads",
        "select 1 | one? | {  } | any? | reads",
        "select 1 | list(int) | {  } | list(int) | reads",
        "insert into t values (:a, :a) | '' | { a: any? } | null | unknown",
        "delete from t returning id | int? | {  } | int? | unknown",
      })
  void aStatementMakesItsOperation(
      String sql, String returns, String input, String output, String effect) {
    var shaped = (Result.Shaped) shape(sql, returns);
    assertThat(shaped.input()).hasToString(input);
    assertThat(shaped.output()).hasToString(output);
    assertThat(shaped.effect()).hasToString(effect);
    assertThat(shaped.effect().equals(Effect.READS)).isEqualTo(effect.equals("reads"));
  }

  @Test
  void whatCannotWorkIsRefusedWithItsPlace() {
    assertThat(shape("select 1;\n select 2", "").toString())
        .contains("more than one statement (line 2, column 2 of the statement)");
    assertThat(shape("insert into t values (1)", "one").toString()).contains("yields no rows");
    assertThat(shape("select '${input.id}'", "").toString()).contains(":name");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:postgresql://u:hidden@h/db | JDBC",
        "mysql://u:hidden@h/db | postgres://",
        "postgres://h/db | no user",
        "postgres://u:hid den@h/db | not a URL",
        "postgres://u:hidden@#h/db | host",
      })
  void aWrongConnectionIsRefusedWithoutBeingRepeated(String url, String message) {
    assertThatThrownBy(() -> PostgresUrl.parse(url))
        .hasMessageContaining(message)
        .hasMessageNotContaining("hid");
  }

  @Test
  void aConnectionHasItsPartsAndNeverPrintsThePassword() {
    var url = PostgresUrl.parse("postgres://me:p%40+s@[::1]:99/my%20db?sslmode=require");
    assertThat(url.password()).isEqualTo("p@+s");
    assertThat(url.host()).isEqualTo("::1");
    assertThat(url.parameters()).containsEntry("sslmode", "require");
    assertThat(url).hasToString("[::1]:99/my db");
    assertThat(PostgresUrl.parse("postgresql://me@h").port()).isEqualTo(5432);
    assertThat(PostgresUrl.parse("postgresql://me@h").database()).isEqualTo("me");
  }
}
