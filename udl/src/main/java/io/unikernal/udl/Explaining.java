package io.unikernal.udl;

import io.unikernal.expr.Function;
import io.unikernal.expr.Functions;
import io.unikernal.expr.Mentions;
import io.unikernal.expr.Scope;
import io.unikernal.expr.UserFunction;
import io.unikernal.model.Operation;
import io.unikernal.model.Type;
import io.unikernal.udl.Index.Explanation;
import io.unikernal.udl.Index.Location;
import io.unikernal.udl.Index.Symbol;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.SystemTable.Declared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What there is to say of names, keys and parts of expressions, in Markdown. */
final class Explaining {
  private final Index index;

  Explaining(Index index) {
    this.index = index;
  }

  Optional<Explanation> at(Path file, int offset) {
    return index
        .file(file)
        .flatMap(
            it -> expression(it, offset).or(() -> symbol(file, offset)).or(() -> key(it, offset)));
  }

  private Optional<Explanation> expression(Definition.File file, int offset) {
    for (Facts.Used used : index.usedIn(file.source())) {
      Place whole = used.scalar().place();
      if (offset < whole.start() || offset > whole.end()) {
        continue;
      }
      for (Mentions.Mention it : Index.mentions(used)) {
        Place place = used.scalar().part(it.start(), it.end());
        if (place.start() <= offset && offset <= place.end()) {
          String owner = it.kind() == Mentions.Kind.FIELD ? it.owner().core() + "." : "";
          boolean isShort =
              it.owner().core() instanceof Type.Record record && !record.name().isEmpty();
          return Optional.of(
              new Explanation(
                  Index.location(place),
                  code((isShort ? owner : "") + it.name() + ": " + Index.expanded(it.type()))));
        }
      }
      Optional<Explanation> called = function(whole, offset);
      if (called.isPresent()) {
        return called;
      }
    }
    return Optional.empty();
  }

  /** The word at the place, if a parenthesis follows it and there is such a function. */
  private static Optional<Explanation> function(Place whole, int offset) {
    String text = whole.source().text();
    int start = offset;
    int end = offset;
    while (start > whole.start() && Character.isJavaIdentifierPart(text.charAt(start - 1))) {
      start--;
    }
    while (end < whole.end() && Character.isJavaIdentifierPart(text.charAt(end))) {
      end++;
    }
    String word = text.substring(start, end);
    Location location = Index.location(new Place(whole.source(), start, end));
    return text.startsWith("(", end)
        ? named(word).map(found -> new Explanation(location, of(found)))
        : Optional.empty();
  }

  private static Optional<Function> named(String word) {
    return Functions.documented().stream().filter(it -> it.name().equals(word)).findFirst();
  }

  static String of(Function function) {
    return code(String.join("\n", function.signatures()))
        + "\n"
        + function.meaning()
        + "\n\n`"
        + function.example()
        + "` gives `"
        + function.result()
        + "`";
  }

  /** One that the definition declares: its signature, and what its author says of it. */
  static String of(UserFunction function) {
    return code(function.signature())
        + (function.doc().isEmpty() ? "" : "\n" + function.doc().strip());
  }

  private Optional<Explanation> symbol(Path file, int offset) {
    return index.at(file, offset).map(it -> new Explanation(it.location(), of(it.symbol())));
  }

  private Optional<Explanation> key(Definition.File file, int offset) {
    var found = new ArrayList<Explanation>();
    Walk.through(
        file.root(),
        index.adapters(),
        new Walk.Visitor() {
          @Override
          public void key(Entry entry, Optional<Slot> slot) {
            Place place = entry.key().place();
            if (place.start() <= offset && offset <= place.end()) {
              slot.ifPresent(it -> found.add(new Explanation(Index.location(place), of(it))));
            }
          }
        });
    return found.stream().findFirst();
  }

  static String of(Slot slot) {
    return "**"
        + slot.name()
        + "**"
        + (slot.detail().isEmpty() ? "" : " (" + slot.detail() + ")")
        + (slot.doc().isEmpty() ? "" : ": " + slot.doc());
  }

  String of(Symbol symbol) {
    String doc = symbol.doc().isEmpty() ? "" : "\n" + symbol.doc();
    return switch (symbol.kind()) {
      case TYPE -> code(type(symbol.name())) + doc;
      case FIELD, PARAMETER -> code(symbol.id() + field(symbol)) + doc;
      case SYSTEM -> system(symbol.name()) + doc;
      case OPERATION -> operation(symbol);
      case POLICY -> code(symbol.name() + ": " + written(symbol)) + doc;
      case PIPELINE -> code(pipeline(symbol.name())) + doc;
      case STEP -> code(symbol.name() + step(symbol)) + doc;
      case FUNCTION ->
          index
              .tables()
              .functions()
              .find(symbol.name())
              .map(Explaining::of)
              .orElseGet(() -> code(written(symbol)) + doc);
      case TEMPLATE, ROUTE -> code(written(symbol)) + doc;
    };
  }

