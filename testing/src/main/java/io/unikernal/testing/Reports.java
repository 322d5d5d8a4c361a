package io.unikernal.testing;

import io.unikernal.model.Json;
import io.unikernal.model.Origin;
import io.unikernal.model.Value;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.Diagnostic;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** What tests and simulations came to: as lines, as JSON, as JUnit's XML. */
public final class Reports {
  private static final String INDENT = "        ";

  private Reports() {}

  /** One line where it is good; else what was expected and what came, and the trace. */
  public static List<String> lines(TestResult result) {
    var lines = new ArrayList<String>();
    lines.add(
        "  %-4s  %s  (%s, %s, %s in %d ms)"
            .formatted(
                result.isGood() ? "ok" : "FAIL",
                result.test().name(),
                counted(result.messages(), "message"),
                counted(result.calls(), "call"),
                Story.text(result.virtual()),
                result.real().toMillis()));
    for (Failing failing : result.failings()) {
      lines.add(INDENT + place(failing.at()) + "  " + failing.what());
      lines.add(INDENT + "  expected  " + failing.expected());
      lines.add(INDENT + "  came      " + failing.came());
      failing.trace().forEach(line -> lines.add(INDENT + "  | " + line));
    }
    return lines;
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /** The last line. */
  public static String summary(Suite.Report report) {
    long failed = report.results().stream().filter(result -> !result.isGood()).count();
    int all = report.results().size();
    String refused =
        report.refused().isEmpty()
            ? ""
            : "; of %d %s with errors no test ran"
                .formatted(
                    report.refused().size(),
                    report.refused().size() == 1 ? "definition" : "definitions");
    return failed == 0
        ? "%d %s%s".formatted(all, all == 1 ? "test holds" : "tests hold", refused)
        : "%d of %d %s%s; --seed %d runs them again just so"
            .formatted(failed, all, all == 1 ? "test fails" : "tests fail", refused, report.seed());
  }

  /** A line for each branch and policy; those that no test takes or needs are marked. */
  public static List<String> lines(Coverage coverage) {
    var lines = new ArrayList<String>();
    List<Coverage.Taken> branches = coverage.branches();
    lines.add("branches: %d of %d taken".formatted(coverage.takenCount(), branches.size()));
    add(lines, branches);
    List<Coverage.Taken> policies = coverage.policies();
    if (!policies.isEmpty()) {
      lines.add("policies: %d of %d acted".formatted(coverage.actedCount(), policies.size()));
      add(lines, policies);
    }
    return lines;
  }

  private static void add(List<String> lines, List<Coverage.Taken> all) {
    String in = "";
    for (Coverage.Taken taken : all) {
      if (!taken.branch().in().equals(in)) {
        in = taken.branch().in();
        lines.add("  " + in);
      }
      lines.add(
          "    %7s  %s  (%s)"
              .formatted(
                  taken.times() == 0 ? "NEVER" : taken.times() + "x",
                  taken.branch().what(),
                  place(taken.branch().origin())));
    }
  }

  private static String place(Origin origin) {
    return origin.equals(Origin.NONE) ? "-" : shown(origin.file()) + ":" + origin.line();
  }

  private static String shown(String file) {
    Path here = Path.of("").toAbsolutePath();
    Path path = Path.of(file);
    return path.isAbsolute() && path.startsWith(here) ? here.relativize(path).toString() : file;
  }

  /** All of it, for programs. */
  public static String json(Suite.Report report) {
    var all = new LinkedHashMap<String, Value>();
    all.put("ok", Value.Bool.of(report.isGood()));
    all.put("seed", Value.integer(report.seed()));
    var tests = new ArrayList<Value>();
    report.results().forEach(result -> tests.add(value(result)));
    all.put("tests", new Value.Items(tests));
    all.put(
        "refused",
        new Value.Items(
            report.refused().stream().map(one -> Value.text(one.rendered().text(false))).toList()));
    report.coverage().ifPresent(coverage -> all.put("coverage", value(coverage)));
    return Json.pretty(new Value.Dict(all));
  }

  private static Value value(TestResult result) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("name", Value.text(result.test().name()));
    at(fields, result.test().origin());
    fields.put("ok", Value.Bool.of(result.isGood()));
    fields.put("messages", Value.integer(result.messages()));
    fields.put("calls", Value.integer(result.calls()));
    fields.put("virtual_ms", millis(result.virtual()));
    fields.put("real_ms", millis(result.real()));
    var failings = new ArrayList<Value>();
    for (Failing failing : result.failings()) {
      var one = new LinkedHashMap<String, Value>();
      at(one, failing.at());
      one.put("what", Value.text(failing.what()));
      one.put("expected", Value.text(failing.expected()));
      one.put("came", Value.text(failing.came()));
      failing.message().ifPresent(number -> one.put("message", Value.integer(number)));
      one.put("trace", texts(failing.trace()));
      failings.add(new Value.Dict(one));
    }
    fields.put("failures", new Value.Items(failings));
    return new Value.Dict(fields);
  }

