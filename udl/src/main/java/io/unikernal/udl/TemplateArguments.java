package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Conform;
import io.unikernal.model.Type;
import io.unikernal.model.TypeParser;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What one use gives for the parameters of its template, checked. */
final class TemplateArguments {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
  private static final Pattern PART_OF_NAME = Pattern.compile("[A-Za-z0-9_]+");
  private static final Pattern OPERATION = Pattern.compile("[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*");

  /** Any name may be a type: those that templates declare are not known yet. */
  private static final TypeParser.Names ANY_NAME =
      new TypeParser.Names() {
        @Override
        public Optional<Type> find(String name) {
          return Optional.of(Type.Simple.ANY);
        }

        @Override
        public List<String> all() {
          return List.of();
        }
      };

  private final TemplateDeclaration template;
  private final Diagnostics diagnostics;
  private final Map<String, Node> given = new LinkedHashMap<>();
  private boolean isGood = true;

  private TemplateArguments(TemplateDeclaration template, Diagnostics diagnostics) {
    this.template = template;
    this.diagnostics = diagnostics;
  }

  /** By parameter, defaults filled in; empty if something is wrong, which is reported. */
  static Optional<TemplateArguments> read(
      TemplateDeclaration template, Optional<Node> with, Place use, Diagnostics diagnostics) {
    var arguments = new TemplateArguments(template, diagnostics);
    Optional<Node> written = with.filter(node -> !node.isNull());
    Optional<Mapping> mapping =
        written.flatMap(node -> Vocabulary.mapping(node, "`with`", diagnostics));
    if (written.isPresent() && mapping.isEmpty()) {
      return Optional.empty();
    }
    mapping.map(Mapping::entries).orElse(List.of()).forEach(arguments::take);
    arguments.complete(use);
    return arguments.isGood ? Optional.of(arguments) : Optional.empty();
  }

  /** What stands for a parameter; empty where it is optional and nothing does. */
  Optional<Node> find(String name) {
    return Optional.ofNullable(given.get(name));
  }

  TemplateParameter parameter(String name) {
    TemplateParameter found = template.parameters().get(name);
    if (found == null) {
      throw new IllegalArgumentException("no parameter " + name);
    }
    return found;
  }

  boolean knows(String name) {
    return template.parameters().containsKey(name);
  }

  /** The texts among them: what a finding in this use may say of it alone. */
  List<String> texts() {
    var texts = new ArrayList<String>();
    given
        .values()
        .forEach(node -> {
          if (node instanceof Scalar scalar && !scalar.text().isEmpty()) {
            texts.add(scalar.text());
          }
        });
    return List.copyOf(texts);
  }

  private void take(Entry entry) {
    TemplateParameter parameter = template.parameters().get(entry.name());
    if (parameter == null) {
      unknown(entry);
      return;
    }
    if (entry.value().isNull() && parameter.isOptional()) {
      return;
    }
    given.put(entry.name(), entry.value());
    problem(parameter, entry.value())
        .ifPresent(why -> {
          isGood = false;
          diagnostics
              .error(
                  Code.TEMPLATE_MISFIT,
                  entry.value().place(),
                  "`%s` of template `%s` is `%s`, and this is not"
                      .formatted(parameter.name(), template.name(), parameter.written()))
              .label(why);
        });
  }

  private void unknown(Entry entry) {
    isGood = false;
    var known = template.parameters().keySet();
    var finding =
        diagnostics
            .error(
                Code.TEMPLATE_UNKNOWN,
                entry.key().place(),
                "template `" + template.name() + "` has no parameter `" + entry.name() + "`")
            .label(Suggestions.label(entry.name(), known));
    Suggestions.closest(entry.name(), known)
        .ifPresent(better -> {
          finding.edit(entry.key().place(), better);
          given.putIfAbsent(better, entry.value());
        });
  }

  private void complete(Place use) {
    template
        .parameters()
        .forEach((name, parameter) -> {
          if (given.containsKey(name)) {
            return;
          }
          parameter.fallback().ifPresent(node -> given.put(name, node));
          if (parameter.isRequired()) {
            isGood = false;
            diagnostics
                .error(
                    Code.TEMPLATE_MISSING,
                    use,
                    "template `" + template.name() + "` needs `" + name + "`")
                .label("declared as `" + name + ": " + parameter.written() + "`")
                .write(name + ": …");
          }
        });
  }

