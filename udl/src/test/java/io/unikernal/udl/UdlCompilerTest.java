package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Describes;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UdlCompilerTest {
  private static final String WEB =
      "systems:\n  web: { type: http, listen: 8080, operations: { a: { get: /a } } }\n";

  @TempDir Path folder;

  @Test
  void aMissingFileIsADiagnosticAndNotAnException() throws Exception {
    Compilation compilation = Golden.compile(folder.resolve("nobody.udl.yaml"));
    assertThat(compilation.plan()).isEmpty();
    assertThat(codes(compilation)).containsExactly(Code.FILE_UNREADABLE.id());
  }

  @Test
  void anEmptyFileIsAnEmptyDefinition() throws Exception {
    assertThat(compile("").plan()).isPresent();
    assertThat(compile("# nothing yet\n").plan()).isPresent();
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheText() throws Exception {
    Compilation compilation = compile("\uFEFFsytems: {}\n");
    assertThat(compilation.diagnostics().getFirst().span().column()).isEqualTo(1);
  }

  @Test
  void columnsCountCodePoints() throws Exception {
    Compilation compilation = compile("types: { A: { \"\uD83D\uDE00\": Nobody } }\n");
    assertThat(compilation.diagnostics().getFirst().span().column()).isEqualTo(20);
  }

  @Test
  void aSecretIsReadFromItsFileAndNeverPrinted() throws Exception {
    Files.createDirectories(folder.resolve(".unikernal/secrets"));
    Files.writeString(folder.resolve(".unikernal/secrets/port"), "hunter2\n");
    Compilation compilation =
        compile("systems:\n  web: { type: http, listen: \"${secret.port}\" }\n");
    assertThat(codes(compilation)).containsExactly(Code.ENVIRONMENT_VALUE.id());
    assertThat(compilation.rendered().text(true) + compilation.rendered().json())
        .contains("secret.port")
        .doesNotContain("hunter2");
  }

  @Test
  void aValueFromTheEnvironmentCannotChangeTheStructure() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("a.udl.yaml"),
            "systems:\n  db: { type: postgres, connection: \"${EVIL}\", operations: {} }\n");
    var options = new UdlCompiler.Options(Map.of("EVIL", "x }\nroutes: [ { from: a.b } ]"), false);
    Compilation compilation = UdlCompiler.compile(file, Fakes.all(), options);
    assertThat(compilation.diagnostics()).isEmpty();
    assertThat(compilation.plan().orElseThrow().routes()).isEmpty();
  }

  @Test
  void noMoreThanTwoHundredFindingsAreShown() throws Exception {
    var text = new StringBuilder(WEB);
    text.append("types:\n");
    for (int i = 0; i < 300; i++) {
      text.append("  A%d: { x: Nobody%d }\n".formatted(i, i));
    }
    Compilation compilation = compile(text.toString());
    assertThat(compilation.diagnostics()).hasSize(Diagnostics.MAX);
    assertThat(compilation.rendered().text(false)).contains("and 100 more");
  }

  @Test
  void colorsChangeNothingButTheColor() throws Exception {
    var rendered = Golden.compile(Golden.FOLDER.resolve("label_flow.udl.yaml")).rendered();
    assertThat(rendered.text(true)).contains("\u001b[");
    assertThat(rendered.text(true).replaceAll("\u001b\\[[0-9;]*m", ""))
        .isEqualTo(rendered.text(false));
  }

  @Test
  void theJsonOfEveryCaseIsJson() throws Exception {
    for (Path path : Golden.cases()) {
      Compilation compilation = Golden.compile(path);
      byte[] json = compilation.rendered().json().getBytes(StandardCharsets.UTF_8);
      assertThat(Json.read(json, Json.Limits.DEFAULT))
          .isInstanceOfSatisfying(
              Value.Items.class,
              items -> assertThat(items.items()).hasSameSizeAs(compilation.diagnostics()));
    }
  }

  @Test
  void everyEditRemovesWhatItIsFor() throws Exception {
    int count = 0;
    for (Path path : Golden.cases()) {
      if (Files.isDirectory(path)) {
        continue;
      }
      for (Diagnostic diagnostic : Golden.compile(path).diagnostics()) {
        boolean isHere =
            diagnostic.edits().stream().allMatch(e -> e.span().file().equals(path.toString()));
        if (diagnostic.edits().isEmpty() || !isHere) {
          continue;
        }
        count++;
        Path fixed = path.resolveSibling("fixed.tmp.udl");
        Files.writeString(fixed, apply(Golden.read(path), diagnostic.edits()));
        List<Diagnostic> after = Golden.compile(fixed).diagnostics();
        Files.delete(fixed);
        assertThat(after)
            .as(path + ": " + diagnostic)
            .noneMatch(other ->
                other.code().equals(diagnostic.code())
                    && other.message().equals(diagnostic.message())
                    && other.span().line() == diagnostic.span().line()
                    && other.span().column() == diagnostic.span().column());
      }
    }
    assertThat(count).isGreaterThan(20);
  }

  private static String apply(String text, List<Diagnostic.Edit> edits) {
    var lines = new Source("", Path.of(""), text);
    var result = new StringBuilder(text);
    edits.stream()
        .sorted(Comparator.comparingInt((Diagnostic.Edit e) -> -offset(lines, text, e, true)))
        .forEach(edit ->
            result.replace(
                offset(lines, text, edit, true), offset(lines, text, edit, false), edit.text()));
    return result.toString();
  }

  private static int offset(Source lines, String text, Diagnostic.Edit edit, boolean isStart) {
    int line = isStart ? edit.span().line() : edit.span().endLine();
    int column = isStart ? edit.span().column() : edit.span().endColumn();
    int at = 0;
    while (lines.lineAt(at) < line) {
      at++;
    }
    return text.offsetByCodePoints(at, column - 1);
  }

  /** Says nothing before as many systems as there are parties are asked. */
  private record Slow(Describes python, CyclicBarrier barrier, AtomicInteger count)
      implements Describes {
    @Override
    public AdapterSpec spec() {
      return python.spec();
    }

    @Override
    public OpenSystem open(SystemContext context) throws InterruptedException {
      return python.open(context);
    }

    @Override
    public Description describe(Request request) throws InterruptedException {
      count.incrementAndGet();
      try {
        barrier.await(10, TimeUnit.SECONDS);
      } catch (java.util.concurrent.BrokenBarrierException
          | java.util.concurrent.TimeoutException e) {
        throw new IllegalStateException("asked one after the other", e);
      }
      return python.describe(request);
    }
  }

  @Test
  void systemsAreAskedAllAtOnceAndEachOnce() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("a.udl.yaml"),
            "systems:\n  a: { type: python, path: user.py }\n  b: { type: python, path: price.py }\n");
    var slow = new Slow(new Fakes.Python(), new CyclicBarrier(2), new AtomicInteger());
    Map<String, Adapter> adapters = new TreeMap<>(Fakes.all());
    adapters.put("python", slow);
    Compilation compilation =
        UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), false));
    assertThat(compilation.diagnostics()).isEmpty();
    assertThat(slow.count()).hasValue(2);
  }

  @Test
  void offlineNothingIsAsked() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("a.udl.yaml"), "systems:\n  a: { type: python, path: broken.py }\n");
    assertThat(Golden.compile(file, true).diagnostics()).isEmpty();
    assertThat(codes(Golden.compile(file, false))).containsExactly(Code.DESCRIBE_FAILED.id());
  }

  @Test
  void codesAreFoundByTheirNumberAndNoneIsTakenTwice() {
    var byId = new LinkedHashMap<String, Code>();
    for (Code code : Code.values()) {
      assertThat(byId.put(code.id(), code)).as(code.id()).isNull();
      assertThat(Code.find(code.id())).contains(code);
      assertThat(Code.find(code.id().substring(4))).contains(code);
      var page = code.page();
      assertThat(List.of(page.title(), page.why(), page.fix())).as(code.id()).doesNotContain("");
      assertThat(page.before()).as(code.id()).noneMatch(snippet -> snippet.text().isBlank());
      assertThat(page.after()).as(code.id()).noneMatch(snippet -> snippet.text().isBlank());
    }
    assertThat(Code.find("UDL-1")).isEmpty();
  }

  private Compilation compile(String text) throws Exception {
    return Golden.compile(Files.writeString(folder.resolve("a.udl.yaml"), text));
  }

  private static List<String> codes(Compilation compilation) {
    return compilation.diagnostics().stream().map(Diagnostic::code).toList();
  }
}
