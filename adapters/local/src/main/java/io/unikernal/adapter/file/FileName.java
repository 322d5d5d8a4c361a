package io.unikernal.adapter.file;

import io.unikernal.model.Fault;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A file's name, in which {@code {field}} stands for a field of the message. */
record FileName(String template, List<String> fields) {
  private static final Pattern FIELD = Pattern.compile("\\{([a-zA-Z_][a-zA-Z0-9_]*)}");

  /** What may come from a message: never a separator, a hidden file or a way out. */
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._@+-]{0,119}");

  static FileName of(String template) {
    return new FileName(
        template, FIELD.matcher(template).results().map(match -> match.group(1)).toList());
  }

  /** Why an author's path cannot be one inside of the folder, or empty. */
  static Optional<String> wrong(String path) {
    if (path.isBlank()) {
      return Optional.of("the path is empty");
    }
    if (path.indexOf('\0') >= 0 || path.indexOf('\\') >= 0) {
      return Optional.of("the path holds a character that no path here may hold");
    }
    if (path.startsWith("/") || path.startsWith("~")) {
      return Optional.of("the path is absolute");
    }
    return List.of(path.split("/", -1)).contains("..")
        ? Optional.of("the path leaves the folder")
        : Optional.empty();
  }

  /** The name for this message. */
  String fill(Value input) {
    return fields.isEmpty()
        ? template
        : FIELD.matcher(template).replaceAll(match -> part(match, input));
  }

  private static String part(MatchResult match, Value input) {
    String field = match.group(1);
    Value value =
        switch (input) {
          case Rec rec -> rec.get(field);
          case Value.Dict(var fields) -> fields.getOrDefault(field, Value.Absent.ABSENT);
          default -> Value.Absent.ABSENT;
        };
    String text =
        switch (value) {
          case Value.Text(var string) -> string;
          case Value.Uuid(var uuid) -> uuid.toString();
          case Value.Int(long number) -> Long.toString(number);
          case Value.UInt(long bits) -> Long.toUnsignedString(bits);
          case Value.Date(var date) -> date.toString();
          default -> "";
        };
    if (!SAFE.matcher(text).matches()) {
      throw Fault.invalid(
              "the message cannot name a file",
              List.of(
                  new Fault.Violation(
                      field,
                      "file name",
                      "must be 1 to 120 letters, digits or . _ @ + - and not begin with . + - @")))
          .toException();
    }
    return text;
  }
}
