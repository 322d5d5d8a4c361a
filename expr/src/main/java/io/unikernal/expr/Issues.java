package io.unikernal.expr;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import io.unikernal.expr.Compiled.Kind;
import io.unikernal.expr.Compiled.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What CEL's checker found, in our words and with our names. */
final class Issues {
  private static final Pattern UNDECLARED =
      Pattern.compile("undeclared reference to '(.*)' \\(in container '.*'\\)", Pattern.DOTALL);
  private static final Pattern UNDEFINED = Pattern.compile("undefined field '(.*)'");
  private static final Pattern NO_FIELDS =
      Pattern.compile("type '(.*)' does not support field selection", Pattern.DOTALL);
  private static final Pattern NO_OVERLOAD =
      Pattern.compile(
          "found no matching overload for '(.*?)' applied to '\\(?(.*?)\\)'.*", Pattern.DOTALL);
  private static final Pattern NO_RANGE =
      Pattern.compile("expression of type '(.*)' cannot be range of a comprehension.*");
  private static final Pattern EXPECTED =
      Pattern.compile("expected type '(.*)' but found '(.*)'", Pattern.DOTALL);
  private final Spans spans;
  private final Inference inference;
  private final Scope scope;
  private final String text;

  Issues(String text, CelAbstractSyntaxTree tree, Scope scope) {
    this.text = text;
    this.scope = scope;
    spans = new Spans(text, tree.getSource());
    inference = new Inference(tree.getExpr(), scope);
  }

  List<Problem> types(CelValidationResult result) {
    var problems = new ArrayList<Problem>();
    for (CelIssue issue : result.getErrors()) {
      var place = inference.find(issue.getExprId());
      Problem problem =
          place
              .map(found -> problem(issue.getMessage(), found))
              .orElseGet(() ->
                  Problems.of(
                      Kind.TYPE, FrontEnd.whole(text), CelNames.readable(issue.getMessage()), ""));
      if (!problems.contains(problem)) {
        problems.add(problem);
      }
    }
    problems.sort(Comparator.comparingInt(Problem::start));
    return withoutEchoes(problems);
  }

  /**
   * What is called on a name that is unknown, and what takes its value, is no mistake of its own.
   */
  private static List<Problem> withoutEchoes(List<Problem> problems) {
    var causes = new ArrayList<Problem>();
    for (Problem problem : problems) {
      boolean isEcho =
          problem.message().contains("*error*")
              || causes.stream()
                  .anyMatch(cause ->
                      cause.kind() == Kind.UNKNOWN_NAME && cause.end() + 1 == problem.start());
      if (!isEcho || causes.isEmpty()) {
        causes.add(problem);
      }
    }
    return List.copyOf(causes);
  }

  private Problem problem(String message, Inference.Place place) {
    CelExpr node = place.node();
    if (node.getKind() == CelExpr.ExprKind.Kind.STRUCT) {
      return Problems.of(
          Kind.SYNTAX, spans.of(node), "this form is not part of UDL", "write `{'name': value}`");
    }
    Matcher match = UNDECLARED.matcher(message);
    if (match.matches()) {
      return undeclared(match.group(1), node);
    }
    match = UNDEFINED.matcher(message);
    if (match.matches()) {
      return undefined(match.group(1), place);
    }
    match = NO_FIELDS.matcher(message);
    if (match.matches()) {
      return noFields(CelNames.readable(match.group(1)), place);
    }
    match = NO_OVERLOAD.matcher(message);
    if (match.matches()) {
      String name = match.group(1);
      String arguments = match.group(2);
      return scope
          .functions()
          .find(name)
          .map(own -> UserCalls.wrongCount(own, node, spans))
          .orElseGet(() -> Overloads.problem(name, arguments, node, spans));
    }
    match = NO_RANGE.matcher(message);
    if (match.matches()) {
      return Problems.of(
          Kind.TYPE,
          spans.of(node),
          "`" + CelNames.readable(match.group(1)) + "` is no list or map to go through",
          "");
    }
    match = EXPECTED.matcher(message);
    if (match.matches()) {
      return Problems.of(
          Kind.TYPE,
          spans.of(node),
          "here a `%s` is needed, and this is `%s`"
              .formatted(CelNames.readable(match.group(1)), CelNames.readable(match.group(2))),
          "");
    }
    return Problems.of(Kind.TYPE, spans.of(node), CelNames.readable(message), "");
  }

  private Problem undeclared(String name, CelExpr node) {
    if (node.getKind() == CelExpr.ExprKind.Kind.IDENT) {
      return Problems.unknownName(name, Compiler.names(scope), spans.own(node));
    }
    if (node.getKind() == CelExpr.ExprKind.Kind.STRUCT) {
      return Problems.of(
          Kind.SYNTAX, spans.of(node), "this form is not part of UDL", "write `{'name': value}`");
    }
    var names = new ArrayList<>(Functions.callable());
    names.addAll(Functions.MACROS);
    names.addAll(scope.functions().names());
    return Problems.unknownFunction(name, names, spans.own(node));
  }

  private static CelExpr operand(CelExpr node) {
    return node.getKind() == CelExpr.ExprKind.Kind.SELECT
        ? node.select().operand()
        : node.call().args().getFirst();
  }

  private static String field(CelExpr node) {
    return node.getKind() == CelExpr.ExprKind.Kind.SELECT
        ? node.select().field()
        : node.call().args().getLast().constant().stringValue();
  }

  private static boolean isSelect(CelExpr node) {
    return node.getKind() == CelExpr.ExprKind.Kind.SELECT
        || node.getKind() == CelExpr.ExprKind.Kind.CALL && node.call().function().equals("_?._");
  }

  private Problem undefined(String field, Inference.Place place) {
    CelExpr node = place.node();
    var type =
        isSelect(node)
            ? place.typeOf(operand(node))
            : java.util.Optional.<io.unikernal.model.Type>empty();
    return type.map(t -> Problems.unknownField(LabelRules.unwrap(t).core(), field, fieldSpan(node)))
        .orElseGet(() ->
            Problems.of(
                Kind.UNKNOWN_FIELD, fieldSpan(node), "there is no field `" + field + "` here", ""));
  }

  private Problem noFields(String celType, Inference.Place place) {
    CelExpr node = place.node();
    if (!isSelect(node)) {
      return Problems.noFields(celType, "", spans.of(node));
    }
    String type =
        place
            .typeOf(operand(node))
            .map(t -> Problems.describe(LabelRules.unwrap(t).core()))
            .orElse(celType);
    return Problems.noFields(type, field(node), fieldSpan(node));
  }

  private Span fieldSpan(CelExpr node) {
    return spans.own(node);
  }

  /** Only the first: what follows a syntax error is mostly its echo. */
  static List<Problem> syntax(CelValidationResult parsed, String text) {
    CelIssue issue = parsed.getErrors().getFirst();
    var location = issue.getSourceLocation();
    int points =
        parsed.getSource().getLocationOffset(location.getLine(), location.getColumn()).orElse(0);
    int at = new Spans(text, parsed.getSource()).chars(points);
    return List.of(Syntax.problem(issue.getMessage(), text, at));
  }
}
