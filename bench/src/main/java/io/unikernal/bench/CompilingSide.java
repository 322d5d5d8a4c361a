package io.unikernal.bench;

import io.unikernal.expr.Deployment;
import io.unikernal.model.Rec;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A typed mapping of 20 fields, from its texts to code. */
final class CompilingSide implements Side {
  private byte[] last = {};

  @Override
  public int batch() {
    return 20;
  }

  @Override
  public void run(int count) {
    for (int i = 0; i < count; i++) {
      var mapping = ExpressionCases.MAPPING.expression();
      if (Deployment.compile(List.of(mapping)).compiled() != 1) {
        throw new IllegalStateException("the mapping was not compiled");
      }
      if (i == 0) {
        var order = ExpressionCases.order();
        var made = (Rec) mapping.evaluate(ExpressionCases.frame(order));
        boolean isRight = made.equals(ExpressionCases.MAPPING.byHand(order));
        last = (isRight ? "0" : "1").getBytes(StandardCharsets.UTF_8);
      }
    }
  }

  @Override
  public byte[] last() {
    return last;
  }
}
