package io.unikernal.udl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code .env} file: lines of {@code KEY=VALUE}, with {@code export} before it or not, in single
 * quotes as it is, in double quotes with escapes, and comments. What stands there is never shown,
 * not even in the excerpt of a diagnostic.
 */
final class EnvironmentFile {
  private static final int SIZE_MAX = 1 << 20;
  private static final Pattern LINE =
      Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)");
  private static final Pattern BARE = Pattern.compile("(.*?)(?:\\s+#.*)?\\s*");
  private static final Pattern SINGLE = Pattern.compile("'([^']*)'\\s*(?:#.*)?");
  private static final Pattern DOUBLE = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"\\s*(?:#.*)?");

  private final Source source;
  private final Diagnostics diagnostics;
  private final Map<String, String> values = new LinkedHashMap<>();

  private EnvironmentFile(Source source, Diagnostics diagnostics) {
    this.source = source;
    this.diagnostics = diagnostics;
  }

  static Map<String, String> read(Path file, Diagnostics diagnostics) {
    String problem;
    try {
      if (!Files.isRegularFile(file)) {
        problem = Files.exists(file) ? "is not a file" : "is not there";
      } else if (Files.size(file) > SIZE_MAX) {
        problem = "is larger than 1 MiB";
      } else {
        byte[] bytes = Files.readAllBytes(file);
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        var parsed = new EnvironmentFile(new Source(file.toString(), file, text), diagnostics);
        parsed.lines();
        return parsed.values;
      }
    } catch (CharacterCodingException _) {
      problem = "is not UTF-8";
    } catch (IOException _) {
      problem = "cannot be read";
    }
    Place nowhere = new Place(new Source(file.toString(), file, ""), 0, 0);
    diagnostics.error(Code.ENVIRONMENT_FILE, nowhere, "`" + file + "` " + problem);
    return Map.of();
  }

  private void lines() {
    int start = source.text().startsWith("\uFEFF") ? 1 : 0;
    while (start < source.text().length()) {
      int end = source.lineEnd(start);
      line(source.text().substring(start, end), new Place(source, start, end));
      int next = source.text().indexOf('\n', end);
      start = next < 0 ? source.text().length() : next + 1;
    }
  }

  private void line(String text, Place place) {
    if (text.isBlank() || text.strip().startsWith("#")) {
      return;
    }
    Matcher line = LINE.matcher(text);
    if (!line.matches()) {
      wrong(place, "a line is `KEY=VALUE` or a comment");
      return;
    }
    Optional<String> value = value(line.group(2), place);
    if (value.isPresent() && values.put(line.group(1), value.get()) != null) {
      wrong(place, "`" + line.group(1) + "` stands here twice");
    }
  }

  private Optional<String> value(String text, Place place) {
    if (text.startsWith("'") || text.startsWith("\"")) {
      Matcher quoted = (text.startsWith("'") ? SINGLE : DOUBLE).matcher(text);
      if (!quoted.matches()) {
        wrong(place, "the quote is not closed in this line, or something follows it");
        return Optional.empty();
      }
      String inside = quoted.group(1);
      return Optional.of(text.startsWith("'") ? inside : unescaped(inside));
    }
    Matcher bare = BARE.matcher(text.startsWith("#") ? "" : text);
    return bare.matches() ? Optional.of(bare.group(1)) : Optional.empty();
  }

  private static String unescaped(String text) {
    var result = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        result.append(c);
        continue;
      }
      i++;
      result.append(
          switch (text.charAt(i)) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> text.charAt(i);
          });
    }
    return result.toString();
  }

  private void wrong(Place place, String message) {
    diagnostics.hide(place);
    diagnostics.error(Code.ENVIRONMENT_FILE, place, message);
  }
}
