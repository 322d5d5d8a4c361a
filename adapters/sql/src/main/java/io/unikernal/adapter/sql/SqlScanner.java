package io.unikernal.adapter.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the named parameters of one statement, and what kind of statement it is. It knows just
 * enough of SQL to pass over text that is not code: strings, quoted names, comments, dollar quotes,
 * casts. The database itself judges the rest.
 */
final class SqlScanner {

  /** How a database writes what is not code. */
  enum Grammar {
    /** {@code [name]} and {@code `name`} are names; {@code ?}, {@code @x} and {@code $x} bind. */
    SQLITE,
    /** {@code $tag$text$tag$}, {@code E'\n'}, nested comments; {@code ?} is an operator. */
    POSTGRES
  }

  sealed interface Result {
    record Scanned(SqlText text) implements Result {}

    record Wrong(int offset, String message, String hint) implements Result {}
  }

  /** Statements that would outlive the call, in a connection that others use next. */
  private static final Set<String> SESSION =
      Set.of(
          "begin",
          "start",
          "commit",
          "end",
          "rollback",
          "abort",
          "savepoint",
          "release",
          "attach",
          "detach",
          "set",
          "reset",
          "discard",
          "listen");

  private static final Set<String> VERBS =
      Set.of("select", "values", "table", "insert", "update", "delete", "merge", "replace");
  private static final Set<String> QUERIES = Set.of("select", "values", "table");
  private static final Set<String> REPORTS = Set.of("show", "explain", "pragma");
  private static final Set<String> CHANGES = Set.of("insert", "update", "delete", "merge", "into");

  /** A word outside of strings, with the depth of the parentheses around it. */
  private record Word(String text, int depth) {}

  private final String sql;
  private final Grammar grammar;
  private final StringBuilder jdbc = new StringBuilder();
  private final List<SqlText.Site> sites = new ArrayList<>();
  private final List<Word> words = new ArrayList<>();
  private Optional<Result.Wrong> wrong = Optional.empty();
  private int at;
  private int depth;
  private int brackets;
  private boolean ended;

  private SqlScanner(String sql, Grammar grammar) {
    this.sql = sql;
    this.grammar = grammar;
  }

  static Result scan(String sql, Grammar grammar) {
    return new SqlScanner(sql, grammar).run();
  }

  /** One statement of a script, and the words outside of strings that it has. */
  record Part(String text, List<String> words) {}

  /** The word that each statement of a script begins with. */
  static List<String> firstWords(String script, Grammar grammar) {
    return parts(script, grammar).stream().map(part -> part.words().getFirst()).toList();
  }

  /** The statements of a script, without the semicolons. */
  static List<Part> parts(String script, Grammar grammar) {
    var parts = new ArrayList<Part>();
    int from = 0;
    int start = 0;
    var scanner = new SqlScanner(script, grammar);
    while (scanner.at < script.length()) {
      boolean boundary = script.charAt(scanner.at) == ';';
      scanner.ended = false;
      scanner.wrong = Optional.empty();
      scanner.step();
      if (boundary || scanner.at >= script.length()) {
        if (scanner.words.size() > from) {
          var words = scanner.words.subList(from, scanner.words.size());
          int end = boundary ? scanner.at - 1 : script.length();
          parts.add(
              new Part(script.substring(start, end), words.stream().map(Word::text).toList()));
        }
        from = scanner.words.size();
        start = scanner.at;
      }
    }
    return parts;
  }

  private Result run() {
    // Anywhere, even in a string: there it would look as if it were filled in. `$${` begins a
    // dollar quote.
    int marker = sql.indexOf("${");
    if (marker >= 0 && (marker == 0 || sql.charAt(marker - 1) != '$')) {
      return new Result.Wrong(
          marker, "`${…}` is not put into SQL text", "write :name, and give `name` in `with`");
    }
    while (at < sql.length() && wrong.isEmpty()) {
      step();
    }
    if (wrong.isPresent()) {
      return wrong.get();
    }
    if (words.isEmpty()) {
      return new Result.Wrong(0, "there is no statement", "write one statement, as: select 1");
    }
    String first = words.getFirst().text();
    if (SESSION.contains(first)) {
      return new Result.Wrong(
          0,
          "`" + first + "` does not work here: each call is a transaction of its own",
          "leave it out; what must happen together is one statement");
    }
    String verb = mainVerb(first);
    boolean changes = words.stream().anyMatch(word -> CHANGES.contains(word.text()));
    boolean selects = QUERIES.contains(verb);
    boolean selectsInto = selects && first.equals("select") && changesAtTop("into");
    boolean returning = changesAtTop("returning");
    // `for update` in a plain select locks and changes nothing; in a `with` it may be a real one.
    boolean reads = selects && (first.equals("with") ? !changes : !selectsInto);
    boolean yieldsRows = (selects && !selectsInto) || returning || REPORTS.contains(first);
    return new Result.Scanned(new SqlText(sql, jdbc.toString(), sites, reads, yieldsRows));
  }

  private String mainVerb(String first) {
    if (!first.equals("with")) {
      return first;
    }
    return words.stream()
        .filter(word -> word.depth() == 0 && VERBS.contains(word.text()))
        .map(Word::text)
        .findFirst()
        .orElse(first);
  }

  private boolean changesAtTop(String text) {
    return words.stream().anyMatch(word -> word.depth() == 0 && word.text().equals(text));
  }

