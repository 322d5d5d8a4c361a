package io.unikernal.udl;

import io.unikernal.udl.Node.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A text in which parameters of a template were replaced, and where each part of it came from. */
final class FilledText {
  private final Scalar written;
  private final StringBuilder text = new StringBuilder();
  private final List<Piece> pieces = new ArrayList<>();

  /** {@code argument}: what stands for a parameter here; empty where the text is the template's. */
  private record Piece(int start, int end, int from, int to, Optional<Argument> argument) {
    boolean isKept() {
      return argument.isEmpty();
    }
  }

  /**
   * {@code node} is what was given; {@code isVerbatim} if its text stands here as it is written.
   */
  record Argument(Optional<Node> node, boolean isVerbatim) {}

  FilledText(Scalar written) {
    this.written = written;
  }

  void keep(int from, int to) {
    if (from < to) {
      add(written.text().substring(from, to), from, to, Optional.empty());
    }
  }

  void replace(int from, int to, String by, Argument argument) {
    add(by, from, to, Optional.of(argument));
  }

  private void add(String part, int from, int to, Optional<Argument> argument) {
    pieces.add(new Piece(text.length(), text.length() + part.length(), from, to, argument));
    text.append(part);
  }

  String text() {
    return text.toString();
  }

  /** The place of a part of the text: in what was written, or in the argument that it is of. */
  Place part(int start, int end) {
    for (Piece piece : pieces) {
      boolean isWithin = start < end && start >= piece.start() && end <= piece.end();
      if (isWithin
          && piece.argument().flatMap(Argument::node).orElse(null) instanceof Scalar node) {
        return piece.argument().get().isVerbatim()
            ? node.part(start - piece.start(), end - piece.start())
            : node.place();
      }
    }
    return written.part(from(start), Math.max(from(start), to(end)));
  }

  private int from(int offset) {
    for (Piece piece : pieces) {
      if (offset < piece.end() || piece == pieces.getLast()) {
        return piece.isKept()
            ? Math.min(piece.from() + offset - piece.start(), piece.to())
            : piece.from();
      }
    }
    return 0;
  }

  private int to(int offset) {
    for (Piece piece : pieces) {
      if (offset <= piece.end() || piece == pieces.getLast()) {
        return piece.isKept()
            ? Math.min(piece.from() + offset - piece.start(), piece.to())
            : piece.to();
      }
    }
    return 0;
  }
}
