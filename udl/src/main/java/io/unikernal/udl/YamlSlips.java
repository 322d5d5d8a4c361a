package io.unikernal.udl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Guesses which slip broke the YAML, from the line where the parser gave up and the one before. A
 * guess counts only if the text with its edit is YAML, or breaks further down: so what is offered
 * helps.
 */
final class YamlSlips {
  private static final int LENGTH_MAX = 256 * 1024;
  private static final int TAB_STOP = 4;
  private static final String INVISIBLE = "\u00A0\u1680\u2000-\u200B\u202F\u205F\u2060\u3000\uFEFF";
  static final Pattern UNSEEN = Pattern.compile("[" + INVISIBLE + "]");
  private static final Pattern INDENT = Pattern.compile("^(?:[ \\t]|-[ \\t])*+");
  private static final Pattern NO_SPACE =
      Pattern.compile("^(\\s*(?:- )*)([A-Za-z_][\\w-]*):(?=[^\\s/])(.*)$");
  private static final Pattern NO_DASH_SPACE =
      Pattern.compile("^(\\s*)-(?=[A-Za-z_{\\[\"'$])(.*)$");
  private static final Pattern EQUALS =
      Pattern.compile("^(\\s*(?:- )*)([A-Za-z_][\\w-]*)(\\s*=)\\s*(\\S.*)$");
  private static final Pattern NO_COLON =
      Pattern.compile("^(\\s*(?:- )*)([A-Za-z_][\\w-]*)(\\s+[^:#]*)?$");
  private static final Pattern BLOCK_ENTRY =
      Pattern.compile("^(\\s*(?:- )*)([A-Za-z_][\\w.-]*):\\s+(\\S.*?)\\s*$");
  private static final Pattern PROSE =
      Pattern.compile("[A-Z][^:#{}\\[\\]]*(?: [^:#{}\\[\\]]+){3,}:?");
  private static final Pattern BLOCK_TEXT = Pattern.compile(".*:\\s+[|>][-+0-9]*\\s*");
  private static final Pattern FLOW_CALL =
      Pattern.compile("[A-Za-z_]\\w*: ([A-Za-z_][^\"'{}\\[\\],]*\\([^\"{}]*?\\)[^,}\"]*?)\\s*[,}]");
  private static final Pattern CLOSED = Pattern.compile(".*?[^\\s,{\\[:]\\s*");
  private static final Pattern SLASHES = Pattern.compile("^\\s*(//)");
  private static final Pattern FENCE = Pattern.compile("^\\s*```.*$");

  private final Source source;
  private final int offset;
  private final int begin;
  private final List<Slip> slips = new ArrayList<>();

  private YamlSlips(Source source, int offset, int begin) {
    this.source = source;
    this.offset = offset;
    this.begin = begin;
  }

  /** A change; {@code text} takes the place's stead. */
  record Change(Place place, String text) {}

  /** What was probably done, where, and what undoes it. */
  record Slip(Code code, Place place, String message, String label, List<Change> changes) {}

  static Optional<Slip> find(Source source, int offset, int begin) {
    if (source.text().length() > LENGTH_MAX) {
      return Optional.empty();
    }
    var slips = new YamlSlips(source, offset, begin);
    slips.guess();
    return slips.slips.stream().filter(slips::helps).findFirst();
  }

  private boolean helps(Slip slip) {
    var text = new StringBuilder(source.text());
    int shift = 0;
    for (Change change : slip.changes()) {
      text.replace(change.place().start() + shift, change.place().end() + shift, change.text());
      shift += change.text().length() - (change.place().end() - change.place().start());
    }
    int broken = YamlReader.breaksAt(text.toString());
    return broken < 0 || broken - Math.max(0, shift) > source.lineEnd(offset) + 1;
  }

  private void guess() {
    int line = source.lineAt(offset);
    int before = line - 1;
    while (before > 0 && isIdle(source.line(before))) {
      before--;
    }
    tabs();
    each(line, before, this::lineSlips);
    flow();
    quotes();
    indentation(line, before);
    each(line, before, this::whole);
  }

  private static boolean isIdle(String line) {
    return line.isBlank() || line.stripLeading().startsWith("#");
  }

  private static void each(int line, int before, Consumer<Integer> guess) {
    guess.accept(line);
    if (before > 0) {
      guess.accept(before);
    }
  }

  private int start(int line) {
    return source.startOf(line);
  }

