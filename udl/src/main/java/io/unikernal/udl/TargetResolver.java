package io.unikernal.udl;

import io.unikernal.udl.Callee.One;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Vocabulary.Key;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Finds the members of targets. */
final class TargetResolver {
  private static final List<String> KINDS = List.of("choose", "all", "first", "fallback");

  private final References references;
  private final Diagnostics diagnostics;

  TargetResolver(References references, Diagnostics diagnostics) {
    this.references = references;
    this.diagnostics = diagnostics;
  }

  /** Empty if it has no form, which is reported. */
  Optional<Several> resolve(Mapping mapping) {
    int before = diagnostics.errors();
    Grammar.TARGET.checkKnown(mapping, diagnostics);
    boolean isKnown = diagnostics.errors() == before;
    List<Entry> kinds =
        mapping.entries().stream().filter(entry -> KINDS.contains(entry.name())).toList();
    if (kinds.size() != 1) {
      wrongForm(mapping, kinds, isKnown);
      return Optional.empty();
    }
    Entry kind = kinds.getFirst();
    boolean isChoice = kind.name().equals("choose");
    mapping.entries().stream()
        .filter(entry -> Grammar.TARGET.find(entry.name()).filter(Key::isLater).isPresent())
        .findFirst()
        .ifPresent(
            entry -> diagnostics.notYet(entry.key().place(), "`" + entry.name() + "` in a target"));
    for (Entry entry : mapping.entries()) {
      boolean isOfChoice = Grammar.TARGET.find(entry.name()).isPresent() && entry != kind;
      if (isOfChoice && !isChoice) {
        diagnostics.error(
            Code.TARGET_KEY,
            entry.key().place(),
            "`" + entry.name() + "` belongs to `choose`, and this is `" + kind.name() + "`");
      }
    }
    List<Callee> members = members(kind);
    Optional<One> shadow =
        mapping
            .get("shadow")
            .flatMap(node -> Vocabulary.text(node, "`shadow`", diagnostics))
            .flatMap(this::one);
    List<One> canaries =
        mapping.get("canary").orElse(null) instanceof Mapping shares
            ? shares.entries().stream().flatMap(share -> one(share.key()).stream()).toList()
            : List.of();
    boolean isWhole = diagnostics.errors() == before && isComplete(members);
    return Optional.of(new Several(mapping, kind, members, shadow, canaries, isWhole));
  }

  private static boolean isComplete(List<Callee> members) {
    return members.stream()
        .allMatch(member -> !(member instanceof Several several) || several.isWhole());
  }

  private void wrongForm(Mapping mapping, List<Entry> kinds, boolean isKnown) {
    if (kinds.size() > 1) {
      diagnostics
          .error(
              Code.TARGET_FORM,
              kinds.get(1).key().place(),
              "`" + kinds.get(0).name() + "` and `" + kinds.get(1).name() + "` are two targets")
          .label("one may stand within the other")
          .write(kinds.get(0).name() + ": [{ " + kinds.get(1).name() + ": [ … ] }, …]");
    } else if (isKnown) {
      diagnostics
          .error(
              Code.TARGET_FORM,
              mapping.place(),
              "a target of several has `choose`, `all`, `first` or `fallback`")
          .write("choose: [ … ]");
    }
  }

  private List<Callee> members(Entry kind) {
    List<Node> nodes = Vocabulary.list(kind.value(), "`" + kind.name() + "`", diagnostics);
    boolean isEmpty =
        nodes.isEmpty() && (kind.value() instanceof Node.Sequence || kind.value().isNull());
    if (isEmpty) {
      diagnostics
          .error(Code.TARGET_FORM, kind.key().place(), "`" + kind.name() + "` names no target")
          .write(kind.name() + ": [eu.price, us.price]");
    }
    var members = new ArrayList<Callee>();
    var seen = new HashSet<String>();
    for (Node node : nodes) {
      switch (node) {
        case Mapping inner -> resolve(inner).ifPresent(members::add);
        case Scalar scalar when !scalar.isNull() -> {
          if (seen.add(scalar.text())) {
            one(scalar).ifPresent(members::add);
          } else {
            diagnostics.error(
                Code.TARGET_FORM, scalar.place(), "`" + scalar.text() + "` stands here twice");
          }
        }
        default ->
            Vocabulary.wrongKind(node, "a target is `system.operation` or a pipeline", diagnostics);
      }
    }
    return List.copyOf(members);
  }

  private Optional<One> one(Scalar scalar) {
    return references.target(scalar).map(target -> new One(scalar, target));
  }
}
