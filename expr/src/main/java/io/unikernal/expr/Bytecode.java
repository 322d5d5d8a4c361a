package io.unikernal.expr;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One hidden class with a method for each expression of a group, and those that were lifted out of
 * them. The class goes when the last of its expressions does.
 */
final class Bytecode {
  /** Constants that get a field of their own; those after lie in an array. */
  private static final int FIELDS_MAX = 3_000;

  static final ClassDesc FRAME = desc(io.unikernal.model.Frame.class);
  static final ClassDesc RUN = desc(Evaluation.class);
  private static final ClassDesc SELF = ClassDesc.of("io.unikernal.expr.Generated");
  private static final ClassDesc PROGRAM = desc(CompiledProgram.class);
  private static final ClassDesc OBJECTS = CD_Object.arrayType();
  private static final MethodTypeDesc ENTRY = MethodTypeDesc.of(Carrier.VALUE.desc(), FRAME, RUN);
  private static final MethodTypeDesc SWITCH =
      MethodTypeDesc.of(Carrier.VALUE.desc(), CD_int, FRAME, RUN);
  private static final MethodTypeDesc MADE =
      MethodTypeDesc.of(
          ConstantDescs.CD_void, CD_int, ConstantDescs.CD_boolean, desc(Ir.class), CD_int);
  private static final int STATIC = ClassFile.ACC_STATIC | ClassFile.ACC_FINAL;

  private record Lifted(String name, MethodTypeDesc type, Consumer<CodeBuilder> body) {}

  private record Constant(Object value, ClassDesc type) {}

  private final List<Constant> constants = new ArrayList<>();
  private final Map<Object, Integer> sameConstants = new IdentityHashMap<>();
  private final Map<Object, Integer> equalConstants = new HashMap<>();
  private final Deque<Lifted> lifted = new ArrayDeque<>();
  private int names;

  private Bytecode() {}

  static ClassDesc desc(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }

  /**
   * What came of a group, and how large it is.
   *
   * @param first of its expressions
   */
  record Made(CompiledProgram first, int bytes) {}

  /** The class for these expressions, numbered as they stand. */
  static Made make(List<Analysis> analyses, List<Ir> roots) {
    var made = new Bytecode();
    byte[] bytes =
        ClassFile.of(
                ClassFile.ClassHierarchyResolverOption.of(
                    ClassHierarchyResolver.ofClassLoading(MethodHandles.lookup())))
            .build(SELF, type -> made.build(type, analyses, roots));
    Object[] data = made.constants.stream().map(Constant::value).toArray();
    try {
      var defined = MethodHandles.lookup().defineHiddenClassWithClassData(bytes, data, true);
      var constructor =
          defined
              .lookupClass()
              .getDeclaredConstructor(int.class, boolean.class, Ir.class, int.class);
      return new Made(
          (CompiledProgram) constructor.newInstance(0, true, roots.getFirst(), 0), bytes.length);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the generated class is not to be made", e);
    }
  }

  private void build(ClassBuilder type, List<Analysis> analyses, List<Ir> roots) {
    type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC).withSuperclass(PROGRAM);
    type.withMethodBody(
        INIT_NAME,
        MADE,
        0,
        code -> {
          code.aload(0).iload(1).iload(2).aload(3).iload(4);
          code.invokespecial(PROGRAM, INIT_NAME, MADE).return_();
        });
    type.withMethodBody(
        "of",
        MADE.changeReturnType(PROGRAM),
        ClassFile.ACC_FINAL,
        code -> {
          code.new_(SELF).dup().iload(1).iload(2).aload(3).iload(4);
          code.invokespecial(SELF, INIT_NAME, MADE).areturn();
        });
    for (int i = 0; i < roots.size(); i++) {
      Ir root = roots.get(i);
      Analysis analysis = analyses.get(i);
      type.withMethodBody(
          "e" + i, ENTRY, STATIC, code -> Emitter.entry(this, code, analysis, root));
    }
    while (!lifted.isEmpty()) {
      Lifted next = lifted.poll();
      type.withMethodBody(next.name(), next.type(), STATIC, next.body());
    }
    type.withMethodBody("code", SWITCH, ClassFile.ACC_FINAL, code -> choose(code, roots.size()));
    withConstants(type);
  }

  private static void choose(CodeBuilder code, int count) {
    var cases = new ArrayList<SwitchCase>();
    for (int i = 0; i < count; i++) {
      cases.add(SwitchCase.of(i, code.newLabel()));
    }
    Label last = cases.getLast().target();
    code.iload(1).tableswitch(0, count - 1, last, cases);
    for (SwitchCase one : cases) {
      code.labelBinding(one.target()).aload(2).aload(3);
      code.invokestatic(SELF, "e" + one.caseValue(), ENTRY).areturn();
    }
  }

  private void withConstants(ClassBuilder type) {
    type.withField("all", OBJECTS, STATIC);
    int fields = Math.min(constants.size(), FIELDS_MAX);
    for (int i = 0; i < fields; i++) {
      type.withField("k" + i, constants.get(i).type(), STATIC);
    }
    var data =
        DynamicConstantDesc.ofNamed(
            MethodHandleDesc.ofMethod(
                DirectMethodHandleDesc.Kind.STATIC,
                desc(MethodHandles.class),
                "classData",
                MethodTypeDesc.of(
                    CD_Object,
                    ConstantDescs.CD_MethodHandles_Lookup,
                    ConstantDescs.CD_String,
                    ConstantDescs.CD_Class)),
            ConstantDescs.DEFAULT_NAME,
            OBJECTS);
    type.withMethodBody(
        ConstantDescs.CLASS_INIT_NAME,
        MTD_void,
        ClassFile.ACC_STATIC,
        code -> {
          code.loadConstant(data).dup().putstatic(SELF, "all", OBJECTS).astore(0);
          for (int i = 0; i < fields; i++) {
            ClassDesc field = constants.get(i).type();
            code.aload(0).loadConstant(i).aaload().checkcast(field).putstatic(SELF, "k" + i, field);
          }
          code.return_();
        });
  }

  /** Puts an object that the class was given on the stack. */
  void load(CodeBuilder code, Object value, ClassDesc type) {
    boolean byIdentity = !(value instanceof Span || value instanceof String);
    Map<Object, Integer> known = byIdentity ? sameConstants : equalConstants;
    int number =
        known.computeIfAbsent(
            value,
            _ -> {
              constants.add(new Constant(value, type));
              return constants.size() - 1;
            });
    if (number < FIELDS_MAX) {
      code.getstatic(SELF, "k" + number, constants.get(number).type());
    } else {
      code.getstatic(SELF, "all", OBJECTS).loadConstant(number).aaload().checkcast(type);
    }
  }

  /** Makes a method of what {@code body} emits, and calls it with the arguments on the stack. */
  void lift(
      CodeBuilder code, List<ClassDesc> parameters, ClassDesc result, Consumer<CodeBuilder> body) {
    String name = "m" + names++;
    var type = MethodTypeDesc.of(result, parameters);
    lifted.add(new Lifted(name, type, body));
    code.invokestatic(SELF, name, type);
  }

  static TypeKind kind(ClassDesc type) {
    return TypeKind.from(type);
  }
}
