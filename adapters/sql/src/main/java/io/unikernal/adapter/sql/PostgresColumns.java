package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's types as values; a type without a counterpart is its text. */
final class PostgresColumns {
  private static final int YEAR_MAX = 9999;

  private PostgresColumns() {}

  static Value read(ResultSet rows, int column, Type wanted) throws SQLException {
    String type = rows.getMetaData().getColumnTypeName(column);
    return switch (type) {
      case "timestamptz" -> {
        var moment = rows.getObject(column, OffsetDateTime.class);
        yield moment == null
            ? Value.Absent.ABSENT
            : timestamp(moment.toLocalDateTime(), moment.getOffset());
      }
      case "timestamp" -> {
        // Without a zone in the column, the convention is UTC.
        var moment = rows.getObject(column, LocalDateTime.class);
        yield moment == null ? Value.Absent.ABSENT : timestamp(moment, ZoneOffset.UTC);
      }
      case "date" -> {
        var date = rows.getObject(column, LocalDate.class);
        yield date == null ? Value.Absent.ABSENT : new Value.Date(checked(date));
      }
      case "time" -> {
        var time = rows.getObject(column, LocalTime.class);
        yield time == null ? Value.Absent.ABSENT : new Value.Time(time);
      }
      case "bytea" -> {
        byte[] bytes = rows.getBytes(column);
        yield bytes == null ? Value.Absent.ABSENT : new Value.Bytes(bytes);
      }
      case "interval" -> interval(rows.getString(column));
      case "json", "jsonb" -> json(rows.getString(column), wanted);
      // The driver's own names for integers with a sequence behind them.
      case "smallserial", "serial", "bigserial" -> plain(rows.getObject(column));
      case "int2", "int4", "int8", "bool", "uuid", "numeric", "float4", "float8" ->
          plain(rows.getObject(column));
      default -> type.startsWith("_") ? array(rows, column) : text(rows.getString(column));
    };
  }

  private static Value json(@Nullable String text, Type wanted) {
    if (text == null) {
      return Value.Absent.ABSENT;
    }
    return wanted instanceof Type.Text ? Value.text(text) : SqlReader.json(text, wanted);
  }

  /** Months have no length: such an interval stays text. */
  private static Value interval(@Nullable String text) {
    try {
      return text == null ? Value.Absent.ABSENT : new Value.Duration(Duration.parse(text));
    } catch (DateTimeParseException _) {
      return text(text);
    }
  }

  private static Value text(@Nullable String text) {
    return text == null ? Value.Absent.ABSENT : Value.text(text);
  }

  private static Value array(ResultSet rows, int column) throws SQLException {
    var array = rows.getArray(column);
    return array == null ? Value.Absent.ABSENT : plain(array.getArray());
  }

  private static Value plain(@Nullable Object object) {
    return switch (object) {
      case null -> Value.Absent.ABSENT;
      case Boolean bool -> Value.Bool.of(bool);
      case Short number -> Value.integer(number);
      case Integer number -> Value.integer(number);
      case Long number -> Value.integer(number);
      case BigDecimal number -> new Value.Decimal(number);
      // By way of its text: 0.1f is 0.1 and not 0.10000000149.
      case Float number -> new Value.Real(Double.parseDouble(number.toString()));
      case Double number -> new Value.Real(number);
      case UUID uuid -> new Value.Uuid(uuid);
      case byte[] bytes -> new Value.Bytes(bytes);
      case java.sql.Timestamp moment -> new Value.Timestamp(moment.toInstant());
      case java.sql.Date date -> new Value.Date(date.toLocalDate());
      case Object other when other.getClass().isArray() -> items(other);
      case Object other -> Value.text(other.toString());
    };
  }

  private static Value items(Object array) {
    List<Value> items = new ArrayList<>();
    for (int i = 0; i < Array.getLength(array); i++) {
      Value item = plain(Array.get(array, i));
      items.add(item == Value.Absent.ABSENT ? Value.Null.NULL : item);
    }
    return new Value.Items(items);
  }

  private static Value timestamp(LocalDateTime moment, ZoneOffset offset) {
    checked(moment.toLocalDate());
    Instant instant = moment.toInstant(offset);
    return new Value.Timestamp(instant);
  }

  /** PostgreSQL has `infinity` and years that no other side can hold. */
  private static LocalDate checked(LocalDate date) {
    if (date.getYear() < 1 || date.getYear() > YEAR_MAX) {
      throw Fault.of(Fault.Code.REJECTED, "the year is not between 0001 and 9999").toException();
    }
    return date;
  }
}
