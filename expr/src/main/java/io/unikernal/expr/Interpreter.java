package io.unikernal.expr;

import io.unikernal.model.Conform;
import io.unikernal.model.Frame;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Runs the IR as it is: the reference that every other back end must agree with. */
final class Interpreter implements Backend {
  @Override
  public Program prepare(Ir root, int locals) {
    if (root instanceof Ir.Constant constant) {
      return new Known(constant.value());
    }
    return new Program() {
      @Override
      public Value run(Frame frame) {
        return evaluate(root, new Evaluation(frame, locals));
      }

      @Override
      public Value runFor(Evaluation caller, Frame frame) {
        return evaluate(root, Evaluation.paidBy(caller, frame, locals));
      }
    };
  }

  private record Known(Value value) implements Program {
    @Override
    public Value run(Frame frame) {
      return value;
    }

    @Override
    public Value runFor(Evaluation caller, Frame frame) {
      return value;
    }
  }

  static Value evaluate(Ir node, Evaluation run) {
    return switch (node) {
      case Ir.Constant constant -> constant.value();
      case Ir.Variable variable -> run.frame.get(variable.slot());
      case Ir.Local local -> run.locals[local.number()];
      case Ir.Select select -> select(select, run);
      case Ir.SelectByName select -> selectByName(select, run);
      case Ir.OptionalSelect select -> optionalSelect(select, run);
      case Ir.Has has -> has(has, run);
      case Ir.And and -> and(and, run);
      case Ir.Or or -> or(or, run);
      case Ir.Not not -> Value.Bool.of(!isTrue(not.operand(), run));
      case Ir.Conditional choice ->
          evaluate(isTrue(choice.condition(), run) ? choice.then() : choice.otherwise(), run);
      case Ir.Comparison comparison -> comparison(comparison, run);
      case Ir.Arithmetic arithmetic -> arithmetic(arithmetic, run);
      case Ir.Call call -> call(call, run);
      case Ir.UserCall call ->
          call.function().run(evaluated(call.arguments(), run), call.span(), run);
      case Ir.Fields fields -> fields(fields, run);
      case Ir.Embedded embedded ->
          run.isPaid() && embedded.expression() instanceof IrExpression ours
              ? ours.evaluateFor(run)
              : embedded.expression().evaluate(run.frame);
      case Ir.Items items -> items(items, run);
      case Ir.Dict dict -> dict(dict, run);
      case Ir.Index index -> index(index, run);
      case Ir.OptionalIndex index -> optionalIndex(index, run);
      case Ir.Let let -> {
        run.locals[let.number()] = evaluate(let.value(), run);
        yield evaluate(let.body(), run);
      }
      case Ir.Collect collect -> Loops.collect(collect, run);
      case Ir.CollectMap collect -> Loops.collectMap(collect, run);
      case Ir.CollectEntries collect -> Loops.collectEntries(collect, run);
      case Ir.Fold fold -> Loops.fold(fold, run);
      case Ir.Interpolation interpolation -> interpolate(interpolation, run);
      case Ir.Fit fit ->
          Conform.to(fit.to(), evaluate(fit.source(), run), Conform.Extra.DROP, fit.what());
      case Ir.FitFields fit -> Fitting.run(fit, run);
    };
  }

  private static Value select(Ir.Select select, Evaluation run) {
    Value operand = evaluate(select.operand(), run);
    Value value =
        operand instanceof Rec rec && rec.shape() == select.record().shape()
            ? rec.get(select.field())
            : Collections.get(operand, select.declared().name());
    if (value == Value.Absent.ABSENT) {
      throw new EvaluationException("a field that is absent in").at(select.span());
    }
    return value;
  }

  private static Value selectByName(Ir.SelectByName select, Evaluation run) {
    try {
      return Collections.select(evaluate(select.operand(), run), select.field());
    } catch (EvaluationException e) {
      throw e.at(select.span());
    }
  }

  private static Value optionalSelect(Ir.OptionalSelect select, Evaluation run) {
    Value operand = evaluate(select.operand(), run);
    if (!Collections.isMap(operand) && operand != Value.Absent.ABSENT) {
      throw new EvaluationException("there are no fields in").at(select.span());
    }
    return Collections.get(operand, select.field());
  }

  private static Value has(Ir.Has has, Evaluation run) {
    Value operand = evaluate(has.operand(), run);
    if (!Collections.isMap(operand) && operand != Value.Absent.ABSENT) {
      throw new EvaluationException("there are no fields in").at(has.span());
    }
    return Value.Bool.of(Collections.has(operand, has.field()));
  }

  static boolean isTrue(Ir node, Evaluation run) {
    if (evaluate(node, run) instanceof Value.Bool bool) {
      return bool.value();
    }
    throw new EvaluationException("a bool is needed in").at(node.span());
  }

