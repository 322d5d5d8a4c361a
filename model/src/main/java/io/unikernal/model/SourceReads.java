package io.unikernal.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What the routes of a plan read of the messages that an operation emits: worked out when the
 * definition is deployed, so that a source need not make values of what nobody looks at. A message
 * that is handed on as it is to something else than a pipeline counts as read whole.
 */
public final class SourceReads {
  private SourceReads() {}

  public static Reads of(Plan plan, Operation from) {
    Reads all = Reads.NONE;
    for (Route route : plan.routes()) {
      if (route.from().id().equals(from.id())) {
        all = all.and(of(plan, route));
      }
    }
    return all;
  }

  private static Reads of(Plan plan, Route route) {
    // Not the reply, nor what makes a dead letter: their `input` is another one.
    var readers =
        new ArrayList<>(
            PlanExpressions.of(
                List.of(route.when(), route.policies(), route.handling().onError())));
    if (route.to() instanceof SmartTarget smart) {
      readers.addAll(PlanExpressions.of(smart));
    }
    if (route.to() instanceof Route.Target.ToPipeline(var name)
        && route.with().isVariable(Frame.INPUT)
        && plan.pipelines().get(name) instanceof Pipeline pipeline) {
      readers.addAll(PlanExpressions.of(pipeline));
    } else {
      readers.add(route.with());
    }
    return together(readers);
  }

  private static Reads together(List<Expression> readers) {
    return readers.stream().map(reader -> reader.reads(Frame.INPUT)).reduce(Reads.NONE, Reads::and);
  }
}
