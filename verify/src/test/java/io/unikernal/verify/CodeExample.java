package io.unikernal.verify;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.Code;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a code's Before or After, laid out in a folder and checked as its {@code console}
 * fence says: {@code $ NAME=value unikernal check --offline FILE}. Without one, the first
 * definition is checked, in an empty environment.
 */
final class CodeExample {
  private static final String DEFINITION = "example.udl.yaml";

  private final Path folder;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private String file = "";
  private boolean isOffline;

  private CodeExample(Path folder) {
    this.folder = folder;
  }

  static Compilation check(List<Code.Snippet> snippets, Path folder)
      throws IOException, InterruptedException {
    var example = new CodeExample(folder);
    for (Code.Snippet snippet : snippets) {
      if (!snippet.language().equals("console")) {
        example.write(snippet);
      }
    }
    for (Code.Snippet snippet : snippets) {
      if (snippet.language().equals("console")) {
        example.read(snippet.text());
      }
    }
    return UdlCompiler.check(
        folder.resolve(example.file),
        AdapterCatalog.load(),
        new UdlCompiler.Options(example.environment, example.isOffline));
  }

  private void write(Code.Snippet snippet) throws IOException {
    boolean isDefinition = snippet.language().equals("udl");
    String name = snippet.file().isEmpty() && isDefinition ? DEFINITION : snippet.file();
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a " + snippet.language() + " fence without a file name");
    }
    if (isDefinition && file.isEmpty()) {
      file = name;
    }
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, snippet.text() + "\n");
  }

  private void read(String command) {
    List<String> words = List.of(command.strip().split("\\s+"));
    int program = words.indexOf("unikernal");
    if (!words.getFirst().equals("$") || program < 1 || !words.get(program + 1).equals("check")) {
      throw new IllegalArgumentException("not `$ unikernal check FILE`: " + command);
    }
    for (String word : words.subList(1, program)) {
      String[] variable = word.split("=", 2);
      environment.put(variable[0], variable[1]);
    }
    for (String word : words.subList(program + 2, words.size())) {
      if (word.equals("--offline")) {
        isOffline = true;
      } else {
        file = word;
      }
    }
  }
}
