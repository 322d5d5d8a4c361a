package io.unikernal.udl;

import io.unikernal.model.Label;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds labelled values that flow where they may not, and the way they came. */
final class LabelFlow {
  private static final Pattern REFERENCE =
      Pattern.compile("[a-z][a-z0-9_]*(?:\\.\\??[A-Za-z_][A-Za-z0-9_]*)*");
  private static final Pattern WHOLE =
      Pattern.compile("\\$\\{\\s*(" + REFERENCE.pattern() + ")\\s*\\}");
  private static final int HOPS_MAX = 20;
  private static final int LEAKS_MAX = 20;

  private final Diagnostics diagnostics;

  LabelFlow(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** A labelled part of a value; {@code path} is empty for the whole. */
  record Leak(Label label, String path, Type type) {}

  /** What of {@code from} goes to {@code to} though it is labelled and not cleared. */
  static List<Leak> leaks(Type from, Type to, Set<Label> clearance) {
    var found = new ArrayList<Leak>();
    walk(from, to, "", clearance, found, new HashSet<>());
    return found;
  }

  private record Pair(Type from, Type to) {}

  private static void walk(
      Type from, Type to, String path, Set<Label> clearance, List<Leak> found, Set<Pair> seen) {
    if (to == Type.Simple.NULL || found.size() >= LEAKS_MAX) {
      return;
    }
    Type target = to.core();
    switch (from) {
      case Type.Labelled(var label, var of) -> {
        if (!clearance.contains(label)) {
          found.add(new Leak(label, path, from));
        } else {
          walk(of, to, path, clearance, found, seen);
        }
      }
      case Type.Maybe(var of) -> walk(of, to, path, clearance, found, seen);
      case Type.ListOf(var element, var _) ->
          walk(element, elementOf(target), path + "[]", clearance, found, seen);
      case Type.StreamOf(var element) ->
          walk(element, elementOf(target), path + "[]", clearance, found, seen);
      case Type.MapOf(var value) -> {
        Type wanted = target instanceof Type.MapOf(var other) ? other : Type.Simple.ANY;
        walk(value, wanted, path + "[]", clearance, found, seen);
      }
      case Type.Record record -> {
        var pair = new Pair(record, target);
        if (record.labels().isEmpty() || !seen.add(pair)) {
          return;
        }
        for (Type.Field field : record.fields()) {
          Optional<Type> wanted = wanted(target, field.name());
          if (wanted.isPresent()) {
            String at = path.isEmpty() ? field.name() : path + "." + field.name();
            walk(field.type(), wanted.get(), at, clearance, found, seen);
          }
        }
        seen.remove(pair);
      }
      case Type.Union union ->
          union.members().forEach(member -> walk(member, to, path, clearance, found, seen));
      case Type.Simple _, Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _, Type.Text _ -> {}
      case Type.Bytes _, Type.Enum _ -> {}
    }
  }

  private static Type elementOf(Type target) {
    if (target instanceof Type.ListOf(var element, var _)) {
      return element;
    }
    return target instanceof Type.StreamOf(var element) ? element : Type.Simple.ANY;
  }

  /** The type that a field goes to; empty if the target does not ask for it. */
  private static Optional<Type> wanted(Type target, String field) {
    if (target instanceof Type.Record || target instanceof Type.MapOf) {
      return Typing.fieldOf(target, field);
    }
    if (target instanceof Type.Union union) {
      return union.members().stream()
          .flatMap(member -> member.field(field).stream())
          .map(Type.Field::type)
          .findFirst();
    }
    return Optional.of(Type.Simple.ANY);
  }

  /** Reports what flows from an expression to an operation of a system without clearance. */
  void check(
      Type from,
      Type to,
      SystemTable.Declared system,
      String target,
      Place place,
      Optional<Node> node,
      Variables variables) {
    for (Leak leak : leaks(from, to, system.clearance)) {
      List<String> hops = new ArrayList<>();
      Type first = trace(node, leak.path(), leak, variables, hops);
      hops.addFirst(hops.isEmpty() ? "value: " + leak.type() : hops.removeFirst() + ": " + first);
      hops.add(target);
      report(leak, system, written(node, leak.path()).orElse(place), String.join(" -> ", hops));
    }
  }

  /**
   * Reports a labelled part of a value that goes on under a type without the label: from there on
   * nobody would follow it.
   */
  void checkKept(Typing.Edge edge) {
    for (Leak leak : leaks(edge.from().type(), edge.to(), Set.of())) {
      if (isKept(edge.to(), leak)) {
        continue;
      }
      String what = leak.path().isEmpty() ? "a value" : "`" + leak.path() + "`";
      String name = leak.path().substring(leak.path().lastIndexOf('.') + 1).replace("[]", "");
      boolean isAnything = edge.to().core() == Type.Simple.ANY;
      diagnostics
          .error(
              Code.LABEL_LOST,
              written(edge.node(), leak.path()).orElse(edge.place()),
              what + " is " + leak.label() + ", and " + edge.who() + " takes it without that label")
          .label("nothing would follow it from there on")
          .write(
              isAnything
                  ? "input: " + leak.label() + "(" + edge.to() + ")"
                  : name.isEmpty() ? "input: " + leak.type() : name + ": " + leak.type());
      return;
    }
  }

  /** Whether the part has the label there too, or something that it stands in. */
  private static boolean isKept(Type type, Leak leak) {
    Type at = type;
    for (String rest = leak.path(); ; rest = tail(rest)) {
      if (isLabelled(at, leak.label())) {
        return true;
      }
      if (rest.isEmpty()) {
        return false;
      }
      at = Typing.fieldOf(at, head(rest)).orElse(Type.Simple.ANY);
      if (rest.startsWith(head(rest) + "[]")) {
        at = elementOf(at.core());
      }
    }
  }

  private static boolean isLabelled(Type type, Label label) {
    return switch (type) {
      case Type.Labelled(var own, var of) -> own == label || isLabelled(of, label);
      case Type.Maybe(var of) -> isLabelled(of, label);
      case Type.Simple _, Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _, Type.Text _ ->
          false;
      case Type.Bytes _, Type.Enum _, Type.ListOf _, Type.MapOf _, Type.StreamOf _ -> false;
      case Type.Record _, Type.Union _ -> false;
    };
  }

  /** Where the labelled part itself is written, if it is. */
  private static Optional<Place> written(Optional<Node> node, String path) {
    if (!(node.orElse(null) instanceof Mapping mapping) || path.isEmpty()) {
      return Optional.empty();
    }
    Optional<Node> field = mapping.get(head(path));
    return written(field, tail(path)).or(() -> field.map(Node::place));
  }

  private void report(Leak leak, SystemTable.Declared system, Place place, String way) {
    var labels = new ArrayList<String>();
    system.clearance.forEach(label -> labels.add(label.toString()));
    labels.add(leak.label().toString());
    String what = leak.path().isEmpty() ? "a value" : "`" + leak.path() + "`";
    diagnostics
        .error(
            Code.LABEL_FLOW,
            place,
            what + " is " + leak.label() + ", and `" + system.name() + "` has no clearance for it")
        .label(way)
        .write(system.name() + ": { …, clearance: [" + String.join(", ", labels) + "] }");
  }

  /** Goes back from a node to where the labelled part comes from; gives that part's type. */
  private static Type trace(
      Optional<Node> start, String path, Leak leak, Variables variables, List<String> hops) {
    Optional<Node> node = start;
    String rest = path;
    Type type = leak.type();
    for (int i = 0; i < HOPS_MAX && node.isPresent(); i++) {
      Node here = node.get();
      if (here instanceof Mapping mapping) {
        String head = head(rest);
        rest = tail(rest);
        node = mapping.get(head);
        continue;
      }
      if (!(here instanceof Scalar scalar)) {
        return type;
      }
      Matcher whole = WHOLE.matcher(scalar.text());
      String reference =
          whole.matches()
              ? whole.group(1).replace("?", "")
              : labelled(scalar.text(), leak.label(), variables);
      if (reference.isEmpty()) {
        return type;
      }
      String full = rest.isEmpty() || !whole.matches() ? reference : reference + "." + rest;
      hops.addFirst(full);
      String variable = head(full);
      type = typeAt(variables, full).orElse(type);
      rest = tail(full);
      node = variables.find(variable).flatMap(Variables.Bound::origin);
    }
    return type;
  }

  /** The first reference in an expression whose type has the label. */
  private static String labelled(String text, Label label, Variables variables) {
    Matcher references = REFERENCE.matcher(text);
    while (references.find()) {
      String reference = references.group().replace("?", "");
      Optional<Type> type = typeAt(variables, reference);
      boolean isLabelled =
          type.map(found -> leaks(found, Type.Simple.ANY, Set.of())).orElse(List.of()).stream()
              .anyMatch(leak -> leak.label() == label);
      if (isLabelled) {
        return reference;
      }
    }
    return "";
  }

  private static Optional<Type> typeAt(Variables variables, String reference) {
    Optional<Type> type = variables.find(head(reference)).map(bound -> bound.variable().type());
    for (String rest = tail(reference); !rest.isEmpty() && type.isPresent(); rest = tail(rest)) {
      String part = head(rest);
      type = type.flatMap(found -> Typing.fieldOf(found, part));
      if (rest.startsWith(part + "[]")) {
        type = type.map(found -> elementOf(found.core()));
      }
    }
    return type;
  }

  private static String head(String path) {
    int dot = path.indexOf('.');
    return (dot < 0 ? path : path.substring(0, dot)).replace("[]", "");
  }

  private static String tail(String path) {
    int dot = path.indexOf('.');
    return dot < 0 ? "" : path.substring(dot + 1);
  }

  /** Reports what a source receives or answers without clearance. */
  void checkSource(SystemTable.Op op, SystemTable.Declared system) {
    check(op.operation().input(), "receives", op, system);
    check(op.operation().output(), "answers", op, system);
  }

  private void check(Type type, String verb, SystemTable.Op op, SystemTable.Declared system) {
    List<Leak> leaks = leaks(type, Type.Simple.ANY, system.clearance);
    if (leaks.isEmpty() || !diagnostics.first("clearance " + op.operation().id())) {
      return;
    }
    Leak leak = leaks.getFirst();
    String what = leak.path().isEmpty() ? "a value" : "`" + leak.path() + "`";
    diagnostics
        .error(
            Code.SOURCE_CLEARANCE,
            op.place(),
            "`"
                + op.operation().id()
                + "` "
                + verb
                + " "
                + what
                + ", and `"
                + system.name()
                + "` has no clearance for "
                + leak.label())
        .label("`" + leak.path() + ": " + leak.type() + "`")
        .write(system.name() + ": { …, clearance: [" + leak.label() + "] }");
  }
}
