package io.unikernal.udl;

import io.unikernal.udl.Layout.Comment;
import io.unikernal.udl.Layout.Document;
import io.unikernal.udl.Layout.Group;
import io.unikernal.udl.Layout.Leaf;
import io.unikernal.udl.Layout.Part;
import io.unikernal.udl.Layout.Ref;
import io.unikernal.udl.Layout.Unit;
import io.unikernal.udl.Node.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prints a {@link Layout}: two spaces for each level, flows in one line while they fit. */
final class LayoutWriter {
  static final int WIDTH = 120;
  private static final Pattern BLOCK_HEADER = Pattern.compile("([|>])([-+0-9]*)(.*)");

  private final StringBuilder out = new StringBuilder();

  /** A text that keeps its blank lines was the last: another one would be a part of it. */
  private boolean isKept;

  private LayoutWriter() {}

  static String write(Document document) {
    var writer = new LayoutWriter();
    if (!document.head().isEmpty()) {
      writer.out.append(document.head()).append('\n');
    }
    writer.comments(document.header(), 0);
    switch (document.root()) {
      case Group root -> writer.root(root, !document.header().isEmpty());
      case Leaf leaf -> writer.rootText(leaf);
      case Ref ref -> writer.out.append('*').append(ref.name()).append('\n');
    }
    writer.comments(document.footer(), 0);
    return writer.out.toString();
  }

  private void root(Group root, boolean hasHeader) {
    Optional<String> flow = root.isFlow ? flow(root) : Optional.empty();
    if (flow.isPresent() && width(flow.get()) <= WIDTH) {
      out.append(anchor(root)).append(flow.get()).append('\n');
    } else {
      blank(hasHeader && !root.isFlow);
      out.append(root.anchor.isEmpty() ? "" : "&" + root.anchor + "\n");
      group(root, 0, false);
    }
  }

  private void rootText(Leaf leaf) {
    if (leaf.style() == Style.BLOCK) {
      out.append(anchor(leaf));
      block(leaf, 0);
    } else {
      out.append(anchor(leaf)).append(ScalarText.oneLine(leaf, false)).append('\n');
    }
  }

  private static String anchor(Part part) {
    return part.anchor().isEmpty() ? "" : "&" + part.anchor() + " ";
  }

  /** {@code isBegun}: the line stands already, up to the first unit. */
  private void group(Group group, int indent, boolean isBegun) {
    boolean isFirst = true;
    for (Unit unit : group.units) {
      boolean goesOn = isFirst && isBegun;
      if (!goesOn) {
        comments(unit.leading, indent);
        boolean isGap = unit.isApart && !(isFirst && unit.leading.isEmpty() && indent > 0);
        blank(isGap);
        out.repeat(' ', indent);
      }
      unit(unit, indent);
      isFirst = false;
    }
    comments(group.footers, indent);
  }

  private void comments(List<Comment> comments, int indent) {
    for (Comment comment : comments) {
      blank(comment.isApart());
      out.repeat(' ', indent).append(comment.text()).append('\n');
      isKept = false;
    }
  }

  private void blank(boolean isWanted) {
    boolean isThere =
        out.isEmpty() || out.length() > 1 && out.substring(out.length() - 2).equals("\n\n");
    if (isWanted && !isThere && !isKept) {
      out.append('\n');
    }
  }

  private void unit(Unit unit, int indent) {
    isKept = false;
    unit.key.ifPresentOrElse(key -> out.append(key(key)).append(':'), () -> out.append('-'));
    switch (unit.value) {
      case Ref ref -> {
        out.append(" *").append(ref.name());
        end(unit);
      }
      case Leaf leaf -> leaf(unit, leaf, indent);
      case Group group -> nested(unit, group, indent);
    }
  }

  private static String key(Part key) {
    return switch (key) {
      case Leaf leaf -> anchor(leaf) + ScalarText.oneLine(leaf, false);
      case Ref ref -> "*" + ref.name() + " ";
      case Group group -> throw new IllegalStateException("a key is a text, not " + group);
    };
  }

  private void leaf(Unit unit, Leaf leaf, int indent) {
    if (!leaf.anchor().isEmpty()) {
      out.append(" &").append(leaf.anchor());
    }
    if (leaf.isNothing()) {
      end(unit);
      return;
    }
    out.append(' ');
    if (leaf.style() == Style.BLOCK) {
      block(leaf, indent);
      return;
    }
    String line = ScalarText.oneLine(leaf, false);
    boolean isLong = leaf.raw().indexOf('\n') >= 0;
    boolean isKeptLong = isLong && (leaf.style() == Style.PLAIN || width(line) + column() > WIDTH);
    if (isKeptLong) {
      lines(leaf, indent + 2);
    } else {
      out.append(line);
    }
    end(unit);
  }

