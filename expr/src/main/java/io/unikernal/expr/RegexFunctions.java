package io.unikernal.expr;

import com.google.re2j.Matcher;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.List;

/** Regular expressions, with RE2's syntax and its linear time. */
final class RegexFunctions {
  private RegexFunctions() {}

  static List<Definition> all() {
    return List.of(
        Definition.of(
            "matches",
            "string.matches(string) -> bool; matches(string, string) -> bool",
            "Whether a part of it matches the RE2 pattern; anchor with `^` and `$`.",
            "'AB-12'.matches('^[A-Z]+-[0-9]+$')",
            "true",
            (a, run) -> Value.Bool.of(matcher(a, run).find())),
        Definition.of(
            "regex.replace",
            "regex.replace(string, string, string) -> string; regex.replace(string, string, string,"
                + " int) -> string",
            "Each match of the pattern replaced, at most so many; `\\1` stands for the first"
                + " group.",
            "regex.replace('2026-01', '([0-9]+)-([0-9]+)', r'\\2/\\1')",
            "'01/2026'",
            (a, run) -> replace(a, run)),
        Definition.of(
            "regex.extract",
            "regex.extract(string, string) -> string?",
            "The first match, or its group if the pattern has one; absent when there is none.",
            "regex.extract('order 42', 'order ([0-9]+)').value()",
            "'42'",
            (a, run) -> {
              Matcher matcher = extracting(a, run);
              return matcher.find() ? found(matcher) : Value.Absent.ABSENT;
            }),
        Definition.of(
            "regex.extractAll",
            "regex.extractAll(string, string) -> list(string)",
            "All matches, or their groups if the pattern has one.",
            "regex.extractAll('a1 b2', '[a-z]([0-9])')",
            "['1', '2']",
            (a, run) -> {
              Matcher matcher = extracting(a, run);
              var all = new ArrayList<Value>();
              while (matcher.find()) {
                run.step();
                Value found = found(matcher);
                if (found != Value.Absent.ABSENT) {
                  all.add(found);
                  Evaluation.checkElements(all.size());
                }
              }
              return new Value.Items(all);
            }));
  }

  private static Matcher matcher(Value[] a, Evaluation run) {
    return Patterns.matcher(TextFunctions.text(a[1]), TextFunctions.text(a[0]), run);
  }

  private static Matcher extracting(Value[] a, Evaluation run) {
    Matcher matcher = matcher(a, run);
    if (matcher.groupCount() > 1) {
      throw new EvaluationException("a pattern with more than one group in");
    }
    return matcher;
  }

  private static Value found(Matcher matcher) {
    String group = matcher.group(matcher.groupCount());
    return group == null ? Value.Absent.ABSENT : Value.text(group);
  }

  private static Value replace(Value[] a, Evaluation run) {
    String text = TextFunctions.text(a[0]);
    String by = TextFunctions.text(a[2]);
    long left = a.length > 3 ? TextFunctions.integer(a[3]) : -1;
    Matcher matcher = matcher(a, run);
    var replaced = new StringBuilder();
    int start = 0;
    while (left != 0 && matcher.find()) {
      run.step();
      replaced.append(text, start, matcher.start());
      append(replaced, by, matcher);
      Evaluation.checkSize(replaced.length());
      start = matcher.end();
      left--;
    }
    replaced.append(text, start, text.length());
    Evaluation.checkSize(replaced.length());
    return Value.text(replaced.toString());
  }

  private static void append(StringBuilder into, String by, Matcher matcher) {
    for (int i = 0; i < by.length(); i++) {
      char c = by.charAt(i);
      if (c != '\\') {
        into.append(c);
        continue;
      }
      i++;
      char next = i < by.length() ? by.charAt(i) : ' ';
      if (next == '\\') {
        into.append(next);
      } else if (next >= '0' && next <= '9' && next - '0' <= matcher.groupCount()) {
        String group = matcher.group(next - '0');
        into.append(group == null ? "" : group);
      } else {
        throw new EvaluationException("a replacement that names no group in");
      }
      Evaluation.checkSize(into.length());
    }
  }
}
