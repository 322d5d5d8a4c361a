package io.unikernal.adapter.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** An operation's path, as {@code /orders/{id}}: literal segments and placeholders. */
record PathTemplate(String text, List<Segment> segments) {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  /** {@code text} is the literal, or the placeholder's name. */
  record Segment(String text, boolean isPlaceholder) {}

  sealed interface Result {
    record Parsed(PathTemplate template) implements Result {}

    record Wrong(String message, String hint) implements Result {}
  }

  PathTemplate {
    segments = List.copyOf(segments);
  }

  static Result parse(String text) {
    if (!text.startsWith("/")) {
      return new Result.Wrong("`" + text + "` does not begin with `/`", "write `/" + text + "`");
    }
    if (text.indexOf('?') >= 0 || text.indexOf('#') >= 0) {
      return new Result.Wrong(
          "`" + text + "` holds more than a path", "declare parameters with `query`");
    }
    var segments = new ArrayList<Segment>();
    var names = new ArrayList<String>();
    for (String part : text.substring(1).split("/", -1)) {
      boolean isPlaceholder = part.startsWith("{") && part.endsWith("}");
      String inner = isPlaceholder ? part.substring(1, part.length() - 1) : part;
      if (isPlaceholder ? !NAME.matcher(inner).matches() : part.matches(".*[{}].*")) {
        return new Result.Wrong(
            "`" + part + "` is neither a placeholder nor plain text",
            "a placeholder is a whole segment, as `/orders/{id}`");
      }
      if (isPlaceholder && names.contains(inner)) {
        return new Result.Wrong("`{" + inner + "}` stands twice in `" + text + "`", "");
      }
      if (isPlaceholder) {
        names.add(inner);
      }
      segments.add(new Segment(inner, isPlaceholder));
    }
    return new Result.Parsed(new PathTemplate(text, segments));
  }

  /** A template that {@link HttpRule} has accepted. */
  static PathTemplate of(String text) {
    return switch (parse(text)) {
      case Result.Parsed(var template) -> template;
      case Result.Wrong(var message, var hint) -> throw new IllegalArgumentException(message);
    };
  }

  /** In the order of the path. */
  List<String> placeholders() {
    return segments.stream().filter(Segment::isPlaceholder).map(Segment::text).toList();
  }
}
