package io.unikernal.formats;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import java.nio.charset.Charset;
import java.util.Optional;

/**
 * How rows and cells are written.
 *
 * @param quote none where cells are never quoted
 * @param nothing the text of a cell that holds nothing; without one that is an empty cell
 */
record CsvOptions(
    char delimiter,
    Optional<Character> quote,
    boolean hasHeader,
    Optional<String> nothing,
    String charset,
    boolean hasMark,
    String lineEnd) {
  static final Field<String> DELIMITER =
      Field.text("delimiter", "The one character between two cells.").or(",").example("\";\"");
  static final Field<Boolean> HEADER =
      Field.bool(
              "header",
              "Whether the first row names the columns. Without it the columns of a record stand in the"
                  + " order of its fields.")
          .or(true);
  static final Field<String> QUOTE =
      Field.text(
              "quote",
              "The one character around a cell that holds a delimiter, a quote or a line end; empty"
                  + " for none.")
          .or("\"")
          .example("\"'\"");
  static final Field<String> NULL =
      Field.text(
              "null",
              "The text of a cell that holds nothing, where it is not quoted. Without it that is an"
                  + " empty cell, and an empty text is a quoted one.")
          .optional()
          .example("\"\\\\N\"");
  static final Field<Boolean> MARK =
      Field.bool("mark", "Whether to begin with a byte order mark, as some spreadsheets want it.")
          .or(false);
  static final Field<String> LINE_END =
      Field.symbol("line_end", "What ends a row that is written; both are read.", "crlf", "lf")
          .or("crlf");

  static final ConfigSpec CSV =
      ConfigSpec.of(DELIMITER, HEADER, QUOTE, NULL, Charsets.CHARSET, MARK, LINE_END);
  static final ConfigSpec TSV =
      ConfigSpec.of(HEADER, QUOTE, NULL, Charsets.CHARSET, MARK, LINE_END);

  static CsvOptions of(Config config) {
    return of(config, one("delimiter", config.get(DELIMITER)));
  }

  static CsvOptions of(Config config, char delimiter) {
    String quote = config.get(QUOTE);
    var options =
        new CsvOptions(
            delimiter,
            quote.isEmpty() ? Optional.empty() : Optional.of(one("quote", quote)),
            config.get(HEADER),
            config.find(NULL).filter(text -> !text.isEmpty()),
            config.get(Charsets.CHARSET),
            config.get(MARK),
            config.get(LINE_END).equals("lf") ? "\n" : "\r\n");
    if (options.quote.filter(it -> it == delimiter).isPresent()) {
      throw Faults.options("`delimiter` and `quote` are the same character", "");
    }
    if (options.nothing.filter(options::isDivided).isPresent()) {
      throw Faults.options(
          "`null` holds a delimiter, a quote or a line end", "write a plain word, as `NULL`");
    }
    if (options.hasMark && !options.charset.startsWith("utf-")) {
      throw Faults.options("`mark` needs a charset of Unicode", "leave it out");
    }
    return options;
  }

  private static char one(String name, String text) {
    if (text.length() != 1 || Character.isSurrogate(text.charAt(0)) || "\r\n".contains(text)) {
      throw Faults.options("`" + name + "` is one character", "write " + name + ": \";\"");
    }
    return text.charAt(0);
  }

  /** Whether a cell of this text would be more than one where it is not quoted. */
  boolean isDivided(String text) {
    return text.indexOf(delimiter) >= 0
        || text.indexOf('\n') >= 0
        || text.indexOf('\r') >= 0
        || quote.filter(it -> text.indexOf(it) >= 0).isPresent();
  }

  Charset charsetFor(Optional<Charset> told) {
    return Charsets.chosen(told, charset);
  }
}
