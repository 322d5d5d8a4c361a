package io.unikernal.expr;

import static io.unikernal.expr.Fixture.SCOPE;
import static io.unikernal.expr.Fixture.cel;
import static io.unikernal.expr.Fixture.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Expression;
import io.unikernal.model.Label;
import io.unikernal.model.Labels;
import io.unikernal.model.Type;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private static void isLabelled(String text) {
    assertThat(LabelRules.outer(cel(text).type())).as(text).containsExactly(Label.PII);
  }

  private static void isPlain(String text) {
    assertThat(Labels.within(cel(text).type())).as(text).isEmpty();
  }

  @Test
  void whatIsComputedFromALabelledValueIsLabelled() {
    isLabelled("input.email");
    isLabelled("(input.email)");
    isLabelled("input.email + '!'");
    isLabelled("input.email.upperAscii()");
    isLabelled("input.paid ? input.email : 'x'");
    isLabelled("cel.bind(e, input.email, e + e)");
    isLabelled("json(input)");
    isLabelled("json([input])");
    isLabelled("optional.of(input.email).orValue('')");
    isLabelled("{'a': input.email}['a']");
    isLabelled("[input.email, 'x'][0]");
    isLabelled("[input].map(o, o.email).join(',')");
  }

  @Test
  void maskHashSizeAndComparisonsLoseTheLabel() {
    isPlain("mask(input.email)");
    isPlain("hash(input.email)");
    isPlain("size(input.email)");
    isPlain("input.email == 'x'");
    isPlain("input.email.contains('@')");
    isPlain("input.customer");
    isPlain("[input].exists(o, o.email == 'x')");
  }

  @Test
  void whatIsPassedThroughKeepsItsStructure() {
    assertThat(cel("input").type()).isSameAs(Fixture.ORDER);
    assertThat(cel("[input].filter(o, o.paid)").type()).isEqualTo(Type.ListOf.of(Fixture.ORDER));
    assertThat(cel("{'who': input.customer, 'mail': input.email}").type())
        .hasToString("{ who: string, mail: pii(string) }");
    assertThat(cel("[input].map(o, o.email)").type()).hasToString("list(pii(string))");
  }

  @Test
  void interpolationKeepsTheLabel() {
    assertThat(good(Expressions.template("to ${input.email}", SCOPE)).type())
        .hasToString("pii(string)");
  }

  @Test
  void aFitKeepsLabelsThatItsTypeDoesNotHave() {
    var fields = new LinkedHashMap<String, Expression>();
    fields.put("text", good(Expressions.template("to ${input.email}", SCOPE)));
    var alert = new Type.Record("Alert", List.of(Type.Field.of("text", Type.Text.ANY_TEXT)));
    assertThat(Expressions.fit(Expressions.mapping(fields), alert, "`with`").type())
        .hasToString("pii(Alert)");
  }
}
