package io.unikernal.expr;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;

import io.unikernal.model.Frame;
import io.unikernal.model.Value;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Emits one method. What is too large for it, and what catches errors, becomes a method of its own:
 * the JVM empties the operand stack where an error is caught.
 */
final class Emitter {
  static final ClassDesc SUPPORT = Bytecode.desc(Support.class);
  static final ClassDesc SCALARS = Bytecode.desc(Scalars.class);
  static final ClassDesc SPAN = Bytecode.desc(Span.class);
  static final ClassDesc VALUE = Carrier.VALUE.desc();
  private static final ClassDesc ERROR = Bytecode.desc(EvaluationException.class);
  private static final ClassDesc PART = Bytecode.desc(IrExpression.class);
  private static final ClassDesc RUNTIME = Bytecode.desc(RuntimeException.class);
  private static final ClassDesc DEEP = Bytecode.desc(StackOverflowError.class);

  /** The slots of the first two parameters. */
  private static final int FRAME_SLOT = 0;

  private static final int RUN_SLOT = 1;

  /** Smaller nodes are not worth a method of their own. */
  private static final int LIFTED_MIN = 6;

  record Var(Carrier carrier, int slot) {}

  final Bytecode owner;
  final CodeBuilder code;
  final Analysis analysis;
  private final Map<Integer, Var> vars;

  /** Where the steps that are left are counted, or -1 where the run counts them. */
  private final int steps;

  private int room = Analysis.METHOD_NODES_MAX;

  /** Variables that this method has fetched, by their slot in the frame. */
  private final Map<Integer, Integer> fetched = new HashMap<>();

  private Emitter(
      Bytecode owner, CodeBuilder code, Analysis analysis, Map<Integer, Var> vars, int steps) {
    this.owner = owner;
    this.code = code;
    this.analysis = analysis;
    this.vars = vars;
    this.steps = steps;
  }

  /** The method of a whole expression. */
  static void entry(Bytecode owner, CodeBuilder code, Analysis analysis, Ir root) {
    Emitter emitter = counting(owner, code, analysis, root);
    emitter.fetch(root);
    emitter.convert(emitter.here(root), Carrier.VALUE);
    code.areturn();
  }

  /**
   * Fetches once what is looked at several times. Not {@code meta}, which is made when it is looked
   * at, and nothing that another method looks at.
   */
  private void fetch(Ir root) {
    if (analysis.of(root).size() > Analysis.METHOD_NODES_MAX) {
      return;
    }
    var times = new HashMap<Integer, Integer>();
    count(root, times);
    times.forEach((slot, count) -> {
      if (count > 1 && slot != Frame.META) {
        int local = code.allocateLocal(TypeKind.REFERENCE);
        variable(slot, local);
      }
    });
  }

  private static void count(Ir node, Map<Integer, Integer> times) {
    if (node instanceof Ir.Variable variable) {
      times.merge(variable.slot(), 1, Integer::sum);
    }
    IrNodes.children(node).forEach(child -> count(child, times));
  }

  private void variable(int slot, int local) {
    fromFrame(slot);
    code.astore(local);
    fetched.put(slot, local);
  }

  private void fromFrame(int slot) {
    code.aload(FRAME_SLOT);
    if (slot == Frame.INPUT) {
      code.invokevirtual(Bytecode.FRAME, "input", MethodTypeDesc.of(VALUE));
    } else {
      code.loadConstant(slot);
      code.invokevirtual(Bytecode.FRAME, "get", MethodTypeDesc.of(VALUE, CD_int));
    }
  }

  private static Emitter counting(Bytecode owner, CodeBuilder code, Analysis analysis, Ir root) {
    int steps = -1;
    if (analysis.of(root).turns()) {
      steps = code.allocateLocal(TypeKind.INT);
      code.loadConstant(Evaluation.STEPS_MAX).istore(steps);
    }
    return new Emitter(owner, code, analysis, new HashMap<>(), steps);
  }

