package io.unikernal.importers;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The documents that {@code $ref} may lead to: those given, those they name beside themselves, and
 * what in them has an {@code $id} or an anchor. Nothing is ever fetched.
 */
final class SchemaDocuments {
  static final int FILES_MAX = 200;

  private final SequencedMap<Path, Document> byPath = new LinkedHashMap<>();
  private final Map<String, Target> byAddress = new HashMap<>();

  record Document(SourceFile file, Tree root) {}

  /** A schema, and the document that its own references are relative to. */
  record Target(Tree schema, Document document, String name) {}

  Document add(SourceFile file, Tree root) {
    var document = new Document(file, root);
    byPath.put(file.path().toAbsolutePath().normalize(), document);
    index(document);
    return document;
  }

  /** Every {@code $id} and anchor of a document; a schema within another may have its own base. */
  private void index(Document document) {
    record Part(Tree tree, String base) {}
    var open = new ArrayDeque<Part>();
    open.add(new Part(document.root(), ""));
    while (!open.isEmpty()) {
      Part part = open.pop();
      Tree tree = part.tree();
      String base = tree.text("$id").map(id -> resolve(part.base(), id)).orElse(part.base());
      if (tree.text("$id").isPresent()) {
        byAddress.putIfAbsent(strip(base), new Target(tree, document, lastWord(base)));
      }
      for (String anchor : List.of("$anchor", "$dynamicAnchor")) {
        tree.text(anchor)
            .ifPresent(name -> {
              var target = new Target(tree, document, name);
              byAddress.putIfAbsent(base + "#" + name, target);
              byAddress.putIfAbsent(document.file().name() + "#" + name, target);
            });
      }
      tree.fields().values().forEach(field -> open.add(new Part(field, base)));
      tree.items().forEach(item -> open.add(new Part(item, base)));
    }
  }

  private static String strip(String address) {
    return address.endsWith("#") ? address.substring(0, address.length() - 1) : address;
  }

  private static String resolve(String base, String reference) {
    try {
      return base.isEmpty() ? reference : new URI(base).resolve(new URI(reference)).toString();
    } catch (URISyntaxException | IllegalArgumentException _) {
      return reference;
    }
  }

  /** What {@code reference} means in a document; refused where it leads out of what is here. */
  Target find(Document from, String reference, Tree.Place place) {
    int hash = reference.indexOf('#');
    String address = hash < 0 ? reference : reference.substring(0, hash);
    String fragment = hash < 0 ? "" : reference.substring(hash + 1);
    String base = from.root().text("$id").orElse("");
    if (address.isEmpty()) {
      Target anchor = byAddress.get(from.file().name() + "#" + fragment);
      return anchor != null && !fragment.isEmpty()
          ? anchor
          : pointer(from, from.root(), fragment, from, place, reference);
    }
    Target known = byAddress.get(strip(resolve(base, address)));
    if (known == null) {
      known = byAddress.get(strip(address));
    }
    if (known == null) {
      Document document = beside(from, address, place);
      known = new Target(document.root(), document, document.file().stem());
    }
    Target anchor = byAddress.get(known.document().file().name() + "#" + fragment);
    if (fragment.isEmpty()) {
      return known;
    }
    return anchor != null && !fragment.startsWith("/")
        ? anchor
        : pointer(known.document(), known.schema(), fragment, from, place, reference);
  }

  private Target pointer(
      Document document,
      Tree start,
      String fragment,
      Document from,
      Tree.Place place,
      String reference) {
    if (fragment.isEmpty()) {
      return new Target(start, document, document.file().stem());
    }
    Optional<Tree> found =
        fragment.startsWith("/") ? walk(start, fragment.substring(1)) : Optional.empty();
    return new Target(
        found.orElseThrow(() ->
            RefusedException.at(from.file(), place, "`" + reference + "` leads to nothing", "")),
        document,
        lastWord(fragment));
  }

  private static Optional<Tree> walk(Tree start, String pointer) {
    Tree at = start;
    for (String escaped : pointer.split("/", -1)) {
      String word = decoded(escaped).replace("~1", "/").replace("~0", "~");
      Optional<Tree> next = at.get(word);
      if (next.isEmpty() && word.matches("[0-9]{1,6}")) {
        int index = Integer.parseInt(word);
        next = index < at.items().size() ? Optional.of(at.items().get(index)) : next;
      }
      if (next.isEmpty()) {
        return next;
      }
      at = next.get();
    }
    return Optional.of(at);
  }

  private static String decoded(String text) {
    try {
      return text.indexOf('%') < 0
          ? text
          : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return text;
    }
  }

  static String lastWord(String pointer) {
    String path = pointer.replaceAll("[#/]+$", "");
    return decoded(path.substring(path.lastIndexOf('/') + 1)).replace("~1", "/").replace("~0", "~");
  }

  private Document beside(Document from, String address, Tree.Place place) {
    if (address.matches("(?i)[a-z][a-z0-9+.-]+:.*") || address.startsWith("//")) {
      throw RefusedException.at(
          from.file(),
          place,
          "`" + address + "` is elsewhere, and nothing is fetched",
          "save that document beside this one and import both");
    }
    Path path;
    try {
      Path folder = from.file().path().toAbsolutePath().getParent();
      path = Optional.ofNullable(folder).orElse(Path.of("")).resolve(decoded(address)).normalize();
    } catch (InvalidPathException _) {
      throw RefusedException.at(from.file(), place, "`" + address + "` is no file's path", "");
    }
    Document known = byPath.get(path);
    if (known != null) {
      return known;
    }
    if (byPath.size() >= FILES_MAX) {
      throw RefusedException.at(
          from.file(), place, "more than " + FILES_MAX + " files are referred to", "");
    }
    if (!Files.isRegularFile(path)) {
      throw RefusedException.at(
          from.file(),
          place,
          "`" + address + "` is not there",
          "save that document beside this one; nothing is fetched");
    }
    SourceFile file = SourceFile.read(path);
    return add(file, TreeReader.read(file));
  }
}
