package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Expression;
import io.unikernal.model.Operation;
import io.unikernal.model.Route;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.RouteReader.End;
import io.unikernal.udl.RouteReader.Open;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What goes from a route's source to its target, and what comes back. */
final class RouteEdges {
  private final Tools tools;

  RouteEdges(Tools tools) {
    this.tools = tools;
  }

  /** What the target takes, of the message in `input`. */
  Expression with(Open open, End end) {
    if (CallSteps.isNothing(end.input())) {
      return CallSteps.nothing(end.input());
    }
    var edge =
        new Typing.Edge(
            PipelineReader.variable(open.variables(), "input"),
            end.input(),
            end.who(),
            "needs",
            "`" + open.source().id() + "`",
            open.toPlace(),
            Optional.empty(),
            open.variables());
    if (end.isRuled()) {
      tools.typing().checkParameters(edge);
    }
    if (end.target() instanceof Route.Target.ToPipeline) {
      tools.labels().checkKept(edge);
    }
    return tools.typing().fit(edge);
  }

  /** What the source is answered, from a frame whose `input` is the target's answer. */
  Expression reply(Open open, End end) {
    Operation source = open.source();
    if (open.route().durable().isPresent() && source.output() != Type.Simple.NULL) {
      return Durables.answer(open);
    }
    List<Answers.Reply> replies = end.answers().map(Answers.Summary::replies).orElse(List.of());
    var types = new ArrayList<Type>();
    for (Answers.Reply reply : replies) {
      types.add(reply.value().type());
      if (open.route().isWaiting()) {
        answer(
            open,
            new Answer(reply.value(), "`reply`", reply.place(), Optional.of(reply.node())),
            reply.variables());
      }
    }
    boolean isSure = end.answers().map(Answers.Summary::isSure).orElse(false);
    if (!isSure) {
      types.add(end.output());
    }
    if (source.output() == Type.Simple.NULL) {
      return Expressions.constant(Value.Null.NULL, Type.Simple.NULL);
    }
    if (!isSure) {
      Variables variables = Variables.of(end.output());
      Expression output = PipelineReader.variable(variables, "input");
      Expression fitted =
          answer(open, new Answer(output, end.who(), open.toPlace(), Optional.empty()), variables);
      if (replies.isEmpty()) {
        return fitted;
      }
    }
    Variables variables = Variables.of(Joins.join(types));
    return Expressions.fit(
        PipelineReader.variable(variables, "input"), source.output(), "the answer");
  }

  /** Something that the source is answered with, and what gives it. */
  private record Answer(Expression value, String giver, Place place, Optional<Node> node) {}

  private Expression answer(Open open, Answer answer, Variables variables) {
    Operation source = open.source();
    tools
        .labels()
        .check(
            answer.value().type(),
            source.output(),
            open.from().system(),
            source.id(),
            answer.place(),
            answer.node(),
            variables);
    return tools
        .typing()
        .fit(
            new Typing.Edge(
                answer.value(),
                source.output(),
                "`" + source.id() + "`",
                "answers",
                answer.giver(),
                answer.place(),
                answer.node(),
                variables));
  }
}
