package io.unikernal.expr;

import io.unikernal.model.Assign;
import io.unikernal.model.Conform;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Label;
import io.unikernal.model.Labels;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes a value fit a type, with as little work per message as the types allow. */
final class Fitting {
  private Fitting() {}

  static Expression fit(Expression from, Type to, String what) {
    boolean fits = Assign.check(from.type(), to) instanceof Assign.Verdict.Fits;
    if (fits && isSame(from.type(), to)) {
      return from;
    }
    Type type = LabelRules.wrap(to, lost(from.type(), to));
    if (from instanceof IrExpression ours
        && ours.root() instanceof Ir.Fields fields
        && to.core() instanceof Type.Record record) {
      return IrExpression.of(fuse(fields, record, what, type), ours.locals(), from.text());
    }
    var source = new Ir.Embedded(from, from.type(), Span.NONE);
    return IrExpression.of(new Ir.Fit(source, to, what, type, Span.NONE), 0, from.text());
  }

  /** The node made to fit, labels kept. */
  static Ir fit(Ir from, Type to, String what) {
    boolean fits = Assign.check(from.type(), to) instanceof Assign.Verdict.Fits;
    return fits && isSame(from.type(), to) && lost(from.type(), to).isEmpty()
        ? from
        : new Ir.Fit(from, to, what, LabelRules.wrap(to, lost(from.type(), to)), from.span());
  }

  /** Builds the wanted record straight from the parts: no record in between. */
  private static Ir.FitFields fuse(Ir.Fields from, Type.Record to, String what, Type type) {
    var fields = new ArrayList<Ir.FieldFit>();
    for (Type.Field field : to.fields()) {
      int index = from.record().shape().index(field.name());
      fields.add(
          index < 0
              ? new Ir.FieldFit(Optional.empty(), false)
              : fieldFit(from.fields().get(index), field.type()));
    }
    return new Ir.FitFields(to, fields, what, type, from.span());
  }

  private static Ir.FieldFit fieldFit(Ir part, Type to) {
    if (part instanceof Ir.Embedded(IrExpression nested, _, _)
        && nested.root() instanceof Ir.Fields fields
        && fields.fields().stream().allMatch(Ir.Embedded.class::isInstance)
        && to.core() instanceof Type.Record record) {
      return new Ir.FieldFit(Optional.of(fuse(fields, record, "", to)), false);
    }
    boolean fits = Assign.check(part.type(), to) instanceof Assign.Verdict.Fits;
    return new Ir.FieldFit(Optional.of(part), !(fits && isSame(part.type(), to)));
  }

  /** Whether every value of one is a value of the other just as it lies in memory. */
  static boolean isSame(Type from, Type to) {
    Type a = LabelRules.unwrap(from).core();
    Type b = LabelRules.unwrap(to).core();
    if (from.isMaybe() && !to.isMaybe()) {
      return false;
    }
    return switch (b) {
      case Type.Simple simple -> simple == Type.Simple.ANY || a == simple;
      case Type.Int _ -> a instanceof Type.Int;
      case Type.UInt _ -> a instanceof Type.UInt;
      case Type.Real _ -> a instanceof Type.Real;
      case Type.Decimal decimal ->
          decimal.precision() == 0 && a instanceof Type.Decimal || a.equals(b);
      case Type.Text _, Type.Enum _ -> a instanceof Type.Text || a instanceof Type.Enum;
      case Type.Bytes _ -> a instanceof Type.Bytes;
      case Type.ListOf(var wanted, _) ->
          a instanceof Type.ListOf(var given, _) && isSame(given, wanted);
      case Type.MapOf(var wanted) -> a instanceof Type.MapOf(var given) && isSame(given, wanted);
      default -> a == b;
    };
  }

  /** Labels that {@code from} has where {@code to} has none: they go around the whole. */
  static Set<Label> lost(Type from, Type to) {
    Set<Label> lost = EnumSet.noneOf(Label.class);
    collectLost(from, to, lost, Collections.newSetFromMap(new IdentityHashMap<>()));
    return lost;
  }

  private static void collectLost(Type from, Type to, Set<Label> lost, Set<Type> seen) {
    Set<Label> kept = LabelRules.outer(to);
    addMissing(LabelRules.outer(from), kept, lost);
    Type a = LabelRules.unwrap(from).core();
    Type b = LabelRules.unwrap(to).core();
    if (a == b) {
      return;
    }
    switch (a) {
      case Type.ListOf(var given, _) when b instanceof Type.ListOf(var wanted, _) ->
          collectLost(given, wanted, lost, seen);
      case Type.MapOf(var given) when b instanceof Type.MapOf(var wanted) ->
          collectLost(given, wanted, lost, seen);
      case Type.Record given when b instanceof Type.Record wanted -> {
        if (seen.add(given)) {
          for (Type.Field field : wanted.fields()) {
            given
                .field(field.name())
                .ifPresent(found -> collectLost(found.type(), field.type(), lost, seen));
          }
        }
      }
      default -> addMissing(Labels.within(a), kept, lost);
    }
  }

  private static void addMissing(Set<Label> labels, Set<Label> kept, Set<Label> lost) {
    for (Label label : labels) {
      if (!kept.contains(label)) {
        lost.add(label);
      }
    }
  }

  /** Reports every field that does not fit, not only the first. */
  static Value run(Ir.FitFields fit, Evaluation run) {
    var violations = new ArrayList<Fault.Violation>();
    Value built = build(fit, run, "", violations);
    if (!violations.isEmpty()) {
      throw Fault.invalid(fit.what() + " does not fit its type", violations).toException();
    }
    return built;
  }

  private static Value build(
      Ir.FitFields fit, Evaluation run, String prefix, List<Fault.Violation> violations) {
    var builder = Rec.builder(fit.record().shape());
    List<Type.Field> declared = fit.record().fields();
    for (int i = 0; i < declared.size(); i++) {
      Type.Field field = declared.get(i);
      Ir.FieldFit part = fit.fields().get(i);
      Value value = Value.Absent.ABSENT;
      if (part.part().isPresent()) {
        value =
            part.part().get() instanceof Ir.FitFields nested
                ? build(nested, run, prefix + field.name() + ".", violations)
                : Interpreter.evaluate(part.part().get(), run);
      }
      if (value == Value.Absent.ABSENT || value == Value.Null.NULL && field.type().isMaybe()) {
        value = field.fallback().orElse(Value.Absent.ABSENT);
        if (field.isRequired()) {
          violations.add(new Fault.Violation(prefix + field.name(), "required", "is missing"));
        }
      } else if (part.check()) {
        value = check(field, value, prefix, violations);
      }
      builder.set(i, value);
    }
    return builder.build();
  }

  static Value check(
      Type.Field field, Value value, String prefix, List<Fault.Violation> violations) {
    return switch (Conform.check(field.type(), value, Conform.Extra.DROP)) {
      case Conform.Result.Fits(var fitted) -> fitted;
      case Conform.Result.Breaks(var broken) -> {
        for (Fault.Violation one : broken) {
          String path = one.path();
          String joint = path.isEmpty() || path.startsWith("[") ? "" : ".";
          violations.add(
              new Fault.Violation(prefix + field.name() + joint + path, one.rule(), one.message()));
        }
        yield Value.Absent.ABSENT;
      }
    };
  }
}
