package io.unikernal.udl;

import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds passwords that stand in the definition itself. */
final class ClearText {
  private static final Pattern USER_INFO = Pattern.compile("://[^/\\s:@$]*:([^@/\\s]+)@");
  private static final Pattern PARAMETER =
      Pattern.compile("(?i)[?&;](?:password|passwd|pwd|token|secret|api_?key)=([^&;\\s]+)");
  private static final Pattern NAME =
      Pattern.compile("(?i).*(password|passwd|secret|token|api_?key).*");

  private final Diagnostics diagnostics;

  ClearText(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  void check(String system, Mapping mapping, ConfigSpec spec) {
    for (Entry entry : mapping.entries()) {
      Optional<Field<?>> field = OptionReader.field(spec, entry.name());
      if (field.isEmpty()) {
        continue;
      }
      if (entry.value() instanceof Scalar scalar) {
        check(SystemReader.upper(system), entry.name(), scalar, field.get().isSecret());
      } else if (entry.value() instanceof Mapping texts) {
        for (Entry text : texts.entries()) {
          if (text.value() instanceof Scalar scalar) {
            check(
                text.name().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_"),
                text.name(),
                scalar,
                NAME.matcher(text.name()).matches());
          }
        }
      }
    }
  }

  private void check(String variable, String key, Scalar scalar, boolean isSecret) {
    String text = scalar.text();
    boolean isFilled = text.contains("${") && !text.contains("$${");
    if (isFilled || text.isEmpty() || !hide(scalar, isSecret)) {
      return;
    }
    diagnostics
        .warning(Code.CLEAR_TEXT, scalar.place(), "`" + key + "` holds a password in clear text")
        .label("everybody who reads the file reads it")
        .write(key + ": ${" + variable + "}")
        .edit(scalar.place(), "\"${" + variable + "}\"");
  }

  /** Whether there is something to hide. */
  private boolean hide(Scalar scalar, boolean isSecret) {
    // The address of a server is no secret by itself, though it may hold one.
    if (isSecret && !scalar.text().contains("://")) {
      diagnostics.hide(scalar.place());
      return true;
    }
    boolean isFound = false;
    for (Pattern pattern : List.of(USER_INFO, PARAMETER)) {
      Matcher match = pattern.matcher(scalar.text());
      while (match.find()) {
        diagnostics.hide(scalar.part(match.start(1), match.end(1)));
        isFound = true;
      }
    }
    return isFound;
  }
}
