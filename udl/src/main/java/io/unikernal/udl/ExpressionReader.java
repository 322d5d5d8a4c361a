package io.unikernal.udl;

import io.unikernal.expr.Compiled;
import io.unikernal.expr.Expressions;
import io.unikernal.expr.Scope;
import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Conform;
import io.unikernal.model.Expression;
import io.unikernal.model.Label;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Makes expressions of YAML. What is wrong is reported and stands for anything. */
final class ExpressionReader {
  private static final Pattern ONLY_OFFER = Pattern.compile("write `[^`]+`");

  /** A broken file must not be guessed at for long. */
  private static final int GUESSES_MAX = 20;

  static final int ERRORS_MAX = 1_000;

  /** What expressions of routes and pipelines have in scope, and functions have not. */
  private static final Set<String> OF_A_MESSAGE =
      Set.of("input", "meta", "auth", "error", "item", "index");

  /** Names that are read when the definition is loaded. */
  private static final Set<String> CONFIGURED = Set.of("env", "secret");

  private final Markers markers;
  private final Diagnostics diagnostics;
  private final UserFunctions functions;
  private final boolean isFunction;

  /** Scopes with the functions, by those without: many expressions have the same. */
  private final Map<Scope, Scope> scopes = new IdentityHashMap<>();

  private int guesses;

  ExpressionReader(Markers markers, Diagnostics diagnostics, UserFunctions functions) {
    this(markers, diagnostics, functions, false);
  }

  private ExpressionReader(
      Markers markers, Diagnostics diagnostics, UserFunctions functions, boolean isFunction) {
    this.markers = markers;
    this.diagnostics = diagnostics;
    this.functions = functions;
    this.isFunction = isFunction;
  }

  /** For the body of a function, which knows its parameters and the other functions. */
  static ExpressionReader ofFunction(
      Markers markers, Diagnostics diagnostics, UserFunctions functions) {
    return new ExpressionReader(markers, diagnostics, functions, true);
  }

  private Scope scope(Variables variables) {
    return functions == UserFunctions.NONE
        ? variables.scope()
        : scopes.computeIfAbsent(variables.scope(), scope -> scope.with(functions));
  }

  /** What the environment gives is no part of what the next compilation may take over. */
  private Compiled template(Scalar scalar, String text, Variables variables, Type wanted) {
    boolean isConfigured =
        Expressions.markers(text).stream()
            .anyMatch(marker -> Markers.isKnown(text.substring(marker.start(), marker.end())));
    return isConfigured
        ? Expressions.template(
            text,
            scope(variables),
            (inside, start, end) -> configured(scalar, inside, start, end, wanted))
        : diagnostics.session().template(text, scope(variables));
  }

  /** An expression of which nothing is known: it stands for one that is wrong. */
  static Expression unknown() {
    return Expressions.constant(Value.Absent.ABSENT, Type.Simple.ANY);
  }

