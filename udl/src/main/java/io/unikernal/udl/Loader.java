package io.unikernal.udl;

import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a definition's files and what they import, each once. */
final class Loader {
  private static final int SIZE_MAX = 4 << 20;
  private static final int FILES_MAX = 1000;

  private Diagnostics diagnostics;
  private final Overlay overlay;
  private final Definition definition;
  private final Set<Path> loaded = new HashSet<>();
  private final List<Path> chain = new ArrayList<>();

  /** Files that are no YAML, where somebody asks for their names all the same. */
  private final List<Source> sketched = new ArrayList<>();

  private boolean isBroken;

  private Loader(Definition definition, Overlay overlay, Diagnostics diagnostics) {
    this.definition = definition;
    this.overlay = overlay;
    this.diagnostics = diagnostics;
  }

  /**
   * What was loaded.
   *
   * @param isBroken a file cannot be read or is not YAML: what is missing would only give wrong
   *     errors
   */
  record Loaded(Definition definition, boolean isBroken) {}

  /** Empty if something is broken. */
  static Optional<Definition> load(Path path, Overlay overlay, Diagnostics diagnostics) {
    return read(path, overlay, diagnostics)
        .filter(loaded -> !loaded.isBroken())
        .map(Loaded::definition);
  }

  /** Empty if there is nothing at all. */
  static Optional<Loaded> read(Path path, Overlay overlay, Diagnostics diagnostics) {
    boolean isFolder = Files.isDirectory(path);
    Path folder = isFolder ? path : Optional.ofNullable(path.getParent()).orElse(Path.of(""));
    var definition = new Definition(path, folder.resolve(".unikernal"));
    var loader = new Loader(definition, overlay, diagnostics);
    Place nowhere = new Place(new Source(path.toString(), path, ""), 0, 0);
    if (isFolder) {
      List<Path> files = loader.files(path);
      if (files.isEmpty()) {
        diagnostics.error(
            Code.FILE_UNREADABLE, nowhere, "the folder holds no `*.udl` and no `*.udl.yaml`");
        return Optional.empty();
      }
      files.forEach(file -> loader.file(file, nowhere, Code.FILE_UNREADABLE));
    } else {
      loader.file(path, nowhere, Code.FILE_UNREADABLE);
    }
    loader.sketch();
    return Optional.of(new Loaded(definition, loader.isBroken));
  }

  /** The tree of a file that is no definition; empty if it cannot be read, which is reported. */
  static Optional<Node> document(Path path, Overlay overlay, Diagnostics diagnostics) {
    var loader = new Loader(new Definition(path, path), overlay, diagnostics);
    Place nowhere = new Place(new Source(path.toString(), path, ""), 0, 0);
    Optional<Source> source = loader.read(path, nowhere, Code.FILE_UNREADABLE);
    source.ifPresent(diagnostics::register);
    Optional<Node> root = source.flatMap(found -> YamlReader.read(found, diagnostics));
    root.ifPresent(node -> YamlTraps.check(node, source.orElseThrow(), diagnostics));
    return root;
  }

