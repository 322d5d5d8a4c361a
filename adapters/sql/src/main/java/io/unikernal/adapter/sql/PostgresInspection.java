package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.Inspects.Question;
import io.unikernal.spi.Reality;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets the server parse each statement with the types that will come, in one transaction that is
 * rolled back and that may not write. Nothing is executed.
 */
final class PostgresInspection {
  /** Nobody who works with the database may have to wait for a look at it. */
  private static final Duration LOCK_WAIT_MAX = Duration.ofSeconds(1);

  /** Making these takes no lock that others wait for. */
  private static final Set<String> HARMLESS =
      Set.of(
          "table",
          "type",
          "view",
          "schema",
          "domain",
          "sequence",
          "function",
          "or",
          "temp",
          "temporary",
          "unlogged",
          "materialized",
          "extension");

  /** These change no type of a column. */
  private static final Set<String> PASSED =
      Set.of(
          "insert", "update", "delete", "select", "comment", "grant", "revoke", "set", "analyze");

  /** The classes of SQLSTATE that are about the statement itself. */
  private static final Set<String> OF_THE_STATEMENT = Set.of("42", "22", "0A", "2B", "3F");

  private final Inspects.Request request;
  private final Connection connection;
  private final PostgresCatalog catalog;
  private final List<String> notes = new ArrayList<>();

  private PostgresInspection(Inspects.Request request, Connection connection) {
    this.request = request;
    this.connection = connection;
    catalog = new PostgresCatalog(connection);
  }

  static Inspection of(Inspects.Request request) {
    PostgresUrl url;
    try {
      url = PostgresUrl.parse(request.config().get(PostgresAdapter.CONNECTION));
    } catch (FaultException wrong) {
      return new Inspection.Unreached(wrong.fault());
    }
    var source = PostgresDialect.source(url, request.limit());
    try {
      source.setSocketTimeout((int) Math.max(1, request.limit().plusMillis(999).toSeconds()));
      try (Connection connection = source.getConnection()) {
        connection.setAutoCommit(false);
        try {
          return new PostgresInspection(request, connection).inspect();
        } finally {
          connection.rollback();
        }
      }
    } catch (SQLException error) {
      var fault = PostgresFaults.of(error, Optional.empty());
      return new Inspection.Unreached(
          Fault.of(fault.code(), url + ": " + fault.message(), fault.hint()));
    } catch (FaultException wrong) {
      return new Inspection.Unreached(wrong.fault());
    }
  }

  private Inspection inspect() throws SQLException {
    execute("set local statement_timeout = " + request.limit().toMillis());
    execute("set local lock_timeout = " + LOCK_WAIT_MAX.toMillis());
    var schema = SqlInspection.schema(request);
    boolean isTried = schema.isPresent() && trySchema(schema.get());
    if (!isTried) {
      execute("set transaction read only");
    }
    return SqlInspection.ask(request, SqlScanner.Grammar.POSTGRES, this::ask, notes);
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Whether a schema file that is not applied yet was, for this transaction. */
  private boolean trySchema(Path file) throws SQLException {
    String script = SchemaFile.read(file);
    if (catalog.isApplied(SchemaFile.hash(script))) {
      return false;
    }
    var harmless = new ArrayList<String>();
    for (var part : SqlScanner.parts(script, SqlScanner.Grammar.POSTGRES)) {
      String first = part.words().getFirst();
      String second = part.words().size() > 1 ? part.words().get(1) : "";
      boolean isIndex = first.equals("create") && Set.of("index", "unique").contains(second);
      if (first.equals("create") && HARMLESS.contains(second)) {
        harmless.add(part.text());
      } else if (!isIndex && !PASSED.contains(first)) {
        notes.add(
            SqlInspection.notApplied(
                file,
                "it holds `"
                    + (first + " " + second).strip()
                    + "`, which is not tried on a database that others use; statements were"
                    + " checked against the database as it is"));
        return false;
      }
    }
    var before = connection.setSavepoint();
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(String.join(";\n", harmless));
    } catch (SQLException error) {
      requireServer(error);
      connection.rollback(before);
      notes.add(
          SqlInspection.notApplied(
              file,
              "trying it gave: "
                  + PostgresFaults.said(PostgresFaults.driverError(error))
                  + "; statements were checked against the database as it is"));
      return false;
    }
    notes.add(
        SqlInspection.notApplied(
            file, "its tables were made in a transaction that was rolled back"));
    return true;
  }

  /** Throws what says nothing of the statement: the server went away, or somebody holds a lock. */
  static void requireServer(SQLException error) throws SQLException {
    String state = PostgresFaults.state(PostgresFaults.driverError(error));
    if (state.isEmpty() || !OF_THE_STATEMENT.contains(state.substring(0, 2))) {
      throw error;
    }
  }

  /** What the server makes of a statement, or why it refuses it. */
  private sealed interface Parsed {
    record Well(List<Reality.Column> columns, List<Reality.Parameter> parameters)
        implements Parsed {}

    record Badly(SQLException error) implements Parsed {}
  }

  private Optional<Reality> ask(Question question, SqlText text) throws SQLException {
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
      requireServer(error);
      return new Parsed.Badly(error);
    } finally {
      connection.rollback(before);
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
    if (server != null && server.getPosition() > 0) {
      int offset = text.originalOffset(sentOffset(text, server.getPosition() - 1));
      var token = new SqlTokens(text.original()).at(offset);
      spot = SqlInspection.spot(token);
      boolean isTable = "42P01".equals(server.getSQLState());
      if (isTable && hint.isEmpty()) {
        hint = SqlInspection.didYouMean(token.text(), catalog.tables());
      }
    }
    return new Reality.Refused(spot, said(error), hint);
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
