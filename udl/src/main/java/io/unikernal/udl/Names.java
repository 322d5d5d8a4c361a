package io.unikernal.udl;

import io.unikernal.udl.Node.Scalar;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules for names. */
public final class Names {
  private static final Pattern LOWER = Pattern.compile("[a-z][a-z0-9_]*");
  private static final Pattern TYPE = Pattern.compile("[A-Z][A-Za-z0-9_]*");
  private static final int LENGTH_MAX = 100;

  /** CEL's words, those it keeps for later, and the names that expressions have in scope. */
  private static final Set<String> RESERVED =
      Set.of(
          "true",
          "false",
          "null",
          "in",
          "as",
          "break",
          "const",
          "continue",
          "else",
          "for",
          "function",
          "if",
          "import",
          "let",
          "loop",
          "package",
          "namespace",
          "return",
          "var",
          "void",
          "while",
          "input",
          "meta",
          "auth",
          "error",
          "item",
          "index",
          "env",
          "secret",
          "param");

  private Names() {}

  /** The words that name nothing where expressions see the name, since they use them themselves. */
  public static Set<String> reserved() {
    return RESERVED;
  }

  static boolean isGood(String name) {
    return LOWER.matcher(name).matches() && name.length() <= LENGTH_MAX && !RESERVED.contains(name);
  }

  static boolean check(Scalar name, String what, Diagnostics diagnostics) {
    String text = name.text();
    if (!checkForm(name, what, diagnostics)) {
      return false;
    }
    if (RESERVED.contains(text)) {
      diagnostics
          .error(
              Code.RESERVED_NAME,
              name.place(),
              "`" + text + "` cannot be the name of " + what + ": expressions use it themselves")
          .write("my_" + text)
          .edit(name.place(), "my_" + text);
      return false;
    }
    return true;
  }

  /** For names that never stand alone in an expression, so that none is reserved. */
  static boolean checkForm(Scalar name, String what, Diagnostics diagnostics) {
    String text = name.text();
    if (!LOWER.matcher(text).matches() || text.length() > LENGTH_MAX) {
      String better = text.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
      better = better.replaceAll("[^a-z0-9_]+", "_").replaceAll("^[^a-z]+|_+$", "");
      var finding =
          diagnostics.error(
              Code.BAD_NAME,
              name.place(),
              "`" + text + "` cannot be the name of " + what + ": letters a-z, digits and `_`");
      if (!better.isEmpty() && better.length() <= LENGTH_MAX) {
        finding.write(better).edit(name.place(), better);
      }
      return false;
    }
    return true;
  }

  /** Roles come from elsewhere too, where names are others': what an issuer may say is one. */
  static boolean checkRole(Scalar name, Diagnostics diagnostics) {
    String text = name.text();
    boolean isGood =
        !text.isEmpty()
            && text.length() <= LENGTH_MAX
            && text.chars().noneMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c));
    if (!isGood) {
      diagnostics.error(
          Code.BAD_NAME,
          name.place(),
          "this cannot be the name of a role: it has spaces, or is empty or too long");
    }
    return isGood;
  }

  static boolean checkType(Scalar name, Diagnostics diagnostics) {
    String text = name.text();
    if (TYPE.matcher(text).matches() && text.length() <= LENGTH_MAX) {
      return true;
    }
    // `order-line` is OrderLine.
    String better =
        Pattern.compile("[^A-Za-z0-9]+([a-z]?)")
            .matcher(text)
            .replaceAll(part -> part.group(1).toUpperCase(Locale.ROOT));
    var finding =
        diagnostics.error(
            Code.BAD_NAME,
            name.place(),
            "`" + text + "` cannot be the name of a type: they begin with a capital letter");
    if (better.matches("[A-Za-z].*") && better.length() <= LENGTH_MAX) {
      String upper = better.substring(0, 1).toUpperCase(Locale.ROOT) + better.substring(1);
      finding.write(upper).edit(name.place(), upper);
    }
    return false;
  }
}
