package io.unikernal.adapter.sql;

import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Makes values of rows, guided by the type that the operation declares. */
final class SqlReader {
  /** What an answer may weigh, about. */
  static final long ANSWER_BYTES_MAX = 256L << 20;

  private final Dialect dialect;
  private final Cardinality.Returns returns;
  private final int rowsMax;

  SqlReader(Dialect dialect, Cardinality.Returns returns, int rowsMax) {
    this.dialect = dialect;
    this.returns = returns;
    this.rowsMax = rowsMax;
  }

  /** How many rows to ask for: one more than is allowed, to notice. */
  int rowsAsked() {
    return returns.rows() == Cardinality.MANY ? rowsMax + 1 : 2;
  }

  Value read(ResultSet rows) throws SQLException {
    var columns = columns(rows.getMetaData());
    return switch (returns.rows()) {
      case NONE -> Value.Null.NULL;
      case ONE, ONE_OR_NONE -> single(rows, columns);
      case MANY -> many(rows, columns);
    };
  }

  /** The answer of a statement that yields no rows. */
  Value withoutRows() {
    return switch (returns.rows()) {
      case NONE -> Value.Null.NULL;
      case ONE -> throw noRow().toException();
      case ONE_OR_NONE -> Value.Absent.ABSENT;
      case MANY -> Value.Items.EMPTY;
    };
  }

  private Value single(ResultSet rows, List<Column> columns) throws SQLException {
    if (!rows.next()) {
      return withoutRows();
    }
    Value row = row(rows, columns);
    if (rows.next()) {
      throw Fault.of(
              Fault.Code.REJECTED,
              "the statement found more than one row",
              "select by a unique key, or write returns: many")
          .toException();
    }
    return row;
  }

  private Value many(ResultSet rows, List<Column> columns) throws SQLException {
    var items = new ArrayList<Value>();
    long bytes = 0;
    while (rows.next()) {
      Value row = row(rows, columns);
      bytes += weight(row);
      if (items.size() == rowsMax || bytes > ANSWER_BYTES_MAX) {
        throw Fault.of(
                Fault.Code.TOO_LARGE,
                items.size() == rowsMax
                    ? "the answer has more than " + rowsMax + " rows"
                    : "the answer is larger than " + (ANSWER_BYTES_MAX >> 20) + " MiB",
                "ask for less with `limit`, or raise `max_rows`")
            .toException();
      }
      items.add(row);
    }
    return new Value.Items(items);
  }

  private static Fault noRow() {
    return Fault.of(
        Fault.Code.NOT_FOUND,
        "the statement found no row",
        "where that is no error, write returns: one? or a type with `?`");
  }

  /** A column and what it is read as. */
  private record Column(String name, Type type) {}

  private List<Column> columns(ResultSetMetaData meta) throws SQLException {
    var columns = new ArrayList<Column>();
    Type element = returns.element().core();
    if (returns.rows() == Cardinality.NONE) {
      return columns;
    }
    if (!isRecord(element)) {
      if (meta.getColumnCount() != 1) {
        throw Fault.of(
                Fault.Code.REJECTED,
                "the statement yields " + meta.getColumnCount() + " columns, not one " + element,
                "select one column, or give a record type in `returns`")
            .toException();
      }
      return List.of(new Column("", returns.element()));
    }
    var seen = new java.util.HashSet<String>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      var column = column(meta.getColumnLabel(i), element);
      if (!seen.add(column.name())) {
        throw Fault.of(
                Fault.Code.REJECTED,
                "two columns are named `" + column.name() + "`",
                "name them apart with `as`")
            .toException();
      }
      columns.add(column);
    }
    return columns;
  }

  static boolean isRecord(Type element) {
    return element == Type.Simple.ANY
        || element instanceof Type.Record
        || element instanceof Type.MapOf
        || element instanceof Type.Union;
  }

  /** The type that a column of this name is read as. */
  static Type typeOf(String label, Type element) {
    return column(label, element).type();
  }

  /** Databases differ in the case of names that are not quoted: a field finds its column in any. */
  private static Column column(String label, Type element) {
    if (element instanceof Type.Record record) {
      return record
          .field(label)
          .or(() ->
              record.fields().stream()
                  .filter(field -> field.name().equalsIgnoreCase(label))
                  .findFirst())
          .map(field -> new Column(field.name(), field.type()))
          .orElse(new Column(label, Type.Simple.ANY));
    }
    return new Column(label, element instanceof Type.MapOf(var value) ? value : Type.Simple.ANY);
  }

  private Value row(ResultSet rows, List<Column> columns) throws SQLException {
    if (columns.size() == 1 && columns.getFirst().name().isEmpty()) {
      return cell(rows, 1, columns.getFirst());
    }
    var fields = new LinkedHashMap<String, Value>();
    for (int i = 0; i < columns.size(); i++) {
      Value value = cell(rows, i + 1, columns.get(i));
      if (value != Value.Absent.ABSENT) {
        fields.put(columns.get(i).name(), value);
      }
    }
    return new Value.Dict(fields);
  }

  private Value cell(ResultSet rows, int index, Column column) throws SQLException {
    Type core = column.type().core();
    try {
      return fit(dialect.read(rows, index, core), core);
    } catch (FaultException wrong) {
      String why =
          wrong.fault().violations().stream()
              .findFirst()
              .map(violation -> violation.path() + ": " + violation.message())
              .orElse(wrong.fault().message());
      throw Fault.of(
              Fault.Code.REJECTED,
              "column `" + column.name() + "` does not hold " + core + ": " + why)
          .toException(wrong);
    }
  }

  /** What a database without such a type keeps as another. */
  private static Value fit(Value raw, Type core) {
    return switch (raw) {
      case Value.Text(String text) when isStructured(core) -> json(text, core);
      case Value.Int(long number) when core == Type.Simple.BOOL && (number == 0 || number == 1) ->
          Value.Bool.of(number == 1);
      case Value.Real(double number) when core instanceof Type.Decimal && Double.isFinite(number) ->
          new Value.Decimal(BigDecimal.valueOf(number));
      default -> raw;
    };
  }

  static boolean isStructured(Type core) {
    return core instanceof Type.ListOf
        || core instanceof Type.MapOf
        || core instanceof Type.Record
        || core instanceof Type.Union;
  }

  /** Read with its type, so that decimals inside never pass through a double. */
  static Value json(String text, Type core) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return isStructured(core)
        ? Json.read(bytes, core, Conform.Extra.KEEP, Json.Limits.DEFAULT)
        : Json.read(bytes, Json.Limits.DEFAULT);
  }

  private static long weight(Value value) {
    return switch (value) {
      case Value.Text(String text) -> 40L + text.length();
      case Value.Bytes(byte[] bytes) -> 32L + bytes.length;
      case Value.Items(var items) -> 32 + items.stream().mapToLong(SqlReader::weight).sum();
      case Value.Dict(var fields) -> 64 + weight(fields.values());
      case Rec rec -> 64 + weight(rec.toMap().values());
      default -> 32;
    };
  }

  private static long weight(Iterable<Value> values) {
    long sum = 0;
    for (Value value : values) {
      sum += 32 + weight(value);
    }
    return sum;
  }
}
