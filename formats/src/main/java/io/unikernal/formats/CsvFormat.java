package io.unikernal.formats;

import io.unikernal.model.Config;
import io.unikernal.model.Type;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import java.util.List;
import java.util.Optional;

/** Comma-separated values by RFC 4180, with a header that names the fields. */
public final class CsvFormat implements Format {
  static final List<String> NOTES =
      List.of(
          "Holds a list of records, or one record as one row. Lists, maps and records in a cell are"
              + " JSON there.",
          "An unquoted empty cell is nothing: absent where the type allows it, and an empty text where"
              + " a text is wanted.",
          "Without a type every cell is text, and what was a number or a time comes back as text.",
          "A row with more or fewer cells than the header is refused; an empty line is none.",
          "Cells are data: whether a spreadsheet takes one that begins with `=` for a formula is not"
              + " decided here.");

  private static final Spec SPEC =
      new Spec(
          "csv",
          "Rows of cells by RFC 4180; the first names the columns.",
          List.of("text/csv", "application/csv"),
          List.of("csv"),
          CsvOptions.CSV,
          true,
          NOTES);

  @Override
  public Spec spec() {
    return SPEC;
  }

  @Override
  public Optional<String> refusal(Type type) {
    return refusalOf(type);
  }

  static Optional<String> refusalOf(Type type) {
    Type core = type.core();
    return core == Type.Simple.ANY || Texts.isWhole(core)
        ? Optional.empty()
        : Optional.of("it holds rows of a record or a list");
  }

  @Override
  public Codec codec(Config options) {
    return new CsvCodec(CsvOptions.of(options));
  }
}
