package io.unikernal.formats;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.unikernal.formats.Faults.Place;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows as values whose texts stand for what the type of a row says. */
final class CsvRows implements Sequences.Raw {
  private static final CsvFactory FACTORY =
      CsvFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.ONLY_UNQUOTED_NULL_VALUES_AS_NULL)
          .build();

  private final InputStream in;
  private final CsvOptions options;
  private final Type row;
  private final Optional<Charset> told;
  private final Limits limits;
  private @Nullable TextReader text;
  private @Nullable CsvParser parser;
  private @Nullable JsonLocation rowStart;

  /** The names of the columns, where they have any. */
  private @Nullable List<String> names;

  CsvRows(InputStream in, CsvOptions options, Type row, Optional<Charset> told, Limits limits) {
    this.in = in;
    this.options = options;
    this.row = row;
    this.told = told;
    this.limits = limits;
  }

  @Override
  public Optional<Value> next() throws IOException {
    try {
      CsvParser rows = parser == null ? open() : parser;
      TextReader from = from();
      while (true) {
        from.allow(limits.recordMax());
        List<@Nullable String> cells = cells(rows);
        if (cells == null) {
          return Optional.empty();
        }
        if (isBlank(cells)) {
          continue;
        }
        check(cells);
        return Optional.of(value(cells));
      }
    } catch (StreamConstraintsException e) {
      throw Faults.tooLarge("a cell is too long", place(e.getLocation()));
    } catch (JsonProcessingException e) {
      throw wrong(e);
    }
  }

  private TextReader from() {
    if (text == null) {
      throw new IllegalStateException("not open");
    }
    return text;
  }

  private CsvParser open() throws IOException {
    text = new TextReader(in, options.charsetFor(told));
    text.allow(limits.recordMax());
    CsvParser rows = FACTORY.createParser(text);
    rows.configure(CsvParser.Feature.EMPTY_UNQUOTED_STRING_AS_NULL, options.nothing().isEmpty());
    CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(options.delimiter());
    schema =
        options.quote().isPresent()
            ? schema.withQuoteChar(options.quote().get())
            : schema.withoutQuoteChar();
    rows.setSchema(
        options.nothing().isPresent() ? schema.withNullValue(options.nothing().get()) : schema);
    rows.nextToken(); // All rows are in one array.
    parser = rows;
    names = options.hasHeader() ? header(rows) : names();
    return rows;
  }

  /** In the order of the type, for rows without a header. */
  private @Nullable List<String> names() {
    return switch (row.core()) {
      case Type.Record record -> record.fields().stream().map(Type.Field::name).toList();
      case Type.MapOf _, Type.Union _ ->
          throw Faults.invalid("rows of `" + row + "` need a header that names their columns");
      default -> null;
    };
  }

  private @Nullable List<String> header(CsvParser rows) throws IOException {
    List<@Nullable String> cells = cells(rows);
    if (cells == null) {
      return null;
    }
    var header = new ArrayList<String>(cells.size());
    var seen = new HashSet<String>();
    for (String cell : cells) {
      if (cell == null || cell.isBlank()) {
        throw Faults.malformed("column " + (header.size() + 1) + " has no name", here(rows));
      }
      if (!seen.add(cell)) {
        throw Faults.malformed(
            "column " + (header.size() + 1) + " has the name of another", here(rows));
      }
      header.add(cell);
    }
    return List.copyOf(header);
  }

  /** The cells of the next row, or null at the end. */
  private @Nullable List<@Nullable String> cells(CsvParser rows) throws IOException {
    JsonToken start = rows.nextToken();
    if (start != JsonToken.START_ARRAY) {
      return null;
    }
    var cells = new ArrayList<@Nullable String>();
    for (JsonToken token = rows.nextToken();
        token != JsonToken.END_ARRAY && token != null;
        token = rows.nextToken()) {
      if (cells.size() == limits.fieldsMax()) {
        throw Faults.tooLarge("a row has more than " + limits.fieldsMax() + " cells", here(rows));
      }
      if (cells.isEmpty()) {
        rowStart = rows.currentTokenLocation();
      }
      cells.add(token == JsonToken.VALUE_NULL ? null : rows.getText());
    }
    return cells;
  }

  /** An empty line, where a row has more cells than one. */
  private boolean isBlank(List<@Nullable String> cells) {
    return cells.isEmpty()
        || cells.size() == 1
            && (cells.getFirst() == null || cells.getFirst().isEmpty())
            && names != null
            && names.size() > 1;
  }

  private void check(List<@Nullable String> cells) {
    List<String> header = names;
    if (header != null && cells.size() != header.size()) {
      throw Faults.malformed(
          "a row has " + cells.size() + " cells where there are " + header.size() + " columns",
          place(rowStart));
    }
  }

  private Value value(List<@Nullable String> cells) {
    List<String> header = names;
    Type core = row.core();
    boolean isNamed =
        core instanceof Type.Record
            || core instanceof Type.Union
            || core instanceof Type.MapOf
            || (core == Type.Simple.ANY && header != null);
    if (!isNamed || header == null) {
      return items(core, cells);
    }
    var fields = new LinkedHashMap<String, Value>();
    for (int i = 0; i < header.size(); i++) {
      fields.put(header.get(i), cell(type(core, header.get(i)), cells.get(i)));
    }
    return new Value.Dict(fields);
  }

  private static Type type(Type core, String column) {
    return Texts.typeOf(core, column, Texts::fieldType);
  }

  /** A row of cells without names; of one cell, where a row is no list. */
  private Value items(Type core, List<@Nullable String> cells) {
    if (core != Type.Simple.ANY && !Texts.isList(core)) {
      return cells.size() == 1
          ? cell(row, cells.getFirst())
          : new Value.Items(cells.stream().map(it -> cell(Type.Simple.ANY, it)).toList());
    }
    Type of = Texts.isList(core) ? Texts.element(core) : Type.Simple.ANY;
    return new Value.Items(cells.stream().map(it -> cell(of, it)).toList());
  }

  private static Value cell(Type type, @Nullable String text) {
    if (text != null) {
      return Texts.read(type, text);
    }
    boolean isText = !type.isMaybe() && type.core() instanceof Type.Text;
    return isText ? Value.text("") : Value.Null.NULL;
  }

  @Override
  public long position() {
    return text == null || parser == null ? 0 : here(parser).position();
  }

  private Place here(CsvParser rows) {
    return place(rows.currentLocation());
  }

  private Place place(@Nullable JsonLocation at) {
    return at == null || text == null
        ? Place.of(0)
        : new Place(text.byteOfChar(at.getCharOffset()), at.getLineNr(), at.getColumnNr());
  }

  private FaultException wrong(JsonProcessingException e) {
    boolean isOpen =
        e instanceof StreamReadException && e.getOriginalMessage().contains("closing quote");
    return Faults.malformed(
        isOpen
            ? "a quoted cell does not end"
            : "expected the delimiter or the end of the line after a quoted cell",
        place(e.getLocation()));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
