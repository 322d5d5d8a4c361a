package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExcerptTest {
  @Test
  void caretsStandUnderWhatIsMeantBehindWideCharacters() {
    under("名前: x", "x", "      ^");
    under("a: é x", "x", "     ^");
    under("e\u0301: x", "x", "   ^");
  }

  @Test
  void flagsFamiliesAndSkinTonesAreOneCharacterOfTwoCells() {
    under("\uD83C\uDDE9\uD83C\uDDEA: x", "x", "    ^");
    under("\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67: x", "x", "    ^");
    under("\uD83D\uDC4D\uD83C\uDFFD: x", "x", "    ^");
    under("\u2764\uFE0F: x", "x", "    ^");
    under("x: \uD83D\uDC68\u200D\uD83D\uDC69 y", "\uD83D\uDC68\u200D\uD83D\uDC69", "   ^^");
  }

  @Test
  void aTabGoesToTheNextStop() {
    under("\ta:\tx", "x", "        ^");
    assertThat(Excerpt.of("\ta:\tx", 4, 5).text()).isEqualTo("    a:  x");
  }

  @Test
  void whatTurnsTheDirectionOfTextIsShownAsUnknown() {
    Excerpt excerpt = Excerpt.of("a\u202Eb\u0007 x", 5, 6);
    assertThat(excerpt.text()).isEqualTo("a\uFFFDb\uFFFD x");
    assertThat(excerpt.carets()).endsWith("^").hasSize(6);
  }

  @Test
  void aVeryLongLineIsCutAroundTheCarets() {
    String line = "a".repeat(1000) + "HERE" + "b".repeat(1000);
    Excerpt excerpt = Excerpt.of(line, 1000, 1004);
    assertThat(excerpt.text()).startsWith("…a").endsWith("b…").hasSizeLessThan(170);
    int from = excerpt.carets().indexOf('^');
    assertThat(excerpt.text().substring(from, from + 4)).isEqualTo("HERE");
    assertThat(excerpt.carets()).endsWith("^^^^").doesNotContain("^^^^^");
    assertThat(Excerpt.of(line, 0, 2004).carets()).isEqualTo("^".repeat(160));
    assertThat(Excerpt.of(line, 2000, 2004).text()).endsWith("bbbb");
  }

  @Test
  void anEmptySpanHasOneCaretAndOneAtTheEndToo() {
    assertThat(Excerpt.of("ab", 2, 2)).isEqualTo(new Excerpt("ab", "  ^"));
    assertThat(Excerpt.of("ab", 0, 0)).isEqualTo(new Excerpt("ab", "^"));
  }

  private static void under(String line, String meant, String carets) {
    int from = line.indexOf(meant);
    assertThat(Excerpt.of(line, from, from + meant.length()).carets()).as(line).isEqualTo(carets);
  }
}