  /** What is said beside a symbol in a list, in one line; may be empty. */
  String brief(Symbol symbol) {
    return switch (symbol.kind()) {
      case FIELD, PARAMETER -> field(symbol).replaceFirst("^: ", "");
      case SYSTEM ->
          index.tables().systems().byName().containsKey(symbol.name()) ? kind(symbol.name()) : "";
      case OPERATION -> find(symbol.id()).map(op -> op.input() + " → " + op.output()).orElse("");
      case PIPELINE ->
          index
              .facts()
              .pipeline(symbol.name())
              .map(it -> it.input() + " → " + it.output())
              .orElse("");
      case TYPE ->
          index
              .tables()
              .types()
              .find(symbol.name())
              .filter(it -> !(it instanceof Type.Record))
              .map(Type::toString)
              .orElse("");
      case FUNCTION ->
          index.tables().functions().find(symbol.name()).map(UserFunction::signature).orElse("");
      case POLICY, STEP, TEMPLATE, ROUTE -> "";
    };
  }

  private String kind(String system) {
    return index.tables().systems().get(system).type();
  }

  private String type(String name) {
    Optional<Type> found = index.tables().types().find(name);
    String text = found.map(Index::expanded).orElse(name);
    return found.isPresent() && found.get() instanceof Type.Record ? text : name + ": " + text;
  }

  private String field(Symbol symbol) {
    return index
        .tables()
        .types()
        .find(symbol.container())
        .flatMap(type -> Typing.fieldOf(type, symbol.name()))
        .map(type -> ": " + type)
        .orElse("");
  }

  private String system(String name) {
    Declared system = index.tables().systems().byName().get(name);
    if (system == null) {
      return code(name);
    }
    String operations =
        system.operations.values().stream()
            .limit(20)
            .map(op -> "- `" + op.operation().name() + "`: " + ends(op.operation()))
            .collect(Collectors.joining("\n"));
    String summary = system.adapter.map(it -> it.spec().summary()).orElse("");
    return code(name + ": " + system.type()) + "\n" + summary + "\n\n" + operations;
  }

  private static String ends(Operation operation) {
    return "`" + operation.input() + "` → `" + operation.output() + "`";
  }

  Optional<Operation> find(String id) {
    int dot = id.indexOf('.');
    Declared system = index.tables().systems().byName().get(id.substring(0, Math.max(0, dot)));
    return Optional.ofNullable(system)
        .map(it -> it.operations.get(id.substring(dot + 1)))
        .map(SystemTable.Op::operation);
  }

  private String operation(Symbol symbol) {
    return find(symbol.id()).map(Explaining::of).orElse(code(symbol.id()));
  }

  static String of(Operation operation) {
    String direction = operation.direction().name().toLowerCase(Locale.ROOT);
    return code(
            operation.id()
                + " ("
                + direction
                + ")\n  input:  "
                + Index.expanded(operation.input()).replace("\n", "\n  ")
                + "\n  output: "
                + Index.expanded(operation.output()).replace("\n", "\n  ")
                + "\n  effect: "
                + operation.effect())
        + (operation.doc().isEmpty() ? "" : "\n" + operation.doc());
  }

  private String pipeline(String name) {
    return index
        .facts()
        .pipeline(name)
        .map(it ->
            name
                + " (pipeline)\n  input:  "
                + Index.expanded(it.input()).replace("\n", "\n  ")
                + "\n  output: "
                + Index.expanded(it.output()).replace("\n", "\n  "))
        .orElse(name + " (pipeline)");
  }

  /** The step's value, as the first place after it sees it. */
  private String step(Symbol symbol) {
    List<Facts.Visible> after =
        index.visibleIn(symbol.location().file()).stream()
            .filter(it -> it.node().place().start() >= symbol.whole().end())
            .toList();
    for (Facts.Visible place : after) {
      for (Scope.Variable variable : place.scope().variables()) {
        if (variable.name().equals(symbol.name())) {
          return ": " + Index.expanded(variable.type());
        }
      }
    }
    return " (step)";
  }

  private String written(Symbol symbol) {
    Location whole = symbol.whole();
    String text =
        index
            .file(whole.file())
            .map(it -> it.source().text().substring(whole.start(), whole.end()))
            .orElse("");
    return text.replaceFirst("^\\w+:\\s*", "").strip();
  }

  static String code(String text) {
    return "```udl\n" + text + "\n```\n";
  }
}
