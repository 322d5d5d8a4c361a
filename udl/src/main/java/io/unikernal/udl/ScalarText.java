package io.unikernal.udl;

import io.unikernal.model.Value;
import io.unikernal.udl.Layout.Leaf;
import io.unikernal.udl.Node.Style;
import java.util.Optional;
import java.util.regex.Pattern;

/** Writes a text as YAML, with quotes only where it needs them. */
final class ScalarText {
  /** What YAML 1.1, and so a part of the world's tools, reads as something else than text. */
  private static final Pattern OTHERS_READ =
      Pattern.compile(
          "(?i)y|n|yes|no|on|off|[-+]?[0-9][0-9_,]*(\\.[0-9_]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*"
              + "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9]*)?|=|<<");

  private static final String INDICATORS = "-?:,[]{}#&*!|>'\"%@`";

  private ScalarText() {}

  /** In one line, as it is written if it can be. */
  static String oneLine(Leaf leaf, boolean inFlow) {
    boolean isLong = leaf.raw().indexOf('\n') >= 0;
    if (leaf.style() == Style.PLAIN && !isLong) {
      return leaf.raw();
    }
    if (isPlain(leaf.value(), inFlow)) {
      return leaf.value();
    }
    boolean isKept =
        leaf.style() == Style.DOUBLE_QUOTED
            || (leaf.style() == Style.SINGLE_QUOTED && !isSimple(leaf.value()));
    return isKept && !isLong ? leaf.raw() : quoted(leaf.value());
  }

  /** Text that YAML gives back as this text. */
  static String of(String value, boolean inFlow) {
    return isPlain(value, inFlow) ? value : quoted(value);
  }

  /** Whether the text stands for itself without quotes; in doubt it does not. */
  static boolean isPlain(String value, boolean inFlow) {
    if (value.isEmpty()
        || value.length() > 1000
        || INDICATORS.indexOf(value.charAt(0)) >= 0
        || value.strip().length() != value.length()
        || value.endsWith(":")
        || value.contains(": ")
        || value.contains(" #")
        || value.startsWith("...")
        || OTHERS_READ.matcher(value).matches()) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean isBreaking = inFlow && ",[]{}".indexOf(c) >= 0;
      boolean isColon =
          inFlow && c == ':' && i + 1 < value.length() && ",[]{}".indexOf(value.charAt(i + 1)) >= 0;
      if (isBreaking || isColon || !isPrinted(value, i)) {
        return false;
      }
    }
    var plain = new Node.Scalar(NOWHERE, value, Style.PLAIN, Optional.empty());
    return plain.value() instanceof Value.Text;
  }

  private static final Place NOWHERE =
      new Place(new Source("", java.nio.file.Path.of(""), ""), 0, 0);

  /** Letters and such, paired surrogates, and the space: nothing that cannot be seen. */
  private static boolean isPrinted(String value, int i) {
    char c = value.charAt(i);
    if (Character.isSurrogate(c)) {
      int point =
          Character.isHighSurrogate(c) ? value.codePointAt(i) : value.codePointBefore(i + 1);
      return Character.isSupplementaryCodePoint(point) && isVisible(point);
    }
    return c == ' ' || isVisible(c);
  }

  private static boolean isVisible(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR,
          Character.UNASSIGNED,
          Character.SURROGATE,
          Character.PRIVATE_USE ->
          false;
      default -> true;
    };
  }

  private static boolean isSimple(String value) {
    if (value.indexOf('"') >= 0 || value.indexOf('\\') >= 0) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      if (!isPrinted(value, i)) {
        return false;
      }
    }
    return true;
  }

  /** In double quotes, or in single ones where that saves every escape. */
  static String quoted(String value) {
    boolean isAllPrinted = true;
    for (int i = 0; i < value.length(); i++) {
      isAllPrinted &= isPrinted(value, i);
    }
    if (isAllPrinted && !isSimple(value)) {
      return "'" + value.replace("'", "''") + "'";
    }
    var text = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        case '\t' -> text.append("\\t");
        case '\r' -> text.append("\\r");
        default -> {
          if (isPrinted(value, i)) {
            text.append(c);
          } else if (Character.isHighSurrogate(c) && i + 1 < value.length()) {
            text.append("\\U%08x".formatted(value.codePointAt(i++)));
          } else {
            text.append("\\u%04x".formatted((int) c));
          }
        }
      }
    }
    return text.append('"').toString();
  }
}