  /** Leaves the node's value on the stack, as it lies. */
  Carrier emit(Ir node) {
    var constant = analysis.constant(node);
    if (constant.isPresent()) {
      Carrier carrier = Carrier.of(constant.get());
      constant(constant.get(), carrier);
      return carrier;
    }
    Analysis.Facts facts = analysis.of(node);
    if (catches(node) || (facts.size() > room && facts.size() >= LIFTED_MIN)) {
      lift(List.of(node), List.of(), facts.carrier().desc(), (inner, _) -> inner.here(node));
      room--;
      return facts.carrier();
    }
    return here(node);
  }

  private boolean catches(Ir node) {
    return switch (node) {
      case Ir.And and -> analysis.truthFails(and.left());
      case Ir.Or or -> analysis.truthFails(or.left());
      case Ir.Fold fold -> analysis.catches(fold);
      default -> false;
    };
  }

  void emit(Ir node, Carrier wanted) {
    var constant = analysis.constant(node);
    if (constant.isPresent()) {
      constant(constant.get(), wanted);
    } else {
      convert(emit(node), wanted);
    }
  }

  /** As a condition; an error where it is no bool. */
  void truth(Ir node) {
    if (analysis.meant(node) == Carrier.BOOL) {
      emit(node, Carrier.BOOL);
    } else {
      emit(node, Carrier.VALUE);
      span(node.span());
      support("isTrue", CD_boolean, VALUE, SPAN);
    }
  }

  /** In this method, whatever it is. */
  private Carrier here(Ir node) {
    var constant = analysis.constant(node);
    if (constant.isPresent()) {
      return emit(node);
    }
    room--;
    return switch (node) {
      case Ir.Constant constantNode -> emit(constantNode);
      case Ir.Variable variable -> {
        Integer local = fetched.get(variable.slot());
        if (local == null) {
          fromFrame(variable.slot());
        } else {
          code.aload(local);
        }
        yield Carrier.VALUE;
      }
      case Ir.Local local -> {
        Var variable = variable(local.number());
        code.loadLocal(variable.carrier().kind(), variable.slot());
        yield variable.carrier();
      }
      case Ir.Let let -> {
        bind(let.number(), emit(let.value()));
        yield emit(let.body());
      }
      case Ir.And _, Ir.Or _, Ir.Not _, Ir.Conditional _, Ir.Comparison _, Ir.Arithmetic _ ->
          EmitScalars.emit(this, node);
      case Ir.Select _,
          Ir.SelectByName _,
          Ir.OptionalSelect _,
          Ir.Has _,
          Ir.Index _,
          Ir.OptionalIndex _,
          Ir.Items _,
          Ir.Dict _,
          Ir.Fields _,
          Ir.Fit _,
          Ir.FitFields _,
          Ir.Interpolation _ ->
          EmitRecords.emit(this, node);
      case Ir.Looping loop -> EmitLoops.emit(this, loop);
      case Ir.Call call -> NativeCalls.emit(this, call);
      case Ir.UserCall call -> NativeCalls.emit(this, call);
      case Ir.Embedded embedded -> embedded(embedded);
    };
  }

  private Var variable(int number) {
    Var variable = vars.get(number);
    if (variable == null) {
      throw new IllegalStateException("no local " + number);
    }
    return variable;
  }

  /** Takes the value from the stack into a local of the expression. */
  void bind(int number, Carrier carrier) {
    Var known = vars.get(number);
    Var variable =
        known != null && known.carrier() == carrier
            ? known
            : new Var(carrier, code.allocateLocal(carrier.kind()));
    vars.put(number, variable);
    code.storeLocal(carrier.kind(), variable.slot());
  }