  private Place place(int from, int to) {
    return new Place(source, from, to);
  }

  private void add(Place place, String message, String label, Change... changes) {
    slips.add(new Slip(Code.YAML_SYNTAX, place, message, label, List.of(changes)));
  }

  private Change insert(int at, String text) {
    return new Change(place(at, at), text);
  }

  /** All indentation by tabs at once: nobody wants to be told of each line. */
  private void tabs() {
    var changes = new ArrayList<Change>();
    for (int line = 1; line <= source.lines(); line++) {
      Matcher indent = INDENT.matcher(source.line(line));
      if (indent.find() && indent.group().indexOf('\t') >= 0) {
        var spaces = new StringBuilder();
        for (char c : indent.group().toCharArray()) {
          spaces.append(
              c == '\t' ? " ".repeat(TAB_STOP - spaces.length() % TAB_STOP) : String.valueOf(c));
        }
        int at = start(line);
        changes.add(new Change(place(at, at + indent.end()), spaces.toString()));
      }
    }
    if (!changes.isEmpty()) {
      int first = source.text().indexOf('\t', changes.getFirst().place().start());
      String what = changes.size() > 1 ? "use spaces, here and in the lines below" : "use spaces";
      slips.add(
          new Slip(
              Code.YAML_TAB, place(first, first + 1), "a tab cannot indent YAML", what, changes));
    }
  }

  private void lineSlips(int number) {
    String line = source.line(number);
    int at = start(number);
    Matcher match = SLASHES.matcher(line);
    if (match.find()) {
      Place slashes = place(at + match.start(1), at + match.end(1));
      add(slashes, "a comment begins with `#`", "", new Change(slashes, "#"));
    }
    match = UNSEEN.matcher(line);
    if (match.find()) {
      add(
          place(at + match.start(), at + match.end()),
          "an invisible character that is no space (U+%04X)"
              .formatted((int) line.charAt(match.start())),
          "type a space here, or nothing",
          new Change(place(at + match.start(), at + match.end()), spaceFor(match.group())));
    }
    match = NO_SPACE.matcher(line);
    if (match.matches()) {
      add(
          place(at + match.start(2), at + match.start(3)),
          "after `" + match.group(2) + ":` a space is missing",
          "write `" + match.group(2) + ": " + shown(match.group(3)) + "`",
          insert(at + match.start(3), " "));
    }
    match = NO_DASH_SPACE.matcher(line);
    if (match.matches()) {
      Place dash = place(at + match.end(1), at + match.end(1) + 1);
      Change space = insert(at + match.start(2), " ");
      add(dash, "after `-` a space is missing", "", space);
      var changes = new ArrayList<Change>(List.of(space));
      for (int i = number + 1; i <= source.lines() && column(i) > column(number); i++) {
        changes.add(insert(start(i), " "));
      }
      add(dash, "after `-` a space is missing", "", changes.toArray(Change[]::new));
    }
    match = EQUALS.matcher(line);
    if (match.matches()) {
      add(
          place(at + match.start(3), at + match.end(3)),
          "`=` gives no value in YAML",
          "write `" + match.group(2) + ": " + shown(match.group(4)) + "`",
          new Change(place(at + match.start(3), at + match.end(3)), ":"));
    }
    if (PROSE.matcher(line).matches()) {
      add(
          place(at, at + line.length()),
          "this is prose, and no YAML",
          "a comment begins with `#`",
          insert(at, "# "));
    }
    match = NO_COLON.matcher(line);
    if (match.matches()) {
      add(
          place(at + match.start(2), at + match.end(2)),
          "after `" + match.group(2) + "` a `:` is missing",
          "",
          insert(at + match.end(2), ":"));
    }
  }

  static String spaceFor(String invisible) {
    return "\u200B\u2060\uFEFF".contains(invisible) ? "" : " ";
  }

  private static String shown(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "…" : text.strip();
  }

