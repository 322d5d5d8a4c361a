package io.unikernal.udl;

import io.unikernal.udl.Layout.Comment;
import io.unikernal.udl.Layout.Document;
import io.unikernal.udl.Layout.Group;
import io.unikernal.udl.Layout.Leaf;
import io.unikernal.udl.Layout.Unit;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the comments of a document, and what each belongs to. */
final class LayoutComments {
  private final Document document;
  private final String text;
  private final int from;
  private final List<Leaf> leaves;
  private final List<Unit> units;

  /** The unit that has the group as its value; the root has none. */
  private final Map<Group, Unit> owners = new IdentityHashMap<>();

  /** {@code units} in the order of the text. */
  LayoutComments(Document document, int from, List<Leaf> leaves, List<Unit> units) {
    this.document = document;
    this.text = document.text();
    this.from = from;
    this.leaves = leaves;
    this.units = units;
    for (Unit unit : units) {
      if (unit.value instanceof Group group) {
        owners.put(group, unit);
      }
    }
  }

  void place() {
    units.forEach(unit -> unit.isApart = isApart(unit.start));
    int at = 0;
    for (Comment comment : comments()) {
      while (at < units.size() && units.get(at).start < comment.start()) {
        at++;
      }
      Optional<Unit> before = at > 0 ? Optional.of(units.get(at - 1)) : Optional.empty();
      Optional<Unit> after = at < units.size() ? Optional.of(units.get(at)) : Optional.empty();
      if (comment.isOwnLine()) {
        ownLine(comment, before, after);
      } else {
        trailing(comment, before, after);
      }
    }
    if (document.root() instanceof Group root && !root.isFlow && !root.units.isEmpty()) {
      header(root.units.getFirst());
    }
  }

  /** What the file begins with belongs to the file if a blank line follows. */
  private void header(Unit first) {
    int count = 0;
    for (int i = 1; i <= first.leading.size(); i++) {
      boolean isApart = i < first.leading.size() ? first.leading.get(i).isApart() : first.isApart;
      count = isApart ? i : count;
    }
    List<Comment> taken = first.leading.subList(0, count);
    document.header().addAll(taken);
    taken.clear();
  }

  private void ownLine(Comment comment, Optional<Unit> before, Optional<Unit> after) {
    if (before.isPresent() && isBeforeValue(before.get(), comment)) {
      before.get().leading.add(comment);
      return;
    }
    Optional<Group> flow = before.flatMap(unit -> openFlow(unit, comment));
    if (flow.isPresent()) {
      boolean isInside = after.isPresent() && after.get().start < flow.get().end();
      (isInside ? after.get().leading : footers(flow.get())).add(comment);
      return;
    }
    Optional<Group> ended = before.flatMap(unit -> ended(unit, after, comment));
    if (ended.isPresent()) {
      ended.get().footers.add(comment);
    } else if (after.isPresent()) {
      after.get().leading.add(comment);
    } else {
      atEnd(comment);
    }
  }

  /** A comment outside of every unit. */
  private void atEnd(Comment comment) {
    boolean isBlock = document.root() instanceof Group root && !root.isFlow;
    if (comment.start() < document.root().start()) {
      document.header().add(comment);
    } else if (isBlock && document.root() instanceof Group root) {
      root.footers.add(comment);
    } else {
      document.footer().add(comment);
    }
  }

  /** Where the comments at the end of a flow go; one without units cannot become a block. */
  private List<Comment> footers(Group group) {
    Unit owner = owners.get(group);
    return group.units.isEmpty() && owner != null ? owner.leading : group.footers;
  }

  /** A comment between a key and the text or the flow in a line after it. */
  private static boolean isBeforeValue(Unit unit, Comment comment) {
    boolean isBlock = unit.value instanceof Group group && !group.isFlow;
    return !isBlock && unit.value.start() > comment.start();
  }