  private Carrier embedded(Ir.Embedded embedded) {
    if (!(embedded.expression() instanceof IrExpression part)) {
      owner.load(code, embedded.expression(), Bytecode.desc(io.unikernal.model.Expression.class));
      code.aload(FRAME_SLOT);
      code.invokeinterface(
          Bytecode.desc(io.unikernal.model.Expression.class),
          "evaluate",
          MethodTypeDesc.of(VALUE, Bytecode.FRAME));
      return Carrier.VALUE;
    }
    Analysis inner = analysis.part(part);
    Carrier carrier = inner.carrier(part.root());
    if (inner.isPlain()) {
      Emitter same = new Emitter(owner, code, inner, new HashMap<>(), -1);
      room -= inner.of(part.root()).size();
      return same.emit(part.root());
    }
    code.aload(FRAME_SLOT).aload(RUN_SLOT);
    owner.lift(
        code,
        List.of(Bytecode.FRAME, Bytecode.RUN),
        carrier.desc(),
        body -> border(body, inner, part));
    return carrier;
  }

  /** A part's errors become faults that name its text, and its steps are its own. */
  private void border(CodeBuilder body, Analysis inner, IrExpression part) {
    Emitter emitter = counting(owner, body, inner, part.root());
    body.aload(RUN_SLOT).aload(FRAME_SLOT).loadConstant(inner.needsRun() ? 1 : 0);
    emitter.support("part", Bytecode.RUN, Bytecode.RUN, Bytecode.FRAME, CD_boolean);
    body.astore(RUN_SLOT);
    Label start = body.newBoundLabel();
    body.return_(emitter.here(part.root()).kind());
    Label end = body.newBoundLabel();
    if (inner.of(part.root()).canFail()) {
      body.exceptionCatch(start, end, body.newBoundLabel(), ERROR);
      owner.load(body, part, PART);
      emitter.support("fault", RUNTIME, ERROR, PART);
      body.athrow();
    }
    body.exceptionCatch(start, end, body.newBoundLabel(), DEEP);
    owner.load(body, part, PART);
    body.aload(RUN_SLOT);
    emitter.support("tooDeep", RUNTIME, DEEP, PART, Bytecode.RUN);
    body.athrow();
  }

  /** A reference of this method that a lifted one gets too. */
  record Extra(ClassDesc type, int slot) {}

  /** Of a lifted method; {@code extra} is the slot of the first extra. */
  interface Body {
    void emit(Emitter inside, int extra);
  }

  /** Calls a method that {@code body} fills; it sees the locals that the nodes use. */
  void lift(List<Ir> nodes, List<Extra> extras, ClassDesc result, Body body) {
    var used = new LinkedHashMap<Integer, Var>();
    nodes.forEach(node -> collectUsed(node, used));
    var parameters = new ArrayList<>(List.of(Bytecode.FRAME, Bytecode.RUN));
    code.aload(FRAME_SLOT).aload(RUN_SLOT);
    used.values()
        .forEach(variable -> {
          parameters.add(variable.carrier().desc());
          code.loadLocal(variable.carrier().kind(), variable.slot());
        });
    extras.forEach(extra -> {
      parameters.add(extra.type());
      code.aload(extra.slot());
    });
    owner.lift(
        code,
        parameters,
        result,
        method -> {
          var inside = new HashMap<Integer, Var>();
          int slot = RUN_SLOT + 1;
          for (var entry : used.entrySet()) {
            Carrier carrier = entry.getValue().carrier();
            inside.put(entry.getKey(), new Var(carrier, slot));
            slot += carrier.kind().slotSize();
          }
          body.emit(new Emitter(owner, method, analysis, inside, -1), slot);
          method.return_(Bytecode.kind(result));
        });
  }

  private void collectUsed(Ir node, Map<Integer, Var> used) {
    if (node instanceof Ir.Local local && vars.containsKey(local.number())) {
      used.put(local.number(), variable(local.number()));
    }
    IrNodes.children(node).forEach(child -> collectUsed(child, used));
  }

  /** Counts one turn of a loop. */
  void step() {
    if (steps < 0) {
      code.aload(RUN_SLOT);
      code.invokevirtual(
          Bytecode.RUN, "step", MethodTypeDesc.of(java.lang.constant.ConstantDescs.CD_void));
    } else {
      code.iload(steps).aload(RUN_SLOT);
      support("step", CD_int, CD_int, Bytecode.RUN);
      code.istore(steps);
    }
  }

