package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Evaluator.Made;
import io.unikernal.udl.Evaluator.Result;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluatorTest {
  @TempDir Path folder;

  @Test
  void theInputHasTheTypeThatItLooksLike() {
    Result.Gives gives =
        gives(
            "input.items.filter(i, i.qty > 1).map(i, i.sku)",
            "{\"items\":[{\"sku\":\"A\",\"qty\":1},{\"sku\":\"B\",\"qty\":2,\"note\":null}]}");
    assertThat(Evaluator.line(gives)).isEqualTo("[\"B\"]");
    assertThat(gives.type()).isEqualTo("list(string)");
    assertThat(gives.inputType())
        .isEqualTo("{ items: list({ sku: string, qty: int, note: any? }) }");
  }

  @Test
  void fractionsStayExactAndMixedListsAreAnything() {
    assertThat(gives("input[0] + input[1]", "[0.1, 0.2]").masked()).isEqualTo("0.3");
    assertThat(gives("input[1]", "[1, 2.5]").inputType()).isEqualTo("list(decimal)");
    assertThat(gives("input.size()", "[1, \"a\"]").inputType()).isEqualTo("list(any)");
    assertThat(gives("input", "[]").masked()).isEqualTo("[]");
  }

  @Test
  void withoutAnInputThereIsNoName() {
    assertThat(Evaluator.inferring("1 + 2").evaluate()).isInstanceOf(Result.Gives.class);
    var wrong = (Result.Wrong) Evaluator.inferring("1 + input").evaluate();
    assertThat(wrong.rendered().text(false)).contains("UDL-2102").contains("    ^^^^^");
  }

  @Test
  void aWrongExpressionIsShownWithCarets() {
    var wrong =
        (Result.Wrong)
            Evaluator.inferring("input.nmae")
                .evaluate("{\"name\":1}".getBytes(StandardCharsets.UTF_8));
    assertThat(wrong.rendered().text(false)).contains("did you mean `name`").contains("^^^^");
  }

  @Test
  void badInputIsAFaultAndNoException() {
    var evaluator = Evaluator.inferring("input");
    assertThat(evaluator.evaluate("{".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(Result.Failed.class);
    assertThat(Evaluator.inferring("1 / input").evaluate("0".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(Result.Failed.class);
  }

  @Test
  void aTypeOfADefinitionChecksTheInputAndHidesWhatItLabels() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("a.udl.yaml"),
            "types: { P: { name: string(1..5), mail: pii(string) }, Q: { p: P } }\n");
    var ready = (Made.Ready) Evaluator.typed("input.p", "Q", Optional.of(file));
    var gives =
        (Result.Gives)
            ready.evaluator().evaluate(bytes("{\"p\":{\"name\":\"joe\",\"mail\":\"a@b\"}}"));
    assertThat(gives.masked()).contains("\"***\"").doesNotContain("a@b");
    assertThat(Evaluator.line(gives)).doesNotContain("a@b").doesNotContain("\n");
    assertThat(ready.evaluator().evaluate(bytes("{\"p\":{\"name\":\"too long\",\"mail\":\"\"}}")))
        .isInstanceOf(Result.Failed.class);
    var refused = (Made.Refused) Evaluator.typed("input", "Nobody", Optional.of(file));
    assertThat(refused.rendered().text(false)).contains("^^^^^^");
  }

  @Test
  void anEndlessStreamOfDifferentTypesTakesNoMoreMemory() {
    var evaluator = Evaluator.inferring("1 + 1");
    for (int i = 0; i < 300; i++) {
      Result result = evaluator.evaluate(bytes("{\"f" + i + "\":1}"));
      assertThat(result).isInstanceOf(Result.Gives.class);
    }
    assertThat(evaluator.knownTypes()).isLessThanOrEqualTo(64);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Result.Gives gives(String expression, String json) {
    Result result = Evaluator.inferring(expression).evaluate(bytes(json));
    assertThat(result).isInstanceOf(Result.Gives.class);
    return (Result.Gives) result;
  }
}
