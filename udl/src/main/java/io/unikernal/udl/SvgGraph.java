package io.unikernal.udl;

import io.unikernal.udl.Graph.Arrow;
import io.unikernal.udl.Graph.Box;
import io.unikernal.udl.Graph.Kind;
import io.unikernal.udl.Graph.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Draws a graph: boxes in columns from left to right as messages flow, steps as rows under each
 * other, arrows as curves, what a route promises at its begin.
 */
final class SvgGraph {
  private static final double CHARACTER = 6.7;
  private static final int LINE = 15;
  private static final int MARGIN = 24;
  private static final int PADDING = 10;
  private static final int INDENT = 16;
  private static final int GAP = 28;
  private static final int CHANNEL_MIN = 90;
  private static final int SWEEPS = 8;

  private final Graph graph;
  private final Map<String, Placed> boxes = new LinkedHashMap<>();
  private final Map<String, Placed> boxOfRow = new HashMap<>();
  private final Map<String, Integer> rowTop = new HashMap<>();
  private final Map<String, Integer> rowHeight = new HashMap<>();
  private final Map<String, Integer> labelsUsed = new HashMap<>();
  private final StringBuilder out = new StringBuilder();

  private static final class Placed {
    final Box box;
    int column;
    double order;
    int x;
    int y;
    int width;
    int height;

    Placed(Box box) {
      this.box = box;
    }
  }

  private SvgGraph(Graph graph) {
    this.graph = graph;
    for (Box box : graph.boxes()) {
      var placed = new Placed(box);
      boxes.put(box.id(), placed);
      box.rows().forEach(row -> boxOfRow.put(row.id(), placed));
    }
  }

  static String draw(Graph graph) {
    return new SvgGraph(graph).draw();
  }

