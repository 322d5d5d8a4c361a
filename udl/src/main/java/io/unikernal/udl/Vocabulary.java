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

  /** Targets that choose among several: none of them runs yet, which is one finding for each. */
  static void refuseSmart(Mapping target, Diagnostics diagnostics) {
    boolean isSmart =
        !target.entries().isEmpty()
            && target.entries().stream().allMatch(entry -> Grammar.TARGET.later().contains(entry.name()));
    if (isSmart) {
      String key = target.entries().getFirst().name();
      diagnostics.notYet(target.place(), "a smart target (`" + key + "`)");
    } else if (target.entries().isEmpty()) {
      wrongKind(target, "a target is `system.operation` or a pipeline", diagnostics);
    } else {
      Grammar.TARGET.check(target, diagnostics);
    }
  }

  /** The mapping, its keys checked; empty and reported if it is something else. */
  Optional<Mapping> read(Node node, Diagnostics diagnostics) {
    Optional<Mapping> mapping = mapping(node, what, diagnostics);
    mapping.ifPresent(found -> check(found, diagnostics));
    return mapping;
  }

  void check(Mapping mapping, Diagnostics diagnostics) {
    for (Entry entry : mapping.entries()) {
      String key = entry.name();
      find(key)
          .ifPresentOrElse(
              known -> {
                if (known.isLater()) {
                  diagnostics.notYet(entry.key().place(), "`" + key + "` in " + what);
                }
              },
              () -> unknown(entry, diagnostics));
    }
  }

  private void unknown(Entry entry, Diagnostics diagnostics) {
    String key = entry.name();
    List<String> known = keys();
    var finding =
        diagnostics.error(
            Code.UNKNOWN_KEY, entry.key().place(), "`" + key + "` is not a key of " + what);
    List<String> names = all.stream().map(Key::name).toList();
    Optional<String> closest = Suggestions.closest(key, names);
    closest.ifPresent(better ->
        finding.edit(entry.key().place(), better, Suggestions.isOnly(key, names)));
    String meant = closest.map(better -> "did you mean `" + better + "`? ").orElse("");
    finding.label(meant + (known.isEmpty() ? "" : "known: " + Suggestions.list(known)));
  }

  static Optional<Mapping> mapping(Node node, String what, Diagnostics diagnostics) {
    if (node instanceof Mapping mapping) {
      return Optional.of(mapping);
    }
    wrongKind(node, what + " is a mapping", diagnostics);
    return Optional.empty();
  }

  static List<Node> list(Node node, String what, Diagnostics diagnostics) {
    if (node instanceof Sequence sequence) {
      return sequence.items();
    }
    if (!node.isNull()) {
      wrongKind(node, what + " is a list", diagnostics);
    }
    return List.of();
  }

  static Optional<Scalar> text(Node node, String what, Diagnostics diagnostics) {
    if (node instanceof Scalar scalar && !scalar.isNull()) {
      return Optional.of(scalar);
    }
    wrongKind(node, what + " is a text", diagnostics);
    return Optional.empty();
  }

  static void wrongKind(Node node, String wanted, Diagnostics diagnostics) {
    diagnostics.error(Code.WRONG_KIND, node.place(), wanted + ", and this is " + node.kind());
  }
}
