package io.unikernal.adapter.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.adapter.sql.SqlScanner.Grammar;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlScannerTest {
  private static SqlText scan(String sql, Grammar grammar) {
    return switch (SqlScanner.scan(sql, grammar)) {
      case SqlScanner.Result.Scanned(var text) -> text;
      case SqlScanner.Result.Wrong wrong -> throw new AssertionError(wrong.toString());
    };
  }

  private static SqlScanner.Result.Wrong wrong(String sql, Grammar grammar) {
    return (SqlScanner.Result.Wrong) SqlScanner.scan(sql, grammar);
  }

  @Test
  void parametersAreFoundEachOnceAndReplacedEverywhere() {
    var text = scan("select :a, :b_2 + :a from t where x in(:c,:d)", Grammar.SQLITE);
    assertThat(text.parameters()).containsExactly("a", "b_2", "c", "d");
    assertThat(text.jdbc()).isEqualTo("select ?, ? + ? from t where x in(?,?)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select ':a'",
        "select 'it''s :a'",
        "select \":a\" from t",
        "select 1 -- :a",
        "select 1 /* :a */",
        "select '12:30'::time",
        "select x::text from t",
        "select $$ :a $$",
        "select $q$ :a $$ :b $q$",
        "select E'it\\'s :a'",
        "select 1 /* /* :a */ :b */",
        "select a[1:2] from t",
        "select a[lo:hi] from t",
      })
  void whatIsNotCodeHoldsNoParameter(String sql) {
    var text = scan(sql, Grammar.POSTGRES);
    assertThat(text.parameters()).isEmpty();
    assertThat(text.jdbc()).isEqualTo(sql);
  }

  @ParameterizedTest
  @ValueSource(strings = {"select [:a] from t", "select `:a` from t", "select ':a' || '--'"})
  void quotedNamesOfSqliteHoldNoParameter(String sql) {
    assertThat(scan(sql, Grammar.SQLITE).parameters()).isEmpty();
  }

  @Test
  void commentsOfSqliteDoNotNest() {
    assertThat(scan("select /* /* */ :a", Grammar.SQLITE).parameters()).containsExactly("a");
  }

  @Test
  void aCastOfAParameterKeepsBoth() {
    var text = scan("select :a::int, cast(:b as text)", Grammar.POSTGRES);
    assertThat(text.parameters()).containsExactly("a", "b");
    assertThat(text.jdbc()).isEqualTo("select ?::int, cast(? as text)");
  }

  @Test
  void questionMarksAreOperatorsInPostgres() {
    assertThat(scan("select j ?| k from t where j ? 'x'", Grammar.POSTGRES).jdbc())
        .isEqualTo("select j ??| k from t where j ?? 'x'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"select ?", "select ?1", "select @a", "select $a", "select ${a}"})
  void otherWaysToWriteAParameterAreRefusedWithTheRightOne(String sql) {
    assertThat(wrong(sql, Grammar.SQLITE).hint()).contains(":name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"select $1", "select '1' || ${input.x}"})
  void otherWaysToWriteAParameterAreRefusedInPostgres(String sql) {
    assertThat(wrong(sql, Grammar.POSTGRES).hint()).contains(":name");
  }

  @Test
  void severalStatementsAreRefusedAndOneEndIsNot() {
    assertThat(wrong("select 1; drop table t", Grammar.SQLITE).message())
        .isEqualTo("more than one statement");
    assertThat(wrong("select 1; drop table t", Grammar.SQLITE).offset()).isEqualTo(10);
    assertThat(scan("select 1 ; -- done\n ;", Grammar.SQLITE).reads()).isTrue();
    assertThat(scan("select ';'", Grammar.SQLITE).jdbc()).isEqualTo("select ';'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "-- only a comment", ";"})
  void nothingIsNoStatement(String sql) {
    assertThat(wrong(sql, Grammar.POSTGRES).message()).isEqualTo("there is no statement");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select 'a | string",
        "select \"a | quoted name",
        "select /* a | comment",
        "select $x$ a | dollar-quoted text"
      })
  void whatDoesNotEndSaysSo(String sql, String what) {
    assertThat(wrong(sql, Grammar.POSTGRES).message()).contains(what).contains("does not end");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select 1 | true | true",
        "VALUES (1) | true | true",
        "with a as (select 1) select * from a | true | true",
        "with a as (delete from t returning id) select * from a | false | true",
        "with a as (select 1) insert into t select * from a | false | false",
        "insert into t values (1) | false | false",
        "insert into t values (1) returning id | false | true",
        "insert into t (\"returning\") values (1) | false | false",
        "update t set a = (select 1) | false | false",
        "select * into t2 from t | false | false",
        "select a.update from a | true | true",
        "create table t (a int) | false | false",
        "delete from t where a in (select b from u) | false | false",
      })
  void theKindOfAStatementIsKnown(String sql, boolean reads, boolean yieldsRows) {
    var text = scan(sql, Grammar.POSTGRES);
    assertThat(List.of(text.reads(), text.yieldsRows())).isEqualTo(List.of(reads, yieldsRows));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"begin", "COMMIT", "rollback", "savepoint a", "attach 'x' as y", "set a = 1"})
  void whatWouldOutliveTheCallIsRefused(String sql) {
    assertThat(wrong(sql, Grammar.SQLITE).message()).contains("transaction of its own");
  }

  @Test
  void aReportedPositionIsFoundInTheOriginal() {
    // Sent as: select $1, $2 frm t
    var text = scan("select :first, :second frm t", Grammar.POSTGRES);
    assertThat(text.originalOffset("select $1, $2 ".length()))
        .isEqualTo("select :first, :second ".length());
    assertThat(text.originalOffset(8)).isEqualTo(7);
    assertThat(text.originalOffset(3)).isEqualTo(3);
  }

  @Test
  void firstWordsOfAScriptAreThoseOfItsStatements() {
    assertThat(
            SqlScanner.firstWords(
                "-- begin\ncreate table t (a text); insert into t values (';commit');\nrollback",
                Grammar.SQLITE))
        .containsExactly("create", "insert", "rollback");
  }
}
