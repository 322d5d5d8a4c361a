package io.unikernal.expr;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import io.unikernal.expr.Compiled.Kind;
import io.unikernal.expr.Compiled.Problem;
import io.unikernal.model.Assign;
import io.unikernal.model.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Calls of the definition's own functions. CEL's checker sees how many arguments there are and the
 * result; whether an argument fits its parameter is {@link Assign}'s to say, which has the reason.
 */
final class UserCalls {
  private UserCalls() {}

  static CelFunctionDecl declaration(UserFunction function, CelTypes types) {
    List<CelType> any = Collections.nCopies(function.parameters().size(), SimpleType.DYN);
    return CelFunctionDecl.newFunctionDeclaration(
        function.name(),
        CelOverloadDecl.newGlobalOverload(
            function.name() + "#user", types.toCel(function.result()), any));
  }

  /** CEL's checker found no overload: there are too many arguments, or too few. */
  static Problem wrongCount(UserFunction function, CelExpr node, Spans spans) {
    int wanted = function.parameters().size();
    if (node.call().target().isPresent()) {
      return Problems.of(
          Kind.ARGUMENT,
          spans.of(node),
          "`" + function.name() + "` is a function, and no method of a value",
          "it is `" + function.head() + "`");
    }
    int given = node.call().args().size();
    return Problems.of(
        Kind.ARGUMENT,
        spans.of(node),
        "`%s` takes %s, and here %s"
            .formatted(
                function.name(),
                wanted == 1 ? "1 argument" : wanted + " arguments",
                given == 0 ? "are none" : given == 1 ? "is 1" : "are " + given),
        "it is `" + function.head() + "`");
  }

  static Ir lower(UserFunction function, List<Ir> given, Span span, Consumer<Problem> problems) {
    var arguments = new ArrayList<Ir>();
    var types = new ArrayList<Type>();
    for (int i = 0; i < given.size(); i++) {
      UserFunction.Parameter parameter = function.parameters().get(i);
      Ir argument = Fractions.like(given.get(i), parameter.type());
      if (Assign.check(argument.type(), parameter.type())
          instanceof Assign.Verdict.Refused(var reasons)) {
        problems.accept(refused(function, parameter, argument, reasons.getFirst()));
      }
      String what = "`" + parameter.name() + "` of `" + function.name() + "`";
      types.add(LabelRules.wrap(parameter.type(), Fitting.lost(argument.type(), parameter.type())));
      arguments.add(Fitting.fit(argument, parameter.type(), what));
    }
    return new Ir.UserCall(function, arguments, function.result(types), span);
  }

  private static Problem refused(
      UserFunction function, UserFunction.Parameter parameter, Ir argument, Assign.Reason reason) {
    String path = reason.path().isEmpty() ? "" : "`" + reason.path() + "`: ";
    return Problems.of(
        Kind.ARGUMENT,
        argument.span(),
        "`%s` needs `%s: %s`, and this is `%s`"
            .formatted(
                function.name(),
                parameter.name(),
                parameter.type(),
                Problems.describe(argument.type())),
        path + reason.message());
  }
}
