package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of one kind of mapping: those read, and those that the language knows but this version
 * does not run.
 */
record Vocabulary(String what, List<String> keys, Set<String> later) {

  static final Vocabulary DEFINITION =
      new Vocabulary(
          "a definition",
          List.of("udl", "import", "types", "systems", "policies", "routes", "pipelines"),
          Set.of("functions", "templates", "defaults", "tests", "use"));
  static final Vocabulary ROUTE =
      new Vocabulary(
          "a route",
          List.of("from", "to", "when", "policy", "doc"),
          Set.of("on_error", "validate", "dead_letter", "reply"));
  static final Vocabulary PIPELINE =
      new Vocabulary(
          "a pipeline",
          List.of("input", "steps", "output", "on_error", "policy", "doc"),
          Set.of("compensate", "catch"));
  static final Vocabulary STEP =
      new Vocabulary(
          "a step",
          List.of(
              "name",
              "system",
              "with",
              "set",
              "as",
              "parallel",
              "when",
              "policy",
              "on_error",
              "doc"),
          Set.of(
              "for_each",
              "choose",
              "route",
              "try",
              "catch",
              "compensate",
              "wait",
              "reply",
              "filter",
              "validate",
              "batch",
              "window",
              "otherwise",
              "cache"));
  static final Vocabulary TARGET =
      new Vocabulary(
          "a smart target",
          List.of(),
          Set.of(
              "choose",
              "all",
              "first",
              "fallback",
              "by",
              "weights",
              "prefer",
              "hedge",
              "shadow",
              "canary"));

  /** Targets that choose among several: none of them runs yet, which is one finding for each. */
  static void refuseSmart(Mapping target, Diagnostics diagnostics) {
    boolean isSmart =
        !target.entries().isEmpty()
            && target.entries().stream().allMatch(entry -> TARGET.later.contains(entry.name()));
    if (isSmart) {
      String key = target.entries().getFirst().name();
      diagnostics.notYet(target.place(), "a smart target (`" + key + "`)");
    } else if (target.entries().isEmpty()) {
      wrongKind(target, "a target is `system.operation` or a pipeline", diagnostics);
    } else {
      TARGET.check(target, diagnostics);
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
      if (keys.contains(key)) {
        continue;
      }
      if (later.contains(key)) {
        diagnostics.notYet(entry.key().place(), "`" + key + "` in " + what);
      } else {
        unknown(entry, diagnostics);
      }
    }
  }

  private void unknown(Entry entry, Diagnostics diagnostics) {
    String key = entry.name();
    var all = new ArrayList<>(keys);
    all.addAll(later);
    var finding =
        diagnostics.error(
            Code.UNKNOWN_KEY, entry.key().place(), "`" + key + "` is not a key of " + what);
    Optional<String> closest = Suggestions.closest(key, all);
    closest.ifPresent(better -> finding.edit(entry.key().place(), better));
    String meant = closest.map(better -> "did you mean `" + better + "`? ").orElse("");
    finding.label(meant + (keys.isEmpty() ? "" : "known: " + Suggestions.list(keys)));
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
