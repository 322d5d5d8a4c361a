package io.unikernal.adapter.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A statement's words and signs with their places: enough to put a caret under one. */
final class SqlTokens {
  /** One word, sign, string or quoted name; offsets in chars. */
  record Token(String text, int start, int end) {
    /** The name that it is, without quotes. */
    String name() {
      boolean isQuoted = text.length() > 1 && "\"`[".indexOf(text.charAt(0)) >= 0;
      return isQuoted ? text.substring(1, text.length() - 1) : text;
    }

    boolean isName() {
      char first = text.charAt(0);
      return Character.isLetter(first) || first == '_' || name().length() < text.length();
    }
  }

  private static final Pattern TOKEN =
      Pattern.compile(
          "--[^\\n]*|/\\*.*?\\*/|\\s+|'[^']*'|\"[^\"]*\"|`[^`]*`|\\[[^\\]]*]"
              + "|[\\p{L}_][\\p{L}\\p{N}_$]*|\\p{N}+|.",
          Pattern.DOTALL);

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();

  SqlTokens(String sql) {
    this.sql = sql;
    var matcher = TOKEN.matcher(sql);
    while (matcher.find()) {
      String text = matcher.group();
      boolean isPassed = text.isBlank() || text.startsWith("--") || text.startsWith("/*");
      if (!isPassed) {
        tokens.add(new Token(text, matcher.start(), matcher.end()));
      }
    }
  }

  List<Token> all() {
    return tokens;
  }

  /** The word at an offset, with what is joined to it by points, as {@code o.total}. */
  Token at(int offset) {
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (offset < token.end()) {
        int last = i;
        while (token.isName()
            && last + 2 < tokens.size()
            && tokens.get(last + 1).text().equals(".")
            && tokens.get(last + 2).isName()) {
          last += 2;
        }
        return token(Math.max(offset, token.start()), tokens.get(last).end());
      }
    }
    int end = sql.stripTrailing().length();
    return token(Math.max(0, end - 1), end);
  }

  private Token token(int start, int end) {
    return new Token(sql.substring(start, end), start, end);
  }

  /** Where a name stands first; it may hold points. Databases do not mind the case. */
  Optional<Token> find(String dotted) {
    return findAll(dotted).stream().findFirst();
  }

  List<Token> findAll(String dotted) {
    String[] parts = dotted.split("\\.", -1);
    var found = new ArrayList<Token>();
    for (int i = 0; i + 2 * (parts.length - 1) < tokens.size(); i++) {
      if (matches(i, parts)) {
        found.add(token(tokens.get(i).start(), tokens.get(i + 2 * (parts.length - 1)).end()));
      }
    }
    return found;
  }

  private boolean matches(int from, String[] parts) {
    for (int i = 0; i < parts.length; i++) {
      boolean isPart = tokens.get(from + 2 * i).name().equalsIgnoreCase(parts[i]);
      boolean isJoined = i == 0 || tokens.get(from + 2 * i - 1).text().equals(".");
      if (!isPart || !isJoined) {
        return false;
      }
    }
    return true;
  }
}
