package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.expr.Functions;
import io.unikernal.expr.UserFunction;
import io.unikernal.expr.UserFunction.Parameter;
import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Expression;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is declared under {@code functions:}, each compiled when an expression first calls it. */
final class FunctionTable implements UserFunctions {
  /** Functions that call each other deeper than this would need a stack of unknown size. */
  static final int DEPTH_MAX = 64;

  private final Map<String, Entry> declared;
  private final TypeTable types;
  private final Markers markers;
  private final Diagnostics diagnostics;
  private final Map<String, UserFunction> compiled = new HashMap<>();
  private final Map<String, Integer> depths = new HashMap<>();
  private final Set<String> underWay = new LinkedHashSet<>();
  private final Set<String> called = new HashSet<>();

  /** The depth of the calls that were found in the function under way. */
  private int deepest;

  private FunctionTable(
      Map<String, Entry> declared, TypeTable types, Markers markers, Diagnostics diagnostics) {
    this.declared = declared;
    this.types = types;
    this.markers = markers;
    this.diagnostics = diagnostics;
  }

  static FunctionTable of(
      Definition definition, TypeTable types, Markers markers, Diagnostics diagnostics) {
    var table = new FunctionTable(definition.functions, types, markers, diagnostics);
    definition.functions.values().forEach(table::checkName);
    definition.functions.keySet().forEach(table::get);
    return table;
  }

  private void checkName(Entry entry) {
    if (!Names.isGood(entry.name())) {
      called.add(entry.name());
    }
    if (Functions.isBuiltIn(entry.name())) {
      called.add(entry.name());
      diagnostics
          .error(
              Code.FUNCTION_NAME,
              entry.key().place(),
              "`" + entry.name() + "` is a function of the language itself")
          .write("my_" + entry.name())
          .edit(entry.key().place(), "my_" + entry.name());
    }
  }

  @Override
  public Optional<UserFunction> find(String name) {
    Optional<UserFunction> found = declared.containsKey(name) ? call(name) : Optional.empty();
    diagnostics.session().note(trail -> trail.function(name, found));
    return found;
  }

  private Optional<UserFunction> call(String name) {
    called.add(name);
    return Optional.of(get(name));
  }

  @Override
  public List<String> names() {
    return List.copyOf(declared.keySet());
  }

  /** Warns of functions that no expression calls. */
  void warnUnused() {
    declared.forEach((name, entry) -> {
      if (!called.contains(name)) {
        diagnostics.warning(
            Code.UNUSED_FUNCTION, entry.key().place(), "nothing calls function `" + name + "`");
      }
    });
  }

  private UserFunction get(String name) {
    UserFunction known = compiled.get(name);
    if (known == null) {
      Entry entry = declared.get(name);
      if (entry == null) {
        throw new IllegalArgumentException("no function " + name);
      }
      known = underWay.contains(name) || underWay.size() >= DEPTH_MAX ? broken(entry) : make(entry);
    }
    deepest = Math.max(deepest, depths.getOrDefault(name, 0));
    return known;
  }

  /** Stands for a function in whose own body it is called, which is reported. */
  private UserFunction broken(Entry entry) {
    String name = entry.name();
    if (!underWay.contains(name)) {
      tooDeep(entry);
    } else if (diagnostics.first("function circle " + String.join(" ", underWay))) {
      var way = new ArrayList<>(underWay);
      String circle = String.join(" -> ", way.subList(way.indexOf(name), way.size()));
      diagnostics
          .error(Code.FUNCTION_CYCLE, entry.key().place(), "function `" + name + "` calls itself")
          .label(circle + " -> " + name);
    }
    var quiet = new Declaration(entry, new Diagnostics());
    Type returns = quiet.returns.orElse(Type.Simple.ANY);
    return new UserFunction(
        name,
        quiet.parameters,
        entry.place().toString(),
        "",
        _ -> Expressions.constant(Value.Absent.ABSENT, returns));
  }

  private void tooDeep(Entry entry) {
    diagnostics
        .error(
            Code.EXPRESSION_LIMIT,
            entry.key().place(),
            "functions call each other deeper than " + DEPTH_MAX + " levels")
        .label("do a part of it in a step before");
  }

