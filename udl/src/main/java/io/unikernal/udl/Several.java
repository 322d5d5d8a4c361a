package io.unikernal.udl;

import io.unikernal.udl.Callee.One;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A target of several members, their names found.
 *
 * @param kind the entry that holds the members
 * @param shadow what gets a copy
 * @param canaries those on trial
 * @param isWhole nothing is missing for an error that is reported
 */
record Several(
    Mapping mapping,
    Entry kind,
    List<Callee> members,
    Optional<One> shadow,
    List<One> canaries,
    boolean isWhole)
    implements Callee {

  @Override
  public Place place() {
    return mapping.place();
  }

  /** As it is told of: {@code fallback(eu.price, us.price)}. */
  String text() {
    return members.stream()
        .map(member ->
            switch (member) {
              case One one -> one.name();
              case Several several -> several.text();
            })
        .collect(Collectors.joining(", ", kind.name() + "(", ")"));
  }

  /** All that a message may come to, within others too. */
  List<One> everyone() {
    var everyone = new ArrayList<One>();
    for (Callee member : members) {
      switch (member) {
        case One one -> everyone.add(one);
        case Several several -> everyone.addAll(several.everyone());
      }
    }
    shadow.ifPresent(everyone::add);
    everyone.addAll(canaries);
    return everyone;
  }

  /** The members of its own that have names. */
  List<String> names() {
    return members.stream()
        .filter(One.class::isInstance)
        .map(member -> ((One) member).name())
        .toList();
  }
}
