package io.unikernal.expr;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelContainer;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelVarDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeType;
import dev.cel.parser.CelParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * CEL as its specification has it, without UDL's deviations: for conformance runs, so that what UDL
 * forbids on purpose hides no failure. Any key in a map, types as values, containers, expressions
 * that are not checked, optionals as values of maps, {@code ==} of anything. All of it is lowered
 * to calls of {@link StrictFunctions}: back ends run the same nodes as ever.
 */
final class StrictCel {
  private static final Map<String, CelType> TYPES =
      Map.ofEntries(
          Map.entry("bool", SimpleType.BOOL),
          Map.entry("int", SimpleType.INT),
          Map.entry("uint", SimpleType.UINT),
          Map.entry("double", SimpleType.DOUBLE),
          Map.entry("string", SimpleType.STRING),
          Map.entry("bytes", SimpleType.BYTES),
          Map.entry("null_type", SimpleType.NULL_TYPE),
          Map.entry("list", ListType.create(SimpleType.DYN)),
          Map.entry("map", MapType.create(SimpleType.DYN, SimpleType.DYN)),
          Map.entry("type", TypeType.create(SimpleType.DYN)),
          Map.entry("optional_type", OptionalType.create(SimpleType.DYN)),
          Map.entry("google.protobuf.Timestamp", SimpleType.TIMESTAMP),
          Map.entry("google.protobuf.Duration", SimpleType.DURATION),
          Map.entry("net.IP", CelTypes.IP),
          Map.entry("net.CIDR", CelTypes.CIDR));

  private static final CelParser PARSER = FrontEnd.parser(StrictMacros.all());

  /** CEL's {@code type}, which UDL has not. */
  private static final CelFunctionDecl TYPE_OF =
      CelFunctionDecl.newFunctionDeclaration(
          "type",
          CelOverloadDecl.newGlobalOverload(
              "type", TypeType.create(SimpleType.DYN), SimpleType.DYN));

  private StrictCel() {}

  /**
   * Where an expression stands.
   *
   * @param variables in the order of their slots
   * @param functions declared without a body: for expressions that are only checked
   * @param isChecked whether CEL's checker is asked at all
   */
  record Setting(
      String container,
      List<CelVarDecl> variables,
      List<CelFunctionDecl> functions,
      boolean isChecked) {

    List<CelVarDecl> declarations() {
      return Stream.concat(
              variables.stream(),
              TYPES.entrySet().stream()
                  .map(type ->
                      CelVarDecl.newVarDeclaration(
                          type.getKey(), TypeType.create(type.getValue()))))
          .toList();
    }

    /** The variables' slots by name. */
    Map<String, Integer> slots() {
      return Stream.iterate(0, i -> i < variables.size(), i -> i + 1)
          .collect(Collectors.toMap(i -> variables.get(i).name(), i -> i, (a, _) -> a));
    }
  }

  static boolean isType(String name) {
    return TYPES.containsKey(name);
  }

  /** As {@link FrontEnd#check}: also for who wants to see the type that CEL's checker found. */
  static FrontEnd.Result check(String text, Setting setting) {
    var parsed = PARSER.parse(text);
    if (parsed.hasError()) {
      return new FrontEnd.Result.Refused(Issues.syntax(parsed, text));
    }
    CelAbstractSyntaxTree tree = FrontEnd.tree(parsed);
    if (!setting.isChecked()) {
      return new FrontEnd.Result.Checked(tree, new CelTypes());
    }
    var functions = new ArrayList<>(setting.functions());
    functions.add(TYPE_OF);
    for (String name : Trees.functions(tree.getExpr())) {
      Functions.find(name)
          .map(found -> FrontEnd.declaration(found, false))
          .ifPresent(functions::add);
    }
    var types = new CelTypes();
    var checked =
        FrontEnd.BASE
            .toCheckerBuilder()
            .setTypeProvider(types)
            .setContainer(CelContainer.ofName(setting.container()))
            .addVarDeclarations(setting.declarations())
            .addFunctionDeclarations(functions)
            .build()
            .check(tree);
    return checked.hasError()
        ? new FrontEnd.Result.Refused(new Issues(text, tree, new Scope(List.of())).types(checked))
        : new FrontEnd.Result.Checked(asWritten(tree, FrontEnd.tree(checked)), types);
  }

  /** The types that were found, on the names that were written: the checker resolves some. */
  private static CelAbstractSyntaxTree asWritten(
      CelAbstractSyntaxTree written, CelAbstractSyntaxTree checked) {
    return CelAbstractSyntaxTree.newCheckedAst(
        written.getExpr(), written.getSource(), checked.getReferenceMap(), checked.getTypeMap());
  }

  static Compiler.Outcome compile(String text, Setting setting) {
    return switch (check(text, setting)) {
      case FrontEnd.Result.Refused(var problems) -> new Compiler.Outcome.Failed(problems);
      case FrontEnd.Result.Checked checked -> {
        var lowering = new StrictLowering(text, checked, setting);
        Ir root = lowering.lower();
        yield lowering.problems().isEmpty()
            ? new Compiler.Outcome.Done(root, lowering.localCount())
            : new Compiler.Outcome.Failed(new ArrayList<>(lowering.problems()));
      }
    };
  }
}
