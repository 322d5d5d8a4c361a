package io.unikernal.adapter.file;

import io.unikernal.model.Field;
import io.unikernal.model.Type;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Formats;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Files in one folder: append, write, read, list and watch. Nothing outside of it. */
public final class FileAdapter implements Inspects {
  static final Field<Path> PATH =
      Field.path("path", "The folder, made when it is not there. Everything happens inside of it.")
          .optional()
          .example("./outbox");

  /** The other name of {@link #PATH}. */
  static final Field<Path> CONNECTION =
      Field.path("connection", "Another name for `path`.").optional().example("./outbox");

  static final Field<String> APPEND =
      Field.text(
              "append",
              "Adds each message to this file: one line of JSON, or a record of the format.")
          .optional()
          .example("placed.jsonl");

  static final Field<String> WRITE =
      Field.text(
              "write",
              "Writes each message to this file, whole or not at all. `{name}` stands for a field"
                  + " of the message. Text and bytes as they are, everything else in the format.")
          .optional()
          .example("\"orders/{id}.json\"");

  static final Field<String> READ =
      Field.text(
              "read",
              "Answers with what is in this file: data where its format is known, else text. `{name}`"
                  + " stands for a field of the input.")
          .optional()
          .example("\"orders/{id}.json\"");

  static final Field<String> LIST =
      Field.text("list", "Answers with the files that fit: their name, size and time of change.")
          .optional()
          .example("\"orders/*.json\"");

  static final Field<String> WATCH =
      Field.text(
              "watch",
              "Emits each new file that fits, once it has stopped to grow. One that changes later is"
                  + " new again.")
          .optional()
          .example("\"in/*.json\"");

  static final Field<String> FORMAT =
      Field.symbol(
              "format",
              "What the files are written in. Without it the end of their names says so, as `.csv`;"
                  + " where that says nothing they are text, and what is no text is written as JSON.",
              Formats.installed().names())
          .optional()
          .example("csv");

  static final Field<Type> ACCEPTS =
      Field.type("accepts", "The type of what `append` and `write` take.")
          .or(Type.Simple.ANY)
          .example("Placed");

  static final Field<Type> RETURNS =
      Field.type("returns", "The type of what `read` answers; with `?` a file may be missing.")
          .or(Type.Simple.ANY)
          .example("Order?");

  static final Field<Type> RECEIVES =
      Field.type("receives", "The type of what is in the files that `watch` emits.")
          .or(Type.Simple.ANY)
          .example("Order");

  static final Field<Duration> EVERY =
      Field.duration("every", "How often `watch` looks.").or(Duration.ofSeconds(1)).example("5s");

  static final Field<String> AFTER =
      Field.symbol(
              "after",
              "What `watch` does with a file that is done: keeps it and remembers so in the state"
                  + " folder, deletes it, or moves it.",
              "keep",
              "delete",
              "move")
          .or("keep")
          .example("move");

  static final Field<String> DONE =
      Field.text("done", "The folder, inside of `path`, that `after: move` moves to.")
          .or("done")
          .example("archive");

  private static final String APPEND_EXAMPLE =
      """
      udl: 7
      types:
        Placed: { id: uuid, customer: string, total: "decimal(12,2)" }
      systems:
        notices:
          type: file
          path: ./outbox
          operations:
            order_placed: { append: placed.jsonl, accepts: Placed }
      pipelines:
        note:
          input: Placed
          steps:
            - { system: notices.order_placed, with: "${input}" }
      """;

  private static final String WATCH_EXAMPLE =
      """
      udl: 7
      types:
        Order: { id: uuid, customer: string }
      systems:
        inbox:
          type: file
          path: ./inbox
          operations:
            order: { watch: "*.json", receives: Order, after: move, done: done }
        archive:
          type: file
          path: ./archive
          operations:
            keep: { write: "{id}.json", accepts: Order }
            find: { read: "{id}.json", returns: "Order?" }
            all: { list: "*.json" }
      routes:
        - from: inbox.order
          to: archive.keep
      """;

  private static final AdapterSpec SPEC =
      new AdapterSpec(
          "file",
          List.of(),
          AdapterSpec.Stability.BETA,
          "Files in one folder. What is done is on the disk.",
          Formats.installed().withOptions(PATH, CONNECTION),
          Formats.installed()
              .withOptions(
                  APPEND, WRITE, READ, LIST, WATCH, FORMAT, ACCEPTS, RETURNS, RECEIVES, EVERY,
                  AFTER, DONE),
          FileRule::shape,
          List.of(
              new AdapterSpec.Example("One line for each order", APPEND_EXAMPLE),
              new AdapterSpec.Example("From an inbox to an archive", WATCH_EXAMPLE)));

  @Override
  public AdapterSpec spec() {
    return SPEC;
  }

  @Override
  public OpenSystem open(SystemContext context) {
    return new FileFolder(context);
  }

  @Override
  public Inspection inspect(Request request) {
    return FileInspection.of(request);
  }
}
