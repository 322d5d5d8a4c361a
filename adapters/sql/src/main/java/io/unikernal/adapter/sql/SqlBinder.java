package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts values into parameters. Extra fields of the input are ignored; absent and null are NULL. */
final class SqlBinder {
  /** Always nine digits, so that text columns sort by time. */
  static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(java.util.Locale.ROOT);

  private final Dialect dialect;
  private final SqlText text;

  SqlBinder(Dialect dialect, SqlText text) {
    this.dialect = dialect;
    this.text = text;
  }

  void bind(PreparedStatement statement, Value input) throws SQLException {
    var violations = new ArrayList<Fault.Violation>();
    for (String name : text.parameters()) {
      refusal(field(input, name))
          .ifPresent(why -> violations.add(new Fault.Violation(name, "sql parameter", why)));
    }
    if (!violations.isEmpty()) {
      throw Fault.invalid("the database cannot take this input", violations).toException();
    }
    List<SqlText.Site> sites = text.sites();
    for (int i = 0; i < sites.size(); i++) {
      set(statement, i + 1, field(input, sites.get(i).name()));
    }
  }

  private static Value field(Value input, String name) {
    return switch (input) {
      case Rec rec -> rec.get(name);
      case Value.Dict(var fields) -> fields.getOrDefault(name, Value.Absent.ABSENT);
      default ->
          throw Fault.of(
                  Fault.Code.INVALID,
                  "SQL parameters are taken from a record",
                  "write with: { " + name + ": … }")
              .toException();
    };
  }

  private Optional<String> refusal(Value value) {
    if (value instanceof Value.UInt(long bits) && bits < 0) {
      return Optional.of("is larger than the database's integers (9223372036854775807)");
    }
    return dialect.refuses(value);
  }

  private void set(PreparedStatement statement, int index, Value value) throws SQLException {
    switch (value) {
      case Value.Absent _, Value.Null _ -> statement.setNull(index, Types.NULL);
      case Value.Bool bool -> statement.setBoolean(index, bool.value());
      case Value.Int(long number) -> setInteger(statement, index, number);
      case Value.UInt(long bits) -> setInteger(statement, index, bits);
      case Value.Real(double number) -> statement.setDouble(index, number);
      case Value.Decimal(BigDecimal number) -> dialect.bindDecimal(statement, index, number);
      case Value.Bytes(byte[] bytes) -> statement.setBytes(index, bytes);
      case Value.Text _,
          Value.Timestamp _,
          Value.Date _,
          Value.Time _,
          Value.Duration _,
          Value.Uuid _,
          Value.Items _,
          Value.Dict _,
          Rec _,
          ValueStream _ ->
          statement.setString(index, text(value).orElseThrow());
    }
  }

  /** What travels as text, and how it is written; empty for what the driver has a type for. */
  static Optional<String> text(Value value) {
    return switch (value) {
      case Value.Text(String string) -> Optional.of(string);
      case Value.Timestamp(var instant) -> Optional.of(TIMESTAMP.format(instant));
      case Value.Date(var date) -> Optional.of(date.toString());
      case Value.Time(LocalTime time) -> Optional.of(TIME.format(time));
      case Value.Duration(var duration) -> Optional.of(seconds(duration));
      case Value.Uuid(var uuid) -> Optional.of(uuid.toString());
      case Value.Items _, Value.Dict _, Rec _, ValueStream _ ->
          Optional.of(new String(Json.write(value), StandardCharsets.UTF_8));
      case Value.Absent _,
          Value.Null _,
          Value.Bool _,
          Value.Int _,
          Value.UInt _,
          Value.Real _,
          Value.Decimal _,
          Value.Bytes _ ->
          Optional.empty();
    };
  }

  /** {@code 3.5s}: how UDL writes a duration, and a form that PostgreSQL's interval reads. */
  private static String seconds(Duration duration) {
    var nanos = BigDecimal.valueOf(duration.getNano(), 9);
    var seconds = BigDecimal.valueOf(duration.getSeconds()).add(nanos).stripTrailingZeros();
    return seconds.toPlainString() + "s";
  }

  /** The narrowest type: PostgreSQL widens an int by itself, and never narrows one. */
  private static void setInteger(PreparedStatement statement, int index, long number)
      throws SQLException {
    if (number == (int) number) {
      statement.setInt(index, (int) number);
    } else {
      statement.setLong(index, number);
    }
  }
}
