package io.unikernal.expr;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import io.unikernal.expr.Compiled.Kind;
import io.unikernal.expr.Compiled.Problem;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/** From CEL's checked tree to the IR: types with labels, places of fields, loops for macros. */
class Lowering {
  private final CelAbstractSyntaxTree tree;
  private final CelTypes types;
  private final Spans spans;
  private final Scope scope;
  private final Locals locals = new Locals();
  private final List<Problem> problems = new ArrayList<>();

  Lowering(String text, FrontEnd.Result.Checked checked, Scope scope) {
    tree = checked.tree();
    types = checked.types();
    spans = new Spans(text, tree.getSource());
    this.scope = scope;
  }

  Ir lower() {
    return lower(tree.getExpr());
  }

  int localCount() {
    return locals.count();
  }

  List<Problem> problems() {
    return problems;
  }

  Locals locals() {
    return locals;
  }

  Span span(CelExpr node) {
    return spans.of(node);
  }

  /** The node's type as CEL's checker has it: without constraints and labels. */
  Type checked(CelExpr node) {
    return types.fromCel(tree.getType(node.id()).orElse(SimpleType.DYN));
  }

  Optional<CelType> celTypeOf(CelExpr node) {
    return tree.getType(node.id());
  }

  void problem(Kind kind, Span span, String message, String hint) {
    problems.add(Problems.of(kind, span, message, hint));
  }

  Ir lower(CelExpr node) {
    return switch (node.getKind()) {
      case CONSTANT -> constant(node);
      case IDENT -> variable(node);
      case SELECT -> select(node);
      case CALL -> call(node);
      case LIST -> list(node);
      case MAP -> map(node);
      case COMPREHENSION -> comprehension(node);
      case STRUCT, NOT_SET -> {
        problem(Kind.SYNTAX, span(node), "this form is not part of UDL", "write `{'name': value}`");
        yield new Ir.Constant(Value.Null.NULL, Type.Simple.ANY, span(node));
      }
    };
  }

  Ir comprehension(CelExpr node) {
    return new Comprehensions(this).lower(node);
  }

  private Ir constant(CelExpr node) {
    CelConstant constant = node.constant();
    Span span = span(node);
    return switch (constant.getKind()) {
      case BOOLEAN_VALUE ->
          new Ir.Constant(Value.Bool.of(constant.booleanValue()), Type.Simple.BOOL, span);
      case INT64_VALUE ->
          new Ir.Constant(Value.integer(constant.int64Value()), Type.Int.ANY_INT, span);
      case UINT64_VALUE ->
          new Ir.Constant(
              new Value.UInt(constant.uint64Value().longValue()), Type.UInt.ANY_UINT, span);
      case DOUBLE_VALUE ->
          new Ir.Constant(new Value.Real(constant.doubleValue()), Type.Real.ANY_DOUBLE, span);
      case STRING_VALUE ->
          new Ir.Constant(Value.text(constant.stringValue()), Type.Text.ANY_TEXT, span);
      case BYTES_VALUE ->
          new Ir.Constant(
              new Value.Bytes(constant.bytesValue().toByteArray()), Type.Bytes.ANY_BYTES, span);
      default -> new Ir.Constant(Value.Null.NULL, Type.Simple.NULL, span);
    };
  }

  Ir variable(CelExpr node) {
    String written = node.ident().name();
    String name = written.startsWith(".") ? written.substring(1) : written;
    var local = locals.find(name);
    if (local.isPresent()) {
      return new Ir.Local(name, local.get().number(), local.get().type(), span(node));
    }
    return scope.variables().stream()
        .filter(variable -> variable.name().equals(name))
        .findFirst()
        .<Ir>map(found -> new Ir.Variable(name, found.slot(), found.type(), span(node)))
        .orElseGet(() -> {
          problems.add(Problems.unknownName(name, Compiler.names(scope), span(node)));
          return new Ir.Constant(Value.Null.NULL, Type.Simple.ANY, span(node));
        });
  }

