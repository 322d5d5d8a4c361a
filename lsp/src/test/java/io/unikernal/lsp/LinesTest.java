package io.unikernal.lsp;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Diagnostic.Span;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.junit.jupiter.api.Test;

/** Positions between the compiler's code points and the protocol's UTF-16 units. */
class LinesTest {
  @Test
  void anEmojiIsOneColumnOfADiagnosticAndTwoUnitsOfTheProtocol() {
    var lines = new Lines("a: \"😀😀x\"\n");
    assertThat(lines.range(new Span("f", 1, 7, 1, 8)))
        .isEqualTo(new Range(new Position(0, 8), new Position(0, 9)));
    assertThat(lines.offset(new Position(0, 8))).isEqualTo(8);
    assertThat(lines.text().charAt(lines.offset(new Position(0, 8)))).isEqualTo('x');
  }

  @Test
  void aTabIsOneUnitAndEveryLineEndCounts() {
    var lines = new Lines("a\r\n\tb\rc\nd");
    assertThat(lines.position(4)).isEqualTo(new Position(1, 1));
    assertThat(lines.position(6)).isEqualTo(new Position(2, 0));
    assertThat(lines.position(8)).isEqualTo(new Position(3, 0));
    assertThat(lines.range(new Span("f", 2, 2, 2, 3)))
        .isEqualTo(new Range(new Position(1, 1), new Position(1, 2)));
  }

  @Test
  void whatIsOutsideIsBroughtInside() {
    var lines = new Lines("ab\r\ncd");
    assertThat(lines.offset(new Position(0, 99))).isEqualTo(2);
    assertThat(lines.offset(new Position(9, 0))).isEqualTo(6);
    assertThat(lines.position(99)).isEqualTo(new Position(1, 2));
    assertThat(lines.range(new Span("f", 0, 0, 9, 9)))
        .isEqualTo(new Range(new Position(0, 0), new Position(1, 2)));
  }

  @Test
  void offsetsAndPositionsAreInverse() {
    String text = "x\r\n😀\ty\n\nüß\r";
    var lines = new Lines(text);
    for (int i = 0; i <= text.length(); i++) {
      boolean isInLineEnd = i > 0 && text.startsWith("\r\n", i - 1);
      if (!isInLineEnd) {
        assertThat(lines.offset(lines.position(i))).isEqualTo(i);
      }
    }
  }
}
