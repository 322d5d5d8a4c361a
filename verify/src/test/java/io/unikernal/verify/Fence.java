package io.unikernal.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A fenced block of a document. {@code line} is that of the opening fence, from 1. */
record Fence(Path document, int line, String language, String text) {

  static List<Fence> of(Path document) throws IOException {
    List<Fence> fences = new ArrayList<>();
    List<String> lines = Files.readAllLines(document);
    int open = -1;
    String language = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.startsWith("```")) {
        continue;
      }
      if (open < 0) {
        open = i;
        language = line.substring(3).strip();
      } else {
        fences.add(
            new Fence(
                document,
                open + 1,
                language,
                String.join("\n", lines.subList(open + 1, i)) + "\n"));
        open = -1;
      }
    }
    if (open >= 0) {
      throw new AssertionError(document + ":" + (open + 1) + ": a fence that does not end");
    }
    return fences;
  }

  /**
   * The README and everything under docs/ but the pages of the codes, which show what is wrong:
   * {@link CodePagesTest} compiles them.
   */
  static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.walk(Definitions.root().resolve("docs"))) {
      return Stream.concat(Stream.of(Definitions.root().resolve("README.md")), docs)
          .filter(path -> path.toString().endsWith(".md"))
          .filter(path -> !path.toString().contains("/reference/diagnostics/"))
          .sorted()
          .toList();
    }
  }

  @Override
  public String toString() {
    return Definitions.root().relativize(document) + ":" + line + " " + language;
  }
}
