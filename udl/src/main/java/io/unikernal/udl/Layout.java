package io.unikernal.udl;

import io.unikernal.udl.Node.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A YAML document as it is written: what {@link Node} leaves out since it means nothing, and the
 * formatter must keep. Offsets are chars of the text.
 */
final class Layout {
  private Layout() {}

  /** What stands as a value; {@code anchor} is its name, or empty. */
  sealed interface Part {
    int start();

    int end();

    String anchor();
  }

  /** {@code raw} as it stands in the text, {@code value} what it means. */
  record Leaf(int start, int end, String anchor, Style style, String raw, String value)
      implements Part {
    boolean isNothing() {
      return style == Style.PLAIN && raw.isEmpty();
    }
  }

  /** {@code *name}. */
  record Ref(int start, int end, String name) implements Part {
    @Override
    public String anchor() {
      return "";
    }
  }

  /** A mapping or a list. */
  static final class Group implements Part {
    final boolean isMapping;
    final boolean isFlow;
    final String anchor;
    final int start;
    List<Unit> units = new ArrayList<>();

    /** Comments after the last unit that belong to the group. */
    final List<Comment> footers = new ArrayList<>();

    /** Of the first unit, in a block. */
    int column;

    private int end;

    Group(boolean isMapping, boolean isFlow, String anchor, int start) {
      this.isMapping = isMapping;
      this.isFlow = isFlow;
      this.anchor = anchor;
      this.start = start;
    }

    void end(int offset) {
      end = offset;
    }

    @Override
    public int start() {
      return start;
    }

    @Override
    public int end() {
      return end;
    }

    @Override
    public String anchor() {
      return anchor;
    }
  }

  /** An entry of a mapping or an item of a list, with the comments that belong to it. */
  static final class Unit {
    final Group group;

    /** Where its key stands, or its dash. */
    final int start;

    final Optional<Part> key;
    final Part value;
    final List<Comment> leading = new ArrayList<>();
    Optional<Comment> trailing = Optional.empty();

    /** A blank line stands before it, after its comments. */
    boolean isApart;

    Unit(Group group, int start, Optional<Part> key, Part value) {
      this.group = group;
      this.start = start;
      this.key = key;
      this.value = value;
    }
  }

  /**
   * A comment.
   *
   * @param column in code points from 0
   * @param isOwnLine nothing stands before it in its line
   * @param isApart a blank line stands before it
   */
  record Comment(int start, String text, int column, boolean isOwnLine, boolean isApart) {}

  /**
   * @param head what stands before the document: directives and {@code ---}; mostly empty
   * @param header comments that belong to the file and not to its first key
   * @param footer comments after a document that is one flow
   */
  record Document(
      String text,
      String head,
      Part root,
      List<Comment> header,
      List<Comment> footer,
      boolean hasAnchors) {}
}
