package io.unikernal.udl;

import io.unikernal.model.Operation;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Plan.PlannedSystem;
import io.unikernal.model.Route;
import io.unikernal.model.Step;
import io.unikernal.udl.PlanParts.Callee;
import io.unikernal.udl.PlanParts.Does;
import java.util.ArrayList;
import java.util.List;

/** A plan as boxes with rows in them, and arrows between rows. */
record Graph(List<Box> boxes, List<Arrow> arrows) {

  /** A system with its operations, or a pipeline with its steps. */
  record Box(String id, String title, boolean isPipeline, List<String> notes, List<Row> rows) {}

  /**
   * An operation or a step.
   *
   * @param depth how many steps it is inside of
   * @param notes policies and such
   */
  record Row(String id, String text, int depth, List<String> notes) {}

  enum Kind {
    /** A route. */
    ROUTE,
    /** A step calls an operation or a pipeline. */
    CALL,
    /** One step after the other. */
    NEXT,
    /** To what runs after an error. */
    ERROR
  }

  /** From row to row; {@code notes} are lines, the first says most. */
  record Arrow(String from, String to, Kind kind, List<String> notes) {}

  static Graph of(Plan plan) {
    var builder = new Builder();
    plan.systems().forEach(builder::system);
    plan.pipelines().values().forEach(builder::pipeline);
    plan.routes().forEach(builder::route);
    return new Graph(List.copyOf(builder.boxes), List.copyOf(builder.arrows));
  }

  private static final class Builder {
    final List<Box> boxes = new ArrayList<>();
    final List<Arrow> arrows = new ArrayList<>();
    private int steps;

    void system(PlannedSystem system) {
      var rows = new ArrayList<Row>();
      for (Operation operation : system.operations().values()) {
        String effect = operation.effect().toString();
        rows.add(
            new Row(
                operationId(operation.id()),
                operation.name(),
                0,
                effect.equals("unknown") || operation.direction() == Operation.Direction.RECEIVES
                    ? List.of()
                    : List.of(effect)));
      }
      var notes = new ArrayList<String>();
      if (!system.clearance().isEmpty()) {
        notes.add("clearance " + system.clearance().stream().sorted().toList());
      }
      notes.addAll(PlanParts.texts(system.policies()));
      String title = system.name() + ": " + system.adapter();
      boxes.add(new Box("system_" + system.name(), title, false, notes, rows));
    }

    void pipeline(Pipeline pipeline) {
      var rows = new ArrayList<Row>();
      String id = pipelineId(pipeline.name());
      rows.add(new Row(id, "input " + brief(pipeline.input().toString()), 0, List.of()));
      steps = 0;
      List<String> last = chain(pipeline.name(), pipeline.steps(), List.of(id), 0, rows);
      String end = id + "_output";
      rows.add(new Row(end, "output " + brief(pipeline.output().type().toString()), 0, List.of()));
      last.forEach(from -> arrows.add(new Arrow(from, end, Kind.NEXT, List.of())));
      onError(pipeline.name(), id, pipeline.onError(), 0, rows);
      boxes.add(
          new Box(
              "box_" + id,
              pipeline.name(),
              true,
              PlanParts.texts(pipeline.policies()),
              List.copyOf(rows)));
    }

    /** Adds steps one after the other; gives the rows that the next one follows. */
    private List<String> chain(
        String pipeline, List<Step> all, List<String> before, int depth, List<Row> rows) {
      List<String> last = before;
      for (Step step : all) {
        last = step(pipeline, step, last, depth, rows);
      }
      return last;
    }

    private List<String> step(
        String pipeline, Step step, List<String> before, int depth, List<Row> rows) {
      Step.Head head = step.head();
      Does does = PlanParts.does(step);
      String id = pipelineId(pipeline) + "_" + ++steps;
      var notes = new ArrayList<String>();
      head.when().ifPresent(when -> notes.add("when " + brief(when.text())));
      notes.addAll(PlanParts.texts(head.policies()));
      boolean isNamed = !head.name().contains("[");
      String called = String.join(", ", does.calls().stream().map(Callee::name).toList());
      String what = called.isEmpty() ? does.what() : called;
      rows.add(new Row(id, isNamed ? head.name() + ": " + what : what, depth, notes));
      before.forEach(from -> arrows.add(new Arrow(from, id, Kind.NEXT, List.of())));
      does.calls().forEach(to -> arrows.add(new Arrow(id, rowId(to), Kind.CALL, List.of())));
      var last = new ArrayList<String>();
      for (List<Step> branch : does.branches()) {
        last.addAll(chain(pipeline, branch, List.of(id), depth + 1, rows));
      }
      onError(pipeline, id, head.onError(), depth + 1, rows);
      return last.isEmpty() ? List.of(id) : last;
    }

    private void onError(
        String pipeline, String from, List<Step> handlers, int depth, List<Row> rows) {
      if (!handlers.isEmpty()) {
        String id = from + "_error";
        rows.add(new Row(id, "on_error", depth, List.of()));
        arrows.add(new Arrow(from, id, Kind.ERROR, List.of()));
        chain(pipeline, handlers, List.of(id), depth + 1, rows);
      }
    }

    void route(Route route) {
      var notes = new ArrayList<String>();
      Route.Guarantee guarantee = route.guarantee();
      notes.add(guarantee.level() + (guarantee.order().isEmpty() ? "" : ", " + guarantee.order()));
      route.when().ifPresent(when -> notes.add("when " + brief(when.text())));
      notes.addAll(PlanParts.texts(route.policies()));
      for (Callee to : PlanParts.callees(route.to())) {
        arrows.add(
            new Arrow(operationId(route.from().id()), rowId(to), Kind.ROUTE, List.copyOf(notes)));
      }
    }

    private static String rowId(Callee callee) {
      return callee.isPipeline() ? pipelineId(callee.name()) : operationId(callee.name());
    }

    /** Letters, digits and `_` only: every format takes them. */
    private static String operationId(String id) {
      return "op_" + id.replace('.', '_').replaceAll("[^A-Za-z0-9_]", "_");
    }

    private static String pipelineId(String name) {
      return "pipeline_" + name;
    }
  }

  static String brief(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.codePointCount(0, line.length()) > 48
        ? line.substring(0, line.offsetByCodePoints(0, 47)) + "…"
        : line;
  }
}
