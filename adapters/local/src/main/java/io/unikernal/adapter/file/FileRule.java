package io.unikernal.adapter.file;

import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.Effect;
import io.unikernal.model.Field;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Type;
import io.unikernal.spi.Format;
import io.unikernal.spi.Formats;
import io.unikernal.spi.OperationRule.Problem;
import io.unikernal.spi.OperationRule.Result;
import io.unikernal.spi.Records;
import java.nio.file.FileSystems;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/** What the options of a file operation make of it. */
final class FileRule {
  /** One file, as {@code list} gives it. */
  static final Type.Record FOUND =
      new Type.Record(
          "File",
          List.of(
              Type.Field.of("name", Type.Text.ANY_TEXT),
              Type.Field.of("size", Type.Int.ANY_INT),
              Type.Field.of("modified", Type.Simple.TIMESTAMP)));

  static final List<Field<String>> FORMS =
      List.of(
          FileAdapter.APPEND,
          FileAdapter.WRITE,
          FileAdapter.READ,
          FileAdapter.LIST,
          FileAdapter.WATCH);

  private static final Set<Capability> CALLED =
      Collections.unmodifiableSet(EnumSet.of(Capability.BLOCKS, Capability.ORDERED));

  private static final Set<Capability> WATCHES =
      Collections.unmodifiableSet(EnumSet.of(Capability.ORDERED, Capability.REDELIVERS));

  private FileRule() {}

  static Result shape(String name, Config operation, Config system) {
    var forms = FORMS.stream().filter(operation::has).toList();
    if (forms.size() != 1) {
      return refused(
          "",
          "a file operation has one of `append`, `write`, `read`, `list` and `watch`",
          "write append: name.jsonl");
    }
    var form = forms.getFirst();
    String text = operation.get(form);
    var wrong =
        wrongPath(form, text)
            .or(() -> misplaced(form, operation))
            .or(() -> wrongFormat(form, text, operation, system));
    if (wrong.isPresent()) {
      return new Result.Refused(List.of(wrong.get()));
    }
    return switch (form.name()) {
      case "append" -> called(operation.get(FileAdapter.ACCEPTS), Type.Simple.NULL, Effect.UNKNOWN);
      case "write" -> write(text, operation.get(FileAdapter.ACCEPTS));
      case "read" ->
          called(fields(FileName.of(text)), operation.get(FileAdapter.RETURNS), Effect.READS);
      case "list" -> called(Type.empty(), Type.ListOf.of(FOUND), Effect.READS);
      default -> watch(operation);
    };
  }

  private static Result called(Type input, Type output, Effect effect) {
    return new Result.Shaped(Direction.CALLED, input, output, effect, CALLED, "");
  }

  private static Result write(String text, Type accepts) {
    for (String field : FileName.of(text).fields()) {
      if (accepts.core() instanceof Type.Record record && record.field(field).isEmpty()) {
        return refused(
            "write",
            "`{" + field + "}` is not a field of " + record,
            "write a field of what the operation accepts");
      }
    }
    return called(accepts, Type.Simple.NULL, new Effect(Effect.Kind.IDEMPOTENT, ""));
  }

  private static Result watch(Config operation) {
    if (operation.get(FileAdapter.EVERY).compareTo(Duration.ofMillis(1)) < 0) {
      return refused("every", "`every` must be at least 1ms", "write every: 1s");
    }
    return new Result.Shaped(
        Direction.RECEIVES,
        operation.get(FileAdapter.RECEIVES),
        Type.Simple.NULL,
        Effect.UNKNOWN,
        WATCHES,
        "");
  }

  /** The input of `read`: what the name needs, any of which is text in the end. */
  private static Type fields(FileName name) {
    var fields = new LinkedHashMap<String, Type>();
    name.fields().forEach(field -> fields.put(field, Type.Simple.ANY));
    return Type.record(fields);
  }

