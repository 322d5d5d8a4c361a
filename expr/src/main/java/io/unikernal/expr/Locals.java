package io.unikernal.expr;

import io.unikernal.model.Type;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The variables of loops and bindings while a tree is lowered: the innermost of a name counts. */
final class Locals {
  record Local(String name, int number, Type type) {}

  private final Deque<Local> open = new ArrayDeque<>();
  private int count;

  /** Each gets a number of its own, so that none overwrites another. */
  int open(String name, Type type) {
    int number = count++;
    open.push(new Local(name, number, type));
    return number;
  }

  void close(int howMany) {
    for (int i = 0; i < howMany; i++) {
      open.pop();
    }
  }

  Optional<Local> find(String name) {
    return open.stream().filter(local -> local.name().equals(name)).findFirst();
  }

  int count() {
    return count;
  }
}
