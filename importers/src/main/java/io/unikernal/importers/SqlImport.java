package io.unikernal.importers;

import io.unikernal.importers.Imported.ImportedOperation;
import io.unikernal.importers.Imported.ImportedSystem;
import io.unikernal.importers.Imported.Option;
import io.unikernal.importers.SqlColumns.Column;
import io.unikernal.importers.SqlScript.Statement;
import io.unikernal.model.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.statement.create.table.CreateTable;
import net.sf.jsqlparser.statement.create.table.Index;

/** Tables to records, and to the operations that most callers want of them. */
final class SqlImport {
  private static final int STATEMENT_MAX = 1 << 20;

  /** Enums, domains and keys are short; longer ones would keep the patterns busy. */
  private static final int DECLARATION_MAX = 16 << 10;

  private static final int TABLES_MAX = 5_000;
  private static final int DEPTH_MAX = 40;
  private static final int PARSE_MS_MAX = 4_000;
  private static final Pattern TABLE =
      Pattern.compile(
          "(?is)create\\s+((global|local)\\s+)?((temp|temporary|unlogged|foreign)\\s+)?table\\b.*");
  private static final Pattern NAMED =
      Pattern.compile(
          "(?is)create\\s.{0,60}?\\btable\\s+(?:if\\s+not\\s+exists\\s+)?([^\\s(]{1,100})");
  private static final Pattern ENUM =
      Pattern.compile("(?is)create\\s+type\\s+(\\S+)\\s+as\\s+enum\\s*\\((.*)\\)\\s*");
  private static final Pattern DOMAIN =
      Pattern.compile(
          "(?is)create\\s+domain\\s+(\\S+)\\s+(?:as\\s+)?([a-z][a-z ]*?(?:\\([0-9,"
              + " ]+\\))?)(?:\\s+(?:not|null|check|default|constraint|collate)\\b.*)?\\s*");
  private static final Pattern KEY =
      Pattern.compile(
          "(?is)alter\\s+table\\s+(?:only\\s+)?(\\S+)\\s+add\\s+"
              + "(?:constraint\\s+\\S+\\s+)?primary\\s+key\\s*\\(([^)]*)\\).*");
  private static final Pattern WHERE = Pattern.compile("(?s).*line (\\d+), column (\\d+).*");
  private static final Pattern SQLITE =
      Pattern.compile(
          "(?is).*(\\bautoincrement\\b|\\bwithout\\s+rowid\\b|\\bpragma\\b|\\)\\s*strict\\b).*");
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

  private final Losses losses = new Losses();
  private final UdlNames names = new UdlNames(losses);
  private final TypeSet types = new TypeSet();
  private final List<String> notes = new ArrayList<>();
  private final boolean isSqlite;
  private final SqlTypes columnTypes;
  private final LinkedHashMap<String, List<String>> keys = new LinkedHashMap<>();
  private final List<Table> tables = new ArrayList<>();

  /** Tables that cannot be read, by their names. */
  private final LinkedHashMap<String, RefusedException> refused = new LinkedHashMap<>();

  /**
   * @param name as the script writes it
   */
  private record Table(String name, Type.Record record, List<Column> columns) {}

  private SqlImport(boolean isSqlite) {
    this.isSqlite = isSqlite;
    columnTypes = new SqlTypes(losses, isSqlite);
  }

  static Imported read(List<SourceFile> files, Optional<String> system) {
    boolean isSqlite = files.stream().anyMatch(file -> SQLITE.matcher(file.text()).matches());
    var all = new SqlImport(isSqlite);
    ExecutorService threads = Executors.newSingleThreadExecutor(SqlImport::thread);
    try {
      for (SourceFile file : files) {
        all.file(file, threads);
      }
    } finally {
      threads.shutdownNow(); // Not closed: that would wait for a statement that takes for ever.
    }
    if (all.tables.isEmpty() && !all.refused.isEmpty()) {
      throw all.refused.firstEntry().getValue();
    }
    all.refused.forEach((table, why) ->
        all.losses.add(
            Loss.Kind.TABLE,
            table,
            "line " + why.problem().line() + ": " + why.problem().message()));
    if (all.tables.isEmpty()) {
      throw RefusedException.of(files.getFirst(), "there is no `create table` in it", "");
    }
    return new Imported(
        Format.SQL, all.types, List.of(all.system(system)), all.losses.all(), all.notes);
  }

  /** Does not keep the program alive if a statement takes for ever. */
  private static Thread thread(Runnable work) {
    return Thread.ofPlatform().daemon().name("sql").unstarted(work);
  }

