package io.unikernal.adapter.sql;

import io.unikernal.model.Suggest;
import io.unikernal.model.Type;
import io.unikernal.spi.Inspects.Question;
import io.unikernal.spi.Reality;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets the server parse a statement, once as it is and once with the types of each of those who
 * call it.
 */
final class PostgresProber implements SqlInspection.Prober {
  private final Connection connection;
  private final PostgresCatalog catalog;
  private final List<String> notes;

  PostgresProber(Connection connection, PostgresCatalog catalog, List<String> notes) {
    this.connection = connection;
    this.catalog = catalog;
    this.notes = notes;
  }

  /** What the server makes of a statement, or why it refuses it. */
  private sealed interface Parsed {
    record Well(List<Reality.Column> columns, List<Reality.Parameter> parameters)
        implements Parsed {}

    record Badly(SQLException error) implements Parsed {}
  }

  @Override
  public Optional<Reality> ask(Question question, SqlText text) throws SQLException {
    Parsed alone = parse(question, text, Optional.empty());
    var typed = new ArrayList<Parsed>();
    for (Type given : question.givens()) {
      typed.add(parse(question, text, Optional.of(given)));
    }
    Optional<Parsed.Well> well =
        well(alone).or(() -> typed.stream().flatMap(parsed -> well(parsed).stream()).findFirst());
    if (well.isEmpty() && alone instanceof Parsed.Badly(var error)) {
      if (isOpen(error)
          && question.givens().stream().allMatch(given -> Samples.isVague(text, given))) {
        notes.add(
            question.operation().id()
                + ": the server needs types for its parameters, and the definition gives none");
        return Optional.empty();
      }
      return Optional.of(refused(text, error));
    }
    // Types of parameters are the server's own wish only where it was not told any.
    List<Reality.Parameter> parameters = well(alone).map(Parsed.Well::parameters).orElse(List.of());
    var misfits = new ArrayList<Reality.Misfit>();
    for (int i = 0; i < typed.size(); i++) {
      Type given = question.givens().get(i);
      if (typed.get(i) instanceof Parsed.Badly(var error)) {
        misfits.add(
            new Reality.Misfit(i, culprit(question, text, given), said(error), serverHint(error)));
      }
      misfits.addAll(unreadable(i, given, parameters));
    }
    return Optional.of(new Reality.Statement(well.orElseThrow().columns(), parameters, misfits));
  }

  /** The parameter whose type alone is refused; empty where it takes several. */
  private String culprit(Question question, SqlText text, Type given) throws SQLException {
    for (String name : text.parameters()) {
      if (parse(question, text, Samples.only(name, given)) instanceof Parsed.Badly) {
        return name;
      }
    }
    return "";
  }

  /**
   * What travels as text is given to the server without a type, and it finds out only from the text
   * whether it can read it: so it is shown one.
   */
  private List<Reality.Misfit> unreadable(int index, Type given, List<Reality.Parameter> parameters)
      throws SQLException {
    var misfits = new ArrayList<Reality.Misfit>();
    for (Reality.Parameter parameter : parameters) {
      List<String> texts = Samples.texts(parameter.name(), given);
      boolean isRead = texts.isEmpty();
      for (int i = 0; i < texts.size() && !isRead; i++) {
        isRead = catalog.reads(texts.get(i), parameter.kind());
      }
      if (!isRead) {
        boolean isArray = parameter.type() instanceof Type.ListOf;
        misfits.add(
            new Reality.Misfit(
                index,
                parameter.name(),
                "`:"
                    + parameter.name()
                    + "` is `"
                    + PostgresCatalog.written(parameter.kind(), parameter.type())
                    + "`"
                    + (isArray ? ", and a list travels as JSON" : ""),
                isArray
                    ? "write in (select … from jsonb_array_elements_text(:"
                        + parameter.name()
                        + "))"
                    : ""));
      }
    }
    return misfits.stream().distinct().toList();
  }

  /** Whether the server could not choose, as between the operators of {@code :a + :b}. */
  private static boolean isOpen(SQLException error) {
    return Set.of("42P18", "42725")
        .contains(PostgresFaults.state(PostgresFaults.driverError(error)));
  }

  private static Optional<Parsed.Well> well(Parsed parsed) {
    return parsed instanceof Parsed.Well well ? Optional.of(well) : Optional.empty();
  }

