package io.unikernal.adapter.sql;

import io.unikernal.model.Suggest;
import io.unikernal.spi.Reality;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.SQLiteException;

/** Why SQLite does not compile a statement, and where: its driver gives names, and no position. */
final class SqliteRefusal {
  private static final Pattern NO_COLUMN =
      Pattern.compile("no such column: (\\S+?)(?: - .*)?|table \\S+ has no column named (\\S+)");
  private static final Pattern NO_TABLE = Pattern.compile("no such table: (\\S+)");
  private static final Pattern NAMED =
      Pattern.compile(
          "(?:no such function|ambiguous column name): (\\S+)|.*function (\\S+?)\\(\\)");
  private static final Pattern NEAR =
      Pattern.compile("near \"(.*)\": syntax error", Pattern.DOTALL);

  private final Connection connection;
  private final SqliteCatalog catalog;
  private final SqlText text;
  private final SqlTokens tokens;

  SqliteRefusal(Connection connection, SqliteCatalog catalog, SqlText text) {
    this.connection = connection;
    this.catalog = catalog;
    this.text = text;
    tokens = new SqlTokens(text.original());
  }

  /**
   * @throws SQLException if it is not the statement that is wrong
   */
  Reality of(SQLException error) throws SQLException {
    if (!(error instanceof SQLiteException sqlite)) {
      throw error;
    }
    if (!sqlite.getResultCode().name().equals("SQLITE_ERROR")) {
      throw error;
    }
    String said = SqliteFaults.said(sqlite);
    var noColumn = NO_COLUMN.matcher(said);
    if (noColumn.matches()) {
      String name = first(noColumn);
      return misspelt(tokens.find(name), name, said, columnNames());
    }
    var noTable = NO_TABLE.matcher(said);
    if (noTable.matches()) {
      String name = noTable.group(1);
      Optional<SqlTokens.Token> token = tokens.find(name).or(() -> tokens.find(last(name)));
      return misspelt(token, name, said, catalog.tableNames());
    }
    var named = NAMED.matcher(said);
    if (named.matches()) {
      return refused(tokens.find(first(named)), said, "");
    }
    var near = NEAR.matcher(said);
    if (near.matches()) {
      return refused(syntaxError(near.group(1), said), said, "");
    }
    if (said.equals("incomplete input")) {
      return refused(Optional.of(tokens.all().getLast()), said, "it ends too early");
    }
    return refused(Optional.empty(), said, "");
  }

  private static String first(Matcher matcher) {
    String first = matcher.group(1);
    return first == null ? matcher.group(2) : first;
  }

  private static String last(String dotted) {
    return dotted.substring(dotted.lastIndexOf('.') + 1);
  }

  private static Reality misspelt(
      Optional<SqlTokens.Token> at, String name, String said, Collection<String> known) {
    var near = Suggest.closest(last(name), known);
    // The name may be written with its table's before it.
    String before =
        at.map(token -> token.text().substring(0, token.text().lastIndexOf('.') + 1)).orElse("");
    return new Reality.Refused(
        spot(at),
        said,
        SqlInspection.didYouMean(near),
        near.filter(SqlInspection::isPlain).map(better -> before + better).orElse(""));
  }

  /** Of all tables that the statement names. */
  private Collection<String> columnNames() throws SQLException {
    var names = new ArrayList<String>();
    for (String table : catalog.tableNames()) {
      if (tokens.find(table).isPresent()) {
        names.addAll(catalog.columns(table).keySet());
      }
    }
    return names;
  }

  private static Reality refused(Optional<SqlTokens.Token> at, String said, String hint) {
    return new Reality.Refused(spot(at), said, hint, "");
  }

  private static Reality.Spot spot(Optional<SqlTokens.Token> at) {
    return at.map(SqlInspection::spot).orElse(Reality.Spot.of(SqlFields.SQL.name()));
  }

  /**
   * Of several places where the word stands it is the first at which SQLite gives up: cut off after
   * an earlier one, the statement is only incomplete.
   */
  private Optional<SqlTokens.Token> syntaxError(String word, String said) {
    var sent = new SqlTokens(text.jdbc());
    for (SqlTokens.Token token : sent.all()) {
      if (token.text().equals(word) && isRefused(text.jdbc().substring(0, token.end()), said)) {
        int start = text.offsetOfJdbc(token.start());
        return Optional.of(tokens.at(start));
      }
    }
    return Optional.empty();
  }

  private boolean isRefused(String beginning, String said) {
    try (var _ = connection.prepareStatement(beginning)) {
      return false;
    } catch (SQLException error) {
      return error instanceof SQLiteException sqlite && SqliteFaults.said(sqlite).equals(said);
    }
  }
}