  private void file(SourceFile file, ExecutorService threads) {
    var created = new ArrayList<Statement>();
    int others = 0;
    for (Statement statement : SqlScript.statements(file)) {
      if (TABLE.matcher(statement.text()).matches()) {
        created.add(statement);
      } else if (!declaration(statement.text())) {
        others++;
      }
    }
    if (others > 0) {
      notes.add(
          "Left out: "
              + others
              + " statements of "
              + file.path().getFileName()
              + " that make no table.");
    }
    if (tables.size() + created.size() > TABLES_MAX) {
      throw RefusedException.of(file, "over " + TABLES_MAX + " tables", "import a part of it");
    }
    for (Statement statement : created) {
      try {
        table(file, statement, threads);
      } catch (RefusedException unreadable) {
        // The others are worth having all the same.
        refused.putIfAbsent(tableName(statement), unreadable);
      }
    }
  }

  private static String tableName(Statement statement) {
    Matcher name = NAMED.matcher(statement.text());
    return name.lookingAt() ? typeName(name.group(1)) : "Table";
  }

  /** Enums, domains and keys that stand outside of their table. */
  private boolean declaration(String statement) {
    if (statement.length() > DECLARATION_MAX) {
      return false;
    }
    Matcher symbols = ENUM.matcher(statement);
    if (symbols.matches()) {
      String name = names.givenType(typeName(symbols.group(1)));
      List<String> texts =
          Pattern.compile("'[^']*(?:''[^']*)*'")
              .matcher(symbols.group(2))
              .results()
              .map(r -> r.group())
              .toList();
      Type type = columnTypes.symbols(texts, name);
      columnTypes.declare(symbols.group(1), type);
      types.put(name, type, "");
      return true;
    }
    Matcher domain = DOMAIN.matcher(statement);
    if (domain.matches()) {
      columnTypes.declare(
          domain.group(1),
          columnTypes.read(domain.group(2), List.of(), SqlTypes.plain(domain.group(1))));
      return true;
    }
    Matcher key = KEY.matcher(statement);
    if (key.matches()) {
      keys.put(SqlTypes.plain(key.group(1)), columns(key.group(2)));
      return true;
    }
    return false;
  }

  private static String typeName(String table) {
    return UdlNames.typeName(SqlTypes.plain(table).replace('_', ' '));
  }

  private static List<String> columns(String list) {
    return List.of(list.split(",")).stream()
        .map(name -> SqlColumns.unquoted(name.strip()))
        .toList();
  }

  private void table(SourceFile file, Statement statement, ExecutorService threads) {
    CreateTable create = parse(file, statement, threads);
    String table = create.getTable().getFullyQualifiedName();
    var definitions = Optional.ofNullable(create.getColumnDefinitions()).orElse(List.of());
    if (definitions.isEmpty()) {
      losses.add(Loss.Kind.KEYWORD, typeName(table), "a table without columns of its own");
      return;
    }
    String name = names.givenType(typeName(table));
    var key = new ArrayList<>(keys.getOrDefault(SqlTypes.plain(table), List.of()));
    for (Index index : Optional.ofNullable(create.getIndexes()).orElse(List.of())) {
      if (index.getType() != null && index.getType().equalsIgnoreCase("PRIMARY KEY")) {
        index.getColumnsNames().forEach(column -> key.add(SqlColumns.unquoted(column)));
      } else if (index.getType() != null
          && index.getType().toUpperCase(Locale.ROOT).contains("CHECK")) {
        losses.add(Loss.Kind.CONSTRAINT, name, index.toString());
      }
    }
    var reader = new SqlColumns(columnTypes, losses);
    var columns = new LinkedHashMap<String, Column>();
    for (var definition : definitions) {
      Column column = reader.read(definition, isOf(key, definition.getColumnName()), name);
      columns.putIfAbsent(column.name(), column);
    }
    var record = new Type.Record(name, columns.values().stream().map(Column::field).toList());
    types.put(name, record, "The table " + table + ".");
    tables.add(new Table(table, record, List.copyOf(columns.values())));
  }

  private static boolean isOf(List<String> key, String column) {
    return key.stream().anyMatch(name -> name.equalsIgnoreCase(SqlColumns.unquoted(column)));
  }