  private Parsed parse(Question question, SqlText text, Optional<Type> given) throws SQLException {
    var before = connection.setSavepoint();
    try (var statement = connection.prepareStatement(text.jdbc())) {
      if (given.isPresent()) {
        new SqlBinder(new PostgresDialect(), text).bind(statement, Samples.of(text, given.get()));
      }
      // Both make the driver send the statement to be parsed, and nothing else.
      List<Reality.Parameter> parameters =
          given.isPresent() ? List.of() : parameters(text, statement);
      var meta = statement.getMetaData();
      return new Parsed.Well(meta == null ? List.of() : columns(question, text, meta), parameters);
    } catch (SQLException error) {
      PostgresInspection.requireServer(error);
      return new Parsed.Badly(error);
    } finally {
      connection.rollback(before);
      connection.releaseSavepoint(before);
    }
  }

  private List<Reality.Parameter> parameters(SqlText text, PreparedStatement statement)
      throws SQLException {
    var parameters = new ArrayList<Reality.Parameter>();
    if (text.sites().isEmpty()) {
      return parameters;
    }
    var meta = statement.getParameterMetaData();
    for (int i = 0; i < text.sites().size(); i++) {
      String kind = meta.getParameterTypeName(i + 1);
      parameters.add(
          new Reality.Parameter(text.sites().get(i).name(), kind, catalog.type(kind, 0, 0)));
    }
    return parameters;
  }

  private List<Reality.Column> columns(Question question, SqlText text, ResultSetMetaData meta)
      throws SQLException {
    var tokens = new SqlTokens(text.original());
    var columns = new ArrayList<Reality.Column>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      String label = meta.getColumnLabel(i);
      String kind = meta.getColumnTypeName(i);
      Type natural = catalog.type(kind, meta.getPrecision(i), meta.getScale(i));
      Type wanted = SqlInspection.wanted(question, text, label);
      boolean isJsonText =
          PostgresCatalog.JSON.contains(kind) && wanted.core() instanceof Type.Text;
      columns.add(
          new Reality.Column(
              label,
              PostgresCatalog.written(kind, natural),
              isJsonText ? Type.Text.ANY_TEXT : SqlInspection.asRead(natural, wanted),
              nulls(meta.isNullable(i)),
              SqlInspection.spot(tokens, label)));
    }
    return columns;
  }

  private static Reality.Nulls nulls(int isNullable) {
    return switch (isNullable) {
      case ResultSetMetaData.columnNoNulls -> Reality.Nulls.NEVER;
      case ResultSetMetaData.columnNullable -> Reality.Nulls.POSSIBLE;
      default -> Reality.Nulls.UNKNOWN;
    };
  }

  private Reality refused(SqlText text, SQLException error) throws SQLException {
    var server = PostgresFaults.server(PostgresFaults.driverError(error));
    Reality.Spot spot = Reality.Spot.of(SqlFields.SQL.name());
    String hint = serverHint(error);
    String instead = "";
    if (server != null && server.getPosition() > 0) {
      int offset = text.originalOffset(sentOffset(text, server.getPosition() - 1));
      var token = new SqlTokens(text.original()).at(offset);
      spot = SqlInspection.spot(token);
      if ("42P01".equals(server.getSQLState()) && hint.isEmpty()) {
        var near = Suggest.closest(token.text(), catalog.tables());
        hint = SqlInspection.didYouMean(near);
        instead = near.filter(SqlInspection::isPlain).orElse("");
      }
    }
    return new Reality.Refused(spot, said(error), hint, instead);
  }

  /** The server counts code points, Java chars; the two differ only past the basic plane. */
  private static int sentOffset(SqlText text, int codePoints) {
    var sent = new StringBuilder();
    int written = 0;
    for (int i = 0; i < text.sites().size(); i++) {
      var site = text.sites().get(i);
      sent.append(text.original(), written, site.start()).append('$').append(i + 1);
      written = site.end();
    }
    sent.append(text.original(), written, text.original().length());
    int most = sent.codePointCount(0, sent.length());
    return sent.offsetByCodePoints(0, Math.min(codePoints, most));
  }

  private static String said(SQLException error) {
    return PostgresFaults.said(PostgresFaults.driverError(error));
  }

  private static String serverHint(SQLException error) {
    var server = PostgresFaults.server(PostgresFaults.driverError(error));
    String hint = server == null ? null : server.getHint();
    return hint == null ? "" : hint;
  }
}
