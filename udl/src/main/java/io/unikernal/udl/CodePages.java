package io.unikernal.udl;

import io.unikernal.udl.Code.Page;
import io.unikernal.udl.Code.Snippet;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads what a code means from its file: a headline, a paragraph that says why, one that says what
 * to do, and the fences under {@code ## Before} and {@code ## After}. The first word after the
 * backticks is the language, the second, if any, the name of the file.
 */
final class CodePages {
  private static final String FENCE = "```";

  /** Every finding that has nothing better to say asks for one. */
  private static final Map<String, Page> READ = new ConcurrentHashMap<>();

  private CodePages() {}

  static Page read(String id) {
    return READ.computeIfAbsent(id, _ -> parse(id, text(id).lines().toList()));
  }

  private static String text(String id) {
    try (InputStream in = Code.class.getResourceAsStream("codes/" + id + ".md")) {
      if (in == null) {
        throw new IllegalStateException("codes/" + id + ".md is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Page parse(String id, List<String> lines) {
    var head = new ArrayList<String>();
    List<Snippet> before = new ArrayList<>();
    List<Snippet> after = new ArrayList<>();
    List<Snippet> section = before;
    var paragraph = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith(FENCE)) {
        int end = i + 1;
        while (!lines.get(end).equals(FENCE)) {
          end++;
        }
        section.add(snippet(line, lines.subList(i + 1, end)));
        i = end;
      } else if (line.startsWith("## ")) {
        section = line.equals("## After") ? after : before;
      } else if (line.isBlank()) {
        paragraph(head, paragraph);
      } else {
        paragraph.append(paragraph.isEmpty() ? "" : " ").append(line);
      }
    }
    paragraph(head, paragraph);
    if (head.size() != 3 || before.isEmpty() || after.isEmpty() || !head.get(0).startsWith("# ")) {
      throw new IllegalStateException("codes/" + id + ".md has not the form of such a file");
    }
    return new Page(
        head.get(0).substring(2),
        head.get(1),
        head.get(2),
        List.copyOf(before),
        List.copyOf(after));
  }

  private static void paragraph(List<String> paragraphs, StringBuilder text) {
    if (!text.isEmpty()) {
      paragraphs.add(text.toString());
      text.setLength(0);
    }
  }

  private static Snippet snippet(String fence, List<String> lines) {
    String[] words = fence.substring(FENCE.length()).strip().split(" ", 2);
    return new Snippet(words[0], words.length > 1 ? words[1] : "", String.join("\n", lines));
  }
}
