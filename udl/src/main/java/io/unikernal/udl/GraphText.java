package io.unikernal.udl;

import io.unikernal.model.Plan;
import io.unikernal.model.Route;
import io.unikernal.model.Step;
import io.unikernal.udl.Graph.Arrow;
import io.unikernal.udl.Graph.Box;
import io.unikernal.udl.Graph.Row;
import io.unikernal.udl.PlanParts.Callee;
import io.unikernal.udl.PlanParts.Does;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What flows where, in the formats that people draw with. */
public final class GraphText {
  private GraphText() {}

  /** How a graph is written. */
  public enum Format {
    MERMAID,
    DOT,
    SVG,
    TEXT
  }

  public static String of(Plan plan, Format format) {
    return switch (format) {
      case MERMAID -> mermaid(Graph.of(plan));
      case DOT -> dot(Graph.of(plan));
      case SVG -> SvgGraph.draw(Graph.of(plan));
      case TEXT -> text(plan);
    };
  }

  private static String mermaid(Graph graph) {
    var text = new StringBuilder("flowchart LR\n");
    for (Box box : graph.boxes()) {
      text.append("  subgraph " + box.id() + "[\"" + mermaid(box.title(), box.notes()) + "\"]\n");
      for (Row row : box.rows()) {
        String label = mermaid(row.text(), row.notes());
        text.append("    " + row.id() + "[\"" + label + "\"]\n");
      }
      text.append("  end\n");
    }
    for (Arrow arrow : graph.arrows()) {
      String line =
          switch (arrow.kind()) {
            case ROUTE -> "==>";
            case CALL -> "-.->";
            case NEXT -> "-->";
            case ERROR -> "-. error .->";
          };
      String label =
          arrow.notes().isEmpty()
              ? ""
              : "|\"" + mermaid(arrow.notes().getFirst(), rest(arrow.notes())) + "\"|";
      text.append("  " + arrow.from() + " " + line + label + " " + arrow.to() + "\n");
    }
    return text.toString();
  }

  private static List<String> rest(List<String> notes) {
    return notes.subList(1, notes.size());
  }

  /** Entities for what Mermaid or Markdown would read as its own. */
  private static String mermaid(String first, List<String> more) {
    var text = new StringBuilder();
    var lines = new ArrayList<>(List.of(first));
    lines.addAll(more);
    for (String line : lines) {
      text.append(text.isEmpty() ? "" : "<br/>");
      for (int point : line.codePoints().toArray()) {
        if ("\"#<>&;`*_\\[]{}|".indexOf(point) >= 0 && point != '_') {
          text.append("#").append(point).append(';');
        } else {
          text.appendCodePoint(point);
        }
      }
    }
    return text.toString();
  }

  private static String dot(Graph graph) {
    var text =
        new StringBuilder(
            """
            digraph definition {
              rankdir=LR;
              compound=true;
              node [shape=box, style=rounded, fontname="sans-serif", fontsize=11];
              edge [fontname="sans-serif", fontsize=10];
              graph [fontname="sans-serif", fontsize=12];
            """);
    for (Box box : graph.boxes()) {
      text.append("  subgraph \"cluster_" + box.id() + "\" {\n");
      text.append("    label=\"" + dot(box.title(), box.notes()) + "\";\n");
      if (box.rows().isEmpty()) {
        text.append("    \"empty_" + box.id() + "\" [label=\"\", shape=point, style=invis];\n");
      }
      for (Row row : box.rows()) {
        text.append("    \"" + row.id() + "\" [label=\"" + dot(row.text(), row.notes()) + "\"];\n");
      }
      text.append("  }\n");
    }
    for (Arrow arrow : graph.arrows()) {
      String style =
          switch (arrow.kind()) {
            case ROUTE -> "penwidth=2";
            case CALL -> "style=dashed";
            case NEXT -> "weight=4";
            case ERROR -> "style=dotted, label=\"error\"";
          };
      String label =
          arrow.notes().isEmpty()
              ? ""
              : ", label=\"" + dot(arrow.notes().getFirst(), rest(arrow.notes())) + "\"";
      text.append("  \"" + arrow.from() + "\" -> \"" + arrow.to() + "\"");
      text.append(" [" + style + label + "];\n");
    }
    return text.append("}\n").toString();
  }

  private static String dot(String first, List<String> more) {
    var lines = new ArrayList<>(List.of(first));
    lines.addAll(more);
    return String.join(
        "\\n",
        lines.stream().map(line -> line.replace("\\", "\\\\").replace("\"", "\\\"")).toList());
  }

  /** Routes as trees, each pipeline's steps under the first route that leads to it. */
  private static String text(Plan plan) {
    var text = new StringBuilder();
    Set<String> shown = new HashSet<>();
    for (Route route : plan.routes()) {
      text.append(route.name()).append("   ").append(route.guarantee()).append('\n');
      route.when().ifPresent(when -> text.append("  when " + Graph.brief(when.text()) + "\n"));
      PlanParts.texts(route.policies()).forEach(policy -> text.append("  [" + policy + "]\n"));
      PlanParts.callees(route.to()).forEach(to -> callee(plan, to, 1, shown, text));
    }
    plan.pipelines().keySet().stream()
        .filter(name -> !shown.contains(name))
        .toList()
        .forEach(name -> {
          text.append(name).append("   no route leads here\n");
          callee(plan, new Callee(name, true), 1, shown, text);
        });
    return text.toString();
  }

  private static void callee(
      Plan plan, Callee callee, int depth, Set<String> shown, StringBuilder text) {
    var pipeline = callee.isPipeline() ? plan.pipelines().get(callee.name()) : null;
    if (pipeline == null) {
      return;
    }
    if (!shown.add(callee.name())) {
      text.repeat("  ", depth).append("(as above)\n");
      return;
    }
    PlanParts.texts(pipeline.policies())
        .forEach(policy -> text.repeat("  ", depth).append("[" + policy + "]\n"));
    steps(plan, pipeline.steps(), depth, shown, text);
    if (!pipeline.onError().isEmpty()) {
      text.repeat("  ", depth).append("on_error\n");
      steps(plan, pipeline.onError(), depth + 1, shown, text);
    }
  }

  private static void steps(
      Plan plan, List<Step> steps, int depth, Set<String> shown, StringBuilder text) {
    for (Step step : steps) {
      Does does = PlanParts.does(step);
      Step.Head head = step.head();
      String called = String.join(", ", does.calls().stream().map(Callee::name).toList());
      String name = head.name().contains("[") ? "" : head.name() + ": ";
      text.repeat("  ", depth).append(name).append(called.isEmpty() ? does.what() : called);
      head.when().ifPresent(when -> text.append("   when " + Graph.brief(when.text())));
      PlanParts.texts(head.policies()).forEach(policy -> text.append("   [" + policy + "]"));
      text.append('\n');
      steps(plan, does.inside(), depth + 1, shown, text);
      does.calls().forEach(to -> callee(plan, to, depth + 1, shown, text));
      if (!head.onError().isEmpty()) {
        text.repeat("  ", depth + 1).append("on_error\n");
        steps(plan, head.onError(), depth + 2, shown, text);
      }
    }
  }
}
