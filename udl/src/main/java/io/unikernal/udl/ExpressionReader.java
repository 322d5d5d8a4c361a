package io.unikernal.udl;

import io.unikernal.expr.Compiled;
import io.unikernal.expr.Expressions;
import io.unikernal.model.Conform;
import io.unikernal.model.Expression;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/** Makes expressions of YAML. What is wrong is reported and stands for anything. */
final class ExpressionReader {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Z][A-Z0-9_]*}");
  private final Diagnostics diagnostics;

  ExpressionReader(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** An expression of which nothing is known: it stands for one that is wrong. */
  static Expression unknown() {
    return Expressions.constant(Value.Absent.ABSENT, Type.Simple.ANY);
  }

  /** {@code wanted} is the type that it goes to, {@code any} if that is not known. */
  Expression read(Node node, Variables variables, Type wanted) {
    diagnostics.facts().visible(node, variables, wanted, false);
    return switch (node) {
      case Scalar scalar when VARIABLE.matcher(scalar.text()).matches() -> {
        diagnostics.notYet(scalar.place(), "an environment variable in a value that messages take");
        yield unknown();
      }
      case Scalar scalar when scalar.text().contains("${") ->
          finish(diagnostics.session().template(scalar.text(), variables.scope()), scalar);
      case Scalar scalar -> literal(scalar, wanted);
      case Sequence sequence -> {
        Type element = wanted.core() instanceof Type.ListOf(var of, var _) ? of : Type.Simple.ANY;
        var items = new ArrayList<Expression>();
        sequence.items().forEach(item -> items.add(read(item, variables, element)));
        yield Expressions.list(items);
      }
      case Mapping mapping -> {
        checkFields(mapping, wanted);
        SequencedMap<String, Expression> fields = new LinkedHashMap<>();
        for (Entry entry : mapping.entries()) {
          fields.put(entry.name(), read(entry.value(), variables, fieldType(wanted, entry.name())));
        }
        yield Expressions.mapping(fields);
      }
    };
  }

  /** Values are projected, but a field that is written by hand for nobody is a mistake. */
  private void checkFields(Mapping mapping, Type wanted) {
    if (!(wanted.core() instanceof Type.Record record)) {
      return;
    }
    List<String> known = record.fields().stream().map(Type.Field::name).toList();
    for (Entry entry : mapping.entries()) {
      if (!known.contains(entry.name())) {
        String type = record.name().isEmpty() ? "what takes it" : "`" + record.name() + "`";
        var finding =
            diagnostics
                .error(
                    Code.UNKNOWN_FIELD,
                    entry.key().place(),
                    type + " has no field `" + entry.name() + "`")
                .label(Suggestions.label(entry.name(), known));
        Suggestions.closest(entry.name(), known)
            .ifPresent(better ->
                finding.edit(entry.key().place(), better, Suggestions.isOnly(entry.name(), known)));
      }
    }
  }

  private static Type fieldType(Type wanted, String name) {
    return Typing.fieldOf(wanted, name).orElse(Type.Simple.ANY);
  }

  private Expression literal(Scalar scalar, Type wanted) {
    Value value = scalar.value();
    Type core = wanted.core();
    if (scalar.isNull()) {
      return wanted.isMaybe()
          ? Expressions.constant(Value.Absent.ABSENT, wanted.bare())
          : Expressions.constant(Value.Null.NULL, Type.Simple.NULL);
    }
    boolean isFree =
        core == Type.Simple.ANY
            || core instanceof Type.Union
            || core instanceof Type.Record
            || core instanceof Type.MapOf
            || core instanceof Type.ListOf;
    if (isFree) {
      return Expressions.constant(value, Node.typeOf(value));
    }
    if (core instanceof Type.Text) {
      value = Value.text(scalar.text());
    }
    Conform.Result result = Conform.check(core, value, Conform.Extra.REFUSE);
    if (result instanceof Conform.Result.Breaks && value instanceof Value.Text(var text)) {
      Conform.Result second = Conform.fromText(core, text);
      result = second instanceof Conform.Result.Fits ? second : result;
    }
    return switch (result) {
      case Conform.Result.Fits(var fitted) -> Expressions.constant(fitted, core);
      case Conform.Result.Breaks(var violations) -> {
        diagnostics
            .error(
                Code.LITERAL_MISFIT, scalar.place(), "`" + scalar.text() + "` is no `" + core + "`")
            .label(violations.isEmpty() ? "" : violations.getFirst().message());
        yield unknown();
      }
    };
  }

  /** A condition: the expression itself, of type bool. */
  Optional<Expression> condition(Node node, Variables variables) {
    diagnostics.facts().visible(node, variables, Type.Simple.BOOL, true);
    Optional<Scalar> scalar = Vocabulary.text(node, "`when`", diagnostics);
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    String text = scalar.get().text();
    if (text.startsWith("${") && text.endsWith("}")) {
      String inside = text.substring(2, text.length() - 1).strip();
      diagnostics
          .error(
              Code.EXPRESSION_SYNTAX,
              scalar.get().place(),
              "`when` takes the expression itself, without `${…}`")
          .write("when: " + inside)
          .edit(scalar.get().place(), YamlErrors.quoted(inside), true);
      return Optional.empty();
    }
    int before = diagnostics.errors();
    Expression condition = finish(diagnostics.session().cel(text, variables.scope()), scalar.get());
    Type type = condition.type().bare();
    if (diagnostics.errors() > before) {
      return Optional.empty();
    }
    if (type != Type.Simple.BOOL && type != Type.Simple.ANY) {
      var finding =
          diagnostics.error(
              Code.WHEN_NOT_BOOL,
              scalar.get().place(),
              "`when` is true or false, and this is `" + type + "`");
      if (type instanceof Type.Maybe) {
        finding.write("when: " + text + ".orValue(false)");
      }
      return Optional.empty();
    }
    return Optional.of(Expressions.fit(condition, Type.Simple.BOOL, "`when`"));
  }

  private Expression finish(Compiled compiled, Scalar scalar) {
    return switch (compiled) {
      case Compiled.Good(var expression) -> {
        diagnostics.facts().used(scalar, expression);
        yield expression;
      }
      case Compiled.Bad(var problems) -> {
        report(problems, scalar);
        yield unknown();
      }
    };
  }

  private void report(List<Compiled.Problem> problems, Scalar scalar) {
    for (Compiled.Problem problem : problems) {
      Place place = scalar.part(problem.start(), problem.end());
      Code code = code(problem.kind());
      diagnostics.error(code, place, problem.message()).hint(problem.hint());
    }
  }

  static Code code(Compiled.Kind kind) {
    return switch (kind) {
      case SYNTAX -> Code.EXPRESSION_SYNTAX;
      case UNKNOWN_NAME -> Code.UNKNOWN_VARIABLE;
      case UNKNOWN_FIELD -> Code.UNKNOWN_FIELD;
      case UNKNOWN_FUNCTION -> Code.UNKNOWN_FUNCTION;
      case TYPE -> Code.EXPRESSION_TYPE;
      case MAYBE_ABSENT -> Code.MAYBE_ABSENT;
      case LIMIT -> Code.EXPRESSION_LIMIT;
    };
  }
}
