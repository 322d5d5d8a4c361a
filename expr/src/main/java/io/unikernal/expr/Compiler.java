package io.unikernal.expr;

import io.unikernal.expr.Compiled.Problem;
import java.util.Comparator;
import java.util.List;

/** From text to IR, by the short way where there is one. */
final class Compiler {
  private Compiler() {}

  sealed interface Outcome {
    record Done(Ir root, int locals) implements Outcome {}

    record Failed(List<Problem> problems) implements Outcome {}
  }

  static Outcome compile(String text, Scope scope) {
    return Paths.compile(text, scope).map(Compiler::guarded).orElseGet(() -> byCel(text, scope));
  }

  /** The long way; garbage of any kind gives problems and never an exception. */
  static Outcome byCel(String text, Scope scope) {
    if (text.length() > FrontEnd.LENGTH_MAX) {
      return new Outcome.Failed(List.of(FrontEnd.tooLong(text)));
    }
    try {
      return switch (FrontEnd.check(text, scope)) {
        case FrontEnd.Result.Refused(var problems) -> new Outcome.Failed(problems);
        case FrontEnd.Result.Checked checked -> lowered(text, checked, scope);
      };
    } catch (StackOverflowError _) {
      return new Outcome.Failed(
          List.of(Problems.limit("the expression is nested too deeply", FrontEnd.whole(text))));
    }
  }

  private static Outcome lowered(String text, FrontEnd.Result.Checked checked, Scope scope) {
    var lowering = new Lowering(text, checked, scope);
    Ir root = lowering.lower();
    return lowering.problems().isEmpty()
        ? guarded(new Outcome.Done(root, lowering.localCount()))
        : new Outcome.Failed(List.copyOf(lowering.problems()));
  }

  private static Outcome guarded(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Failed failed -> failed;
      case Outcome.Done done -> {
        var problems =
            Guards.check(done.root()).stream()
                .distinct()
                .sorted(Comparator.comparingInt(Problem::start))
                .toList();
        yield problems.isEmpty() ? done : new Outcome.Failed(problems);
      }
    };
  }

  static List<String> names(Scope scope) {
    return scope.variables().stream().map(Scope.Variable::name).toList();
  }
}