  /** {@code wanted} is the type that it goes to, {@code any} if that is not known. */
  Expression read(Node node, Variables variables, Type wanted) {
    diagnostics.facts().visible(node, variables, wanted, false);
    return switch (node) {
      case Scalar scalar when scalar.text().contains("${") ->
          finish(scalar, variables, text -> template(scalar, text, variables, wanted), false);
      case Scalar scalar -> {
        ForeignMarkers.warn(scalar, diagnostics);
        yield literal(scalar, wanted);
      }
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

  /**
   * A marker of the environment or of a secret, read once: a constant of the type that the whole
   * scalar goes to, a text inside of other text.
   */
  private Optional<Expression> configured(
      Scalar scalar, String inside, int start, int end, Type wanted) {
    if (!Markers.isKnown(inside)) {
      return Optional.empty();
    }
    boolean isWhole = start == 2 && end == scalar.text().length() - 1;
    Optional<Markers.Filled> filled = markers.fill(inside, scalar.part(start, end));
    if (filled.isEmpty()) {
      return Optional.of(unknown());
    }
    String text = filled.get().text();
    Type type = isWhole ? literalType(wanted) : Type.Text.ANY_TEXT;
    String shown = "${" + inside + "}";
    return Optional.of(
        switch (Conform.fromText(type, text)) {
          case Conform.Result.Fits(var value) ->
              Expressions.constant(
                  value,
                  Markers.isSecret(inside) ? new Type.Labelled(Label.SECRET, type) : type,
                  shown);
          case Conform.Result.Breaks _ -> {
            diagnostics.error(
                Code.ENVIRONMENT_VALUE,
                scalar.part(start, end),
                "`" + type + "` is needed here, and the value of `" + inside + "` is none");
            yield unknown();
          }
        });
  }

  /** The type that a text is read as; a text where anything goes. */
  private static Type literalType(Type wanted) {
    Type core = wanted.core();
    return isFree(core) ? Type.Text.ANY_TEXT : core;
  }

  private static boolean isFree(Type core) {
    return core == Type.Simple.ANY
        || core instanceof Type.Union
        || core instanceof Type.Record
        || core instanceof Type.MapOf
        || core instanceof Type.ListOf;
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
    if (isFree(core)) {
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
        var finding =
            diagnostics
                .error(
                    Code.LITERAL_MISFIT,
                    scalar.place(),
                    "`" + scalar.text() + "` is no `" + core + "`")
                .label(violations.isEmpty() ? "" : violations.getFirst().message());
        Literals.meant(core, scalar.text())
            .ifPresent(better -> finding.write(better).edit(scalar.place(), better));
        yield unknown();
      }
    };
  }

  /** A condition: the expression itself, of type bool. */
  Optional<Expression> condition(Node node, Variables variables) {
    return condition(node, variables, "`when`");
  }

  /** {@code what} is the key that takes it. */
  Optional<Expression> condition(Node node, Variables variables, String what) {
    diagnostics.facts().visible(node, variables, Type.Simple.BOOL, true);
    Optional<Scalar> scalar = Vocabulary.text(node, what, diagnostics);
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
              what + " takes the expression itself, without `${…}`")
          .write(what.replace("`", "") + ": " + inside)
          .edit(scalar.get().place(), YamlErrors.quoted(inside), true);
      return Optional.empty();
    }
    int before = diagnostics.errors();
    Expression condition =
        finish(
            scalar.get(), variables, cel -> diagnostics.session().cel(cel, scope(variables)), true);
    Type type = condition.type().bare();
    if (diagnostics.errors() > before) {
      return Optional.empty();
    }
    if (type != Type.Simple.BOOL && type != Type.Simple.ANY) {
      var finding =
          diagnostics.error(
              Code.WHEN_NOT_BOOL,
              scalar.get().place(),
              what + " is true or false, and this is `" + type + "`");
      compared(type, text).ifPresent(better -> ScalarEdits.replace(finding, scalar.get(), better));
      return Optional.empty();
    }
    return Optional.of(Expressions.fit(condition, Type.Simple.BOOL, what));
  }

  /** A question in the stead of a value: what other languages take for true. */
  private static Optional<String> compared(Type type, String text) {
    String value = text.matches("[\\w.?()\\[\\]']+") ? text : "(" + text + ")";
    if (type.isMaybe()) {
      return type.core() == Type.Simple.BOOL
          ? Optional.of(value + ".orValue(false)")
          : Optional.of(value + ".hasValue()");
    }
    return switch (type.core()) {
      case Type.Int _ -> Optional.of(value + " != 0");
      case Type.UInt _ -> Optional.of(value + " != 0u");
      case Type.Real _ -> Optional.of(value + " != 0.0");
      case Type.Decimal _ -> Optional.of(value + " != decimal('0')");
      case Type.Text _ -> Optional.of(value + " != ''");
      case Type.ListOf _, Type.MapOf _ -> Optional.of(value + ".size() > 0");
      default -> Optional.empty();
    };
  }

  private Expression finish(
      Scalar scalar,
      Variables variables,
      Function<String, Compiled> compiler,
      boolean isCondition) {
    if (diagnostics.errors() > ERRORS_MAX) {
      return unknown(); // more than anybody reads is reported already
    }
    return switch (compiler.apply(scalar.text())) {
      case Compiled.Good(var expression) -> {
        diagnostics.facts().used(scalar, expression);
        yield expression;
      }
      case Compiled.Bad(var problems) -> {
        report(
            problems, scalar, variables, guess(problems, scalar, variables, compiler, isCondition));
        yield unknown();
      }
    };
  }

  /** The whole text as it would compile, if that can be guessed. */
  private Optional<String> guess(
      List<Compiled.Problem> problems,
      Scalar scalar,
      Variables variables,
      Function<String, Compiled> compiler,
      boolean isCondition) {
    if (guesses >= GUESSES_MAX) {
      return Optional.empty();
    }
    guesses++;
    var all = variables.scope().variables();
    return new ExpressionGuess(
            compiler,
            type -> !isCondition || type.bare() == Type.Simple.BOOL,
            all.stream().map(Scope.Variable::name).toList(),
            field ->
                all.stream()
                    .filter(variable -> Typing.fieldOf(variable.type(), field).isPresent())
                    .map(Scope.Variable::name)
                    .toList(),
            !isCondition)
        .find(scalar.text(), problems);
  }

  private void report(
      List<Compiled.Problem> problems,
      Scalar scalar,
      Variables variables,
      Optional<String> better) {
    for (Compiled.Problem problem : problems) {
      Place place = scalar.part(problem.start(), problem.end());
      if (problem.kind() == Compiled.Kind.UNKNOWN_FUNCTION) {
        // The one that was meant counts as called: one mistake, one finding.
        String name = scalar.text().substring(problem.start(), problem.end());
        Suggestions.closest(name, functions.names()).ifPresent(functions::find);
      }
      if (isFunction && problem.kind() == Compiled.Kind.UNKNOWN_NAME) {
        String name = scalar.text().substring(problem.start(), problem.end());
        if (OF_A_MESSAGE.contains(name)) {
          diagnostics
              .error(Code.FUNCTION_SCOPE, place, "a function does not know `" + name + "`")
              .label("it knows its parameters and the other functions: pass it as a parameter");
          continue;
        }
      }
      Code code = code(problem.kind());
      boolean isSaidBetter = better.isPresent() && ONLY_OFFER.matcher(problem.hint()).matches();
      boolean isConfigured = code == Code.UNKNOWN_VARIABLE && CONFIGURED.contains(place.text());
      var finding =
          diagnostics
              .error(code, place, problem.message())
              .hint(
                  isConfigured
                      ? "it has a marker of its own, as `${env.REGION}`, and no part in expressions"
                      : isSaidBetter ? "" : hidden(code, place, variables).orElse(problem.hint()));
      better.ifPresent(text -> ScalarEdits.replace(finding, scalar, text));
    }
  }

  /** Why a name is not known here that is known elsewhere. */
  private static Optional<String> hidden(Code code, Place place, Variables variables) {
    return code == Code.UNKNOWN_VARIABLE
        ? variables.whyHidden(place.text()).or(() -> whereKnown(place.text()))
        : Optional.empty();
  }

  /** Names that are known in other places only. */
  private static Optional<String> whereKnown(String name) {
    return switch (name) {
      case "error" -> Optional.of("an error is known in `on_error` and `catch` only");
      case "item", "index" -> Optional.of("items are known inside of `for_each` only");
      default -> Optional.empty();
    };
  }

  static Code code(Compiled.Kind kind) {
    return switch (kind) {
      case SYNTAX -> Code.EXPRESSION_SYNTAX;
      case UNKNOWN_NAME -> Code.UNKNOWN_VARIABLE;
      case UNKNOWN_FIELD -> Code.UNKNOWN_FIELD;
      case UNKNOWN_FUNCTION -> Code.UNKNOWN_FUNCTION;
      case TYPE -> Code.EXPRESSION_TYPE;
      case ARGUMENT -> Code.FUNCTION_ARGUMENT;
      case MAYBE_ABSENT -> Code.MAYBE_ABSENT;
      case LIMIT -> Code.EXPRESSION_LIMIT;
    };
  }
}