  private CreateTable parse(SourceFile file, Statement statement, ExecutorService threads) {
    if (statement.text().length() > STATEMENT_MAX
        || CCJSqlParserUtil.getNestingDepth(statement.text()) > DEPTH_MAX) {
      throw RefusedException.at(
          file,
          file.place(statement.offset()),
          "this statement is too long or nested too deep",
          "");
    }
    try {
      var parsed =
          CCJSqlParserUtil.parse(
              statement.text(),
              threads,
              parser ->
                  parser
                      .withAllowComplexParsing(false)
                      .withTimeOut(PARSE_MS_MAX)
                      .withSquareBracketQuotation(false));
      if (parsed instanceof CreateTable create) {
        return create;
      }
      throw RefusedException.at(
          file, file.place(statement.offset()), "this is no `create table`", "");
    } catch (RefusedException refused) {
      throw refused;
    } catch (JSQLParserException | RuntimeException wrong) {
      throw refused(file, statement, wrong);
    }
  }

  private static RefusedException refused(SourceFile file, Statement statement, Exception wrong) {
    Tree.Place start = file.place(statement.offset());
    String message = String.valueOf(wrong.getMessage());
    if (wrong.getCause() != null && wrong.getCause().getMessage() != null) {
      message = wrong.getCause().getMessage();
    }
    Matcher where = WHERE.matcher(message);
    Tree.Place place = start;
    if (where.matches()) {
      int line = Integer.parseInt(where.group(1));
      int column = Integer.parseInt(where.group(2));
      place =
          new Tree.Place(start.line() + line - 1, line == 1 ? start.column() + column - 1 : column);
    }
    String first = message.lines().filter(line -> !line.isBlank()).findFirst().orElse("").strip();
    String shown = first.length() > 160 ? first.substring(0, 160) + "…" : first;
    return RefusedException.at(
        file,
        place,
        "this `create table` cannot be read: " + shown,
        "take the statement out to import the others");
  }

  private ImportedSystem system(Optional<String> wantedName) {
    var operations = new ArrayList<ImportedOperation>();
    String name = names.lower(wantedName.orElse("db"));
    for (Table table : tables) {
      boolean isPlain =
          table.columns().stream().allMatch(column -> PLAIN.matcher(column.name()).matches());
      if (isPlain) {
        operations.addAll(operations(table));
      } else {
        losses.add(Loss.Kind.OPERATION, table.record().name(), "a column whose name needs quotes");
      }
    }
    var options = new LinkedHashMap<String, Option>();
    options.put(
        "connection",
        new Option.Text(
            isSqlite
                ? "./.unikernal/imported.db"
                : "${env.?DATABASE.orValue('postgres://localhost/db')}"));
    return new ImportedSystem(name, isSqlite ? "sqlite" : "postgres", options, operations, "");
  }

  private List<ImportedOperation> operations(Table table) {
    var made = new ArrayList<ImportedOperation>();
    List<String> all = table.columns().stream().map(Column::name).toList();
    List<String> key = table.columns().stream().filter(Column::isKey).map(Column::name).toList();
    List<String> given =
        table.columns().stream().filter(column -> !column.isGenerated()).map(Column::name).toList();
    String base = SqlTypes.plain(table.name());
    String select = "select " + String.join(", ", all) + " from " + table.name();
    if (!key.isEmpty()) {
      String where =
          key.stream().map(name -> name + " = :" + name).collect(Collectors.joining(" and "));
      made.add(
          operation(
              base + "_by_" + String.join("_and_", key),
              select + " where " + where,
              Optional.of(table.record().maybe())));
      made.add(
          operation(
              base + "_list",
              select + " order by " + String.join(", ", key) + " limit :limit",
              Optional.of(Type.ListOf.of(table.record()))));
    }
    if (!given.isEmpty()) {
      String insert =
          "insert into "
              + table.name()
              + " ("
              + String.join(", ", given)
              + ") values ("
              + given.stream().map(name -> ":" + name).collect(Collectors.joining(", "))
              + ")";
      boolean isKeyed = key.size() == 1 && given.containsAll(key);
      made.add(insert(base + "_insert", insert, isKeyed ? key.getFirst() : ""));
    }
    return made;
  }

  private ImportedOperation operation(String name, String sql, Optional<Type> returns) {
    var options = new LinkedHashMap<String, Option>();
    options.put("sql", new Option.Text(sql));
    returns.ifPresent(type -> options.put("returns", new Option.Typed(type)));
    return new ImportedOperation(names.lower(name), options, "");
  }

  private ImportedOperation insert(String name, String sql, String key) {
    var options = new LinkedHashMap<String, Option>();
    if (!key.isEmpty()) {
      options.put("effect", new Option.Text("keyed(" + key + ")"));
    }
    options.put(
        "sql",
        new Option.Text(key.isEmpty() ? sql : sql + " on conflict (" + key + ") do nothing"));
    return new ImportedOperation(names.lower(name), options, "");
  }
}
