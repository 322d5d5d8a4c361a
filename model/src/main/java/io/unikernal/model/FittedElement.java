package io.unikernal.model;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes the elements of a stream fit their type, each when it is read. */
final class FittedElement implements UnaryOperator<Value> {
  private final Type type;
  private final Conform.Extra extra;
  private int index;

  FittedElement(Type type, Conform.Extra extra) {
    this.type = type;
    this.extra = extra;
  }

  @Override
  public Value apply(Value element) {
    var problems = new Problems();
    problems.enter(index++);
    @Nullable Value fitted = new Fitting(extra, problems).fit(type, element);
    if (fitted == null || !problems.isEmpty()) {
      throw Fault.invalid("an element of the stream does not fit its type", problems.found())
          .toException();
    }
    return fitted;
  }
}
