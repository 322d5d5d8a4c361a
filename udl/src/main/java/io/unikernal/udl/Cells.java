package io.unikernal.udl;

import java.util.ArrayList;
import java.util.List;

/**
 * How wide text is where each character stands in cells of one width, as on a terminal. What people
 * see as one character, a flag or a family too, is looked at as one.
 */
final class Cells {
  static final int TAB = 4;
  private static final int JOINER = 0x200D;
  private static final int EMOJI_STYLE = 0xFE0F;

  private Cells() {}

  /** One character as people see it; {@code cells} from its place in the line. */
  record Cluster(int start, int end, int cells) {}

  static int width(String text) {
    return clusters(text).stream().mapToInt(Cluster::cells).sum();
  }

  /** The clusters of a line; a tab goes to the next stop. */
  static List<Cluster> clusters(String line) {
    var clusters = new ArrayList<Cluster>();
    int at = 0;
    int cells = 0;
    while (at < line.length()) {
      int end = end(line, at);
      int width = cells(line, at, end, cells);
      clusters.add(new Cluster(at, end, width));
      cells += width;
      at = end;
    }
    return clusters;
  }

  /** Past marks, joined emoji, skin tones, and the second half of a flag. */
  private static int end(String line, int start) {
    int first = line.codePointAt(start);
    int at = start + Character.charCount(first);
    if (isRegional(first) && at < line.length() && isRegional(line.codePointAt(at))) {
      return at + Character.charCount(line.codePointAt(at));
    }
    int last = first;
    while (at < line.length()) {
      int point = line.codePointAt(at);
      boolean isJoined = last == JOINER && isPictograph(point);
      if (!isJoined && !isZero(point) && !isSkinTone(point)) {
        break;
      }
      if (isSkinTone(point) && !isPictograph(first)) {
        break;
      }
      last = point;
      at += Character.charCount(point);
    }
    return at;
  }

  private static int cells(String line, int start, int end, int column) {
    int first = line.codePointAt(start);
    if (first == '\t') {
      return TAB - column % TAB;
    }
    if (isZero(first)) {
      return 0;
    }
    boolean isEmoji =
        line.indexOf(EMOJI_STYLE, start) >= 0 && line.indexOf(EMOJI_STYLE, start) < end;
    return isWide(first) || isRegional(first) || isEmoji ? 2 : 1;
  }

  private static boolean isRegional(int point) {
    return point >= 0x1F1E6 && point <= 0x1F1FF;
  }

  private static boolean isSkinTone(int point) {
    return point >= 0x1F3FB && point <= 0x1F3FF;
  }

  private static boolean isPictograph(int point) {
    return Character.isExtendedPictographic(point);
  }

  /** Marks and joiners, which stand on what is before them; a soft hyphen is seen. */
  private static boolean isZero(int point) {
    int type = Character.getType(point);
    boolean isHangulPart = point >= 0x1160 && point <= 0x11FF;
    return type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || (type == Character.FORMAT && point != 0xAD && !isTurning(point))
        || isHangulPart;
  }

  /**
   * Characters that turn the direction of text: shown as they are, they would hide what it says.
   */
  static boolean isTurning(int point) {
    return point >= 0x202A && point <= 0x202E || point >= 0x2066 && point <= 0x2069;
  }

  /** East Asian wide and full-width characters, and what is shown as emoji by itself. */
  private static boolean isWide(int point) {
    return point >= 0x1100
        && (point <= 0x115F
            || (point >= 0x2E80 && point <= 0xA4CF && point != 0x303F)
            || (point >= 0xA960 && point <= 0xA97C)
            || (point >= 0xAC00 && point <= 0xD7A3)
            || (point >= 0xF900 && point <= 0xFAFF)
            || (point >= 0xFE10 && point <= 0xFE19)
            || (point >= 0xFE30 && point <= 0xFE6F)
            || (point >= 0xFF00 && point <= 0xFF60)
            || (point >= 0xFFE0 && point <= 0xFFE6)
            || (point >= 0x17000 && point <= 0x18CFF)
            || (point >= 0x1B000 && point <= 0x1B2FF)
            || (point >= 0x20000 && point <= 0x3FFFD)
            || Character.isEmojiPresentation(point));
  }
}
