package io.unikernal.udl;

import io.unikernal.udl.Diagnostics.Finding;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Style;
import java.util.List;
import java.util.regex.Pattern;

/** Offers another text for a scalar: only the part that differs where quotes allow it. */
final class ScalarEdits {
  private static final Pattern HARMLESS = Pattern.compile("[\\w.?()&|=!<>+ -]*");

  private ScalarEdits() {}

  static void replace(Finding finding, Scalar scalar, String better) {
    finding.write(changed(scalar.text(), better));
    String before = scalar.text();
    int start = 0;
    int most = Math.min(before.length(), better.length());
    while (start < most && before.charAt(start) == better.charAt(start)) {
      start++;
    }
    int end = 0;
    while (end < most - start
        && before.charAt(before.length() - 1 - end) == better.charAt(better.length() - 1 - end)) {
      end++;
    }
    String part = better.substring(start, better.length() - end);
    boolean isPartial =
        scalar.style() == Style.BLOCK
            || !scalar.isPlain() && start > 0 && HARMLESS.matcher(part).matches();
    if (isPartial) {
      finding.edit(scalar.part(start, before.length() - end), part);
    } else {
      finding.edit(scalar.place(), YamlErrors.written(scalar, better));
    }
  }

  /** Of several lines those that change. */
  private static String changed(String before, String better) {
    List<String> old = before.lines().toList();
    return old.size() < 2
        ? better
        : String.join("\n", better.lines().filter(line -> !old.contains(line)).toList());
  }
}
