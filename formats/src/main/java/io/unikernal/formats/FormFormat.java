package io.unikernal.formats;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Type;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import java.util.List;
import java.util.Optional;

/** What a browser sends of a form. */
public final class FormFormat implements Format {
  private static final Spec SPEC =
      new Spec(
          "form",
          "Names and values of a form, as `name=Ann&tag=a&tag=b`, in UTF-8.",
          List.of("application/x-www-form-urlencoded"),
          List.of(),
          ConfigSpec.NONE,
          false,
          List.of(
              "Holds one record or map. A list is a name that comes more than once; maps, records and"
                  + " lists in lists are JSON.",
              "A list without items is not sent, so an empty `list(T)?` comes back absent.",
              "A value that was left blank is absent where the type allows it and is no text.",
              "An answer is in it only where `accept` names it."));

  @Override
  public Spec spec() {
    return SPEC;
  }

  @Override
  public Optional<String> refusal(Type type) {
    Type core = type.core();
    return core == Type.Simple.ANY || Texts.isWhole(core) && !Texts.isList(core)
        ? Optional.empty()
        : Optional.of("it is one record");
  }

  @Override
  public Codec codec(Config options) {
    return FormCodec.INSTANCE;
  }
}