  private static Optional<Problem> wrongPath(Field<String> form, String text) {
    var why = FileName.wrong(text);
    if (why.isPresent()) {
      return Optional.of(new Problem(form.name(), why.get(), "write a path inside of the folder"));
    }
    boolean glob = form == FileAdapter.LIST || form == FileAdapter.WATCH;
    try {
      if (glob) {
        var unused = FileSystems.getDefault().getPathMatcher("glob:" + text);
      } else if (form == FileAdapter.APPEND && !FileName.of(text).fields().isEmpty()) {
        return Optional.of(
            new Problem(form.name(), "`append` is always the same file", "write append: a.jsonl"));
      }
      return Optional.empty();
    } catch (PatternSyntaxException exception) {
      return Optional.of(
          new Problem(
              form.name(),
              "the pattern is wrong: " + exception.getDescription(),
              "write it as *.json or **/*.json"));
    }
  }

  /** An option that this form does not read: it would do nothing, silently. */
  private static Optional<Problem> misplaced(Field<String> form, Config operation) {
    List<Field<?>> own =
        switch (form.name()) {
          case "append", "write" -> List.of(FileAdapter.ACCEPTS, FileAdapter.FORMAT);
          case "read" -> List.of(FileAdapter.RETURNS, FileAdapter.FORMAT);
          case "watch" ->
              List.of(
                  FileAdapter.FORMAT,
                  FileAdapter.RECEIVES,
                  FileAdapter.EVERY,
                  FileAdapter.AFTER,
                  FileAdapter.DONE);
          default -> List.of();
        };
    List<Field<?>> all =
        List.of(
            FileAdapter.FORMAT,
            FileAdapter.ACCEPTS,
            FileAdapter.RETURNS,
            FileAdapter.RECEIVES,
            FileAdapter.EVERY,
            FileAdapter.AFTER,
            FileAdapter.DONE);
    return all.stream()
        .filter(option -> operation.has(option) && !own.contains(option))
        .findFirst()
        .map(option ->
            new Problem(
                option.name(),
                "`" + option.name() + "` does not belong to `" + form.name() + "`",
                "leave it out"))
        .or(() ->
            FileName.wrong(operation.get(FileAdapter.DONE))
                .map(why -> new Problem("done", why, "")));
  }

  /** A format that cannot hold the type or be added to, or options of one that is not used. */
  private static Optional<Problem> wrongFormat(
      Field<String> form, String text, Config operation, Config system) {
    var formats = Formats.installed();
    Optional<Format> format = Content.format(operation, text);
    String name = format.map(it -> it.spec().name()).orElse("");
    for (String given : formats.given(operation)) {
      if (form == FileAdapter.LIST || format.isPresent() && !given.equals(name)) {
        return Optional.of(
            new Problem(
                given,
                "`" + given + "` is not the format of these files",
                form == FileAdapter.LIST ? "leave it out" : "write format: " + given));
      }
    }
    if (format.isEmpty() || form == FileAdapter.LIST) {
      return Optional.empty();
    }
    Type type = type(form, operation);
    Type core = type.core();
    boolean isAsItIs = core instanceof Type.Text || core instanceof Type.Bytes;
    if (isAsItIs && !operation.has(FileAdapter.FORMAT)) {
      return Optional.empty();
    }
    String option = operation.has(FileAdapter.FORMAT) ? FileAdapter.FORMAT.name() : form.name();
    return formats
        .problem(option, format.get(), type, operation, system)
        .or(() -> notAppended(form, option, format.get(), operation, system));
  }

  private static Type type(Field<String> form, Config operation) {
    return switch (form.name()) {
      case "append", "write" -> operation.get(FileAdapter.ACCEPTS);
      case "read" -> operation.get(FileAdapter.RETURNS);
      default -> operation.get(FileAdapter.RECEIVES);
    };
  }

  private static Optional<Problem> notAppended(
      Field<String> form, String option, Format format, Config operation, Config system) {
    var records = Formats.installed().codec(format, operation, system).records();
    boolean isJsonOrText = records.isEmpty() && !operation.has(FileAdapter.FORMAT);
    boolean isGood =
        form != FileAdapter.APPEND
            || isJsonOrText
            || format.spec().name().equals(Formats.JSON)
            || records.filter(Records::isContinuable).isPresent();
    return isGood
        ? Optional.empty()
        : Optional.of(
            new Problem(
                option,
                "a file of `" + format.spec().name() + "` cannot be added to",
                "write each message to a file of its own, or append to a .csv or .ndjson"));
  }

  private static Result refused(String field, String message, String hint) {
    return new Result.Refused(List.of(new Problem(field, message, hint)));
  }
}
