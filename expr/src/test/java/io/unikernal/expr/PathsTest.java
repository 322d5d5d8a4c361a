package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short way must not be told from the long one. */
class PathsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "input",
        " input.customer ",
        "input.email",
        "input.?email",
        "input.?note",
        "input.note",
        "input.items",
        "input.address.city",
        "input.?address.city",
        "input.?address.?zip",
        "input.?address.zip",
        "input.address.?city",
        "input.tags.a",
        "input.tags.zzz",
        "input.?tags.zzz",
        "input.tags.?zzz",
        "input.extra",
        "input.extra.foo",
        "input.extra.?foo",
        "input.extra.?foo.bar",
        "meta.headers",
        "meta.received_at",
        "saved",
        "saved.sku",
        "saved.?sku",
        "saved.nope",
        "anything",
        "anything.a.b",
        "anything.?a.b",
        "input.custmer",
        "input.?custmer",
        "inptu",
        "inptu.x.y",
        "input.customer.x",
        "input.customer.?x",
        "input.items.sku",
        "input.total.x",
        "input.placed.x",
        "input.paid.x",
        "input.note.x",
        "input.tags.a.b",
        "true",
        "false",
        "null",
        "42",
        "'text'",
        "\"text\"",
        "''"
      })
  void theShortWayGivesWhatTheLongWayGives(String text) {
    assertThat(Paths.compile(text, Fixture.SCOPE)).as("is a path").isPresent();
    assertThat(outcome(Compiler.compile(text, Fixture.SCOPE), text))
        .isEqualTo(outcome(Compiler.byCel(text, Fixture.SCOPE), text));
  }

  private static String outcome(Compiler.Outcome outcome, String text) {
    return switch (outcome) {
      case Compiler.Outcome.Failed(var problems) -> problems.toString();
      case Compiler.Outcome.Done(var root, int locals) ->
          root.type() + " " + value(root, locals, text);
    };
  }

  private static String value(Ir root, int locals, String text) {
    try {
      Value value =
          IrExpression.of(root, locals, text).evaluate(Fixture.frame(Fixture.order().build()));
      return value.toString();
    } catch (FaultException e) {
      return e.fault().toString();
    }
  }

  @Test
  void moreThanAPathGoesTheLongWay() {
    for (String text :
        List.of("a.b()", "a + b", "a[0]", "a..b", ".a", "a.", "'a\\n'", "1u", "a.in", "-1 ")) {
      assertThat(Paths.compile(text, Fixture.SCOPE)).as(text).isEmpty();
    }
  }
}
