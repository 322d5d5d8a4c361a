package io.unikernal.formats;

import io.unikernal.model.Config;
import io.unikernal.model.Type;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import java.util.List;
import java.util.Optional;

/** XML 1.0 without document types. */
public final class XmlFormat implements Format {
  private static final Spec SPEC =
      new Spec(
          "xml",
          "XML 1.0: a field is an element or attribute of its name.",
          List.of("application/xml", "text/xml", "+xml"),
          List.of("xml"),
          XmlOptions.SPEC,
          true,
          List.of(
              "Document types are refused, and entities with them, so that nothing is ever fetched or"
                  + " expanded. Comments and processing instructions are skipped.",
              "With `lists: repeated` a list without items is not there, so an empty `list(T)?` comes"
                  + " back absent; `lists: wrapped` tells them apart.",
              "`xsi:nil=\"true\"` is null. An empty element is absent where the type allows it and is no"
                  + " text.",
              "White space around what is no text is no part of it; a text keeps its own.",
              "Without a type a value is text, a record, or a list where an element comes more than"
                  + " once.",
              "Texts with control characters, and names that are no names of elements, cannot be"
                  + " written."));

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
    return new XmlCodec(XmlOptions.of(options));
  }
}
