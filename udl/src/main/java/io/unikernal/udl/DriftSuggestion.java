package io.unikernal.udl;

import io.unikernal.model.Type;
import io.unikernal.spi.Reality;
import io.unikernal.spi.Reality.Column;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Offers the types that a statement's columns have where {@code returns} does not say any. */
final class DriftSuggestion {
  /** A record with more fields is no longer read in one line. */
  private static final int COLUMNS_MAX = 40;

  private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final String RETURNS = "returns";

  private final DriftPlaces places;
  private final Definition definition;
  private final Diagnostics diagnostics;

  DriftSuggestion(DriftPlaces places, Definition definition, Diagnostics diagnostics) {
    this.places = places;
    this.definition = definition;
    this.diagnostics = diagnostics;
  }

  void offer(Type output, List<Column> columns) {
    boolean isWritable =
        columns.size() <= COLUMNS_MAX
            && columns.stream().allMatch(column -> FIELD.matcher(column.name()).matches());
    if (!isWritable) {
      return;
    }
    boolean isMany = output.core() instanceof Type.ListOf;
    boolean isNamed = isMany || output.isMaybe();
    String record = record(columns);
    String name = typeName();
    String type = isMany ? "list(" + name + ")" : output.isMaybe() ? name + "?" : record;
    var finding =
        diagnostics.note(
            Code.CONNECT_TYPES,
            places.of(RETURNS),
            "`"
                + places.operation().id()
                + "` does not say what it returns, and the database does");
    if (isNamed) {
      finding.write(name + ": " + record);
    }
    finding.write(RETURNS + ": " + type);
    Optional<Mapping> mapping = places.mapping();
    if (mapping.isPresent() && !mapping.get().entries().isEmpty()) {
      if (isNamed) {
        declare(finding, name, record);
      }
      write(finding, mapping.get(), type);
    }
  }

  private static String record(List<Column> columns) {
    return columns.stream()
        .map(column -> column.name() + ": " + written(type(column)))
        .collect(Collectors.joining(", ", "{ ", " }"));
  }

  private static Type type(Column column) {
    return column.nulls() == Reality.Nulls.NEVER ? column.type() : column.type().maybe();
  }

  private static String written(Type type) {
    String text = type.toString();
    return text.contains(",") ? "\"" + text + "\"" : text;
  }

  /** {@code order_by_id} becomes {@code OrderById}, and another name if there is such a type. */
  private String typeName() {
    var name = new StringBuilder();
    for (String word : places.operation().name().split("_")) {
      if (!word.isEmpty()) {
        name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
      }
    }
    while (definition.types.containsKey(name.toString())) {
      name.append("Row");
    }
    return name.toString();
  }

  private void write(Diagnostics.Finding finding, Mapping mapping, String type) {
    Optional<Entry> returns = mapping.find(RETURNS);
    if (returns.isPresent()) {
      finding.edit(returns.get().value().place(), type);
      return;
    }
    String text = RETURNS + ": " + type;
    insertBefore(finding, mapping.entries().getFirst(), mapping.isFlow(), text);
  }

  /** A new entry before another one, which knows how its mapping is written. */
  private static void insertBefore(
      Diagnostics.Finding finding, Entry next, boolean isFlow, String text) {
    Place key = next.key().place();
    Source source = key.source();
    String indent = source.text().substring(source.lineStart(key.start()), key.start());
    String between = isFlow ? ", " : "\n" + " ".repeat(indent.codePointCount(0, indent.length()));
    finding.edit(new Place(source, key.start(), key.start()), text + between);
  }

  /** Among the types of the file, or in a section of its own before the systems. */
  private void declare(Diagnostics.Finding finding, String name, String record) {
    Source source = places.whole().source();
    String text = name + ": " + record;
    Optional<Entry> first =
        definition.types.values().stream()
            .filter(entry -> entry.key().place().source() == source)
            .findFirst();
    if (first.isPresent()) {
      Scalar key = first.get().key();
      String before =
          source.text().substring(source.lineStart(key.place().start()), key.place().start());
      insertBefore(finding, first.get(), !before.isBlank(), text);
      return;
    }
    int at = section(source, "systems:");
    if (at >= 0) {
      finding.edit(new Place(source, at, at), "types:\n  " + text + "\n");
    }
  }

  private static int section(Source source, String key) {
    if (source.text().startsWith(key)) {
      return 0;
    }
    int before = source.text().indexOf("\n" + key);
    return before < 0 ? -1 : before + 1;
  }
}
