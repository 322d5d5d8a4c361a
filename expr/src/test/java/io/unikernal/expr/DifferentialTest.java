package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Bytecode and the interpreter cannot be told apart: random expressions on random inputs. */
class DifferentialTest {
  private static final boolean LONG = Boolean.getBoolean("unikernal.long");
  private static final int ROUNDS = Integer.getInteger("unikernal.rounds", LONG ? 3_000 : 60);
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
    assertThat(refused).as("refused of " + all).isLessThan(all / 2);
    assertThat(lies).as("values that lied, of " + ran).isBetween(1L, ran / 20L);
    assertThat(failed).as("errors of " + ran).isBetween(ran / 50, ran * 9 / 10);
  }

  @Test
  void randomMappingsFittedToATypeAreTheSameRecordsOrReportTheSameViolations() {
    long seed = Long.getLong("unikernal.seed", LONG ? System.nanoTime() : 31);
    int violations = 0;
    for (int round = 0; round < ROUNDS; round++) {
      var random = new Random(seed + round);
      var inputs = new RandomInputs(random);
      Expression mapping = mapping(random, new RandomExpressions(random));
      Type.Record wanted = wanted(random, mapping.type());
      Expression fitted = Expressions.fit(mapping, wanted, "`wanted`");
      Case one = interpreted(fitted, inputs);
      assertThat(Deployment.compile(List.of(fitted)).interpreted()).isZero();
      for (int i = 0; i < INPUTS; i++) {
        violations += one.wanted().get(i).contains("does not fit its type") ? 1 : 0;
        assertThat(Both.outcome(fitted, one.frames().get(i).get()))
            .as("%s, seed %s", fitted.text(), seed + round)
            .isEqualTo(one.wanted().get(i));
      }
    }
    assertThat(violations).isGreaterThan(ROUNDS / 10);
  }

  private static Expression mapping(Random random, RandomExpressions texts) {
    var parts = new LinkedHashMap<String, Expression>();
    while (parts.size() < 5) {
      boolean isText = random.nextInt(4) == 0;
      String text = texts.next();
      Compiled compiled =
          isText
              ? Expressions.template("a ${" + text + "} b ${input.id}", RandomInputs.SCOPE)
              : Expressions.cel(text, RandomInputs.SCOPE);
      if (compiled instanceof Compiled.Good(var expression)) {
        parts.put("f" + parts.size(), expression);
      }
    }
    var inner = new LinkedHashMap<String, Expression>();
    inner.put("a", parts.get("f0"));
    inner.put("b", parts.get("f1"));
    parts.put("inner", Expressions.mapping(inner));
    return Expressions.mapping(parts);
  }

  /** Some fields as they are, some narrower, some left out and some more. */
  private static Type.Record wanted(Random random, Type given) {
    var fields = new ArrayList<Type.Field>();
    for (Type.Field field : ((Type.Record) given.core()).fields()) {
      switch (random.nextInt(5)) {
        case 0 -> {}
        case 1 -> fields.add(Type.Field.of(field.name(), Type.Simple.ANY));
        default -> fields.add(Type.Field.of(field.name(), narrower(random, field.type())));
      }
    }
    if (random.nextInt(4) == 0) {
      fields.add(Type.Field.of("required", Type.Int.ANY_INT));
    }
    fields.add(Type.Field.of("maybe", new Type.Maybe(Type.Int.ANY_INT)));
    fields.add(new Type.Field("fallback", Type.Int.ANY_INT, Optional.of(Value.integer(7)), ""));
    return new Type.Record("Wanted", fields);
  }

  private static Type narrower(Random random, Type type) {
    boolean isNarrow = random.nextBoolean();
    return switch (type.core()) {
      case Type.Int _ when isNarrow -> new Type.Int(Type.Range.of(0, 5));
      case Type.Int _ -> random.nextBoolean() ? Type.Real.ANY_DOUBLE : type.core();
      case Type.Text _ when isNarrow -> new Type.Text(Type.Range.of(1, 3), Optional.empty());
      case Type.Decimal _ when isNarrow -> new Type.Decimal(4, 1);
      case Type.Record record when record.name().isEmpty() -> wanted(random, record);
      default -> isNarrow ? type.core() : type;
    };
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
