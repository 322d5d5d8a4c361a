package io.unikernal.expr;

import static io.unikernal.expr.Fixture.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.expr.Compiled.Kind;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {
  private static void says(String text, Kind kind, String where, String message, String hint) {
    var problem = problem(text);
    assertThat(problem.kind()).as(text).isEqualTo(kind);
    assertThat(text.substring(problem.start(), problem.end())).as(text).isEqualTo(where);
    assertThat(problem.message()).as(text).isEqualTo(message);
    assertThat(problem.hint()).as(text).contains(hint);
  }

  @Test
  void anUnknownNameOffersTheNearest() {
    says(
        "size(inptu)",
        Kind.UNKNOWN_NAME,
        "inptu",
        "there is no `inptu` here",
        "did you mean `input`?");
  }

  @Test
  void anUnknownFieldOffersTheNearestAndListsTheOthers() {
    says(
        "input.items.exists(i, i.qyt > 1)",
        Kind.UNKNOWN_FIELD,
        "qyt",
        "`Item` has no field `qyt`",
        "did you mean `qty`? its fields are `sku`, `qty`, `price`");
  }

  @Test
  void anUnknownFunctionOffersTheNearest() {
    says(
        "siez(input.items) > 1",
        Kind.UNKNOWN_FUNCTION,
        "siez",
        "there is no function `siez`",
        "`size`");
  }

  @Test
  void mixedTypesNameBothAndWhatToWrite() {
    says(
        "input.items.map(i, i.sku + i.qty)",
        Kind.TYPE,
        "i.sku + i.qty",
        "`+` does not take `string` and `int`",
        "string(...)");
    says(
        "(input.total) / 2",
        Kind.TYPE,
        "(input.total) / 2",
        "`/` does not take `decimal` and `int`",
        "div(a, b, scale)");
    says(
        "input.count == 'x'",
        Kind.TYPE,
        "input.count == 'x'",
        "`==` does not take `int` and `string`",
        "");
  }

  @Test
  void aTextThatTheEnumDoesNotHaveIsFound() {
    says(
        "input.status == 'piad'",
        Kind.TYPE,
        "'piad'",
        "`piad` is none of the values that `==` is compared with here",
        "did you mean `paid`?");
  }

  @Test
  void aPlainSelectOfAnOptionalFieldNeedsAGuard() {
    says(
        "size(input.note) > 1",
        Kind.MAYBE_ABSENT,
        "input.note",
        "`input.note` may be absent",
        "write `input.?note`, or `input.note` after `has(input.note)`");
    says(
        "has(input.address) ? input.address.zip : ''",
        Kind.MAYBE_ABSENT,
        "input.address.zip",
        "`input.address.zip` may be absent",
        "input.address.?zip");
    says(
        "!has(input.note) && input.note == 'x'",
        Kind.MAYBE_ABSENT,
        "input.note",
        "`input.note` may be absent",
        "");
  }

  @Test
  void guardsAreUnderstood() {
    for (String text :
        new String[] {
          "has(input.note) ? input.note : 'none'",
          "!has(input.note) ? 'none' : input.note",
          "has(input.note) && input.note != ''",
          "!has(input.note) || input.note != ''",
          "input.?note.hasValue() && input.note != ''",
          "has(input.address) && has(input.address.zip) && input.address.zip == 'x'",
          "input.?address.zip.orValue('')",
          "input.?address.optMap(a, a.city).orValue('')"
        }) {
      assertThat(Expressions.cel(text, Fixture.SCOPE)).as(text).isInstanceOf(Compiled.Good.class);
    }
  }

  @Test
  void syntaxErrorsSpeakOfTheTextAndNotOfTheGrammar() {
    says("input.count = 3", Kind.SYNTAX, "=", "`=` is not expected here", "write `==`");
    says("input.paid and true", Kind.SYNTAX, "and", "`and` is not expected here", "write `&&`");
    says("input.customer + 'abc", Kind.SYNTAX, "'abc", "this text has no closing quote", "`'`");
    says("input.", Kind.SYNTAX, ".", "the expression ends where something must follow", "");
    says("", Kind.SYNTAX, "", "the expression is empty", "");
    says("for + 1", Kind.SYNTAX, "for", "`for` is a reserved word", "");
  }

  @Test
  void positionsCountCharsAfterCharactersOutsideOfTheBasicPlane() {
    says("'😀😀' + input.nope", Kind.UNKNOWN_FIELD, "nope", "`NewOrder` has no field `nope`", "");
  }

  @Test
  void positionsAreRightOnLaterLines() {
    says("true &&\n  input.nope", Kind.UNKNOWN_FIELD, "nope", "`NewOrder` has no field `nope`", "");
  }

  @Test
  void aPatternThatIsNoneIsFoundBeforeItRuns() {
    assertThat(problem("input.customer.matches('[')").message()).contains("RE2");
  }

  @Test
  void tooMuchIsALimitAndNotACrash() {
    assertThat(problem("1+".repeat(9000) + "1").kind()).isEqualTo(Kind.LIMIT);
    assertThat(problem("(".repeat(3000) + "1" + ")".repeat(3000)).kind()).isEqualTo(Kind.LIMIT);
    assertThat(problem("[".repeat(3000)).kind()).isEqualTo(Kind.LIMIT);
    assertThat(problem("input" + ".a".repeat(3000)).kind()).isIn(Kind.LIMIT, Kind.UNKNOWN_FIELD);
    assertThat(problem("anything" + ".a".repeat(3000)).kind()).isEqualTo(Kind.LIMIT);
    assertThat(problem("!".repeat(5001) + "true && 1").kind()).isIn(Kind.LIMIT, Kind.TYPE);
  }
}