  void run() {
    code.aload(RUN_SLOT);
  }

  /** For a node that its parent emits. */
  void spend() {
    room--;
  }

  boolean isFull(int size) {
    return size > room;
  }

  void support(String name, ClassDesc result, ClassDesc... parameters) {
    code.invokestatic(SUPPORT, name, MethodTypeDesc.of(result, parameters));
  }

  void scalars(String name, ClassDesc result, ClassDesc... parameters) {
    code.invokestatic(SCALARS, name, MethodTypeDesc.of(result, parameters));
  }

  void span(Span span) {
    owner.load(code, span, SPAN);
  }

  /** The place of an error, or nothing where there can be none. */
  void span(Span span, boolean canFail) {
    if (canFail) {
      span(span);
    } else {
      code.aconst_null();
    }
  }

  /** A bool from the jump that is taken when it is true. */
  void flag(Opcode jump) {
    Label yes = code.newLabel();
    Label end = code.newLabel();
    code.branch(jump, yes).iconst_0().goto_(end).labelBinding(yes).iconst_1().labelBinding(end);
  }

  void negate() {
    code.iconst_1().ixor();
  }

  void constant(Value value, Carrier wanted) {
    switch (wanted) {
      case VALUE -> owner.load(code, value, VALUE);
      case TEXT ->
          owner.load(code, ((Value.Text) cast(value, wanted)).value(), Carrier.TEXT.desc());
      case BOOL -> code.loadConstant(((Value.Bool) cast(value, wanted)).value() ? 1 : 0);
      case LONG -> code.loadConstant(((Value.Int) cast(value, wanted)).value());
      case UNSIGNED -> code.loadConstant(((Value.UInt) cast(value, wanted)).bits());
      case DOUBLE -> code.loadConstant(real(value));
      case DECIMAL -> owner.load(code, decimal(value), Carrier.DECIMAL.desc());
    }
  }

  private static Value cast(Value value, Carrier wanted) {
    if (Carrier.of(value) != wanted) {
      throw new IllegalStateException("a constant is no " + wanted);
    }
    return value;
  }

  private static double real(Value value) {
    return value instanceof Value.Int(var number)
        ? (double) number
        : ((Value.Real) cast(value, Carrier.DOUBLE)).value();
  }

  private static BigDecimal decimal(Value value) {
    return Carrier.of(value).isNumber() && !(value instanceof Value.Real)
        ? Equality.exact(value)
        : ((Value.Decimal) cast(value, Carrier.DECIMAL)).value();
  }

  void convert(Carrier from, Carrier to) {
    if (from == to) {
      return;
    }
    if (to == Carrier.VALUE) {
      scalars("of" + name(from), VALUE, from.desc());
    } else if (from == Carrier.VALUE) {
      scalars("to" + name(to), to.desc(), VALUE);
    } else if (from == Carrier.LONG && to == Carrier.DOUBLE) {
      code.l2d();
    } else if (from == Carrier.LONG && to == Carrier.DECIMAL) {
      scalars("decimal", to.desc(), from.desc());
    } else if (from == Carrier.UNSIGNED && to == Carrier.DECIMAL) {
      scalars("unsignedDecimal", to.desc(), from.desc());
    } else {
      throw new IllegalStateException(from + " is no " + to);
    }
  }

  private static String name(Carrier carrier) {
    String name = carrier.name();
    return name.charAt(0) + name.substring(1).toLowerCase(java.util.Locale.ROOT);
  }

  /** Emits as {@code wanted}, by way of what the value is meant to be. */
  void emitAs(Ir node, Carrier meant, Carrier wanted) {
    if (analysis.constant(node).isPresent()) {
      emit(node, wanted);
    } else {
      emit(node, meant);
      convert(meant, wanted);
    }
  }
}
