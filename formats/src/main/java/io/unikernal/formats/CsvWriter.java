package io.unikernal.formats;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Records;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Rows of cells. By our own code, since no library tells an empty text from nothing, nor a text
 * that looks like nothing: both are quoted here.
 */
final class CsvWriter implements Records.Writer {
  private static final char MARK = '\ufeff';

  private final BufferedWriter out;
  private final CsvOptions options;

  /** Known from the type, or from the first record. */
  private Optional<List<String>> columns;

  private boolean isBegun;
  private boolean hasHeader;

  CsvWriter(
      OutputStream out, CsvOptions options, Optional<List<String>> columns, boolean isContinued) {
    var encoder =
        Charset.forName(options.charset())
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    this.out = new BufferedWriter(new OutputStreamWriter(out, encoder));
    this.options = options;
    this.columns = columns;
    isBegun = isContinued;
    hasHeader = isContinued || !options.hasHeader();
  }

  /** The columns of a type, where it has any. */
  static Optional<List<String>> columns(Type element) {
    return switch (element.core()) {
      case Type.Record record ->
          Optional.of(record.fields().stream().map(Type.Field::name).toList());
      case Type.Union union -> {
        var names = new LinkedHashSet<String>();
        union.members().forEach(it -> it.fields().forEach(field -> names.add(field.name())));
        yield Optional.of(List.copyOf(names));
      }
      default -> Optional.empty();
    };
  }

  @Override
  public void write(Value one) throws IOException {
    try {
      if (Texts.isRecord(one)) {
        List<String> names = columns.orElseGet(() -> List.copyOf(Texts.fields(one).keySet()));
        columns = Optional.of(names);
        begin(names);
        row(names.stream().map(one::field).iterator());
      } else {
        begin(columns.orElse(List.of()));
        hasHeader = true;
        row(one instanceof Value.Items(var items) ? items.iterator() : List.of(one).iterator());
      }
    } catch (CharacterCodingException _) {
      throw unwritable();
    }
  }

  private void begin(List<String> names) throws IOException {
    if (!isBegun && options.hasMark()) {
      out.write(MARK);
    }
    isBegun = true;
    if (!hasHeader && !names.isEmpty()) {
      row(names.stream().<Value>map(Value::text).iterator());
      hasHeader = true;
    }
  }

  private void row(Iterator<Value> cells) throws IOException {
    boolean isFirst = true;
    while (cells.hasNext()) {
      if (!isFirst) {
        out.write(options.delimiter());
      }
      isFirst = false;
      cell(cells.next());
    }
    out.write(options.lineEnd());
  }

  private void cell(Value value) throws IOException {
    if (Texts.isNothing(value)) {
      out.write(options.nothing().orElse(""));
      return;
    }
    String text = Texts.of(value);
    boolean isLikeNothing = options.nothing().map(text::equals).orElse(text.isEmpty());
    boolean isQuoted = isLikeNothing || options.isDivided(text) || hasSpaceAround(text);
    if (!isQuoted) {
      out.write(text);
      return;
    }
    if (options.quote().isEmpty()) {
      if (text.isEmpty() || !options.isDivided(text) && !isLikeNothing) {
        out.write(text);
        return;
      }
      throw Faults.invalid(
          "CSV without `quote` cannot hold a text with a delimiter or a line end, nor one that says"
              + " nothing");
    }
    String quote = options.quote().get().toString();
    out.write(quote);
    out.write(text.replace(quote, quote + quote));
    out.write(quote);
  }

  /** Some readers take white space away where it is not quoted, and all a byte order mark. */
  private static boolean hasSpaceAround(String text) {
    return !text.isEmpty()
        && (Character.isWhitespace(text.charAt(0))
            || text.charAt(0) == MARK
            || Character.isWhitespace(text.charAt(text.length() - 1)));
  }

  private io.unikernal.model.FaultException unwritable() {
    return Faults.invalid("a text has characters that " + options.charset() + " does not have");
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (CharacterCodingException _) {
      throw unwritable();
    }
  }

  /** A header stands there even where there is no record, so that a reader learns the columns. */
  @Override
  public void close() throws IOException {
    begin(columns.orElse(List.of()));
    flush();
  }
}
