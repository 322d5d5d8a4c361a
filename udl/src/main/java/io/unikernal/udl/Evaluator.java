package io.unikernal.udl;

import io.unikernal.expr.Compiled;
import io.unikernal.expr.Expressions;
import io.unikernal.expr.Scope;
import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Conform;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Json;
import io.unikernal.model.Labels;
import io.unikernal.model.Type;
import io.unikernal.model.TypeParser;
import io.unikernal.model.Value;
import io.unikernal.udl.Compilation.Rendered;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Evaluates one expression on many inputs. Without a type that was asked for, each input has the
 * type that it looks like, and the expression is checked once for each of those.
 */
public final class Evaluator {
  private static final int KNOWN_MAX = 64;

  private final String expression;
  private final Optional<Type> type;
  private final UserFunctions functions;

  /** The last types seen; bounded, so that a long stream takes no more memory than a short one. */
  private final Map<String, Outcome> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Outcome> eldest) {
          return size() > KNOWN_MAX;
        }
      };

  /** What became of an expression for one type of input. */
  private sealed interface Outcome {
    record Good(Expression expression) implements Outcome {}

    record Bad(Rendered rendered) implements Outcome {}
  }

  /** What became of an input. */
  public sealed interface Result {
    /**
     * @param type of the value, for explanations
     * @param masked what its type labels is stars
     */
    record Gives(Value value, String type, String inputType, boolean isLabelled, String masked)
        implements Result {}

    /** The expression is wrong for this input's type. */
    record Wrong(Rendered rendered) implements Result {}

    /** The input is no JSON, or not of the type, or the evaluation failed. */
    record Failed(Fault fault) implements Result {}
  }

  private Evaluator(String expression, Optional<Type> type, UserFunctions functions) {
    this.expression = expression;
    this.type = type;
    this.functions = functions;
  }

  /** Each input has the type that it looks like. */
  public static Evaluator inferring(String expression) {
    return new Evaluator(expression, Optional.empty(), UserFunctions.NONE);
  }

  /** What became of an evaluator with a type. */
  public sealed interface Made {
    record Ready(Evaluator evaluator) implements Made {}

    record Refused(Rendered rendered) implements Made {}
  }

  /** Every input is of a type; its names are those of the definition, if there is one. */
  public static Made typed(String expression, String type, Optional<Path> definition) {
    return made(expression, Optional.of(type), definition, Map.of());
  }

  /**
   * An evaluator that knows the types and functions of a definition.
   *
   * @param type that of every input; else each has the type that it looks like
   * @param environment what the definition's functions may read
   */
  public static Made made(
      String expression,
      Optional<String> type,
      Optional<Path> definition,
      Map<String, String> environment) {
    var diagnostics = new Diagnostics();
    TypeParser.Names names = NO_NAMES;
    UserFunctions functions = UserFunctions.NONE;
    if (definition.isPresent()) {
      Optional<Definition> loaded = Loader.load(definition.get(), Overlay.NONE, diagnostics);
      if (loaded.isPresent()) {
        TypeTable types = TypeTable.of(loaded.get(), diagnostics);
        var options = new UdlCompiler.Options(environment, true);
        var markers = UdlCompiler.markers(loaded.get(), options, diagnostics);
        names = types;
        functions = FunctionTable.of(loaded.get(), types, markers, diagnostics);
      }
    }
    if (diagnostics.hasErrors()) {
      return new Made.Refused(rendered(diagnostics));
    }
    if (type.isEmpty()) {
      return new Made.Ready(new Evaluator(expression, Optional.empty(), functions));
    }
    return typed(expression, type.get(), names, functions, diagnostics);
  }

  private static Made typed(
      String expression,
      String type,
      TypeParser.Names names,
      UserFunctions functions,
      Diagnostics diagnostics) {
    return switch (TypeParser.parse(type, names)) {
      case TypeParser.Result.Parsed(var parsed) ->
          new Made.Ready(new Evaluator(expression, Optional.of(parsed), functions));
      case TypeParser.Result.Wrong wrong -> {
        var source = new Source("--type", Path.of("--type"), type);
        diagnostics
            .error(
                Code.TYPE_SYNTAX,
                new Place(source, clamp(wrong.start(), type), clamp(wrong.end(), type)),
                wrong.message())
            .hint(wrong.hint());
        yield new Made.Refused(rendered(diagnostics));
      }
    };
  }

  private static final TypeParser.Names NO_NAMES =
      new TypeParser.Names() {
        @Override
        public Optional<Type> find(String name) {
          return Optional.empty();
        }

        @Override
        public List<String> all() {
          return List.of();
        }
      };

  private static int clamp(int offset, String text) {
    return Math.clamp(offset, 0, text.length());
  }

  private static Rendered rendered(Diagnostics diagnostics) {
    return new Renderer(diagnostics.sorted(), diagnostics.sources(), diagnostics.hidden(), 0);
  }

  /** Those of the definition that the expression may call. */
  UserFunctions functions() {
    return functions;
  }

  /** Without an input. */
  public Result evaluate() {
    return run(outcome(Optional.empty()), Optional.empty(), "nothing");
  }

  /** On one JSON document. */
  public Result evaluate(byte[] json) {
    try {
      Value input =
          type.map(wanted -> Json.read(json, wanted, Conform.Extra.KEEP, Json.Limits.DEFAULT))
              .orElseGet(() -> Json.read(json, Json.Limits.EXACT));
      Type inputType = type.orElseGet(() -> InferredType.of(input));
      Value fitted =
          type.isPresent() ? input : Conform.to(inputType, input, Conform.Extra.KEEP, "the input");
      return run(outcome(Optional.of(inputType)), Optional.of(fitted), inputType.toString());
    } catch (FaultException e) {
      return new Result.Failed(e.fault());
    }
  }

  /** How many types are kept. */
  int knownTypes() {
    return known.size();
  }

  private Outcome outcome(Optional<Type> inputType) {
    String key = inputType.map(Type::toString).orElse("");
    Outcome found = known.get(key);
    if (found == null) {
      found = compile(inputType);
      known.put(key, found);
    }
    return found;
  }

  private Outcome compile(Optional<Type> inputType) {
    var variables =
        inputType
            .map(found -> List.of(new Scope.Variable("input", found, Frame.INPUT)))
            .orElse(List.of());
    return switch (Expressions.cel(expression, new Scope(variables, functions))) {
      case Compiled.Good(var good) -> new Outcome.Good(good);
      case Compiled.Bad(var problems) -> {
        var diagnostics = new Diagnostics();
        var source = new Source("expression", Path.of("expression"), expression);
        for (Compiled.Problem problem : problems) {
          int start = clamp(problem.start(), expression);
          int end = Math.max(start, clamp(problem.end(), expression));
          diagnostics
              .error(
                  ExpressionReader.code(problem.kind()),
                  new Place(source, start, end),
                  problem.message())
              .hint(problem.hint());
        }
        yield new Outcome.Bad(rendered(diagnostics));
      }
    };
  }

  private static Result run(Outcome outcome, Optional<Value> input, String inputType) {
    return switch (outcome) {
      case Outcome.Bad(var rendered) -> new Result.Wrong(rendered);
      case Outcome.Good(var good) -> {
        var frame = new Frame(Frame.FIRST_STEP, new Now());
        input.ifPresent(value -> frame.set(Frame.INPUT, value));
        try {
          Value value = good.evaluate(frame);
          Value shown = value == Value.Absent.ABSENT ? Value.Null.NULL : value;
          yield new Result.Gives(
              shown,
              good.type().toString(),
              inputType,
              Labels.isWithin(good.type()),
              Json.masked(shown, good.type()));
        } catch (FaultException e) {
          yield new Result.Failed(e.fault());
        }
      }
    };
  }

  /** In one line, what its type labels as stars. */
  public static String line(Result.Gives gives) {
    return gives.isLabelled()
        ? gives.masked().replaceAll("\n *", " ")
        : new String(Json.write(gives.value()), StandardCharsets.UTF_8);
  }

  /** The ambient values of one evaluation. */
  private static final class Now implements Frame.Ambient {
    private final Instant now = Instant.now();

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public UUID uuid() {
      return UUID.randomUUID();
    }

    @Override
    public double random() {
      return ThreadLocalRandom.current().nextDouble();
    }
  }
}
