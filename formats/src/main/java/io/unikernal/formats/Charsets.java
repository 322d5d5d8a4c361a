package io.unikernal.formats;

import io.unikernal.model.Fault;
import io.unikernal.model.Field;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The charsets that are read and written: few, since each one more may hide what another shows. */
final class Charsets {
  private static final List<Charset> KNOWN =
      List.of(
          StandardCharsets.UTF_8,
          StandardCharsets.US_ASCII,
          StandardCharsets.ISO_8859_1,
          Charset.forName("windows-1252"),
          Charset.forName("ISO-8859-15"),
          StandardCharsets.UTF_16LE,
          StandardCharsets.UTF_16BE);

  static final Field<String> CHARSET =
      Field.symbol(
              "charset",
              "How characters are bytes, where neither a byte order mark nor a content type says it.",
              KNOWN.stream().map(Charsets::name).toArray(String[]::new))
          .or("utf-8");

  private Charsets() {}

  static String name(Charset charset) {
    return charset.name().toLowerCase(Locale.ROOT);
  }

  /**
   * What an envelope says, else what the options say.
   *
   * @throws io.unikernal.model.FaultException UNSUPPORTED
   */
  static Charset chosen(Optional<Charset> told, String option) {
    return told.map(Charsets::known).orElseGet(() -> Charset.forName(option));
  }

  static Charset known(Charset charset) {
    if (charset.equals(StandardCharsets.UTF_16)) {
      return StandardCharsets.UTF_16BE;
    }
    if (!KNOWN.contains(charset)) {
      throw Fault.of(
              Fault.Code.UNSUPPORTED, "the charset " + charset + " is not read here", "send UTF-8")
          .toException();
    }
    return charset;
  }
}