  Ir select(CelExpr node) {
    Ir operand = lower(node.select().operand());
    String field = node.select().field();
    return node.select().testOnly()
        ? new Ir.Has(operand, field, Type.Simple.BOOL, span(node))
        : Selects.plain(operand, field, span(node));
  }

  Ir call(CelExpr node) {
    String name = node.call().function();
    Span span = span(node);
    List<Ir> arguments =
        Stream.concat(node.call().target().stream(), node.call().args().stream())
            .map(this::lower)
            .toList();
    return switch (name) {
      case "_&&_" -> new Ir.And(arguments.get(0), arguments.get(1), logic(arguments), span);
      case "_||_" -> new Ir.Or(arguments.get(0), arguments.get(1), logic(arguments), span);
      case "!_" -> new Ir.Not(arguments.getFirst(), logic(arguments), span);
      case "@not_strictly_false" -> arguments.getFirst();
      case "_?_:_" -> conditional(node, arguments);
      case "_+_" -> arithmetic(Ir.Operator.ADD, node, arguments);
      case "_-_" -> arithmetic(Ir.Operator.SUBTRACT, node, arguments);
      case "_*_" -> arithmetic(Ir.Operator.MULTIPLY, node, arguments);
      case "_/_" -> arithmetic(Ir.Operator.DIVIDE, node, arguments);
      case "_%_" -> arithmetic(Ir.Operator.REMAINDER, node, arguments);
      case "_==_" -> equality(Ir.Operator.EQUAL, arguments, span);
      case "_!=_" -> equality(Ir.Operator.NOT_EQUAL, arguments, span);
      case "_<_" -> order(Ir.Operator.LESS, node, arguments);
      case "_<=_" -> order(Ir.Operator.LESS_OR_EQUAL, node, arguments);
      case "_>_" -> order(Ir.Operator.GREATER, node, arguments);
      case "_>=_" -> order(Ir.Operator.GREATER_OR_EQUAL, node, arguments);
      case "@in" -> comparison(Ir.Operator.IN, arguments, span);
      case "_[_]", "_[?_]" -> index(node, arguments);
      case "_?._" -> Selects.optional(arguments.getFirst(), text(arguments.get(1)), span);
      default ->
          Functions.find(name)
              .filter(_ -> !isOwn(name, node))
              .map(found -> function(chosen(found, node), node, arguments))
              .orElseGet(() -> userCall(name, arguments, span));
    };
  }

  private static Type logic(List<Ir> operands) {
    Type type = Type.Simple.BOOL;
    for (Ir operand : operands) {
      type = LabelRules.wrap(type, LabelRules.outer(operand.type()));
    }
    return type;
  }

  private static String text(Ir constant) {
    return constant instanceof Ir.Constant(Value.Text(var text), _, _) ? text : "";
  }

  private Ir conditional(CelExpr node, List<Ir> arguments) {
    List<Ir> given = arguments.subList(1, 3);
    List<Ir> branches = Unification.unify(given).orElse(given);
    Type joined = Typing.join(branches.getFirst().type(), branches.getLast().type());
    return new Ir.Conditional(
        arguments.getFirst(),
        branches.getFirst(),
        branches.getLast(),
        Typing.orElse(joined, checked(node)),
        span(node));
  }

  private Ir userCall(String name, List<Ir> arguments, Span span) {
    UserFunction function =
        scope
            .functions()
            .find(name)
            .orElseThrow(() -> new IllegalArgumentException("no function " + name));
    return UserCalls.lower(function, arguments, span, problems::add);
  }

  /** Fractions beside decimals are decimals; a computed double beside one is refused. */
  private List<Ir> mixed(CelExpr node, List<Ir> arguments) {
    Ir left = Fractions.like(arguments.get(0), arguments.get(1).type());
    Ir right = Fractions.like(arguments.get(1), arguments.get(0).type());
    if (Fractions.clash(left, right)) {
      boolean isDecimalFirst = Selects.core(left) instanceof Type.Decimal;
      String types = isDecimalFirst ? "decimal, double" : "double, decimal";
      problems.add(Overloads.problem(node.call().function(), types, node, spans));
    }
    return List.of(left, right);
  }