  private String draw() {
    columns();
    List<List<Placed>> columns = ordered();
    int width = place(columns);
    int height = boxes.values().stream().mapToInt(box -> box.y + box.height).max().orElse(0);
    out.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
        font-family="DejaVu Sans, Verdana, sans-serif" font-size="11">
        <style>
        .box { fill: #ffffff; stroke: #64748b; } .pipeline { stroke: #0f766e; }
        .head { fill: #e2e8f0; } .headp { fill: #ccfbf1; } .title { font-weight: bold; fill: #0f172a; }
        .row { fill: #0f172a; } .note { fill: #64748b; font-size: 10px; }
        .ROUTE { stroke: #1d4ed8; stroke-width: 2; fill: none; } .CALL { stroke: #475569; fill: none; }
        .label { fill: #1d4ed8; font-size: 10px; }
        </style>
        <defs>
        <marker id="route" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="5" markerHeight="5" orient="auto">
        <path d="M0,0 L8,4 L0,8 z" fill="#1d4ed8"/></marker>
        <marker id="call" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
        <path d="M0,0 L8,4 L0,8 z" fill="#475569"/></marker>
        </defs>
        <rect width="100%%" height="100%%" fill="#f8fafc"/>
        """
            .formatted(Math.max(width, 100), height + MARGIN));
    List<Arrow> between =
        graph.arrows().stream()
            .filter(arrow -> arrow.kind() == Kind.ROUTE || arrow.kind() == Kind.CALL)
            .toList();
    between.forEach(this::curve);
    boxes.values().forEach(this::box);
    between.forEach(this::label);
    return out.append("</svg>\n").toString();
  }

  /** A box stands right of those whose arrows lead to it; a circle is cut where it is met. */
  private void columns() {
    Map<Placed, Set<Placed>> from = new HashMap<>();
    for (Arrow arrow : graph.arrows()) {
      Placed source = boxOfRow.get(arrow.from());
      Placed target = boxOfRow.get(arrow.to());
      if (source != null && target != null && source != target) {
        from.computeIfAbsent(target, _ -> new HashSet<>()).add(source);
      }
    }
    Map<Placed, Integer> known = new HashMap<>();
    boxes.values().forEach(box -> box.column = column(box, from, known, new HashSet<>()));
  }

  private static int column(
      Placed box, Map<Placed, Set<Placed>> from, Map<Placed, Integer> known, Set<Placed> path) {
    Integer found = known.get(box);
    if (found != null) {
      return found;
    }
    path.add(box);
    int column = 0;
    for (Placed source : from.getOrDefault(box, Set.of())) {
      if (!path.contains(source)) {
        column = Math.max(column, column(source, from, known, path) + 1);
      }
    }
    path.remove(box);
    known.put(box, column);
    return column;
  }

  /** Boxes of a column in the order of what they are joined with, so that few arrows cross. */
  private List<List<Placed>> ordered() {
    int count = boxes.values().stream().mapToInt(box -> box.column + 1).max().orElse(0);
    var columns = new ArrayList<List<Placed>>();
    for (int i = 0; i < count; i++) {
      int column = i;
      columns.add(
          new ArrayList<>(boxes.values().stream().filter(b -> b.column == column).toList()));
    }
    columns.forEach(SvgGraph::number);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (List<Placed> column : sweep % 2 == 0 ? columns : columns.reversed()) {
        column.forEach(box -> box.order = middle(box));
        column.sort(Comparator.comparingDouble(box -> box.order));
        number(column);
      }
    }
    return columns;
  }

  private static void number(List<Placed> column) {
    for (int i = 0; i < column.size(); i++) {
      column.get(i).order = (i + 0.5) / column.size();
    }
  }

  private double middle(Placed box) {
    double sum = 0;
    int count = 0;
    for (Arrow arrow : graph.arrows()) {
      Placed source = boxOfRow.get(arrow.from());
      Placed target = boxOfRow.get(arrow.to());
      if (source != null && target != null && source != target) {
        if (source == box) {
          sum += target.order;
          count++;
        } else if (target == box) {
          sum += source.order;
          count++;
        }
      }
    }
    return count == 0 ? box.order : sum / count;
  }

  /** Gives every box its place; the width of the whole. */
  private int place(List<List<Placed>> columns) {
    int x = MARGIN;
    for (List<Placed> column : columns) {
      int width = 0;
      int channel = CHANNEL_MIN;
      for (Placed box : column) {
        width = Math.max(width, width(box.box));
        for (Arrow arrow : graph.arrows()) {
          if (boxOfRow.get(arrow.from()) == box) {
            for (String note : arrow.notes()) {
              channel = Math.max(channel, (int) (cells(note) * 6.1) + 50);
            }
          }
        }
      }
      int y = MARGIN;
      for (Placed box : column) {
        box.x = x;
        box.y = y;
        box.width = width;
        box.height = rows(box);
        y += box.height + GAP;
      }
      x += width + channel;
    }
    centre(columns);
    return boxes.values().stream().mapToInt(box -> box.x + box.width).max().orElse(0) + MARGIN;
  }

  private void centre(List<List<Placed>> columns) {
    int height = boxes.values().stream().mapToInt(box -> box.y + box.height).max().orElse(0);
    for (List<Placed> column : columns) {
      int shift = column.isEmpty() ? 0 : (height - bottom(column)) / 2;
      for (Placed box : column) {
        box.y += shift;
        box.box.rows().forEach(row -> rowTop.merge(row.id(), shift, Integer::sum));
      }
    }
  }

  private static int bottom(List<Placed> column) {
    return column.getLast().y + column.getLast().height;
  }

  private static int cells(String text) {
    return Cells.width(text);
  }

  private static int width(Box box) {
    double width = cells(box.title()) * 7.6;
    for (String note : box.notes()) {
      width = Math.max(width, cells(note) * CHARACTER);
    }
    for (Row row : box.rows()) {
      width = Math.max(width, cells(row.text()) * CHARACTER + row.depth() * INDENT);
      for (String note : row.notes()) {
        width = Math.max(width, cells(note) * 6.2 + (row.depth() + 1) * INDENT);
      }
    }
    return (int) width + 2 * PADDING + 12;
  }

  private static int headHeight(Box box) {
    return LINE * (1 + box.notes().size()) + PADDING;
  }

  /** Sets where the rows of a box stand; its height. */
  private int rows(Placed box) {
    int y = box.y + headHeight(box.box) + 4;
    for (Row row : box.box.rows()) {
      long labels =
          graph.arrows().stream()
              .filter(arrow -> arrow.from().equals(row.id()))
              .mapToLong(arrow -> arrow.notes().size())
              .sum();
      int height = (int) Math.max(1 + row.notes().size(), labels) * LINE + 6;
      rowTop.put(row.id(), y);
      rowHeight.put(row.id(), height);
      y += height;
    }
    return y - box.y + 6;
  }

  private void box(Placed placed) {
    Box box = placed.box;
    int head = headHeight(box);
    out.append(
        "<rect class=\"box%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\"/>%n"
            .formatted(
                box.isPipeline() ? " pipeline" : "",
                placed.x,
                placed.y,
                placed.width,
                placed.height)
            .replace(System.lineSeparator(), "\n"));
    out.append(
        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>\n"
            .formatted(
                box.isPipeline() ? "headp" : "head",
                placed.x + 1,
                placed.y + 1,
                placed.width - 2,
                head));
    text("title", placed.x + PADDING, placed.y + LINE + 1, box.title());
    for (int i = 0; i < box.notes().size(); i++) {
      text("note", placed.x + PADDING, placed.y + LINE * (i + 2), box.notes().get(i));
    }
    for (Row row : box.rows()) {
      int x = placed.x + PADDING + row.depth() * INDENT;
      int y = top(row.id()) + LINE - 2;
      text("row", x, y, row.text());
      for (int i = 0; i < row.notes().size(); i++) {
        text("note", x + INDENT, y + LINE * (i + 1), row.notes().get(i));
      }
    }
  }

  private void text(String style, int x, int y, String text) {
    out.append("<text class=\"" + style + "\" x=\"" + x + "\" y=\"" + y + "\">" + escape(text));
    out.append("</text>\n");
  }

  private int top(String row) {
    return rowTop.getOrDefault(row, 0);
  }

  private void curve(Arrow arrow) {
    Placed source = boxOfRow.get(arrow.from());
    Placed target = boxOfRow.get(arrow.to());
    if (source == null || target == null) {
      return;
    }
    int fromX = source.x + source.width;
    int fromY = top(arrow.from()) + LINE - 6;
    int toX = target.x;
    int toY = top(arrow.to()) + LINE - 6;
    boolean isBack = toX <= fromX;
    double bend = isBack ? 70 : Math.max(40, (toX - fromX) / 2.0);
    String marker = arrow.kind().name().toLowerCase(Locale.ROOT);
    out.append(
        String.format(
            Locale.ROOT,
            "<path class=\"%s\" d=\"M%d,%d C%.0f,%d %.0f,%d %d,%d\" marker-end=\"url(#%s)\"/>\n",
            arrow.kind(),
            fromX,
            fromY,
            fromX + bend,
            fromY,
            toX - bend,
            toY,
            toX - 2,
            toY,
            marker));
  }

  /** At the begin of the arrow, where its row has room for it. */
  private void label(Arrow arrow) {
    Placed source = boxOfRow.get(arrow.from());
    if (source == null) {
      return;
    }
    for (String note : arrow.notes()) {
      int used = labelsUsed.merge(arrow.from(), 1, Integer::sum);
      int y = top(arrow.from()) + LINE * used - 9;
      out.append("<text class=\"label\" paint-order=\"stroke\" stroke=\"#f8fafc\" ");
      out.append("stroke-width=\"3\" x=\"" + (source.x + source.width + 8) + "\" y=\"" + y + "\">");
      out.append(escape(note)).append("</text>\n");
    }
  }

  private static String escape(String text) {
    var safe = new StringBuilder();
    for (int point : text.codePoints().toArray()) {
      switch (point) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        default -> safe.appendCodePoint(Character.isISOControl(point) ? 0xFFFD : point);
      }
    }
    return safe.toString();
  }
}
