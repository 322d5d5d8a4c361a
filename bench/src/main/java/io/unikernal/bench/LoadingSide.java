package io.unikernal.bench;

import io.unikernal.expr.Deployment;
import io.unikernal.model.Expression;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Expressions from their text to code that runs, as at a reload: the ones before are let go when
 * all of the next are there.
 */
final class LoadingSide implements Side {
  /** One reload. */
  static final int EXPRESSIONS = 10_000;

  /** As many as a route with much to say has. */
  private static final int GROUP = 50;

  private static final List<String> TEXTS =
      List.of(
          "input.version + %d",
          "input.total > decimal('100') ? input.version + %d : 0",
          "input.items.filter(i, i.qty > 2).size() > 0 ? input.version + %d : 0",
          "input.customer.startsWith('Ada') && !input.vip ? input.version + %d : 0",
          "int(string(input.version)) + %d");

  /** Kept, so that its code is: let go by the next. */
  private List<Expression> loaded = List.of();

  @Override
  public int batch() {
    return EXPRESSIONS;
  }

  @Override
  public void run(int count) {
    var next = new ArrayList<Expression>(count);
    for (int from = 0; from < count; from += GROUP) {
      var group = new ArrayList<Expression>();
      for (int i = from; i < Math.min(count, from + GROUP); i++) {
        group.add(ExpressionCases.cel(TEXTS.get(i % TEXTS.size()).formatted(i)));
      }
      if (Deployment.compile(group).compiled() != group.size()) {
        throw new IllegalStateException("an expression was not compiled");
      }
      next.addAll(group);
    }
    loaded = next;
  }

  /** How many of those that are loaded give another number than their text says. */
  @Override
  public byte[] last() {
    var order = ExpressionCases.order();
    int wrong = 0;
    for (int i = 0; i < loaded.size(); i++) {
      var value = loaded.get(i).evaluate(ExpressionCases.frame(order));
      wrong += value.equals(Value.integer(ExpressionCases.VERSION_OF_ORDER + i)) ? 0 : 1;
    }
    return String.valueOf(wrong).getBytes(StandardCharsets.UTF_8);
  }
}