  private Ir order(Ir.Operator operator, CelExpr node, List<Ir> arguments) {
    return comparison(operator, mixed(node, arguments), span(node));
  }

  private Ir arithmetic(Ir.Operator operator, CelExpr node, List<Ir> arguments) {
    List<Ir> operands = mixed(node, arguments);
    Ir left = operands.get(0);
    Ir right = operands.get(1);
    Type bare = Typing.arithmetic(operator, Selects.core(left), Selects.core(right), checked(node));
    boolean isReal = left.type() == Type.Real.ANY_DOUBLE || right.type() == Type.Real.ANY_DOUBLE;
    if (bare == Type.Simple.ANY && isReal) {
      bare = Type.Real.ANY_DOUBLE;
    }
    Type type = LabelRules.wrap(bare, LabelRules.outer(left.type()));
    type = LabelRules.wrap(type, LabelRules.outer(right.type()));
    return new Ir.Arithmetic(operator, kind(bare), left, right, type, span(node));
  }

  private static Ir.Kind kind(Type type) {
    return switch (type) {
      case Type.Int _ -> Ir.Kind.INT;
      case Type.UInt _ -> Ir.Kind.UINT;
      case Type.Real _ -> Ir.Kind.REAL;
      case Type.Decimal _ -> Ir.Kind.DECIMAL;
      case Type.Text _, Type.Enum _ -> Ir.Kind.TEXT;
      case Type.Bytes _ -> Ir.Kind.BYTES;
      case Type.ListOf _ -> Ir.Kind.LIST;
      case Type.Simple simple
          when simple == Type.Simple.TIMESTAMP || simple == Type.Simple.DURATION ->
          Ir.Kind.TIME;
      default -> Ir.Kind.ANY;
    };
  }

  private static Ir comparison(Ir.Operator operator, List<Ir> arguments, Span span) {
    return new Ir.Comparison(operator, arguments.get(0), arguments.get(1), Type.Simple.BOOL, span);
  }

  private Ir equality(Ir.Operator operator, List<Ir> arguments, Span span) {
    Comparability.problem(operator, arguments.get(0), arguments.get(1), span)
        .ifPresent(problems::add);
    return comparison(operator, arguments, span);
  }

  private Ir index(CelExpr node, List<Ir> arguments) {
    Ir operand = arguments.get(0);
    Ir at = arguments.get(1);
    boolean optional = node.call().function().equals("_[?_]") || operand.type().isMaybe();
    Type known =
        Selects.core(operand) instanceof Type.Record record
            ? CelTypes.field(record, text(at)).map(Type.Field::type).orElse(checked(node))
            : Typing.element(LabelRules.unwrap(operand.type()));
    Type element = Typing.part(operand.type(), known);
    return optional
        ? new Ir.OptionalIndex(operand, at, Typing.maybe(element), span(node))
        : new Ir.Index(operand, at, element, span(node));
  }

  /** A function of the definition that has the name of a method. */
  private boolean isOwn(String name, CelExpr node) {
    return node.call().target().isEmpty()
        && !Functions.isBuiltIn(name)
        && scope.functions().find(name).isPresent();
  }

  /** A method and a function of one name are told apart here, where their values are alike. */
  private static Definition chosen(Definition function, CelExpr node) {
    return function.celName().equals("ip") && node.call().target().isPresent()
        ? Functions.named(NetworkFunctions.RANGE_ADDRESS)
        : function;
  }

  Ir function(Definition function, CelExpr node, List<Ir> arguments) {
    Type type = Typing.call(function, arguments, checked(node));
    if (!function.clears() && Typing.passesThrough(function)) {
      for (Ir argument : arguments) {
        type = LabelRules.wrap(type, LabelRules.outer(argument.type()));
      }
    } else if (!function.clears()) {
      type = LabelRules.wrap(type, LabelRules.deep(arguments));
    }
    switch (function.celName()) {
      case "matches", "regex.replace", "regex.extract", "regex.extractAll" ->
          checkPattern(arguments.get(1));
      case "parse_date",
          "parse_time",
          "parse_timestamp",
          "format_date",
          "format_time",
          "format_timestamp" ->
          checkForm(arguments.get(1));
      default -> {}
    }
    List<Ir> all = arguments;
    if (function.celName().equals("sum")) {
      all = List.of(arguments.getFirst(), zero(type.core(), span(node)));
    }
    return new Ir.Call(function, all, type, span(node));
  }

