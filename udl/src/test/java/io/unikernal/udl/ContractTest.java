package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Diagnostic.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContractTest {
  private static final Path CONTRACT = Path.of("src/test/contract");

  @Test
  void theFirstExampleHasNoErrors() throws Exception {
    Compilation compilation = Golden.compile(CONTRACT.resolve("orders/orders.udl.yaml"));
    assertThat(errors(compilation)).as(compilation.rendered().text(false)).isEmpty();
    assertThat(compilation.plan()).isPresent();
  }

  @Test
  void theFirstExampleOnlyWarnsOfTheRetryOfAnAppend() throws Exception {
    Compilation compilation = Golden.compile(CONTRACT.resolve("orders/orders.udl.yaml"));
    assertThat(compilation.diagnostics())
        .extracting(Diagnostic::code)
        .containsExactly(Code.RETRY_UNKNOWN.id());
  }

  @Test
  void thePublishedVocabularyGivesExactlyWhatItsContractSays() throws Exception {
    Compilation compilation = Golden.compile(CONTRACT.resolve("v7/v7.udl"));
    assertThat(findings(compilation))
        .as(compilation.rendered().text(false))
        .isEqualTo(expected(CONTRACT.resolve("v7/expected.yaml")));
    assertThat(compilation.plan()).isEmpty();
  }

  /** What a finding is about stands in its message or under its caret. */
  private record Finding(Severity severity, int line, String about) {}

  private static List<Finding> expected(Path file) throws Exception {
    var diagnostics = new Diagnostics();
    var source = new Source(file.toString(), file, Golden.read(file));
    Node.Mapping root = (Node.Mapping) YamlReader.read(source, diagnostics).orElseThrow();
    var list = new ArrayList<Finding>();
    for (var entry : root.entries()) {
      var severity = entry.name().equals("errors") ? Severity.ERROR : Severity.WARNING;
      for (Node node : ((Node.Sequence) entry.value()).items()) {
        var fields = (Node.Mapping) node;
        list.add(
            new Finding(severity, Integer.parseInt(text(fields, "line")), text(fields, "about")));
      }
    }
    list.sort(Comparator.comparingInt(Finding::line));
    return list;
  }

  private static String text(Node.Mapping mapping, String key) {
    return ((Node.Scalar) mapping.get(key).orElseThrow()).text();
  }

  private static List<Finding> findings(Compilation compilation) throws Exception {
    var abouts = expected(CONTRACT.resolve("v7/expected.yaml"));
    var list = new ArrayList<Finding>();
    for (Diagnostic diagnostic : compilation.diagnostics()) {
      int line = diagnostic.span().line();
      String about =
          abouts.stream()
              .filter(finding -> finding.line() == line)
              .map(Finding::about)
              .filter(name -> diagnostic.message().contains(name))
              .findFirst()
              .orElse(diagnostic.message());
      list.add(new Finding(diagnostic.severity(), line, about));
    }
    return list;
  }

  @Test
  void smartRoutingWithItsStreamsIsRight() throws Exception {
    Compilation compilation = Golden.compile(CONTRACT.resolve("routing/routing.udl.yaml"));
    assertThat(errors(compilation)).isEmpty();
    assertThat(compilation.plan()).isPresent();
  }

  private static List<Diagnostic> errors(Compilation compilation) {
    return compilation.diagnostics().stream()
        .filter(diagnostic -> diagnostic.severity() == Severity.ERROR)
        .toList();
  }
}
