package io.unikernal.udl;

import io.unikernal.udl.Node.Scalar;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts that other tools would compute: here they are texts, which is seldom meant. A template that
 * is really to hold such signs says so with `${'…'}`.
 */
final class ForeignMarkers {
  private record Marker(String what, Pattern pattern, String replacement) {}

  private static final List<Marker> MARKERS =
      List.of(
          marker("{{ }}", "\\{\\{[{-]?\\s*(\\$?\\.?[A-Za-z_][^{}]*?)\\s*[}-]?\\}\\}", "\\${$1}"),
          marker("#{ }", "#\\{\\s*([^{}]+?)\\s*\\}", "\\${$1}"),
          marker("<% %>", "<%=?\\s*(.+?)\\s*%>", "\\${$1}"),
          marker("$.path", "^\\$\\.([A-Za-z_][\\w.]*)$", "\\${input.$1}"),
          marker("$name", "^\\$([a-z_][\\w]*(?:\\.[A-Za-z_]\\w*)+)$", "\\${$1}"),
          marker("{ }", "^\\{([a-z_]\\w*(?:\\.[A-Za-z_]\\w*)+)\\}$", "\\${$1}"),
          marker("f\"…\"", "^f[\"'](.*)[\"']$", "$1"),
          marker("=", "^=\\s*([a-z_]\\w*(?:\\.[A-Za-z_]\\w*)+)$", "\\${$1}"),
          marker("(name)", "^(input\\.[A-Za-z_][\\w.]*)$", "\\${$1}"));

  private ForeignMarkers() {}

  private static Marker marker(String what, String pattern, String replacement) {
    return new Marker(what, Pattern.compile(pattern), replacement);
  }

  static void warn(Scalar scalar, Diagnostics diagnostics) {
    String text = scalar.text();
    if (text.length() > 10_000) {
      return;
    }
    for (Marker marker : MARKERS) {
      Matcher match = marker.pattern().matcher(text);
      if (match.find()) {
        String better =
            match
                .replaceAll(marker.replacement())
                .replaceAll("\\$\\{[.$]+(?=[a-z])", "\\${input.")
                .replaceAll("input\\.input\\b", "input")
                .replaceAll("(?<!\\$)\\{([a-z_]\\w*(?:\\.\\w+)+)\\}", "\\${$1}");
        diagnostics
            .warning(
                Code.FOREIGN_MARKER,
                scalar.place(),
                "this is sent as it stands: only `${…}` is computed")
            .write(better)
            .edit(scalar.place(), YamlErrors.quoted(better));
        return;
      }
    }
  }
}