  private List<Path> files(Path folder) {
    try (var list = Files.list(folder)) {
      return list.filter(Loader::isDefinition).sorted().toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  private static boolean isDefinition(Path file) {
    String name = String.valueOf(file.getFileName());
    return (name.endsWith(".udl") || name.endsWith(".udl.yaml"))
        && !TestFiles.isTest(file)
        && Files.isRegularFile(file);
  }

  private void file(Path path, Place mentioned, Code code) {
    Path real = path.toAbsolutePath().normalize();
    if (chain.contains(real)) {
      var names = new ArrayList<String>();
      chain.subList(chain.indexOf(real), chain.size()).forEach(p -> names.add(name(p)));
      names.add(name(real));
      diagnostics
          .error(Code.IMPORT_CYCLE, mentioned, "this import goes round in a circle")
          .label(String.join(" -> ", names));
      isBroken = true;
      return;
    }
    if (!loaded.add(real)) {
      return;
    }
    Optional<Source> source = read(path, mentioned, code);
    if (source.isEmpty()) {
      isBroken = true;
      return;
    }
    diagnostics.register(source.get());
    Session.Parsed parsed = diagnostics.session().parse(source.get());
    diagnostics.addAll(parsed.findings());
    isBroken |= parsed.isBroken();
    if (parsed.root().isEmpty() && diagnostics.facts().isWanted()) {
      sketched.add(parsed.source());
    }
    parsed
        .root()
        .ifPresent(node -> {
          chain.add(real);
          imports(node, parsed.source(), false);
          chain.removeLast();
          definition.add(node, diagnostics);
        });
  }

  /**
   * Guesses what those files hold that are no YAML, and follows what they import. Nothing is
   * reported: what is wrong with them is said already.
   */
  private void sketch() {
    diagnostics = new Diagnostics(diagnostics.session(), true);
    while (!sketched.isEmpty()) {
      Source source = sketched.removeFirst();
      Node node = Sketch.read(source);
      imports(node, source, true);
      definition.add(node, diagnostics);
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private void imports(Node root, Source source, boolean isSketch) {
    Optional<Node> wanted = root instanceof Mapping file ? file.get("import") : Optional.empty();
    List<Node> paths =
        wanted
            .filter(node -> !node.isNull())
            .map(node -> node instanceof Sequence sequence ? sequence.items() : List.of(node))
            .orElse(List.of());
    for (Node node : paths) {
      if (isSketch && !isThere(node, source)) {
        continue;
      }
      if (!(node instanceof Scalar scalar) || scalar.isNull()) {
        Vocabulary.wrongKind(node, "`import` takes paths of files", diagnostics);
      } else if (loaded.size() >= FILES_MAX) {
        diagnostics.error(
            Code.YAML_LIMIT, scalar.place(), "more than " + FILES_MAX + " files are imported");
        isBroken = true;
      } else {
        Optional<Path> path = resolve(source, scalar);
        path.ifPresent(found -> file(found, scalar.place(), Code.IMPORT_MISSING));
      }
    }
  }

  /** Of a file that is half written, only what is certain is followed. */
  private static boolean isThere(Node node, Source source) {
    try {
      return node instanceof Scalar scalar
          && Files.isRegularFile(source.folder().resolve(scalar.text()));
    } catch (java.nio.file.InvalidPathException _) {
      return false;
    }
  }

  private Optional<Path> resolve(Source source, Scalar scalar) {
    try {
      return Optional.of(source.folder().resolve(scalar.text()).normalize());
    } catch (java.nio.file.InvalidPathException _) {
      isBroken = true;
      diagnostics.error(Code.IMPORT_MISSING, scalar.place(), "this cannot be a file's path");
      return Optional.empty();
    }
  }

  private Optional<Source> read(Path path, Place mentioned, Code code) {
    Optional<String> unsaved = overlay.text(path.toAbsolutePath().normalize());
    if (unsaved.isPresent()) {
      return unsaved.get().length() > SIZE_MAX
          ? unreadable(path, mentioned, code, "is larger than 4 MiB")
          : Optional.of(source(path, wellFormed(unsaved.get())));
    }
    String problem;
    try {
      if (!Files.isRegularFile(path)) {
        String what = Files.isDirectory(path) ? "is a folder" : "is not there";
        return unreadable(path, mentioned, code, what);
      }
      var stamp = Stamp.of(path);
      Optional<Source> known = diagnostics.session().source(path, stamp);
      if (known.isPresent()) {
        return known;
      }
      if (stamp.size() > SIZE_MAX) {
        return unreadable(path, mentioned, code, "is larger than 4 MiB");
      }
      byte[] bytes = Files.readAllBytes(path);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      Source source = source(path, text);
      diagnostics.session().keep(source, stamp);
      return Optional.of(source);
    } catch (CharacterCodingException _) {
      problem = "is not UTF-8";
    } catch (IOException _) {
      problem = "cannot be read";
    }
    return unreadable(path, mentioned, code, problem);
  }

  /** An editor may send half a pair of surrogates, which no file can hold. */
  private static String wellFormed(String text) {
    char[] chars = text.toCharArray();
    boolean isChanged = false;
    for (int i = 0; i < chars.length; i++) {
      boolean isPair =
          Character.isHighSurrogate(chars[i])
              && i + 1 < chars.length
              && Character.isLowSurrogate(chars[i + 1]);
      if (isPair) {
        i++;
      } else if (Character.isSurrogate(chars[i])) {
        chars[i] = '\uFFFD';
        isChanged = true;
      }
    }
    return isChanged ? new String(chars) : text;
  }

  private static Source source(Path path, String text) {
    String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return new Source(path.toString(), path, plain);
  }

  private Optional<Source> unreadable(Path path, Place mentioned, Code code, String problem) {
    var finding = diagnostics.error(code, mentioned, "`" + path + "` " + problem);
    Optional<Path> folder = Optional.ofNullable(path.getParent()).filter(Files::isDirectory);
    String name = name(path);
    if (code == Code.IMPORT_MISSING && folder.isPresent() && mentioned.text().contains(name)) {
      List<String> there =
          files(folder.get()).stream()
              .map(Loader::name)
              .filter(other -> !other.equals(name))
              .toList();
      Suggestions.closest(name, there)
          .ifPresent(better ->
              finding
                  .label("did you mean `" + better + "`?")
                  .edit(mentioned, mentioned.text().replace(name, better)));
    }
    return Optional.empty();
  }
}
