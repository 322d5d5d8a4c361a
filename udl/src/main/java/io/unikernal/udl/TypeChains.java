package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How many types are made of each other in a row. It is counted before any is made, since what a
 * definition means must depend neither on the order of its types nor on what is known of them.
 */
final class TypeChains {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, Entry> declared;

  private TypeChains(Map<String, Entry> declared) {
    this.declared = declared;
  }

  /** Those where a chain becomes longer than {@code max}; what is made of these begins anew. */
  static Set<String> longer(Map<String, Entry> declared, int max) {
    var chains = new TypeChains(declared);
    var madeOf = new LinkedHashMap<String, Set<String>>();
    declared.forEach((name, entry) -> madeOf.put(name, chains.madeOf(entry.value())));
    return Chains.longer(madeOf, max);
  }

  /** The types that must be known before; a record that is only named need not be. */
  private Set<String> madeOf(Node node) {
    var names = new LinkedHashSet<String>();
    collect(node, false, names, Collections.newSetFromMap(new IdentityHashMap<>()));
    return names;
  }

  private void collect(Node node, boolean isBase, Set<String> into, Set<Node> seen) {
    if (!seen.add(node)) {
      return;
    }
    switch (node) {
      case Scalar scalar ->
          NAME.matcher(scalar.text())
              .results()
              .map(found -> found.group())
              .filter(declared::containsKey)
              .filter(name -> isBase || !isRecord(name))
              .forEach(into::add);
      case Sequence sequence -> sequence.items().forEach(item -> collect(item, isBase, into, seen));
      case Mapping mapping ->
          mapping
              .entries()
              .forEach(entry -> collect(entry.value(), entry.name().equals("extends"), into, seen));
    }
  }

  private boolean isRecord(String name) {
    Entry entry = declared.get(name);
    return entry != null && entry.value() instanceof Mapping;
  }
}
