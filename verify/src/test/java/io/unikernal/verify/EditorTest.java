package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What can be said of the extension for VS Code without npm; `npm run check` says more. */
class EditorTest {
  private static final Pattern PATH = Pattern.compile("\"\\./([^\"]+)\"");

  @Test
  void theFilesOfTheExtensionAreJson() {
    for (String file :
        List.of(
            "package.json",
            "language-configuration.json",
            "snippets/udl.json",
            "syntaxes/udl.tmLanguage.json")) {
      Value value =
          Json.read(
              Checkout.text("editors/vscode/" + file).getBytes(StandardCharsets.UTF_8),
              Json.Limits.DEFAULT);
      assertThat(value).as(file).isInstanceOf(Value.Dict.class);
    }
  }

  @Test
  void theManifestNamesFilesThatAreThere() {
    Path folder = Checkout.root().resolve("editors/vscode");
    List<String> named =
        PATH.matcher(Checkout.text("editors/vscode/package.json"))
            .results()
            .map((MatchResult it) -> it.group(1))
            .toList();
    assertThat(named).hasSizeGreaterThan(3);
    assertThat(named)
        .allSatisfy(it -> assertThat(Files.isRegularFile(folder.resolve(it))).isTrue());
  }
}