  /** Passes over one token, and copies it. */
  private void step() {
    char c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      copy(1);
    } else if (sql.startsWith("--", at)) {
      int end = sql.indexOf('\n', at);
      copy((end < 0 ? sql.length() : end) - at);
    } else if (sql.startsWith("/*", at)) {
      comment();
    } else if (ended) {
      if (c == ';') {
        copy(1);
      } else {
        fail(at, "more than one statement", "make each one an operation of its own");
      }
    } else {
      code(c);
    }
  }

  private void code(char c) {
    if (c == ';') {
      // Left out: some drivers take what follows for another statement.
      at++;
      ended = true;
    } else if (c == '\'') {
      quoted('\'', false);
    } else if (c == '"' || (c == '`' && grammar == Grammar.SQLITE)) {
      quoted(c, false);
    } else if (c == '[' && grammar == Grammar.SQLITE) {
      bracketed();
    } else if (c == '$' && grammar == Grammar.POSTGRES && dollarQuoted()) {
      return;
    } else if (c == '$' || (grammar == Grammar.SQLITE && (c == '?' || c == '@' || c == '#'))) {
      fail(at, "`" + c + "` is not how a parameter is written", "write :name");
    } else if (c == '?') {
      // The driver's own escape for the operators ?, ?| and ?&.
      jdbc.append("??");
      at++;
    } else if (c == ':') {
      colon();
    } else if (isNameStart(c)) {
      word();
    } else if (Character.isDigit(c)) {
      int end = at;
      while (end < sql.length() && (isNamePart(sql.charAt(end)) || sql.charAt(end) == '.')) {
        end++;
      }
      copy(end - at);
    } else {
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      brackets += c == '[' ? 1 : c == ']' ? -1 : 0;
      copy(1);
    }
  }

  private void word() {
    int end = at;
    while (end < sql.length() && isNamePart(sql.charAt(end))) {
      end++;
    }
    String text = sql.substring(at, end).toLowerCase(Locale.ROOT);
    boolean quote = end < sql.length() && sql.charAt(end) == '\'';
    copy(end - at);
    if (quote && text.equals("e") && grammar == Grammar.POSTGRES) {
      quoted('\'', true);
    } else if (jdbc.length() <= text.length()
        || jdbc.charAt(jdbc.length() - text.length() - 1) != '.') {
      // After a dot it is a column, as in `a.update`.
      words.add(new Word(text, depth));
    }
  }

  private void colon() {
    if (sql.startsWith("::", at) || sql.startsWith(":=", at)) {
      copy(2);
      return;
    }
    int end = at + 1;
    while (end < sql.length() && isNamePart(sql.charAt(end))) {
      end++;
    }
    boolean name = end > at + 1 && isNameStart(sql.charAt(at + 1));
    // `list[low:high]` is a slice.
    boolean slice =
        brackets > 0 && at > 0 && (isNamePart(sql.charAt(at - 1)) || sql.charAt(at - 1) == ')');
    if (!name || slice) {
      copy(1);
      return;
    }
    sites.add(new SqlText.Site(sql.substring(at + 1, end), at, end));
    jdbc.append('?');
    at = end;
  }

  private void quoted(char quote, boolean backslashes) {
    int start = at;
    int end = at + 1;
    while (end < sql.length()) {
      char c = sql.charAt(end);
      if (c == '\\' && backslashes) {
        end += 2;
      } else if (c == quote && end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
        end += 2;
      } else if (c == quote) {
        copy(end + 1 - at);
        return;
      } else {
        end++;
      }
    }
    unfinished(start, quote == '\'' ? "string" : "quoted name");
  }

  private void bracketed() {
    int end = sql.indexOf(']', at);
    if (end < 0) {
      unfinished(at, "quoted name");
    } else {
      copy(end + 1 - at);
    }
  }

  private void comment() {
    int start = at;
    int level = 0;
    int end = at;
    while (end < sql.length()) {
      if (sql.startsWith("/*", end) && (level == 0 || grammar == Grammar.POSTGRES)) {
        level++;
        end += 2;
      } else if (sql.startsWith("*/", end)) {
        level--;
        end += 2;
        if (level == 0) {
          copy(end - at);
          return;
        }
      } else {
        end++;
      }
    }
    unfinished(start, "comment");
  }

  private boolean dollarQuoted() {
    int end = at + 1;
    while (end < sql.length() && isNamePart(sql.charAt(end)) && sql.charAt(end) != '$') {
      end++;
    }
    boolean tag = end < sql.length() && sql.charAt(end) == '$';
    if (!tag || (end > at + 1 && Character.isDigit(sql.charAt(at + 1)))) {
      return false;
    }
    String mark = sql.substring(at, end + 1);
    int close = sql.indexOf(mark, end + 1);
    if (close < 0) {
      unfinished(at, "dollar-quoted text");
    } else {
      copy(close + mark.length() - at);
    }
    return true;
  }

  private void unfinished(int start, String what) {
    fail(start, "a " + what + " begins here and does not end", "");
    at = sql.length();
  }

  private void fail(int offset, String message, String hint) {
    wrong = Optional.of(new Result.Wrong(offset, message, hint));
    at++;
  }

  private void copy(int length) {
    int end = Math.min(sql.length(), at + length);
    jdbc.append(sql, at, end);
    at = end;
  }

  private static boolean isNameStart(char c) {
    return Character.isLetter(c) || c == '_';
  }

  private boolean isNamePart(char c) {
    return isNameStart(c) || Character.isDigit(c) || (c == '$' && grammar == Grammar.POSTGRES);
  }
}