  /** Why the node cannot stand for the parameter; empty if it can. */
  private static Optional<String> problem(TemplateParameter parameter, Node node) {
    return switch (parameter.kind()) {
      case VALUE -> value(parameter.type(), node);
      case NAME -> text(node, PART_OF_NAME, "a name has letters, digits and `_`");
      case SYSTEM -> text(node, NAME, "write the name of a system");
      case PIPELINE -> text(node, NAME, "write the name of a pipeline");
      case OPERATION -> text(node, OPERATION, "write `system.operation`");
      case TYPE -> type(node);
      case POLICY ->
          node.isNull() ? Optional.of("write a policy, or its name") : Optional.<String>empty();
      case STEPS ->
          node instanceof Node.Sequence
              ? Optional.empty()
              : Optional.of("write a list of steps, and not " + node.kind());
      case EXPRESSION ->
          node.isNull() ? Optional.of("write an expression, as `${…}`") : Optional.empty();
    };
  }

  /** What holds markers has its value later; where it stands it is checked again. */
  private static Optional<String> value(Type type, Node node) {
    if (node instanceof Scalar scalar && Expressions.hasMarker(scalar.text())) {
      return Optional.empty();
    }
    return switch (NodeValues.read(node, type)) {
      case Conform.Result.Fits _ -> Optional.empty();
      case Conform.Result.Breaks(var violations) -> Optional.of(NodeValues.first(violations));
    };
  }

  private static Optional<String> text(Node node, Pattern pattern, String otherwise) {
    boolean isText = node instanceof Scalar scalar && pattern.matcher(scalar.text()).matches();
    return isText ? Optional.empty() : Optional.of(otherwise);
  }

  private static Optional<String> type(Node node) {
    return switch (node) {
      case Mapping _ -> Optional.empty();
      case Scalar scalar when !scalar.isNull() ->
          TypeParser.parse(scalar.text(), ANY_NAME) instanceof TypeParser.Result.Wrong wrong
              ? Optional.of(wrong.message())
              : Optional.empty();
      case Scalar _, Node.Sequence _ -> Optional.of("write a type, as `Order` or `list(Order)`");
    };
  }

  /** As an expression writes it; empty with a reason where it cannot. */
  Written written(String name) {
    TemplateParameter parameter = parameter(name);
    Optional<Node> node = find(name);
    if (node.isEmpty()) {
      return new Written("optional.none()", "");
    }
    String nothing = "`param." + name + "` is `" + parameter.written() + "`";
    return switch (parameter.kind()) {
      case VALUE -> constant(node.get(), parameter, nothing);
      case NAME, SYSTEM, OPERATION, PIPELINE, TYPE ->
          node.get() instanceof Scalar scalar ? quoted(scalar.text()) : Written.none(nothing);
      case EXPRESSION ->
          node.get() instanceof Scalar scalar ? expression(scalar) : Written.none(nothing);
      case POLICY, STEPS -> Written.none(nothing);
    };
  }

  /** {@code problem} is empty where there is a text. */
  record Written(String text, String problem) {
    static Written none(String problem) {
      return new Written("", problem);
    }
  }

  private static Written quoted(String text) {
    return new Written(Expressions.literal(Value.text(text)).orElseThrow(), "");
  }

  private static Written constant(Node node, TemplateParameter parameter, String nothing) {
    if (node instanceof Scalar scalar && Expressions.hasMarker(scalar.text())) {
      return Written.none("its argument is no constant: `" + scalar.text() + "`");
    }
    if (!(NodeValues.read(node, parameter.type()) instanceof Conform.Result.Fits(var value))) {
      return Written.none(nothing);
    }
    // A decimal as it is written, and not at its type's scale.
    boolean isWritten = !(node instanceof Scalar) || value instanceof Value.Decimal;
    Value raw = NodeValues.of(node, parameter.type());
    boolean isDecimal = value instanceof Value.Decimal && raw instanceof Value.Int;
    String text = Expressions.literal(isWritten && !isDecimal ? raw : value).orElse("");
    if (text.isEmpty()) {
      return Written.none(nothing);
    }
    return new Written(parameter.isOptional() ? "optional.of(" + text + ")" : text, "");
  }

  /** A whole marker is the expression in it, in parentheses unless it is a path or a call. */
  private static Written expression(Scalar scalar) {
    String text = scalar.text();
    var markers = Expressions.markers(text);
    if (markers.isEmpty()) {
      return quoted(text);
    }
    boolean isWhole =
        markers.size() == 1
            && markers.getFirst().start() == 2
            && markers.getFirst().end() == text.length() - 1;
    if (!isWhole) {
      return Written.none("its argument mixes text and expressions: `" + text + "`");
    }
    String inside = text.substring(2, text.length() - 1).strip();
    return new Written(inside.matches("[A-Za-z0-9_.?]+") ? inside : "(" + inside + ")", "");
  }
}