  /** An error on the left gives way to a false on the right. */
  private static Value and(Ir.And and, Evaluation run) {
    boolean left;
    try {
      left = isTrue(and.left(), run);
    } catch (EvaluationException e) {
      if (isTrue(and.right(), run)) {
        throw e;
      }
      return Value.Bool.FALSE;
    }
    return Value.Bool.of(left && isTrue(and.right(), run));
  }

  /** An error on the left gives way to a true on the right. */
  private static Value or(Ir.Or or, Evaluation run) {
    boolean left;
    try {
      left = isTrue(or.left(), run);
    } catch (EvaluationException e) {
      if (!isTrue(or.right(), run)) {
        throw e;
      }
      return Value.Bool.TRUE;
    }
    return Value.Bool.of(left || isTrue(or.right(), run));
  }

  private static Value comparison(Ir.Comparison comparison, Evaluation run) {
    Value left = evaluate(comparison.left(), run);
    Value right = evaluate(comparison.right(), run);
    Meter.comparing(left, right, run);
    try {
      return Value.Bool.of(
          switch (comparison.operator()) {
            case EQUAL -> Equality.equal(left, right);
            case NOT_EQUAL -> !Equality.equal(left, right);
            case IN -> Equality.contains(right, left);
            case LESS -> Equality.compare(left, right) < 0;
            case LESS_OR_EQUAL -> Equality.compare(left, right) <= 0;
            case GREATER -> Equality.compare(left, right) == 1;
            case GREATER_OR_EQUAL -> {
              int order = Equality.compare(left, right);
              yield order == 0 || order == 1;
            }
            default -> throw new IllegalStateException("not a comparison");
          });
    } catch (EvaluationException e) {
      throw e.at(comparison.span());
    }
  }

  private static Value arithmetic(Ir.Arithmetic arithmetic, Evaluation run) {
    Value left = evaluate(arithmetic.left(), run);
    Value right = evaluate(arithmetic.right(), run);
    try {
      return Arithmetic.apply(arithmetic.operator(), left, right, run);
    } catch (EvaluationException e) {
      throw e.at(arithmetic.span());
    }
  }

  private static Value call(Ir.Call call, Evaluation run) {
    Value[] arguments = evaluated(call.arguments(), run);
    try {
      return call.function().body().apply(arguments, run);
    } catch (EvaluationException e) {
      throw e.at(call.span());
    }
  }

  private static Value[] evaluated(List<Ir> arguments, Evaluation run) {
    var values = new Value[arguments.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = evaluate(arguments.get(i), run);
    }
    return values;
  }

  private static Value fields(Ir.Fields fields, Evaluation run) {
    var builder = Rec.builder(fields.record().shape());
    List<Ir> parts = fields.fields();
    for (int i = 0; i < parts.size(); i++) {
      builder.set(i, evaluate(parts.get(i), run));
    }
    return builder.build();
  }

  private static Value items(Ir.Items items, Evaluation run) {
    var values = new ArrayList<Value>(items.elements().size());
    for (Ir element : items.elements()) {
      Value value = evaluate(element, run);
      if (value != Value.Absent.ABSENT) {
        values.add(value);
      }
    }
    return new Value.Items(values);
  }

  private static Value dict(Ir.Dict dict, Evaluation run) {
    SequencedMap<String, Value> fields = new LinkedHashMap<>();
    for (int i = 0; i < dict.keys().size(); i++) {
      Ir key = dict.keys().get(i);
      Value value = evaluate(dict.values().get(i), run);
      if (!(evaluate(key, run) instanceof Value.Text(var name))) {
        throw new EvaluationException("the keys of a map are texts, but not in").at(key.span());
      }
      if (value != Value.Absent.ABSENT && fields.put(name, value) != null) {
        throw new EvaluationException("the same key twice in").at(dict.span());
      }
    }
    return new Value.Dict(fields);
  }

  private static Value index(Ir.Index index, Evaluation run) {
    Value operand = evaluate(index.operand(), run);
    Value at = evaluate(index.index(), run);
    try {
      return Collections.index(operand, at);
    } catch (EvaluationException e) {
      throw e.at(index.span());
    }
  }

  private static Value optionalIndex(Ir.OptionalIndex index, Evaluation run) {
    Value operand = evaluate(index.operand(), run);
    Value at = evaluate(index.index(), run);
    try {
      return Collections.optionalIndex(operand, at);
    } catch (EvaluationException e) {
      throw e.at(index.span());
    }
  }

  private static Value interpolate(Ir.Interpolation interpolation, Evaluation run) {
    var text = new StringBuilder();
    for (Ir part : interpolation.parts()) {
      Value value = evaluate(part, run);
      try {
        text.append(Texts.of(value));
      } catch (EvaluationException _) {
        throw new EvaluationException("only one scalar value can stand in a text, not")
            .at(part.span());
      }
      Evaluation.checkSize(text.length());
    }
    run.built(text.length());
    return Value.text(text.toString());
  }
}
