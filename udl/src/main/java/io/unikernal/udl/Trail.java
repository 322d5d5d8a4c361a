package io.unikernal.udl;

import io.unikernal.expr.UserFunction;
import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.PolicyReader.Written;
import io.unikernal.udl.SystemTable.Declared;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What something was made of and what was noted while it was made: tells whether the next
 * compilation would make the same of the same declaration, and what that would leave behind. Of
 * what gave a finding, or kept silent since another had said it, nothing can be told.
 */
final class Trail {
  private final Map<String, Optional<Type>> types = new HashMap<>();
  private final Map<String, Declared> systems = new HashMap<>();
  private final Map<String, List<Written>> policies = new LinkedHashMap<>();
  private final Map<String, Entry> extended = new LinkedHashMap<>();
  private final Map<String, Optional<UserFunction>> functions = new LinkedHashMap<>();
  private final Map<String, Called> pipelines = new LinkedHashMap<>();
  private final List<Written> inPlace = new ArrayList<>();
  private final Set<Boolean> defaultsOfCalls = new HashSet<>();
  private Optional<List<Written>> defaults = Optional.empty();
  private final List<Session.Expression> expressions = new ArrayList<>();
  private final List<Facts.Visible> visible = new ArrayList<>();
  private final List<Facts.Used> used = new ArrayList<>();
  private final Looks looks = new Looks();
  private boolean isGood = true;

  /** A pipeline that was asked for, and from where. */
  record Called(Place place, PipelineReader.Compiled compiled) {}

  /** What the compilation has at hand. */
  record Tables(
      TypeTable types,
      Predicate<Map.Entry<String, Declared>> systems,
      PolicyTable policies,
      UserFunctions functions) {}

  /** What it is made of may be something else the next time, without a trace. */
  void spoil() {
    isGood = false;
  }

  boolean isGood() {
    return isGood;
  }

  /** What was asked of records. */
  Looks looks() {
    return looks;
  }

  void type(String name, Optional<Type> found) {
    types.put(name, found);
  }

  void system(Declared found) {
    systems.put(found.name(), found);
    isGood &= !found.isOpen; // Its operations come to be as they are named.
  }

  void policy(String name, List<Written> found) {
    policies.put(name, found);
  }

  void policy(Written found) {
    inPlace.add(found);
  }

  void extended(String name, Entry entry) {
    extended.put(name, entry);
  }

  void defaults(List<Written> found, boolean isOfCall) {
    defaults = Optional.of(found);
    defaultsOfCalls.add(isOfCall);
  }

  void function(String name, Optional<UserFunction> found) {
    functions.put(name, found);
  }

  void pipeline(String name, Called called) {
    pipelines.putIfAbsent(name, called);
  }

  void expression(Session.Expression key) {
    expressions.add(key);
  }

  void visible(Facts.Visible fact) {
    visible.add(fact);
  }

  void used(Facts.Used fact) {
    used.add(fact);
  }

  /** The pipelines that it asked for, in that order. */
  Map<String, Called> pipelines() {
    return pipelines;
  }

  /** As {@link #isSame(Tables)}, of what has but types and functions. */
  boolean isSame(TypeTable typesNow, UserFunctions functionsNow) {
    return looks.isSame(typesNow.state())
        && types.entrySet().stream()
            .allMatch(it -> isSame(it.getValue(), typesNow.find(it.getKey())))
        && functions.entrySet().stream()
            .allMatch(it -> isSame(it.getValue(), functionsNow.find(it.getKey())));
  }

  /** Whether all that it is made of, but pipelines, is as it was. */
  boolean isSame(Tables now) {
    return systems.entrySet().stream().allMatch(now.systems())
        && policies.entrySet().stream()
            .allMatch(it -> isSame(it.getValue(), now.policies().known(it.getKey())))
        && extended.entrySet().stream()
            .allMatch(it -> now.policies().isDeclaredAs(it.getKey(), it.getValue()))
        && (defaults.isEmpty() || isSame(defaults.get(), now.policies().defaults()))
        && isSame(now.types(), now.functions());
  }

  private static <T> boolean isSame(Optional<T> before, Optional<T> now) {
    return before.orElse(null) == now.orElse(null);
  }

  /** Options follow from what is written: they are not compared. */
  private static boolean isSame(List<Written> before, List<Written> now) {
    boolean isSame = before.size() == now.size();
    for (int i = 0; isSame && i < before.size(); i++) {
      Written a = before.get(i);
      Written b = now.get(i);
      isSame =
          a == b
              || a.kind().equals(b.kind())
                  && a.origin().equals(b.origin())
                  && PolicyPlaces.areSame(a.mapping(), b.mapping());
    }
    return isSame;
  }

  /** Leaves behind what making it again would. */
  void replay(PolicyTable table, Diagnostics diagnostics) {
    policies.keySet().forEach(table::useAgain);
    extended.keySet().forEach(table::useExtended);
    inPlace.forEach(table::placeAgain);
    defaultsOfCalls.forEach(table::placeDefaults);
    replay(diagnostics);
  }

  /** As {@link #replay(PolicyTable, Diagnostics)} of what has no policies. */
  void replay(Diagnostics diagnostics) {
    expressions.forEach(diagnostics.session()::askAgain);
    diagnostics.facts().addAll(visible, used);
  }
}
