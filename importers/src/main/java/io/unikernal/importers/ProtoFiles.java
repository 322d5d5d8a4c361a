package io.unikernal.importers;

import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.internal.parser.ProtoFileElement;
import com.squareup.wire.schema.internal.parser.ProtoParser;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The given files, and those they import where they lie beside them or above. */
final class ProtoFiles {
  private static final int FILES_MAX = 500;
  private static final int DEPTH_MAX = 100;
  private static final int FOLDERS_UP_MAX = 8;
  private static final Pattern WHERE =
      Pattern.compile("(?s)Syntax error in .*?:(\\d+):(\\d+): (.*)");
  private static final Pattern BUILT_IN = Pattern.compile("google/protobuf/[a-z_]+\\.proto");

  private final ArrayDeque<SourceFile> open = new ArrayDeque<>();
  private final Set<Path> seen = new HashSet<>();

  ProtoFiles(List<SourceFile> files) {
    files.forEach(this::add);
  }

  private void add(SourceFile file) {
    if (seen.add(file.path().toAbsolutePath().normalize())) {
      open.add(file);
    }
  }

  List<ProtoFileElement> all() {
    var parsed = new ArrayList<ProtoFileElement>();
    while (!open.isEmpty()) {
      SourceFile file = open.pop();
      if (parsed.size() >= FILES_MAX) {
        throw RefusedException.of(file, "more than " + FILES_MAX + " files are imported", "");
      }
      ProtoFileElement element = parse(file);
      parsed.add(element);
      var imports = new ArrayList<>(element.getImports());
      imports.addAll(element.getPublicImports());
      imports.stream()
          .filter(name -> !BUILT_IN.matcher(name).matches())
          .forEach(name -> find(file, name).ifPresent(path -> add(SourceFile.read(path))));
    }
    return parsed;
  }

  /** In the folder of the importing file, or in one above it: those are the usual roots. */
  private static Optional<Path> find(SourceFile from, String name) {
    try {
      Path folder = from.path().toAbsolutePath().normalize().getParent();
      for (int i = 0; i < FOLDERS_UP_MAX && folder != null; i++) {
        Path path = folder.resolve(name).normalize();
        if (Files.isRegularFile(path)) {
          return Optional.of(path);
        }
        folder = folder.getParent();
      }
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static ProtoFileElement parse(SourceFile file) {
    checkDepth(file);
    try {
      return ProtoParser.Companion.parse(Location.get(file.name()), file.text());
    } catch (RefusedException refused) {
      throw refused;
    } catch (RuntimeException wrong) {
      Matcher where = WHERE.matcher(String.valueOf(wrong.getMessage()));
      if (where.matches()) {
        var place =
            new Tree.Place(Integer.parseInt(where.group(1)), Integer.parseInt(where.group(2)));
        throw RefusedException.at(file, place, "this is not protobuf: " + where.group(3), "");
      }
      throw RefusedException.of(file, "this is not protobuf", "");
    }
  }

  /** The parser descends as deep as the file does. */
  private static void checkDepth(SourceFile file) {
    int depth = 0;
    String text = file.text();
    for (int i = 0; i < text.length(); i++) {
      char sign = text.charAt(i);
      depth += sign == '{' || sign == '[' ? 1 : sign == '}' || sign == ']' ? -1 : 0;
      if (depth > DEPTH_MAX) {
        throw RefusedException.at(
            file, file.place(i), "nested deeper than " + DEPTH_MAX + " levels", "");
      }
    }
  }
}
