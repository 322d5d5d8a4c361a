package io.unikernal.udl;

import io.unikernal.model.Plan;
import java.util.List;
import java.util.Locale;

/**
 * A page that is being written; what {@code code}, {@code plain} and {@code link} give is cells.
 */
abstract sealed class PageText {
  protected final StringBuilder out = new StringBuilder();

  abstract void heading(int level, String text);

  /** A heading that links lead to. */
  abstract void anchored(int level, String text, String anchor);

  /** {@code isReady}: made of cells already. */
  abstract void paragraph(String text, boolean isReady);

  abstract void table(List<String> heads, List<List<String>> rows);

  abstract void graph(Plan plan);

  abstract String code(String text);

  abstract String plain(String text);

  abstract String link(String text, String anchor);

  abstract String indent(int depth);

  abstract String done();

  void paragraph(String text) {
    paragraph(text, false);
  }

  static final class Markdown extends PageText {
    @Override
    void heading(int level, String text) {
      out.append(out.isEmpty() ? "" : "\n").append("#".repeat(level) + " " + plain(text) + "\n\n");
    }

    @Override
    void anchored(int level, String text, String anchor) {
      out.append("\n<a id=\"" + anchor + "\"></a>\n");
      heading(level, text);
    }

    @Override
    void paragraph(String text, boolean isReady) {
      out.append(isReady ? text : plain(text)).append("\n\n");
    }

    @Override
    void table(List<String> heads, List<List<String>> rows) {
      out.append("| " + String.join(" | ", heads) + " |\n");
      out.append("|" + "---|".repeat(heads.size()) + "\n");
      rows.forEach(row -> out.append("| " + String.join(" | ", row) + " |\n"));
    }

    @Override
    void graph(Plan plan) {
      out.append("```mermaid\n" + GraphText.of(plan, GraphText.Format.MERMAID) + "```\n");
    }

    @Override
    String code(String text) {
      if (text.isEmpty()) {
        return "";
      }
      String line = text.strip().replaceAll("\\s+", " ").replace("|", "\\|");
      return line.contains("`") ? "`` " + line + " ``" : "`" + line + "`";
    }

    /** What Markdown would read as its own is escaped. */
    @Override
    String plain(String text) {
      return text.replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1").replaceAll("\\s*\n\\s*", " ");
    }

    @Override
    String link(String text, String anchor) {
      return "[" + code(text) + "](#" + anchor + ")";
    }

    @Override
    String indent(int depth) {
      return "&nbsp;&nbsp;".repeat(depth);
    }

    @Override
    String done() {
      return out.toString();
    }
  }

  static final class Html extends PageText {
    private String title = "";

    @Override
    void heading(int level, String text) {
      anchored(level, text, text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "-"));
    }

    @Override
    void anchored(int level, String text, String anchor) {
      title = title.isEmpty() ? text : title;
      String tag = "h" + level;
      out.append("<" + tag + " id=\"" + plain(anchor) + "\">" + plain(text) + "</" + tag + ">\n");
    }

    @Override
    void paragraph(String text, boolean isReady) {
      out.append("<p>" + (isReady ? text : plain(text)) + "</p>\n");
    }

    @Override
    void table(List<String> heads, List<List<String>> rows) {
      out.append("<table>\n<tr>");
      heads.forEach(head -> out.append("<th>" + plain(head) + "</th>"));
      out.append("</tr>\n");
      for (List<String> row : rows) {
        out.append("<tr>");
        row.forEach(cell -> out.append("<td>" + cell + "</td>"));
        out.append("</tr>\n");
      }
      out.append("</table>\n");
    }

    @Override
    void graph(Plan plan) {
      out.append("<figure>\n" + GraphText.of(plan, GraphText.Format.SVG) + "</figure>\n");
    }

    @Override
    String code(String text) {
      return text.isEmpty() ? "" : "<code>" + plain(text) + "</code>";
    }

    @Override
    String plain(String text) {
      return text.replace("&", "&amp;")
          .replace("<", "&lt;")
          .replace(">", "&gt;")
          .replace("\"", "&quot;");
    }

    @Override
    String link(String text, String anchor) {
      return "<a href=\"#" + plain(anchor) + "\">" + code(text) + "</a>";
    }

    @Override
    String indent(int depth) {
      return "&nbsp;&nbsp;".repeat(depth);
    }

    @Override
    String done() {
      return """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>%s</title>
      <style>
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
      table { border-collapse: collapse; display: block; overflow-x: auto; }
      td, th { border: 1px solid #cbd5e1; padding: .25rem .6rem; text-align: left; vertical-align: top; }
      code { background: #f1f5f9; } figure { overflow-x: auto; margin: 0; }
      </style>
      <body>
      %s</body>
      </html>
      """
          .formatted(plain(title), out);
    }
  }
}
