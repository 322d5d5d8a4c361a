package io.unikernal.udl;

import io.unikernal.expr.Scope;
import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Expression;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the compiler comes to know of places on its way, for an {@link Index}. */
final class Facts {
  private final boolean isWanted;
  private final Session session;
  private final List<Visible> visible = new ArrayList<>();
  private final List<Used> used = new ArrayList<>();
  private final Map<String, Ends> pipelines = new HashMap<>();
  private Optional<Tables> tables = Optional.empty();

  Facts(boolean isWanted, Session session) {
    this.isWanted = isWanted;
    this.session = session;
  }

  /** At this node these names may be used, and it goes to that type. */
  record Visible(Node node, Scope scope, Type wanted, boolean isCondition) {}

  /** The scalar holds this expression. */
  record Used(Scalar scalar, Expression expression) {}

  /** What the definition declares, understood. */
  record Tables(
      Definition definition, TypeTable types, SystemTable systems, UserFunctions functions) {}

  /** What a pipeline takes and gives. */
  record Ends(Type input, Type output) {}

  void pipeline(String name, Type input, Type output) {
    if (isWanted) {
      pipelines.put(name, new Ends(input, output));
    }
  }

  Optional<Ends> pipeline(String name) {
    return Optional.ofNullable(pipelines.get(name));
  }

  void tables(Tables made) {
    tables = isWanted ? Optional.of(made) : Optional.empty();
  }

  Optional<Tables> tables() {
    return tables;
  }

  boolean isWanted() {
    return isWanted;
  }

  void visible(Node node, Variables variables, Type wanted, boolean isCondition) {
    if (isWanted) {
      var fact = new Visible(node, variables.scope(), wanted, isCondition);
      visible.add(fact);
      session.note(trail -> trail.visible(fact));
    }
  }

  void used(Scalar scalar, Expression expression) {
    if (isWanted) {
      var fact = new Used(scalar, expression);
      used.add(fact);
      session.note(trail -> trail.used(fact));
    }
  }

  /** What was learnt before, and holds still. */
  void addAll(List<Visible> before, List<Used> usedBefore) {
    visible.addAll(before);
    used.addAll(usedBefore);
  }

  List<Visible> visible() {
    return visible;
  }

  List<Used> used() {
    return used;
  }
}