  private UserFunction make(Entry entry) {
    int before = deepest;
    deepest = 0;
    underWay.add(entry.name());
    UserFunction function = again(entry).orElseGet(() -> anew(entry));
    underWay.remove(entry.name());
    compiled.put(entry.name(), function);
    depths.put(entry.name(), deepest + 1);
    if (deepest + 1 == DEPTH_MAX + 1) {
      tooDeep(entry);
    }
    deepest = before;
    return function;
  }

  /** The function as the last compilation made it, if this one would make the same. */
  private Optional<UserFunction> again(Entry entry) {
    var functions = diagnostics.session().functions();
    Optional<Session.Kept<UserFunction>> kept =
        functions
            .find(entry.name())
            .filter(known -> known.entry().equals(entry))
            .filter(known -> diagnostics.session().isSame(() -> known.trail().isSame(types, this)));
    kept.ifPresent(known -> {
      known.trail().replay(diagnostics);
      functions.put(entry.name(), known);
    });
    return kept.map(Session.Kept::made);
  }

  private UserFunction anew(Entry entry) {
    var trail = new Trail();
    Session session = diagnostics.session();
    UserFunction function = session.follow(trail, diagnostics, () -> read(entry));
    if (session.isLasting() && trail.isGood()) {
      session.functions().put(entry.name(), new Session.Kept<>(entry, function, trail));
    }
    return function;
  }

  private UserFunction read(Entry entry) {
    var declaration = new Declaration(entry, diagnostics);
    return new UserFunction(
        entry.name(),
        declaration.parameters,
        declaration.value.orElse(entry.value()).place().toString(),
        declaration.doc,
        declaration::body);
  }

  /** What one function's mapping says. */
  private final class Declaration {
    private final String name;
    private final Diagnostics findings;
    private final List<Parameter> parameters = new ArrayList<>();
    private final Optional<Type> returns;
    private final Optional<Node> value;
    private final String doc;
    private boolean isReported;

    Declaration(Entry entry, Diagnostics findings) {
      name = entry.name();
      this.findings = findings;
      Mapping mapping =
          Grammar.FUNCTION
              .read(entry.value(), findings)
              .orElseGet(() -> new Mapping(entry.key().place(), List.of(), false));
      mapping
          .get("params")
          .filter(node -> !node.isNull())
          .flatMap(node -> Vocabulary.mapping(node, "`params`", findings))
          .ifPresent(found -> found.entries().forEach(this::parameter));
      boolean isQuiet = findings != diagnostics;
      returns = mapping.get("returns").map(node -> isQuiet ? quietly(node) : types.read(node));
      value = mapping.get("value");
      doc = mapping.get("doc").map(n -> n instanceof Scalar s ? s.text() : "").orElse("");
      if (value.isEmpty() && entry.value() instanceof Mapping) {
        findings
            .error(Code.MISSING_KEY, entry.key().place(), "function `" + name + "` needs `value`")
            .write("value: \"${…}\"");
      }
    }

    /** What is wrong with it is reported where the function itself is made. */
    private Type quietly(Node node) {
      return types.quiet().read(node);
    }

    private void parameter(Entry entry) {
      boolean isQuiet = findings != diagnostics;
      Names.check(entry.key(), "a parameter", findings);
      parameters.add(
          new Parameter(
              entry.name(), isQuiet ? quietly(entry.value()) : types.read(entry.value())));
    }

    /** The first time what is wrong is reported; the others ask only what labels come out. */
    Expression body(List<Type> given) {
      Diagnostics own = isReported ? new Diagnostics() : findings;
      isReported = true;
      var variables = new Variables();
      for (int i = 0; i < given.size(); i++) {
        variables.put(parameters.get(i).name(), given.get(i), i, Optional.empty());
      }
      var reader = ExpressionReader.ofFunction(markers.to(own), own, FunctionTable.this);
      Expression body =
          value
              .map(node -> reader.read(node, variables, returns.orElse(Type.Simple.ANY)))
              .orElseGet(ExpressionReader::unknown);
      if (returns.isEmpty() || value.isEmpty()) {
        return body;
      }
      return new Typing(own)
          .fit(
              new Typing.Edge(
                  body,
                  returns.get(),
                  "the result of `" + name + "`",
                  "is",
                  "`value`",
                  value.get().place(),
                  value,
                  variables));
    }
  }
}
