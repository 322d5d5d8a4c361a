package io.unikernal.adapter.sql;

import io.unikernal.model.Type;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.Inspects.Question;
import io.unikernal.spi.Reality;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What both databases do alike when they are asked what their statements really are. */
final class SqlInspection {
  private SqlInspection() {}

  /** Asks the database about one statement. */
  interface Prober {
    /**
     * Empty where it depends on types that the definition does not say.
     *
     * @throws SQLException if the database went away; what it says of the statement is the answer
     */
    Optional<Reality> ask(Question question, SqlText text) throws SQLException;
  }

  static Inspection.Reached ask(
      Inspects.Request request, SqlScanner.Grammar grammar, Prober prober, List<String> notes)
      throws SQLException {
    Map<String, Reality> answers = new LinkedHashMap<>();
    for (Question question : request.questions()) {
      String sql = question.operation().options().get(SqlFields.SQL);
      if (SqlScanner.scan(sql, grammar) instanceof SqlScanner.Result.Scanned(SqlText text)) {
        prober
            .ask(question, text)
            .ifPresent(answer -> answers.put(question.operation().name(), answer));
      }
    }
    long prepared = answers.values().stream().filter(Reality.Statement.class::isInstance).count();
    int all = request.questions().size();
    String count = prepared == all ? "" + prepared : prepared + " of " + all;
    String what = all == 1 ? " statement prepared" : " statements prepared";
    return new Inspection.Reached(count + what, answers, notes);
  }

  /** What the operation wants in a column of this name; {@code any} where it does not say. */
  static Type wanted(Question question, SqlText text, String label) {
    var option = question.operation().options().find(SqlFields.RETURNS);
    Type element = Cardinality.Returns.of(option, text.yieldsRows()).element();
    return SqlReader.isRecord(element.core()) ? SqlReader.typeOf(label, element.core()) : element;
  }

  /** What {@link SqlReader} makes of a value of the type when it reads it for another. */
  static Type asRead(Type natural, Type wanted) {
    Type core = wanted.core();
    boolean isMade =
        natural instanceof Type.Text && SqlReader.isStructured(core)
            || natural instanceof Type.Int && core == Type.Simple.BOOL
            || natural instanceof Type.Real && core instanceof Type.Decimal;
    return isMade ? core : natural;
  }

  static Reality.Spot spot(SqlTokens.Token token) {
    return new Reality.Spot(SqlFields.SQL.name(), token.start(), token.end());
  }

  /** Where a column's name stands in the statement, else the statement. */
  static Reality.Spot spot(SqlTokens tokens, String name) {
    return name.isEmpty()
        ? Reality.Spot.of(SqlFields.SQL.name())
        : tokens.find(name).map(SqlInspection::spot).orElse(Reality.Spot.of(SqlFields.SQL.name()));
  }

  /** Whether a name needs no quotes in SQL. */
  static boolean isPlain(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_]*");
  }

  static String didYouMean(Optional<String> near) {
    return near.map(name -> "did you mean `" + name + "`?").orElse("");
  }

  /** What is said of a schema file that no database has yet. */
  static String notApplied(Path file, String how) {
    return file.getFileName() + " is not applied yet: " + how;
  }

  static Optional<Path> schema(Inspects.Request request) {
    return request.config().find(SqlFields.SCHEMA);
  }
}
