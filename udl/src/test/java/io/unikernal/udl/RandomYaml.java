package io.unikernal.udl;

import java.util.List;
import java.util.Random;

/** YAML as nobody would write it: every style, with comments and blank lines anywhere. */
final class RandomYaml {
  private static final List<String> KEYS =
      List.of(
          "udl",
          "types",
          "systems",
          "routes",
          "pipelines",
          "from",
          "to",
          "when",
          "steps",
          "x1",
          "type",
          "name",
          "operations",
          "policies",
          "doc",
          "a b",
          "\"q k\"",
          "extends",
          "with",
          "größe");
  private static final List<String> PLAIN =
      List.of(
          "7",
          "true",
          "abc",
          "web.find",
          "${x.y}",
          "string(1..80)",
          "a b  c",
          "~",
          "",
          "-1.5",
          "http://x:80/y#z",
          "a:b",
          "x[1]",
          "日本語",
          "\uD83D\uDE00 smile",
          "int?",
          "*a",
          "-x",
          "?y");
  private static final List<String> FLOW_PLAIN =
      List.of("7", "abc", "a b", "null", "a:b", "größe", "x-y", "http://x", "");
  private static final List<String> QUOTED =
      List.of(
          "\"a\"",
          "'it''s'",
          "\"x\\ty\\n\"",
          "\"\\u00e9\\\\\"",
          "'7'",
          "\"true\"",
          "''",
          "\"a: b\"",
          "'#no'",
          "\"${a} and {b}\"",
          "\"a, b\"",
          "'\"'",
          "\"\uD83D\uDE00\"",
          "\" pad \"",
          "'- x'");

  private final Random random;
  private final StringBuilder out = new StringBuilder();
  private int comments;
  private int nodes;

  RandomYaml(Random random) {
    this.random = random;
  }

  String document() {
    if (chance(20)) {
      out.append("---\n");
    }
    lines(0);
    if (chance(12)) {
      flow(0, 0);
      end();
    } else {
      block(0, 0, true);
    }
    lines(0);
    String text = out.toString();
    return chance(6) ? text.replace("\n", "\r\n") : chance(20) ? text.stripTrailing() : text;
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private String one(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** Blank lines and comments in lines of their own. */
  private void lines(int indent) {
    while (chance(4)) {
      if (chance(2)) {
        out.append(chance(4) ? "  \n" : "\n");
      } else {
        int at = chance(2) ? indent : random.nextInt(9);
        out.repeat(' ', at).append(comment()).append('\n');
      }
    }
  }

  private String comment() {
    return "#" + (chance(4) ? "" : " ") + "c" + comments++ + (chance(5) ? " # \"{" : "");
  }

  private void end() {
    if (chance(5)) {
      out.repeat(' ', 1 + random.nextInt(12)).append(comment());
    } else if (chance(10)) {
      out.append("  ");
    }
    out.append('\n');
  }

  private void block(int indent, int depth, boolean isMapping) {
    int count = 1 + random.nextInt(4);
    var used = new java.util.HashSet<String>();
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        lines(indent);
        out.repeat(' ', indent);
      } else if (depth == 0) {
        out.repeat(' ', indent);
      }
      if (!isMapping) {
        out.append('-');
        value(indent, depth, true);
        continue;
      }
      String key = one(KEYS);
      while (!used.add(key)) {
        key = key.replace("\"", "") + i;
      }
      out.append(key).append(chance(15) ? " :" : ":");
      value(indent, depth, false);
    }
  }

  private void value(int indent, int depth, boolean isItem) {
    int kind = ++nodes > 40 || depth > 5 ? random.nextInt(4) : random.nextInt(8);
    switch (kind) {
      case 0, 1 -> {
        out.append(' ').append(one(PLAIN).replaceFirst("^\\*", "a*"));
        if (chance(10) && Character.isLetterOrDigit(out.charAt(out.length() - 1))) {
          out.append("\n").repeat(' ', indent + 1 + random.nextInt(3)).append("more words");
        }
        end();
      }
      case 2 -> {
        out.append(' ').append(one(QUOTED));
        end();
      }
      case 3 -> text(indent);
      case 4 -> {
        out.append(' ');
        flow(indent + 1, depth + 1);
        end();
      }
      case 5 -> {
        int more = indent + (isItem ? 2 : 1 + random.nextInt(4));
        if (isItem) {
          out.append(' ');
        } else {
          end();
          lines(more);
          out.repeat(' ', more);
        }
        block(more, depth + 1, true);
      }
      case 6 -> {
        int more = indent + (isItem ? 1 : 0) + random.nextInt(4);
        end();
        lines(more);
        out.repeat(' ', more);
        block(more, depth + 1, false);
      }
      default -> {
        int more = indent + 1 + random.nextInt(4);
        end();
        lines(more);
        out.repeat(' ', more);
        block(more, depth + 1, true);
      }
    }
  }

  private void text(int indent) {
    String chomp = one(List.of("", "-", "+"));
    int more = 1 + random.nextInt(4);
    boolean isShifted = chance(4);
    out.append(' ').append(one(List.of("|", ">"))).append(isShifted ? "" + more : "").append(chomp);
    end();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      if (i > 0 && chance(3)) {
        out.append('\n');
      }
      out.repeat(' ', indent + more + (isShifted || i > 0 && chance(3) ? random.nextInt(3) : 0))
          .append(one(List.of("line", "# no comment", "a: b", "- x", "\"q")))
          .append('\n');
    }
    if (chance(3)) {
      out.append("\n\n");
    }
  }

  private void flow(int indent, int depth) {
    boolean isMapping = chance(2);
    out.append(isMapping ? '{' : '[');
    gap(indent);
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      if (isMapping) {
        out.append(one(KEYS).replace("\"", "") + i).append(": ");
      }
      switch (depth > 4 ? random.nextInt(2) : random.nextInt(3)) {
        case 0 -> out.append(one(FLOW_PLAIN).replaceFirst("^$", isMapping ? "" : "z"));
        case 1 -> out.append(one(QUOTED));
        default -> flow(indent, depth + 1);
      }
      gap(indent);
      if (i < count - 1 || chance(6)) {
        out.append(',');
        gap(indent);
      }
    }
    out.append(isMapping ? '}' : ']');
  }

  private void gap(int indent) {
    if (chance(8)) {
      end();
      lines(indent + 1);
      out.repeat(' ', indent + 1);
    } else if (chance(2)) {
      out.append(' ');
    }
  }
}
