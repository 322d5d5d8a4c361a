package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Code;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.Diagnostic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a code's page shows is true: Before gives the code and no other, After gives nothing. */
class CodePagesTest {
  /** Codes whose Before gives others too, with the reason. */
  private static final Map<String, List<String>> ALSO = Map.of();

  /** Codes that no definition alone provokes, with what does: a page of shell lines only. */
  private static final Map<String, String> SHELL =
      Map.of("UDL-1001", "the definition is a file that is not there");

  /** Of steps, targets, tests, streams: checked, and not run yet, which is said besides. */
  private static final List<String> LATER = List.of("UDL-41", "UDL-80", "UDL-5104");

  /** They say what real systems say: {@link ConnectedCodesTest} runs their pages. */
  private static final String CONNECTED = "UDL-7";

  @TempDir private Path folder;

  private static List<String> codes(Code code, Compilation compilation) {
    boolean isLater = LATER.stream().anyMatch(code.id()::startsWith);
    return compilation.diagnostics().stream()
        .map(Diagnostic::code)
        .filter(found -> !(isLater && found.equals(Code.NOT_YET.id())))
        .distinct()
        .toList();
  }

  static Stream<Code> checkedHere() {
    return Stream.of(Code.values()).filter(code -> !code.id().startsWith(CONNECTED));
  }

  @ParameterizedTest
  @MethodSource("checkedHere")
  void beforeGivesTheCodeAndNoOther(Code code) throws Exception {
    Compilation compilation = CodeExample.check(code.page().before(), folder);
    var expected =
        Stream.concat(Stream.of(code.id()), ALSO.getOrDefault(code.id(), List.of()).stream());
    assertThat(codes(code, compilation))
        .as(compilation.rendered().text(false))
        .containsExactlyInAnyOrderElementsOf(expected.toList());
  }

  @ParameterizedTest
  @EnumSource(Code.class)
  void afterGivesNothing(Code code) throws Exception {
    Compilation compilation = CodeExample.check(code.page().after(), folder);
    assertThat(codes(code, compilation)).as(compilation.rendered().text(false)).isEmpty();
    assertThat(compilation.draft()).isPresent();
  }

  @ParameterizedTest
  @EnumSource(Code.class)
  void eachPageHasADefinitionUnlessItIsListed(Code code) {
    boolean isShell =
        code.page().before().stream().noneMatch(snippet -> snippet.language().equals("udl"));
    assertThat(isShell).as(code.id()).isEqualTo(SHELL.containsKey(code.id()));
  }

  @Test
  void aWrongExampleIsFound() throws Exception {
    var wrong = List.of(new Code.Snippet("udl", "", "systems: { web: { type: htpp } }"));
    assertThat(CodeExample.check(wrong, folder).diagnostics())
        .extracting(Diagnostic::code)
        .containsExactly("UDL-3001");
    assertThat(Files.exists(folder.resolve("example.udl.yaml"))).isTrue();
  }
}
