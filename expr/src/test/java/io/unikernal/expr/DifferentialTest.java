package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Bytecode and the interpreter cannot be told apart: random expressions on random inputs. */
class DifferentialTest {
  private static final boolean LONG = Boolean.getBoolean("unikernal.long");
  private static final int ROUNDS = LONG ? 3_000 : 60;
  private static final int GROUP = 40;
  private static final int INPUTS = 6;

  private record Case(Expression expression, List<Supplier<Frame>> frames, List<String> wanted) {}

  @Test
  void randomExpressionsGiveTheSameValuesAndTheSameErrors() {
    long seed = Long.getLong("unikernal.seed", LONG ? System.nanoTime() : 20261126);
    int refused = 0;
    int failed = 0;
    int ran = 0;
    long lies = 0;
    for (int round = 0; round < ROUNDS; round++) {
      var random = new Random(seed + round);
      var texts = new RandomExpressions(random);
      var inputs = new RandomInputs(random);
      var cases = new ArrayList<Case>();
      for (int i = 0; i < GROUP; i++) {
        switch (Expressions.cel(texts.next(), RandomInputs.SCOPE)) {
          case Compiled.Bad _ -> refused++;
          case Compiled.Good(var expression) -> cases.add(interpreted(expression, inputs));
        }
      }
      var report = Deployment.compile(cases.stream().map(Case::expression).toList());
      assertThat(report.interpreted()).as("not compiled, seed " + (seed + round)).isZero();
      for (Case one : cases) {
        for (int i = 0; i < INPUTS; i++) {
          String wanted = one.wanted().get(i);
          failed += wanted.startsWith("INVALID") ? 1 : 0;
          ran++;
          assertThat(Both.outcome(one.expression(), one.frames().get(i).get()))
              .as("%s, seed %s", one.expression().text(), seed + round)
              .isEqualTo(wanted);
        }
        lies += ((IrExpression) one.expression()).lies();
      }
    }
    int all = ROUNDS * GROUP;
    System.err.println(
        "refused "
            + refused
            + " of "
            + all
            + ", ran "
            + ran
            + ", failed "
            + failed
            + " classes "
            + lies);
    assertThat(refused).as("refused of " + all).isLessThan(all / 2);
    assertThat(failed).as("errors of " + ran).isBetween(ran / 50, ran * 9 / 10);
  }

  private static Case interpreted(Expression expression, RandomInputs inputs) {
    var frames = new ArrayList<Supplier<Frame>>();
    var wanted = new ArrayList<String>();
    for (int i = 0; i < INPUTS; i++) {
      Supplier<Frame> frame = inputs.next();
      frames.add(frame);
      wanted.add(Both.outcome(expression, frame.get()));
    }
    return new Case(expression, frames, wanted);
  }
}
