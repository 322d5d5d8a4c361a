package io.unikernal.importers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A document's text. Only files of this machine are read, and only up to a size. */
record SourceFile(String name, Path path, String text) {
  static final long SIZE_MAX = 64L << 20;

  static SourceFile read(Path path) {
    var nothing = new SourceFile(path.toString(), path, "");
    try {
      if (!Files.isRegularFile(path)) {
        throw RefusedException.of(
            nothing, Files.isDirectory(path) ? "this is a folder" : "there is no such file", "");
      }
      if (Files.size(path) > SIZE_MAX) {
        throw RefusedException.of(
            nothing, "the file is larger than " + (SIZE_MAX >> 20) + " MiB", "import a part of it");
      }
      byte[] bytes = Files.readAllBytes(path);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new SourceFile(
          path.toString(), path, text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException _) {
      throw RefusedException.of(nothing, "the file is not UTF-8", "");
    } catch (IOException _) {
      throw RefusedException.of(nothing, "the file cannot be read", "");
    }
  }

  /** The file's name without folder and suffixes. */
  String stem() {
    String file = String.valueOf(path.getFileName());
    int dot = file.indexOf('.', 1);
    return dot < 0 ? file : file.substring(0, dot);
  }

  /** The line and column of an offset in chars. */
  Tree.Place place(int offset) {
    int end = Math.clamp(offset, 0, text.length());
    int line = 1;
    int start = 0;
    for (int i = text.indexOf('\n'); i >= 0 && i < end; i = text.indexOf('\n', i + 1)) {
      line++;
      start = i + 1;
    }
    return new Tree.Place(line, end - start + 1);
  }
}
