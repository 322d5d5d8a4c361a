package io.unikernal.expr;

import java.util.Map;
import java.util.regex.Pattern;

/** UDL's names in place of CEL's in what CEL says. */
final class CelNames {
  private static final Pattern RECORD = Pattern.compile("([A-Za-z_][A-Za-z0-9_.]*)?#[0-9]+");
  private static final Pattern OPTIONAL =
      Pattern.compile("optional_type\\(([^()]*(\\([^()]*\\))?)\\)");
  private static final Map<String, String> WORDS =
      Map.of(
          "google.protobuf.Timestamp", "timestamp",
          "google.protobuf.Duration", "duration",
          "google.protobuf.Any", "any");
  private static final Pattern FREE = Pattern.compile("\\b(dyn|_var[0-9]+|%[A-Z][0-9]*)");

  private CelNames() {}

  static String readable(String text) {
    String named = RECORD.matcher(text).replaceAll(m -> m.group(1) == null ? "record" : m.group(1));
    for (var word : WORDS.entrySet()) {
      named = named.replace(word.getKey(), word.getValue());
    }
    named = FREE.matcher(named).replaceAll("any");
    return OPTIONAL.matcher(named).replaceAll("$1?");
  }
}