  private static Value value(Coverage coverage) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("taken", Value.integer(coverage.takenCount()));
    fields.put("of", Value.integer(coverage.branches().size()));
    fields.put("branches", value(coverage.branches()));
    fields.put("acted", Value.integer(coverage.actedCount()));
    fields.put("policies", value(coverage.policies()));
    return new Value.Dict(fields);
  }

  private static Value value(List<Coverage.Taken> all) {
    var branches = new ArrayList<Value>();
    for (Coverage.Taken taken : all) {
      var one = new LinkedHashMap<String, Value>();
      one.put("in", Value.text(taken.branch().in()));
      one.put("what", Value.text(taken.branch().what()));
      at(one, taken.branch().origin());
      one.put("times", Value.integer(taken.times()));
      branches.add(new Value.Dict(one));
    }
    return new Value.Items(branches);
  }

  private static void at(SequencedMap<String, Value> fields, Origin origin) {
    fields.put("file", Value.text(shown(origin.file())));
    fields.put("line", Value.integer(origin.line()));
  }

  private static Value texts(List<String> texts) {
    return new Value.Items(texts.stream().map(Value::text).toList());
  }

  private static Value millis(Duration time) {
    return new Value.Decimal(BigDecimal.valueOf(time.toNanos() / 1_000, 3));
  }

  /** As CI servers read it: a suite for each definition. */
  public static String junit(Suite.Report report) {
    var text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuites");
      counts(xml, report.results(), report.refused().size());
      for (Suite.Tested tested : report.tested()) {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", tested.path().toString());
        counts(xml, tested.results(), 0);
        for (TestResult result : tested.results()) {
          testCase(xml, tested.path(), result);
        }
        xml.writeEndElement();
      }
      for (Compilation refused : report.refused()) {
        refused(xml, refused);
      }
      xml.writeEndElement();
      xml.writeEndDocument();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("cannot write XML to memory", e);
    }
    return text.toString();
  }

  private static void counts(XMLStreamWriter xml, List<TestResult> results, int errors)
      throws XMLStreamException {
    Duration time = results.stream().map(TestResult::real).reduce(Duration.ZERO, Duration::plus);
    xml.writeAttribute("tests", "" + (results.size() + errors));
    xml.writeAttribute(
        "failures", "" + results.stream().filter(result -> !result.isGood()).count());
    xml.writeAttribute("errors", "" + errors);
    xml.writeAttribute("skipped", "0");
    xml.writeAttribute("time", seconds(time));
  }

  private static void testCase(XMLStreamWriter xml, Path path, TestResult result)
      throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("name", legal(result.test().name()));
    xml.writeAttribute("classname", path.toString());
    xml.writeAttribute("file", shown(result.test().origin().file()));
    xml.writeAttribute("line", "" + result.test().origin().line());
    xml.writeAttribute("time", seconds(result.real()));
    if (!result.isGood()) {
      Failing first = result.failings().getFirst();
      xml.writeStartElement("failure");
      xml.writeAttribute("type", first.what());
      xml.writeAttribute(
          "message", legal("expected " + first.expected() + ", came " + first.came()));
      xml.writeCharacters(legal(String.join("\n", lines(result)) + "\nseed " + result.seed()));
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }

  private static void refused(XMLStreamWriter xml, Compilation refused) throws XMLStreamException {
    List<Diagnostic> diagnostics = refused.diagnostics();
    String first = diagnostics.isEmpty() ? "" : diagnostics.getFirst().message();
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", "check");
    counts(xml, List.of(), 1);
    xml.writeStartElement("testcase");
    xml.writeAttribute("name", "the definition has no errors");
    xml.writeAttribute("classname", "check");
    xml.writeAttribute("time", "0");
    xml.writeStartElement("error");
    xml.writeAttribute("type", "check");
    xml.writeAttribute("message", legal(first));
    xml.writeCharacters(legal(refused.rendered().text(false)));
    xml.writeEndElement();
    xml.writeEndElement();
    xml.writeEndElement();
  }

  /** What XML cannot hold is replaced. */
  private static String legal(String text) {
    var legal = new StringBuilder();
    text.codePoints().map(c -> isLegal(c) ? c : '\uFFFD').forEach(legal::appendCodePoint);
    return legal.toString();
  }

  private static boolean isLegal(int c) {
    boolean isSurrogateOrMark = c >= 0xD800 && c <= 0xDFFF || c == 0xFFFE || c == 0xFFFF;
    return c == '\t' || c == '\n' || c == '\r' || c >= ' ' && !isSurrogateOrMark;
  }

  private static String seconds(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3).toPlainString();
  }

  /** What a simulation came to. */
  public static List<String> lines(Simulation.Report report) {
    var lines = new ArrayList<String>();
    lines.add(
        "%s, %s, %s, %s: %s of virtual time in %s"
            .formatted(
                counted(report.seeds(), "seed"),
                counted(report.totals().messages(), "message"),
                counted(report.totals().calls(), "call"),
                counted(report.totals().calamities(), "fault"),
                Story.text(report.virtual()),
                Story.text(Duration.ofMillis(report.real().toMillis()))));
    report
        .totals()
        .byRoute()
        .forEach((route, sums) ->
            lines.add(
                "  %s: received %d, delivered %d, failed %d, dead-lettered %d, dropped %d"
                    .formatted(route, sums[0], sums[1], sums[2], sums[3], sums[4])));
    if (report.found().isEmpty()) {
      lines.add("nothing is lost, duplicated, reordered or settled twice");
      return lines;
    }
    Simulation.Found found = report.found().get();
    lines.add("FOUND  " + found.invariant() + ": " + found.text());
    lines.add(
        "  with seed %d, %s and %s"
            .formatted(
                found.seed(),
                counted(found.messages(), "message"),
                found.calamities().isEmpty() ? "no fault" : String.join("; ", found.calamities())));
    found.trace().forEach(line -> lines.add("  | " + line));
    lines.add("  --seed " + found.seed() + " --seeds 1 runs it again just so");
    return lines;
  }

  public static String json(Simulation.Report report) {
    var all = new LinkedHashMap<String, Value>();
    all.put("ok", Value.Bool.of(report.found().isEmpty()));
    all.put("seeds", Value.integer(report.seeds()));
    all.put("messages", Value.integer(report.totals().messages()));
    all.put("calls", Value.integer(report.totals().calls()));
    all.put("faults", Value.integer(report.totals().calamities()));
    all.put("virtual_ms", millis(report.virtual()));
    all.put("real_ms", millis(report.real()));
    report
        .found()
        .ifPresent(found -> {
          var one = new LinkedHashMap<String, Value>();
          one.put("seed", Value.integer(found.seed()));
          one.put("invariant", Value.text(found.invariant()));
          one.put("text", Value.text(found.text()));
          one.put("messages", Value.integer(found.messages()));
          one.put("faults", texts(found.calamities()));
          one.put("trace", texts(found.trace()));
          all.put("found", new Value.Dict(one));
        });
    return Json.pretty(new Value.Dict(all));
  }
}
