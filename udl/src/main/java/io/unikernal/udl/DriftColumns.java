package io.unikernal.udl;

import io.unikernal.model.Assign;
import io.unikernal.model.Conform;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Reality;
import io.unikernal.spi.Reality.Column;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Compares the columns that a statement gives with what {@code returns} says. */
final class DriftColumns {
  private static final String RETURNS = "returns";

  private final DriftPlaces places;
  private final Definition definition;
  private final Diagnostics diagnostics;
  private final String id;

  DriftColumns(DriftPlaces places, Definition definition, Diagnostics diagnostics) {
    this.places = places;
    this.definition = definition;
    this.diagnostics = diagnostics;
    id = "`" + places.operation().id() + "`";
  }

  void check(List<Column> columns) {
    Type output = places.operation().output();
    Type core = output.core();
    Type row = core instanceof Type.ListOf(var element, _) ? element : core;
    if (columns.isEmpty() || core == Type.Simple.NULL) {
      return;
    }
    switch (row.core()) {
      case Type.Record record -> {
        if (isNamedApart(columns)) {
          record(record, columns);
        }
      }
      case Type.MapOf(var value) -> {
        if (isNamedApart(columns)) {
          // What is NULL is left out of a map.
          columns.forEach(column -> fits(column, value.maybe(), "each value of `" + row + "`"));
        }
      }
      case Type.Union _ -> isNamedApart(columns);
      case Type.Simple simple when simple == Type.Simple.ANY -> {
        if (isNamedApart(columns)) {
          new DriftSuggestion(places, definition, diagnostics).offer(output, columns);
        }
      }
      case Type _ -> single(row, columns);
    }
  }

  /** The reader would refuse every row otherwise. */
  private boolean isNamedApart(List<Column> columns) {
    var seen = new HashSet<String>();
    for (Column column : columns) {
      if (!seen.add(column.name().toLowerCase(Locale.ROOT))) {
        diagnostics
            .error(
                Code.DRIFT_COLUMNS,
                places.of(column.spot()),
                id + " gives two columns named `" + column.name() + "`")
            .label("name them apart with `as`");
        return false;
      }
    }
    return true;
  }

  private void single(Type row, List<Column> columns) {
    if (columns.size() > 1) {
      diagnostics
          .error(
              Code.DRIFT_COLUMNS,
              places.of(RETURNS),
              id + " gives " + columns.size() + " columns, and `" + row + "` is one value")
          .label("the columns are " + Suggestions.list(names(columns)));
      return;
    }
    fits(columns.getFirst(), row, "`returns`");
  }

  private static List<String> names(List<Column> columns) {
    return columns.stream().map(Column::name).toList();
  }

  private void record(Type.Record record, List<Column> columns) {
    var extra = new ArrayList<>(names(columns));
    extra.removeIf(name -> field(record, name).isPresent());
    var missing = new ArrayList<Type.Field>();
    for (Type.Field field : record.fields()) {
      Optional<Column> column =
          columns.stream().filter(c -> c.name().equalsIgnoreCase(field.name())).findFirst();
      if (column.isEmpty()) {
        missing.add(field);
      } else {
        Type wanted = field.isRequired() ? field.type() : field.type().maybe();
        fits(column.get(), wanted, "`" + prefix(record) + field.name() + "`");
      }
    }
    required(record, missing.stream().filter(Type.Field::isRequired).toList(), extra);
    missing.stream().filter(field -> !field.isRequired()).forEach(f -> optional(record, f, extra));
  }

  private static Optional<Type.Field> field(Type.Record record, String name) {
    return record.fields().stream().filter(f -> f.name().equalsIgnoreCase(name)).findFirst();
  }

  private static String prefix(Type.Record record) {
    return record.name().isEmpty() ? "" : record.name() + ".";
  }

  private void required(Type.Record record, List<Type.Field> missing, List<String> extra) {
    if (missing.isEmpty()) {
      return;
    }
    List<String> names = missing.stream().map(Type.Field::name).toList();
    List<String> near =
        names.stream()
            .flatMap(name ->
                Suggestions.closest(name, extra).stream().map(other -> other + " as " + name))
            .toList();
    var finding =
        diagnostics
            .error(
                Code.DRIFT_COLUMNS,
                places.of(RETURNS),
                id
                    + (names.size() == 1 ? " gives no column " : " gives no columns ")
                    + Suggestions.list(names)
                    + ", and `"
                    + record
                    + "` needs "
                    + (names.size() == 1 ? "it" : "them"))
            .label(
                extra.isEmpty()
                    ? "every column that it gives is another field"
                    : "it also gives " + Suggestions.list(extra));
    near.forEach(finding::write);
  }

  /** One that may be absent is missed only where a column looks as if it was meant for it. */
  private void optional(Type.Record record, Type.Field field, List<String> extra) {
    Suggestions.closest(field.name(), extra)
        .ifPresent(near ->
            diagnostics
                .warning(
                    Code.DRIFT_COLUMNS,
                    places.of(RETURNS),
                    id
                        + " gives no column `"
                        + field.name()
                        + "`, so `"
                        + prefix(record)
                        + field.name()
                        + "` is always absent")
                .label("did you mean the column `" + near + "`?")
                .write(near + " as " + field.name()));
  }

  private void fits(Column column, Type wanted, String who) {
    String kind = column.kind().isEmpty() ? column.type().toString() : column.kind();
    Type core = wanted.core();
    if (Assign.check(column.type().core(), core) instanceof Assign.Verdict.Refused(var reasons)
        && !dependsOnValue(column.type().core(), core)) {
      diagnostics
          .error(
              Code.DRIFT_COLUMN_TYPE,
              places.of(column.spot()),
              id
                  + " gives `"
                  + column.name()
                  + "` as `"
                  + kind
                  + "`, and "
                  + who
                  + " is `"
                  + core
                  + "`")
          .label(String.join("; ", reasons.stream().map(Typing::reason).toList()));
    } else if (column.nulls() == Reality.Nulls.POSSIBLE
        && !wanted.isMaybe()
        && core != Type.Simple.ANY) {
      diagnostics
          .warning(
              Code.DRIFT_NULL,
              places.of(column.spot()),
              id + " may give NULL for `" + column.name() + "`, and " + who + " must be there")
          .label("its table has no `not null` there")
          .write("coalesce(" + column.name() + ", …) as " + column.name())
          .write(column.name() + ": " + wanted.maybe());
    }
  }

  /**
   * What the kernel reads from a text, or from a decimal that a double can hold: like all that
   * depends on the value, it is checked when it comes. Tables that keep everything as text are
   * true.
   */
  private static boolean dependsOnValue(Type from, Type to) {
    boolean isRead =
        to == Type.Simple.UUID
            || to == Type.Simple.TIMESTAMP
            || to == Type.Simple.DATE
            || to == Type.Simple.TIME
            || to == Type.Simple.DURATION
            || to instanceof Type.Decimal
            || to instanceof Type.Bytes;
    return switch (from) {
      case Type.Text _ -> isRead;
      case Type.Enum(var symbols) ->
          isRead && symbols.stream().anyMatch(symbol -> reads(to, symbol));
      case Type.Decimal _ -> to instanceof Type.Real;
      case Type _ -> false;
    };
  }

  private static boolean reads(Type to, String text) {
    return Conform.check(to, Value.text(text), Conform.Extra.KEEP) instanceof Conform.Result.Fits;
  }
}
