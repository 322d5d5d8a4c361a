package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.FaultException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GarbageTest {
  private static final List<String> SEEDS =
      List.of(
          "input.items.filter(i, i.qty > 1).map(i, {'sku': i.sku, 'sum': i.price * i.qty})",
          "has(input.note) && input.note.matches('^a+$') ? input.note : 'none'",
          "cel.bind(x, input.?address.city.orValue(''), x + \"\\u00e9\" + string(input.total))",
          "round(sum(input.items.map(i, i.price)), 2) > 10 || 1u in [1u, 2u]",
          "input.tags.transformMap(k, v, v != '', v + k)['a'] + b'x'.size()",
          "${input.customer} owes ${round(input.total, 1)} $${} ${ {'a': [1, 2][?0]} }");
  private static final String CHARS = "()[]{}.?:,'\"`\\$+-*/%!=<>&|0a_ \n😀é\0";

  private static String mutated(Random random) {
    var text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
    int changes = 1 + random.nextInt(6);
    for (int i = 0; i < changes && !text.isEmpty(); i++) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, CHARS.charAt(random.nextInt(CHARS.length())));
        case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + 12)));
        default -> {
          String other = SEEDS.get(random.nextInt(SEEDS.size()));
          text.insert(at, other.substring(random.nextInt(other.length())));
        }
      }
    }
    return text.toString();
  }

  @Test
  @Timeout(60)
  void whateverIsWrittenGivesAnExpressionOrProblemsWithinTheText() {
    var random = new Random(20260131);
    var frame = Fixture.frame(Fixture.order().build());
    int good = 0;
    for (int i = 0; i < 2000; i++) {
      String text = mutated(random);
      Compiled compiled =
          i % 2 == 0
              ? Expressions.template(text, Fixture.SCOPE)
              : Expressions.cel(text, Fixture.SCOPE);
      switch (compiled) {
        case Compiled.Good(var expression) -> {
          good++;
          Both.same(expression, () -> frame);
          try {
            expression.evaluate(frame);
          } catch (FaultException e) {
            assertThat(e.fault().message()).isNotEmpty();
          }
        }
        case Compiled.Bad(var problems) ->
            assertThat(problems)
                .as(text)
                .isNotEmpty()
                .allSatisfy(problem -> {
                  assertThat(problem.start()).isBetween(0, text.length());
                  assertThat(problem.end()).isBetween(problem.start(), text.length());
                  assertThat(problem.message()).isNotEmpty();
                });
      }
    }
    assertThat(good).as("some are still right").isGreaterThan(50);
  }
}
