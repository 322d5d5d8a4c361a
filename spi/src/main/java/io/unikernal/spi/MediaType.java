package io.unikernal.spi;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A content type, as {@code text/csv; charset=utf-8}.
 *
 * @param name type and subtype in lower case
 * @param parameters by name in lower case, without their quotes
 */
public record MediaType(String name, Map<String, String> parameters) {
  private static final int PARAMETERS_MAX = 16;

  public MediaType {
    parameters = Map.copyOf(parameters);
  }

  /** Never fails: what is no content type is the name of none. */
  public static MediaType parse(String text) {
    String[] parts = text.split(";", PARAMETERS_MAX);
    var parameters = new LinkedHashMap<String, String>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals > 0) {
        String value = parts[i].substring(equals + 1).strip();
        boolean isQuoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        parameters.putIfAbsent(
            parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT),
            isQuoted ? value.substring(1, value.length() - 1) : value);
      }
    }
    return new MediaType(parts[0].strip().toLowerCase(Locale.ROOT), parameters);
  }

  /** Whether a format is sent as this. */
  public boolean is(Format format) {
    return format.spec().mediaTypes().stream()
        .anyMatch(known -> known.startsWith("+") ? name.endsWith(known) : name.equals(known));
  }

  /** Whether it tells a charset that is not known here. */
  public boolean hasUnknownCharset() {
    return parameters.containsKey("charset") && charset().isEmpty();
  }

  /** What it tells of the charset, if it is known here. */
  public Optional<Charset> charset() {
    try {
      return Optional.ofNullable(parameters.get("charset")).map(Charset::forName);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException _) {
      return Optional.empty();
    }
  }
}