  /** Brackets and commas. */
  private void flow() {
    String text = source.text();
    char wrong = offset < text.length() ? text.charAt(offset) : '\n';
    if (wrong == '}' || wrong == ']') {
      String other = wrong == '}' ? "]" : "}";
      Place here = place(offset, offset + 1);
      add(
          here,
          "`" + wrong + "` closes nothing that `" + opposite(wrong) + "` opened",
          "write `" + other + "`",
          new Change(here, other));
      add(here, "`" + wrong + "` closes nothing", "remove it", new Change(here, ""));
    }
    for (int at = source.lineStart(offset); at < source.lineEnd(offset); at++) {
      if (text.charAt(at) == ';') {
        add(
            place(at, at + 1),
            "`;` separates nothing in YAML",
            "write `,`",
            new Change(place(at, at + 1), ","));
        break;
      }
    }
    int word = offset;
    while (word > 0
        && (Character.isLetterOrDigit(text.charAt(word - 1))
            || "_\"'".indexOf(text.charAt(word - 1)) >= 0)) {
      word--;
    }
    int end = word;
    while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    if (end > 0 && end < word && ",{[:".indexOf(text.charAt(end - 1)) < 0) {
      add(
          place(word, Math.max(word + 1, offset)),
          "before this a `,` is missing",
          "",
          insert(end, ","));
    }
    open(source.lineAt(begin));
    open(source.lineAt(offset));
  }

  private static char opposite(char closer) {
    return closer == '}' ? '{' : '[';
  }

