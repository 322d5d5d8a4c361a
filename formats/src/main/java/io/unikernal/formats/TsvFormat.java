package io.unikernal.formats;

import io.unikernal.model.Config;
import io.unikernal.model.Type;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import java.util.List;
import java.util.Optional;

/** CSV with tabs. */
public final class TsvFormat implements Format {
  private static final Spec SPEC =
      new Spec(
          "tsv",
          "As `csv`, with a tab between two cells.",
          List.of("text/tab-separated-values"),
          List.of("tsv"),
          CsvOptions.TSV,
          true,
          CsvFormat.NOTES);

  @Override
  public Spec spec() {
    return SPEC;
  }

  @Override
  public Optional<String> refusal(Type type) {
    return CsvFormat.refusalOf(type);
  }

  @Override
  public Codec codec(Config options) {
    return new CsvCodec(CsvOptions.of(options, '\t'));
  }
}