  /** So that the sum of an empty list is of the right kind. */
  private static Ir zero(Type type, Span span) {
    Value zero =
        switch (type) {
          case Type.Int _ -> Value.integer(0);
          case Type.UInt _ -> new Value.UInt(0);
          case Type.Real _ -> new Value.Real(0);
          case Type.Decimal _ -> Value.decimal("0");
          case Type.Simple simple when simple == Type.Simple.DURATION ->
              new Value.Duration(java.time.Duration.ZERO);
          default -> Value.Absent.ABSENT;
        };
    return new Ir.Constant(zero, type, span);
  }

  private void checkPattern(Ir argument) {
    if (argument instanceof Ir.Constant(Value.Text(var pattern), _, var span)) {
      String wrong = Patterns.problem(pattern);
      if (!wrong.isEmpty()) {
        problem(Kind.TYPE, span, "this is no RE2 pattern: " + wrong, "");
      }
    }
  }

  private void checkForm(Ir argument) {
    if (argument instanceof Ir.Constant(Value.Text(var pattern), _, var span)) {
      FormattingFunctions.patternProblem(pattern)
          .ifPresent(wrong -> problem(Kind.TYPE, span, wrong, "as `yyyy-MM-dd HH:mm`"));
    }
  }

  private Ir list(CelExpr node) {
    var lowered = node.list().elements().stream().map(this::lower).toList();
    var elements = Unification.unify(lowered).orElse(lowered);
    if (elements.isEmpty()) {
      return new Ir.Items(elements, checked(node), span(node));
    }
    var optional = new HashSet<>(node.list().optionalIndices());
    Type element = elementType(elements, optional);
    return new Ir.Items(
        elements, Typing.orElse(Type.ListOf.of(element), checked(node)), span(node));
  }

  private static Type elementType(List<Ir> elements, Set<Integer> optional) {
    var joined = new ArrayList<Type>();
    for (int i = 0; i < elements.size(); i++) {
      Type type = elements.get(i).type();
      joined.add(optional.contains(i) ? CelTypes.withoutMaybe(type) : type);
    }
    return joined.stream().reduce(Typing::join).orElse(Type.Simple.ANY);
  }

  /** A map whose keys are all written out is a record; only then are its parts' types kept. */
  Ir map(CelExpr node) {
    var keys = new ArrayList<Ir>();
    var values = new ArrayList<Ir>();
    var names = new HashSet<String>();
    boolean written = !node.map().entries().isEmpty();
    for (var entry : node.map().entries()) {
      Ir key = lower(entry.key());
      Ir value = lower(entry.value());
      keys.add(key);
      values.add(value);
      Type keyType = Selects.core(key);
      if (key instanceof Ir.Constant(Value.Text(var name), _, _)) {
        if (!names.add(name)) {
          problem(Kind.TYPE, key.span(), "the key `" + name + "` stands here twice", "");
        }
      } else {
        written = false;
        if (!(keyType instanceof Type.Text
            || keyType instanceof Type.Enum
            || keyType == Type.Simple.ANY)) {
          problem(
              Kind.TYPE,
              key.span(),
              "the keys of a map are texts",
              "write `string(...)` around it");
        }
      }
    }
    if (!problems.isEmpty() || !written) {
      Type value = values.stream().map(Ir::type).reduce(Typing::join).orElse(Type.Simple.ANY);
      Type type = new Type.MapOf(CelTypes.withoutMaybe(value));
      return new Ir.Dict(keys, values, Typing.orElse(type, checked(node)), span(node));
    }
    SequencedMap<String, Type> fields = new java.util.LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      fields.put(text(keys.get(i)), values.get(i).type());
    }
    Type.Record record = Type.record(fields);
    return new Ir.Fields(record, values, record, span(node));
  }
}
