package io.unikernal.importers;

import java.util.Optional;

/** RE2 patterns in the dialect of JSON Schema. Only what means the same in both is taken over. */
final class EcmaPattern {
  /** Escapes that mean the same in both; {@code \s} and {@code \b} differ beyond ASCII. */
  private static final String SAME = "dDwWtnrfv\\/.*+?()[]{}|^$-";

  private EcmaPattern() {}

  /** Empty if the pattern says something that ECMA does not, or says otherwise. */
  static Optional<String> of(String re2) {
    var ecma = new StringBuilder();
    boolean isClass = false;
    for (int i = 0; i < re2.length(); i++) {
      char sign = re2.charAt(i);
      if (sign == '\\') {
        i++;
        if (i >= re2.length() || SAME.indexOf(re2.charAt(i)) < 0) {
          return Optional.empty();
        }
        ecma.append(sign).append(re2.charAt(i));
      } else if (isClass) {
        if (sign == '[') {
          return Optional.empty(); // Named classes, as [[:alpha:]].
        }
        isClass = sign != ']' || isFirstOfClass(re2, i);
        ecma.append(isClass && sign == ']' ? "\\]" : String.valueOf(sign));
      } else if (sign == '(' && re2.startsWith("(?", i) && !re2.startsWith("(?:", i)) {
        return Optional.empty(); // Flags and named groups.
      } else {
        isClass = sign == '[';
        ecma.append(sign == '.' ? "[^\\n]" : String.valueOf(sign));
      }
    }
    return Optional.of(ecma.toString());
  }

  private static boolean isFirstOfClass(String pattern, int at) {
    return pattern.charAt(at - 1) == '[' || pattern.startsWith("[^", at - 2);
  }
}