  /** What a line opens and does not close, closed at its end. */
  private void open(int number) {
    String line = source.line(number).stripTrailing();
    var closers = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if ((c == '"' || c == '\'') && (i == 0 || " {[,:(".indexOf(line.charAt(i - 1)) >= 0)) {
        quote = c;
      } else if (c == '{' || c == '[') {
        closers.insert(0, c == '{' ? '}' : ']');
      } else if (!closers.isEmpty() && c == closers.charAt(0)) {
        closers.deleteCharAt(0);
      }
    }
    if (closers.isEmpty() || quote != 0 || !CLOSED.matcher(line).matches()) {
      return;
    }
    int end = start(number) + line.length();
    String missing = closers.toString();
    add(
        place(Math.max(start(number), end - 1), end),
        "a `" + missing + "` is missing at the end of this line",
        "",
        insert(
            end,
            (line.endsWith("}") || line.endsWith("]") ? " " : " ")
                + String.join(" ", missing.split(""))));
  }

  /** A quote that is opened and not closed, a text that needs quotes, an escape that is none. */
  private void quotes() {
    String text = source.text();
    int wordEnd = flowEnd(offset, source.lineEnd(offset));
    if (offset < text.length() && "@`%".indexOf(text.charAt(offset)) >= 0 && wordEnd > 0) {
      Place word = place(offset, wordEnd);
      String quoted = YamlErrors.quoted(word.text());
      add(word, why(word.text()), "write `" + quoted + "`", new Change(word, quoted));
    }
    char opened = begin < text.length() ? text.charAt(begin) : '\n';
    if (opened == '"' || opened == '\'') {
      String line = source.line(source.lineAt(begin)).stripTrailing();
      int end = source.lineStart(begin) + line.length();
      char last = end > begin + 1 ? text.charAt(end - 1) : '\n';
      int inFlow = flowEnd(begin + 1, end);
      if (source.text().substring(source.lineStart(begin), begin).matches(".*[{\\[].*")
          && inFlow > 0) {
        add(
            place(begin, inFlow),
            "the quote that this begins with is not closed",
            "",
            insert(inFlow, String.valueOf(opened)));
      }
      boolean isOther = last == (opened == '"' ? '\'' : '"');
      Place where = place(isOther ? end - 1 : end, end);
      add(
          place(begin, end),
          "the quote that this begins with is not closed",
          "",
          new Change(where, String.valueOf(opened)));
      int close = text.indexOf('"', begin + 1);
      if (opened == '"' && close > 0 && close < end && offset <= close) {
        String inner = text.substring(begin + 1, close);
        add(
            place(Math.min(offset, close), Math.min(offset, close) + 1),
            "`\\"
                + shown(text.substring(offset, Math.min(offset + 1, close)))
                + "` is no escape inside double quotes",
            "in single quotes a `\\` is a `\\`",
            new Change(place(begin, close + 1), "'" + inner.replace("'", "''") + "'"));
      }
    }
  }

  /** Where a value within braces ends: before the next comma or bracket; -1 if there is none. */
  private int flowEnd(int from, int to) {
    int at = from;
    while (at < to && ",}]".indexOf(source.text().charAt(at)) < 0) {
      at++;
    }
    if (at == to) {
      return -1;
    }
    while (at > from && source.text().charAt(at - 1) == ' ') {
      at--;
    }
    return at;
  }

  /** A line that stands in no column of those before. */
  private void indentation(int line, int before) {
    int own = column(line);
    var columns = new ArrayList<Integer>();
    boolean isItem = source.line(line).stripLeading().startsWith("- ");
    int limit = Integer.MAX_VALUE;
    for (int i = before; i > 0 && limit > 0; i--) {
      if (isIdle(source.line(i))) {
        continue;
      }
      int column = column(i);
      boolean isDash = source.line(i).stripLeading().startsWith("- ");
      int key = column + (isDash ? dashes(i) : 0);
      if (key < limit && !isItem) {
        columns.add(key);
      }
      if (isDash && isItem && column < limit) {
        columns.add(column);
      }
      limit = Math.min(limit, column);
    }
    int above = before - 1;
    while (above > 0 && source.line(above).isBlank()) {
      above--;
    }
    if (above > 0 && BLOCK_TEXT.matcher(source.line(above)).matches()) {
      shift(before, column(before), column(above) + 2);
    }
    columns.sort((a, b) -> Math.abs(a - own) - Math.abs(b - own));
    for (int column : columns.subList(0, Math.min(columns.size(), 4))) {
      if (column != own) {
        shift(line, own, column);
      }
    }
  }

  private int column(int line) {
    String text = source.line(line);
    return text.length() - text.stripLeading().length();
  }

  private int dashes(int line) {
    String text = source.line(line).stripLeading();
    int at = 0;
    while (text.startsWith("-", at) || text.startsWith(" ", at)) {
      at++;
    }
    return at;
  }

  /** Moves a line, and those below that stand deeper, to a column. */
  private void shift(int line, int own, int column) {
    var changes = new ArrayList<Change>();
    for (int i = line; i <= source.lines(); i++) {
      boolean isPart = i == line || isIdle(source.line(i)) || column(i) > own;
      if (!isPart) {
        break;
      }
      if (!source.line(i).isBlank()) {
        int indent = Math.max(0, column(i) + column - own);
        changes.add(new Change(place(start(i), start(i) + column(i)), " ".repeat(indent)));
      }
    }
    int from = start(line) + own;
    slips.add(
        new Slip(
            Code.YAML_SYNTAX,
            place(from, Math.max(from + 1, start(line) + source.line(line).length())),
            "this does not stand in one column with what it belongs to",
            "begin it in column " + (column + 1) + ", not " + (own + 1),
            changes));
  }

  /** What a whole line is: a text that needs quotes, a comment or fence of another language. */
  private void whole(int number) {
    String line = source.line(number);
    int at = start(number);
    Matcher call = FLOW_CALL.matcher(line);
    if (call.find()) {
      Place value = place(at + call.start(1), at + call.end(1));
      String quoted = YamlErrors.quoted(value.text());
      add(
          value,
          "in `{ }` a text with commas or quotes inside needs quotes",
          "write `" + shown(quoted) + "`",
          new Change(value, quoted));
    }
    if (FENCE.matcher(line).matches()) {
      var changes = new ArrayList<Change>();
      for (int i = 1; i <= source.lines(); i++) {
        if (FENCE.matcher(source.line(i)).matches()) {
          changes.add(new Change(place(start(i), start(i) + source.line(i).length()), ""));
        }
      }
      slips.add(
          new Slip(
              Code.YAML_SYNTAX,
              place(at, at + line.length()),
              "the fence of a Markdown block is no part of the definition",
              "remove these lines",
              changes));
    }
    Matcher match = BLOCK_ENTRY.matcher(line);
    boolean isText = match.matches() && "{[\"'&*!|>".indexOf(match.group(3).charAt(0)) < 0;
    if (isText && !isKey(match.group(3))) {
      Place value = place(at + match.start(3), at + match.end(3));
      String quoted = YamlErrors.quoted(value.text());
      add(
          value,
          why(value.text()),
          "write `" + match.group(2) + ": " + shown(quoted) + "`",
          new Change(value, quoted));
    }
  }

  private static String why(String text) {
    return switch (text.charAt(0)) {
      case '@', '%' -> "a text that begins with `" + text.charAt(0) + "` needs quotes";
      case '`' -> "a text that begins with a backtick needs quotes";
      default -> "this text needs quotes: `: ` begins a value";
    };
  }

  /** Whether a value is a key with a value itself: then it belongs on a line of its own. */
  private static boolean isKey(String value) {
    int colon = value.indexOf(": ");
    return colon > 0
        && Grammar.ALL.stream()
            .anyMatch(known -> known.find(value.substring(0, colon)).isPresent());
  }
}
