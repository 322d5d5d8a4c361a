package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Plan;
import io.unikernal.udl.GraphText.Format;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphTextTest {
  private static final Pattern NODE =
      Pattern.compile(
          "    ([a-z][A-Za-z0-9_]*)\\[\"[^\"\\[\\]{}|<>`]*(<br/>[^\"\\[\\]{}|<>`]*)*\"]");
  private static final Pattern LINK =
      Pattern.compile(
          "  ([A-Za-z0-9_]+) (==>|-\\.->|-->|-\\. error \\.->)(\\|\"[^\"\\[\\]{}|`]*\"\\|)?"
              + " ([A-Za-z0-9_]+)");

  @TempDir Path folder;

  private static List<Plan> plans() throws Exception {
    var plans = new ArrayList<Plan>();
    for (Path file : Golden.cases()) {
      Golden.compile(file, file.toString().contains("offline")).plan().ifPresent(plans::add);
    }
    assertThat(plans).hasSizeGreaterThan(15);
    return plans;
  }

  @Test
  void graphvizReadsEveryGraphWithoutAWarning() throws Exception {
    var all = new StringBuilder();
    for (Plan plan : plans()) {
      all.append(GraphText.of(plan, Format.DOT));
    }
    all.append(GraphText.of(compile(HOSTILE), Format.DOT));
    Path file = Files.writeString(folder.resolve("all.dot"), all);
    Path drawn = folder.resolve("out");
    Process dot =
        new ProcessBuilder("dot", "-Tplain", file.toString())
            .redirectOutput(drawn.toFile())
            .start();
    String said = new String(dot.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(dot.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said).isEmpty();
    assertThat(dot.exitValue()).isZero();
    assertThat(Files.readString(drawn).split("\nstop\n"))
        .as("as many drawn as written")
        .hasSize(all.toString().split("digraph definition").length - 1);
  }

  /** By the rules of Mermaid's flowcharts: declared nodes, links between them, no stray signs. */
  @Test
  void mermaidHasOnlyNodesAndLinksBetweenThem() throws Exception {
    List<Plan> plans = plans();
    plans.add(compile(HOSTILE));
    for (Plan plan : plans) {
      var nodes = new HashSet<String>();
      for (String line : GraphText.of(plan, Format.MERMAID).lines().skip(1).toList()) {
        Matcher node = NODE.matcher(line);
        Matcher link = LINK.matcher(line);
        if (node.matches()) {
          assertThat(nodes.add(node.group(1))).as(line).isTrue();
        } else if (link.matches()) {
          assertThat(nodes).as(line).contains(link.group(1), link.group(4));
        } else {
          assertThat(line).matches("  end|  subgraph [a-z][A-Za-z0-9_]*\\[\"[^\"]*\"]");
        }
      }
    }
  }

  @Test
  void theDrawingIsXmlAndNoTwoBoxesOverlap() throws Exception {
    List<Plan> plans = plans();
    plans.add(compile(HOSTILE));
    for (Plan plan : plans) {
      String svg = GraphText.of(plan, Format.SVG);
      var document =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
      var boxes = new ArrayList<java.awt.Rectangle>();
      var rects = document.getElementsByTagName("rect");
      for (int i = 0; i < rects.getLength(); i++) {
        var attributes = rects.item(i).getAttributes();
        var style =
            Optional.ofNullable(attributes.getNamedItem("class")).map(n -> n.getNodeValue());
        if (style.orElse("").startsWith("box")) {
          boxes.add(
              new java.awt.Rectangle(
                  number(attributes, "x"),
                  number(attributes, "y"),
                  number(attributes, "width"),
                  number(attributes, "height")));
        }
      }
      assertThat(boxes).hasSize(plan.systems().size() + plan.pipelines().size());
      for (int i = 0; i < boxes.size(); i++) {
        for (int j = i + 1; j < boxes.size(); j++) {
          assertThat(boxes.get(i).intersects(boxes.get(j))).isFalse();
        }
      }
    }
  }

  private static int number(org.w3c.dom.NamedNodeMap attributes, String name) {
    return Integer.parseInt(attributes.getNamedItem(name).getNodeValue());
  }

  private static final String HOSTILE =
      """
      types: { A: { a: string } }
      systems:
        w: { type: http, listen: 80, operations: { a: { post: /a, body: A } } }
        q: { type: memory, operations: { out: { accepts: A }, again: { receives: A } } }
      policies: { many: [ { type: timeout, after: 5s }, { type: rate_limit, limit: 3 } ] }
      routes:
        - from: w.a
          when: 'input.a == "<b> & \\"x\\" | `y` [z] {w} \\\\ #1;" || true'
          to: p
          policy: many
        - { from: w.a, to: q.out }
        - { from: q.again, to: p }
      pipelines:
        p:
          input: A
          steps:
            - { name: one, set: "${input.a}", when: "input.a != '<x>'" }
            - parallel:
                - { system: q.out, with: "${input}", policy: { type: retry, attempts: 2 } }
                - { system: other, with: "${input}" }
          on_error: [ { system: q.out, with: { a: failed } } ]
        other: { input: A, output: x }
      """;

  @Test
  void theTextShowsRoutesWithWhatTheyLeadTo() throws Exception {
    assertThat(GraphText.of(compile(HOSTILE), Format.TEXT).replace(folder + "/", ""))
        .isEqualTo(
            """
            w.a -> p   at least once (q.out: effect unknown, retried, a.udl.yaml:19)
              when input.a == "<b> & \\"x\\" | `y` [z] {w} \\\\ #1;" |…
              [timeout after 5s]
              [rate_limit 3 in 1s, burst 3]
              one: set   when input.a != '<x>'
              parallel
                q.out   [retry 2 attempts, exponential 100ms to 30s]
                other
              on_error
                q.out
            w.a -> q.out   at most once (w.a does not send again)
            q.again -> p   at least once, in order (q.out: effect unknown, retried, a.udl.yaml:19)
              (as above)
            """);
  }

  /** Steps of one branch one after the other; only branches side by side. */
  @Test
  void nestedStepsAreDrawnInTheirOrder() throws Exception {
    String nested =
        """
        systems:
          bus: { type: memory, operations: { orders: { receives: { items: list(int), big: bool } } } }
        routes: [ { from: bus.orders, to: p } ]
        pipelines:
          p:
            steps:
              - name: each
                for_each:
                  in: ${input.items}
                  steps:
                    - { name: one, set: "${item + 1}" }
                    - { name: two, set: "${one + 1}" }
              - name: chosen
                choose:
                  - when: input.big
                    steps: [ { name: a, set: 1 }, { name: b, set: 2 } ]
                  - otherwise: [ { name: c, set: 3 } ]
        """;
    Path file = Files.writeString(folder.resolve("nested.udl.yaml"), nested);
    Plan plan = Golden.compile(file).draft().orElseThrow();
    Graph graph = Graph.of(plan);
    var texts = new java.util.HashMap<String, String>();
    graph.boxes().forEach(box -> box.rows().forEach(row -> texts.put(row.id(), row.text())));
    assertThat(
            graph.arrows().stream()
                .filter(arrow -> arrow.kind() == Graph.Kind.NEXT)
                .map(arrow -> texts.get(arrow.from()) + " > " + texts.get(arrow.to()))
                .map(text -> text.replaceAll("(input|output) [^>]*[^> ]", "$1")))
        .containsExactly(
            "input > each: for_each",
            "each: for_each > one: set",
            "one: set > two: set",
            "two: set > chosen: choose",
            "chosen: choose > a: set",
            "a: set > b: set",
            "chosen: choose > c: set",
            "b: set > output",
            "c: set > output");
  }

  private Plan compile(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), text);
    Compilation compilation = Golden.compile(file);
    assertThat(compilation.plan()).as(compilation.rendered().text(false)).isPresent();
    return compilation.plan().orElseThrow();
  }
}