  /** The lines as they are, their indentation aside, which YAML folds away. */
  private void lines(Leaf leaf, int indent) {
    String[] lines = leaf.raw().split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = i == 0 ? lines[0] : lines[i].replaceFirst("^[ \t]+", "");
      boolean isLast = i == lines.length - 1;
      int end = line.length();
      while (!isLast && end > 0 && " \t".indexOf(line.charAt(end - 1)) >= 0) {
        end--;
      }
      boolean isEscaped = end > 0 && end < line.length() && line.charAt(end - 1) == '\\';
      line = line.substring(0, isEscaped ? end + 1 : end);
      out.repeat(' ', i == 0 || line.isEmpty() ? 0 : indent)
          .append(line)
          .append(isLast ? "" : "\n");
    }
  }

  private void nested(Unit unit, Group group, int indent) {
    Optional<String> flow = group.isFlow ? flow(group) : Optional.empty();
    boolean hasUnits = !group.units.isEmpty();
    if (flow.isPresent()) {
      String text = " " + anchor(group) + flow.get();
      if (!hasUnits || column() + width(text) <= WIDTH) {
        out.append(text);
        end(unit);
        return;
      }
    }
    if (!group.anchor.isEmpty()) {
      out.append(" &").append(group.anchor);
    }
    boolean isInline =
        unit.key.isEmpty()
            && group.anchor.isEmpty()
            && unit.trailing.isEmpty()
            && group.units.getFirst().leading.isEmpty();
    if (isInline) {
      out.append(' ');
    } else {
      end(unit);
    }
    group(group, indent + 2, isInline);
  }

  /** The comment at the end of the line, where it stood if there is room, and the line's end. */
  private void end(Unit unit) {
    unit.trailing.ifPresent(comment -> {
      int gap = comment.isOwnLine() ? 1 : Math.max(1, comment.column() - column());
      out.repeat(' ', gap).append(comment.text());
    });
    out.append('\n');
  }

  private int column() {
    return width(out.substring(out.lastIndexOf("\n") + 1));
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  /** In one line; empty if a comment or a text of several lines is in it. */
  private static Optional<String> flow(Part part) {
    return switch (part) {
      case Ref ref -> Optional.of("*" + ref.name());
      case Leaf leaf when leaf.style() == Style.BLOCK -> Optional.empty();
      case Leaf leaf -> Optional.of((anchor(leaf) + ScalarText.oneLine(leaf, true)).strip());
      case Group group -> {
        var texts = new ArrayList<String>();
        for (Unit unit : group.units) {
          Optional<String> text = flow(unit);
          if (text.isEmpty() || !unit.leading.isEmpty() || unit.trailing.isPresent()) {
            yield Optional.empty();
          }
          texts.add(text.get());
        }
        if (!group.footers.isEmpty()) {
          yield Optional.empty();
        }
        String inside = String.join(", ", texts);
        yield Optional.of(
            !group.isMapping ? "[" + inside + "]" : texts.isEmpty() ? "{}" : "{ " + inside + " }");
      }
    };
  }

  private static Optional<String> flow(Unit unit) {
    Optional<String> value =
        unit.value instanceof Group group
            ? flow(group).map(text -> anchor(group) + text)
            : flow(unit.value);
    if (unit.key.isEmpty()) {
      return value;
    }
    String key =
        switch (unit.key.get()) {
          case Leaf leaf -> anchor(leaf) + ScalarText.oneLine(leaf, true);
          case Ref ref -> "*" + ref.name() + " ";
          case Group group -> throw new IllegalStateException("a key is a text, not " + group);
        };
    return value.map(text -> text.isEmpty() ? key : key + ": " + text);
  }

  /** A text after {@code |} or {@code >}; {@code indent} is that of what holds it. */
  private void block(Leaf leaf, int indent) {
    List<String> lines = new ArrayList<>(List.of(leaf.raw().split("\n", -1)));
    String first = lines.removeFirst();
    Matcher header = BLOCK_HEADER.matcher(first);
    if (!header.matches()) {
      throw new IllegalStateException("no block scalar: " + first);
    }
    String signs = header.group(2);
    int own = ownIndent(leaf, lines);
    while (!lines.isEmpty() && lines.getLast().isBlank() && lines.getLast().length() <= own) {
      lines.removeLast();
    }
    String chomping = signs.replaceAll("[0-9]", "");
    out.append(header.group(1)).append(needsDigit(lines, own) ? "2" : "").append(chomping);
    out.append(header.group(3).stripTrailing()).append('\n');
    for (String line : lines) {
      String text = line.length() > own ? line.substring(own) : "";
      out.repeat(' ', text.isEmpty() ? 0 : indent + 2).append(text).append('\n');
    }
    if (chomping.equals("+")) {
      trailingBreaks(leaf);
    } else if (!lines.isEmpty() && lines.getLast().isBlank()) {
      isKept =
          true; // its last line is of spaces, which are text: the next time it looks like a gap
    }
  }

  /** Blank lines at the end that are a part of the text. */
  private void trailingBreaks(Leaf leaf) {
    String value = leaf.value();
    int breaks = value.length() - value.replaceAll("\n+$", "").length();
    boolean isOnlyBreaks = breaks == value.length();
    out.repeat('\n', Math.max(0, isOnlyBreaks ? breaks : breaks - 1));
    isKept = true;
  }

  /** How many columns of the lines are no part of the text: read off its first line. */
  private static int ownIndent(Leaf leaf, List<String> lines) {
    for (String line : lines) {
      String text = line.stripLeading();
      if (!text.isEmpty()) {
        int spaces = spaces(line);
        String meant = leaf.value().replaceFirst("^\n+", "");
        return spaces - Math.min(spaces, spaces(meant));
      }
    }
    return lines.stream().mapToInt(String::length).max().orElse(0);
  }

  private static int spaces(String text) {
    int count = 0;
    while (count < text.length() && text.charAt(count) == ' ') {
      count++;
    }
    return count;
  }

  /** The text's own begin looks like indentation. */
  private static boolean needsDigit(List<String> lines, int own) {
    for (String line : lines) {
      if (line.length() > own) {
        return line.charAt(own) == ' ' || line.charAt(own) == '\t';
      }
    }
    return false;
  }
}
