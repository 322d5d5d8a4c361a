package io.unikernal.formats;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Type;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import java.util.List;
import java.util.Optional;

/** YAML 1.2, by its core schema where no type says more. */
public final class YamlFormat implements Format {
  private static final Spec SPEC =
      new Spec(
          "yaml",
          "YAML 1.2 in UTF-8 or UTF-16.",
          List.of("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "+yaml"),
          List.of("yaml", "yml"),
          ConfigSpec.NONE,
          true,
          List.of(
              "Holds every type. Several documents are a list of them.",
              "What is not quoted is what the type says: `no` and `1.10` are texts where a text is"
                  + " wanted.",
              "Without a type the core schema decides, and uuids, timestamps, dates, times and durations"
                  + " come back as text.",
              "Aliases stand for at most 100000 values in all and never for what holds them; tags other"
                  + " than the core schema's and `!!binary` are refused; `<<` is a key like others."));

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
    return YamlCodec.INSTANCE;
  }
}
