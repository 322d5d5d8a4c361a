package io.unikernal.formats;

import io.unikernal.model.Config;
import io.unikernal.model.Conform;
import io.unikernal.model.Field;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import io.unikernal.spi.Formats;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;

/** Formats with options, as a definition would give them. */
final class Codecs {
  private Codecs() {}

  /** {@code options} are names and values in turn. */
  static Codec of(String name, Object... options) {
    Format format = Formats.installed().get(name);
    var values = new LinkedHashMap<Field<?>, Object>();
    for (int i = 0; i < options.length; i += 2) {
      values.put(format.spec().options().find((String) options[i]).orElseThrow(), options[i + 1]);
    }
    return format.codec(new Config(values));
  }

  static Codec csv(Object... options) {
    return of("csv", options);
  }

  static Codec xml(Object... options) {
    return of("xml", options);
  }

  static Value read(Codec codec, String text, Type type) {
    return codec.read(
        text.getBytes(StandardCharsets.UTF_8), Codec.Reading.of(type, Conform.Extra.REFUSE));
  }

  static String write(Codec codec, Value value, Type type) {
    return new String(codec.write(value, type), StandardCharsets.UTF_8);
  }
}
