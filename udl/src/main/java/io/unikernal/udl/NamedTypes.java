package io.unikernal.udl;

import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The declared types that a declaration names, or seems to. */
final class NamedTypes {
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Set<String> declared;
  private final Set<String> names = new HashSet<>();
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private NamedTypes(Set<String> declared) {
    this.declared = declared;
  }

  static Set<String> in(Node node, Set<String> declared) {
    var found = new NamedTypes(declared);
    found.collect(node);
    return Set.copyOf(found.names);
  }

  private void collect(Node node) {
    if (!seen.add(node)) {
      return;
    }
    switch (node) {
      case Scalar scalar ->
          IDENTIFIER
              .matcher(scalar.text())
              .results()
              .map(MatchResult::group)
              .filter(declared::contains)
              .forEach(names::add);
      case Sequence sequence -> sequence.items().forEach(this::collect);
      case Mapping mapping -> mapping.entries().forEach(entry -> collect(entry.value()));
    }
  }
}
