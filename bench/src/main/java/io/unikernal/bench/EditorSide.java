package io.unikernal.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.lsp4j.Position;

/**
 * What a keystroke costs: something is typed into a {@link BigDefinition} and taken back, again and
 * again. After each the editor waits for the diagnostics and for what may follow.
 */
final class EditorSide implements Side {
  private static final String SHARED = "shared.udl.yaml";

  /** Where somebody types: after which text of the file. */
  private enum Edit {
    EXPRESSION("set: ${input.lines.filter(line, line.qty > ", "1"),
    TEXT("text: \"order ", "x"),
    TYPE("score: int(0..100", "1"),
    NO_YAML("steps:\n", "      - { name: "),
    SHARED_TYPE("street: string(1..80", "1");

    private final String after;
    private final String typed;

    Edit(String after, String typed) {
      this.after = after;
      this.typed = typed;
    }

    String side() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    boolean isShared() {
      return this == SHARED_TYPE;
    }
  }

  private final Editor editor;
  private final String file;
  private final Edit edit;
  private final Position start;
  private final Position end;
  private boolean isTyped;
  private String last = "";

  private EditorSide(Editor editor, Path folder, String file, Edit edit) throws Exception {
    this.editor = editor;
    this.file = file;
    this.edit = edit;
    String text = Files.readString(folder.resolve(file));
    start = position(text, text.indexOf(edit.after) + edit.after.length());
    end = new Position(start.getLine(), start.getCharacter() + edit.typed.length());
  }

  /** A side for each kind of edit, all of one editor. */
  static Map<String, Side> of(Path folder, BigDefinition definition) throws Exception {
    definition.write(folder);
    String part = "part_%03d.udl.yaml".formatted(Math.min(7, definition.files() - 1));
    var editor = Editor.open(folder.toRealPath(), List.of(SHARED, part));
    var sides = new LinkedHashMap<String, Side>();
    for (Edit edit : Edit.values()) {
      String file = edit.isShared() ? SHARED : part;
      sides.put(edit.side(), new EditorSide(editor, folder, file, edit));
    }
    return sides;
  }

  private static Position position(String text, int offset) {
    String before = text.substring(0, offset);
    int line = (int) before.chars().filter(c -> c == '\n').count();
    return new Position(line, offset - before.lastIndexOf('\n') - 1);
  }

  /** Typed, and taken back: so a window leaves the text as it was. */
  @Override
  public int batch() {
    return 2;
  }

  @Override
  public void run(int count) {
    try {
      for (int i = 0; i < Math.max(2, count); i++) {
        key();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void key() throws Exception {
    isTyped = !isTyped;
    Editor.Said said =
        isTyped
            ? editor.change(file, start, start, edit.typed, end)
            : editor.change(file, start, end, "", start);
    last = "{\"findings\":%d,\"offers\":%b}".formatted(said.findings(), said.offers() > 0);
  }

  /** What was said after the last change: of the text as it was. */
  @Override
  public byte[] last() {
    return last.getBytes(StandardCharsets.UTF_8);
  }
}