  /** The innermost flow around the comment. */
  private Optional<Group> openFlow(Unit before, Comment comment) {
    if (before.value instanceof Group group && isOpen(group, comment)) {
      return Optional.of(group);
    }
    Group group = before.group;
    while (true) {
      if (isOpen(group, comment)) {
        return Optional.of(group);
      }
      Unit owner = owners.get(group);
      if (owner == null) {
        return Optional.empty();
      }
      group = owner.group;
    }
  }

  private static boolean isOpen(Group group, Comment comment) {
    return group.isFlow && group.start() < comment.start() && comment.start() < group.end();
  }

  /**
   * The block that ends here and that the comment is indented as: deeper than what follows. Empty
   * if the comment belongs to what follows.
   */
  private Optional<Group> ended(Unit before, Optional<Unit> after, Comment comment) {
    int next = after.map(unit -> unit.group.column).orElse(-1);
    boolean isFollowed =
        after.isPresent() && !after.get().leading.isEmpty() || comment.column() <= next;
    if (isFollowed) {
      return Optional.empty();
    }
    Group group = before.group;
    while (!(after.isPresent() && isWithin(after.get(), group))) {
      if (!group.isFlow && group.column <= comment.column()) {
        return Optional.of(group);
      }
      Unit owner = owners.get(group);
      if (owner == null) {
        return Optional.empty();
      }
      group = owner.group;
    }
    return Optional.empty();
  }

  private boolean isWithin(Unit unit, Group group) {
    Group at = unit.group;
    while (at != group) {
      Unit owner = owners.get(at);
      if (owner == null) {
        return false;
      }
      at = owner.group;
    }
    return true;
  }

  private void trailing(Comment comment, Optional<Unit> before, Optional<Unit> after) {
    if (before.isEmpty()) {
      // After `---`, or after the brace that opens the document.
      boolean isInside = document.root() instanceof Group root && isOpen(root, comment);
      if (isInside && after.isPresent()) {
        after.get().leading.add(comment);
      } else {
        atEnd(comment);
      }
      return;
    }
    Unit unit = before.get();
    while (unit.group.isFlow && unit.group.end() <= comment.start()) {
      Unit owner = owners.get(unit.group);
      if (owner == null) {
        atEnd(comment);
        return;
      }
      unit = owner;
    }
    if (unit.trailing.isEmpty()) {
      unit.trailing = Optional.of(comment);
    } else {
      unit.leading.add(comment);
    }
  }

  /** Every {@code #} that begins one: outside of all texts. */
  private List<Comment> comments() {
    var found = new ArrayList<Comment>();
    int at = from;
    for (Leaf leaf : leaves) {
      if (!leaf.raw().isEmpty()) {
        between(at, leaf.start(), found);
        at = Math.max(at, leaf.end());
      }
    }
    between(at, text.length(), found);
    return found;
  }

  private void between(int start, int end, List<Comment> found) {
    int at = start;
    while (at < end) {
      boolean isInName = at > 0 && Character.isLetterOrDigit(text.charAt(at - 1)) && at > start;
      if (text.charAt(at) == '#' && !isInName) {
        int lineEnd = text.indexOf('\n', at);
        int stop = lineEnd < 0 ? text.length() : lineEnd;
        int lineStart = text.lastIndexOf('\n', at - 1) + 1;
        boolean isOwnLine = text.substring(lineStart, at).isBlank();
        found.add(
            new Comment(
                at,
                text.substring(at, stop).stripTrailing(),
                text.codePointCount(lineStart, at),
                isOwnLine,
                isOwnLine && isApart(at)));
        at = stop;
      }
      at++;
    }
  }

  /** Whether what stands here begins its line, and the line before is blank. */
  private boolean isApart(int offset) {
    int lineStart = text.lastIndexOf('\n', offset - 1) + 1;
    if (lineStart == 0 || !text.substring(lineStart, offset).isBlank()) {
      return false;
    }
    int lineBefore = text.lastIndexOf('\n', lineStart - 2) + 1;
    return text.substring(lineBefore, lineStart).isBlank();
  }
}
