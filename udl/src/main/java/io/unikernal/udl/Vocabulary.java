package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The keys of one kind of mapping: those read, and those that the language knows but this version
 * does not run. The language's own are declared in {@link Grammar}.
 */
record Vocabulary(String what, List<Key> all) {

  /**
   * One key.
   *
   * @param doc what it holds, for the reference, the JSON Schema and the editor
   * @param isLater known, and refused as not available yet
   */
  record Key(String name, Shape shape, String doc, boolean isLater) {
    static Key key(String name, Shape shape, String doc) {
      return new Key(name, shape, doc, false);
    }

    static Key later(String name, Shape shape, String doc) {
      return new Key(name, shape, doc, true);
    }
  }

  static Vocabulary of(String what, Key... keys) {
    return new Vocabulary(what, List.of(keys));
  }

  /** Of keys that are declared elsewhere, as options are. */
  static Vocabulary of(String what, Collection<String> keys, Collection<String> later) {
    var all = new ArrayList<Key>();
    keys.forEach(name -> all.add(Key.key(name, Shape.Written.ANY, "")));
    later.forEach(name -> all.add(Key.later(name, Shape.Written.ANY, "")));
    return new Vocabulary(what, List.copyOf(all));
  }

  /** The names of the keys that are read. */
  List<String> keys() {
    return all.stream().filter(key -> !key.isLater()).map(Key::name).toList();
  }

  /** The names of the keys that are known and refused. */
  List<String> later() {
    return all.stream().filter(Key::isLater).map(Key::name).toList();
  }

  Optional<Key> find(String name) {
    for (Key key : all) {
      if (key.name().equals(name)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  /** The mapping, its keys checked; empty and reported if it is something else. */
  Optional<Mapping> read(Node node, Diagnostics diagnostics) {
    Optional<Mapping> mapping = mapping(node, what, diagnostics);
    mapping.ifPresent(found -> check(found, diagnostics));
    return mapping;
  }

  void check(Mapping mapping, Diagnostics diagnostics) {
    checkKnown(mapping, diagnostics);
    for (Entry entry : mapping.entries()) {
      if (find(entry.name()).filter(Key::isLater).isPresent()) {
        diagnostics.notYet(entry.key().place(), "`" + entry.name() + "` in " + what);
      }
    }
  }

  /** Leaves it to the caller to say what is not available yet: once for what several keys make. */
  void checkKnown(Mapping mapping, Diagnostics diagnostics) {
    for (Entry entry : mapping.entries()) {
      if (find(entry.name()).isEmpty()) {
        unknown(mapping, entry, diagnostics);
      }
    }
  }

  private void unknown(Mapping mapping, Entry entry, Diagnostics diagnostics) {
    String key = entry.name();
    if (key.equals("<<") || YamlSlips.UNSEEN.matcher(key).find()) {
      return; // reported when the file was read
    }
    List<String> known = keys();
    var finding =
        diagnostics.error(
            Code.UNKNOWN_KEY, entry.key().place(), "`" + key + "` is not a key of " + what);
    List<String> names = all.stream().map(Key::name).toList();
    Optional<String> meant = Foreign.key(key, names, names(mapping));
    meant.ifPresent(
        better -> finding.edit(entry.key().place(), better, Suggestions.isOnly(key, names)));
    String label =
        meant
            .map(better -> "did you mean `" + better + "`? ")
            .or(() ->
                Optional.of(Foreign.note(key)).filter(note -> !note.isEmpty()).map(n -> n + "; "))
            .or(() -> elsewhere(key).map(other -> "it is a key of " + other + "; "))
            .orElse("");
    finding.label(label + (known.isEmpty() ? "" : "known: " + Suggestions.list(known)));
  }

  /** Reports the key that stands under a wrong name, where the others cannot be checked. */
  void checkMisspelt(Mapping mapping, String key, Diagnostics diagnostics) {
    List<String> there = names(mapping);
    mapping.entries().stream()
        .filter(entry -> Foreign.key(entry.name(), keys(), there).filter(key::equals).isPresent())
        .findFirst()
        .ifPresent(entry -> unknown(mapping, entry, diagnostics));
  }

  private static List<String> names(Mapping mapping) {
    return mapping.entries().stream().map(Entry::name).toList();
  }

  private static Optional<String> elsewhere(String key) {
    return Grammar.ALL.stream()
        .filter(other -> other.keys().contains(key))
        .map(Vocabulary::what)
        .findFirst();
  }

  /**
   * Whether a key that is missing stands there under a wrong name: that is reported, and once is
   * enough.
   */
  static boolean isMisspelt(Mapping mapping, String key, Collection<String> known) {
    List<String> there = names(mapping);
    return there.stream()
        .filter(name -> !known.contains(name))
        .anyMatch(name -> Foreign.key(name, known, there).filter(key::equals).isPresent());
  }

  static Optional<Mapping> mapping(Node node, String what, Diagnostics diagnostics) {
    if (node instanceof Mapping mapping) {
      return Optional.of(mapping);
    }
    var finding = wrongKind(node, what + " is a mapping", diagnostics);
    if (node instanceof Scalar scalar) {
      Reshape.toMapping(scalar, what, finding);
    } else {
      Reshape.toMapping(node, finding);
    }
    if (what.equals("a definition")) {
      finding.label("it has keys, each with `:` after it, as `systems:` and `routes:`");
    }
    return Optional.empty();
  }

  static List<Node> list(Node node, String what, Diagnostics diagnostics) {
    if (node instanceof Sequence sequence) {
      return sequence.items();
    }
    if (!node.isNull()) {
      Reshape.toList(node, what, wrongKind(node, what + " is a list", diagnostics));
    }
    return List.of();
  }

  static Optional<Scalar> text(Node node, String what, Diagnostics diagnostics) {
    if (node instanceof Scalar scalar && !scalar.isNull()) {
      return Optional.of(scalar);
    }
    Reshape.toText(node, wrongKind(node, what + " is a text", diagnostics));
    return Optional.empty();
  }

  static Diagnostics.Finding wrongKind(Node node, String wanted, Diagnostics diagnostics) {
    if (node instanceof Scalar scalar && scalar.tag().isPresent()) {
      // A tag made this of it, and that is reported.
      return new Diagnostics().error(Code.WRONG_KIND, node.place(), wanted);
    }
    return diagnostics.error(
        Code.WRONG_KIND, node.place(), wanted + ", and this is " + node.kind());
  }
}
