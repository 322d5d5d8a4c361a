package io.unikernal.formats;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Type;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import java.util.List;
import java.util.Optional;

/** JSON, one document a line. */
public final class NdjsonFormat implements Format {
  private static final Spec SPEC =
      new Spec(
          "ndjson",
          "One JSON document on each line.",
          List.of("application/x-ndjson", "application/ndjson", "application/jsonl"),
          List.of("ndjson", "jsonl"),
          ConfigSpec.NONE,
          true,
          List.of(
              "Holds a list of anything, one item a line, or one value as one line.",
              "Empty lines are none. Where a type is known an item must fit it, as in `json`.",
              "A body is read whole, up to its adapter's limit, and is a list: `for_each` goes through that"
                  + " list, and nothing is copied. Line by line, with one in memory, go files that are"
                  + " appended to."));

  @Override
  public Spec spec() {
    return SPEC;
  }

  @Override
  public Optional<String> refusal(Type type) {
    return Optional.empty();
  }

  @Override
  public Codec codec(Config options) {
    return NdjsonCodec.INSTANCE;
  }
}
