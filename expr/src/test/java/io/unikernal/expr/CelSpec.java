package io.unikernal.expr;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelVarDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import io.unikernal.model.Expression;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Json;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** The cases of cel-spec, and what becomes of one. */
final class CelSpec {
  private CelSpec() {}

  /** One case; its name is {@code file/section/name}, with a number where cases share one. */
  record Case(String file, String name, Value test) {
    String expression() {
      return text(test, "expr");
    }
  }

  /** How an expression is run. */
  enum Way {
    INTERPRETED,
    COMPILED;

    private Expression of(Expression expression) {
      return this == COMPILED ? Both.compiled(expression) : expression;
    }
  }

  static Optional<Path> folder() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path data = at.resolve("shared/data/cel-spec");
      if (Files.isDirectory(data)) {
        return Optional.of(data);
      }
    }
    return Optional.empty();
  }

  static List<String> files(Path folder) throws IOException {
    try (var paths = Files.list(folder)) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .map(name -> name.substring(0, name.length() - ".json".length()))
          .sorted()
          .toList();
    }
  }

  static List<Case> cases(Path folder, String file) throws IOException {
    Value root = Json.read(Files.readAllBytes(folder.resolve(file + ".json")), Json.Limits.DEFAULT);
    var cases = new ArrayList<Case>();
    var names = new java.util.HashSet<String>();
    for (Value section : items(root, "section")) {
      for (Value test : items(section, "test")) {
        String plain = file + "/" + text(section, "name") + "/" + text(test, "name");
        String name = plain;
        for (int i = 2; !names.add(name); i++) {
          name = plain + " (" + i + ")";
        }
        cases.add(new Case(file, name, test));
      }
    }
    return cases;
  }

  /** What is wrong with the case in CEL as it is specified; empty when it passes. */
  static String strictly(Case one, Way way) {
    try {
      return strictly(one.test(), way);
    } catch (RuntimeException e) {
      return "threw " + e;
    }
  }

  private static String strictly(Value test, Way way) {
    var variables = new ArrayList<CelVarDecl>();
    var functions = new ArrayList<CelFunctionDecl>();
    for (Value declared : items(test, "type_env")) {
      String name = text(declared, "name");
      if (isThere(field(declared, "ident"))) {
        variables.add(
            CelVarDecl.newVarDeclaration(name, celType(field(field(declared, "ident"), "type"))));
      } else {
        functions.add(function(name, field(declared, "function")));
      }
    }
    boolean isChecked = field(test, "disable_check") != Value.Bool.TRUE;
    var setting = new StrictCel.Setting(text(test, "container"), variables, functions, isChecked);
    String expression = text(test, "expr");
    String typed = isChecked ? deduced(test, expression, setting) : "";
    if (!typed.isEmpty() || field(test, "check_only") == Value.Bool.TRUE) {
      return typed;
    }
    var frame = frame(variables.stream().map(CelVarDecl::name).toList(), test);
    return switch (StrictCel.compile(expression, setting)) {
      case Compiler.Outcome.Failed(var problems) -> refused(test, problems);
      case Compiler.Outcome.Done(var root, int locals) ->
          compared(test, way.of(IrExpression.of(root, locals, expression)), frame);
    };
  }

  private static String deduced(Value test, String expression, StrictCel.Setting setting) {
    Value wanted = field(field(test, "typed_result"), "deduced_type");
    if (!isThere(wanted)) {
      return "";
    }
    return switch (StrictCel.check(expression, setting)) {
      case FrontEnd.Result.Refused(var problems) -> "refused: " + problems.getFirst().message();
      case FrontEnd.Result.Checked(var tree, _) ->
          tree.getResultType().equals(celType(wanted)) ? "" : "is of type " + tree.getResultType();
    };
  }

  /** What is wrong with the case in UDL, with its deviations from CEL. */
  static String asUdl(Case one, Way way) {
    try {
      return asUdl(one.test(), way);
    } catch (RuntimeException e) {
      return "threw " + e;
    }
  }

  private static String asUdl(Value test, Way way) {
    var variables = new ArrayList<Scope.Variable>();
    for (Value declared : items(test, "type_env")) {
      CelType type = celType(field(field(declared, "ident"), "type"));
      variables.add(
          new Scope.Variable(
              text(declared, "name"), new CelTypes().fromCel(type), variables.size()));
    }
    var frame = frame(variables.stream().map(Scope.Variable::name).toList(), test);
    return switch (Expressions.cel(text(test, "expr"), new Scope(variables))) {
      case Compiled.Bad(var problems) -> refused(test, problems);
      case Compiled.Good _ when field(test, "check_only") == Value.Bool.TRUE -> "";
      case Compiled.Good(var expression) -> compared(test, way.of(expression), frame);
    };
  }

  private static String refused(Value test, List<Compiled.Problem> problems) {
    boolean refusedForItsTypes =
        problems.stream().allMatch(problem -> problem.kind() == Compiled.Kind.TYPE);
    return isThere(field(test, "eval_error")) && refusedForItsTypes
        ? ""
        : "refused: " + problems.getFirst().message();
  }

  private static Frame frame(List<String> variables, Value test) {
    var frame = new Frame(variables.size() + 1, Fixture.frame(Fixture.order().build()).ambient());
    for (int i = 0; i < variables.size(); i++) {
      Value bound = field(field(field(test, "bindings"), variables.get(i)), "value");
      frame.set(i, isThere(bound) ? value(bound) : bound);
    }
    return frame;
  }

  private static String compared(Value test, Expression expression, Frame frame) {
    boolean wantsError = isThere(field(test, "eval_error"));
    Value found;
    try {
      found = expression.evaluate(frame);
    } catch (FaultException e) {
      return wantsError ? "" : "failed: " + e.fault().message();
    }
    if (wantsError) {
      return "gave " + found + " but should fail";
    }
    Value typed = field(field(test, "typed_result"), "result");
    Value given = isThere(typed) ? typed : field(test, "value");
    Value wanted = isThere(given) ? value(given) : Value.Bool.TRUE;
    return plain(found).equals(plain(wanted)) ? "" : "gave " + found + ", not " + wanted;
  }

  private static boolean isThere(Value value) {
    return value != Value.Absent.ABSENT;
  }

  private static Value field(Value of, String name) {
    return Collections.get(of, name);
  }

  private static List<Value> items(Value of, String name) {
    return field(of, name) instanceof Value.Items(var items) ? items : List.of();
  }

  private static String text(Value of, String name) {
    return field(of, name) instanceof Value.Text(var text) ? text : "";
  }

  private static CelFunctionDecl function(String name, Value declared) {
    var overloads = new ArrayList<CelOverloadDecl>();
    for (Value overload : items(declared, "overloads")) {
      var parameters = items(overload, "params").stream().map(CelSpec::celType).toList();
      overloads.add(
          CelOverloadDecl.newGlobalOverload(
              text(overload, "overload_id"), celType(field(overload, "result_type")), parameters));
    }
    return CelFunctionDecl.newFunctionDeclaration(name, overloads);
  }

  private static CelType celType(Value type) {
    var only = Collections.entries(type).firstEntry();
    if (only == null) {
      return SimpleType.DYN;
    }
    Value of = only.getValue();
    return switch (only.getKey()) {
      case "primitive" -> primitive(Texts.of(of));
      case "list_type" -> ListType.create(celType(field(of, "elem_type")));
      case "map_type" ->
          MapType.create(celType(field(of, "key_type")), celType(field(of, "value_type")));
      case "null" -> SimpleType.NULL_TYPE;
      case "dyn" -> SimpleType.DYN;
      case "type_param" -> TypeParamType.create(Texts.of(of));
      case "abstract_type" -> {
        var parameters =
            items(of, "parameter_types").stream().map(CelSpec::celType).toArray(CelType[]::new);
        yield text(of, "name").equals(OptionalType.NAME)
            ? OptionalType.create(parameters[0])
            : OpaqueType.create(text(of, "name"), parameters);
      }
      case "well_known", "message_type" ->
          switch (Texts.of(of)) {
            case "google.protobuf.Timestamp", "TIMESTAMP" -> SimpleType.TIMESTAMP;
            case "google.protobuf.Duration", "DURATION" -> SimpleType.DURATION;
            default -> throw new IllegalArgumentException("no protobuf messages in UDL");
          };
      default -> throw new IllegalArgumentException("no type " + only.getKey() + " in UDL");
    };
  }

  private static CelType primitive(String name) {
    return switch (name) {
      case "BOOL" -> SimpleType.BOOL;
      case "INT64" -> SimpleType.INT;
      case "UINT64" -> SimpleType.UINT;
      case "DOUBLE" -> SimpleType.DOUBLE;
      case "BYTES" -> SimpleType.BYTES;
      default -> SimpleType.STRING;
    };
  }

  private static Value value(Value proto) {
    var only = Collections.entries(proto).firstEntry();
    Value of = only.getValue();
    return switch (only.getKey()) {
      case "int64_value" -> Value.integer(Long.parseLong(Texts.of(of)));
      case "uint64_value" -> new Value.UInt(Long.parseUnsignedLong(Texts.of(of)));
      case "double_value" ->
          new Value.Real(
              switch (Texts.of(of)) {
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                case "NaN" -> Double.NaN;
                default -> Double.parseDouble(Texts.of(of));
              });
      case "string_value", "bool_value", "null_value" -> of;
      case "bytes_value" -> new Value.Bytes(Base64.getDecoder().decode(Texts.of(of)));
      case "type_value" -> StrictFunctions.type(Texts.of(of));
      case "list_value" ->
          new Value.Items(items(of, "values").stream().map(CelSpec::value).toList());
      case "map_value" -> map(of);
      case "object_value" -> message(of);
      default -> throw new IllegalArgumentException("no " + only.getKey() + " in UDL");
    };
  }

  private static Value map(Value of) {
    SequencedMap<String, Value> fields = new LinkedHashMap<>();
    for (Value entry : items(of, "entries")) {
      fields.put(StrictFunctions.key(value(field(entry, "key"))), value(field(entry, "value")));
    }
    return new Value.Dict(fields);
  }

  private static Value message(Value of) {
    return switch (text(of, "@type")) {
      case "type.googleapis.com/google.protobuf.Timestamp" ->
          Texts.parseTimestamp(text(of, "value"));
      case "type.googleapis.com/google.protobuf.Duration" -> Texts.parseDuration(text(of, "value"));
      default -> throw new IllegalArgumentException("no protobuf messages in UDL");
    };
  }

  /** Kinds are told apart, but not a record from a map, nor 0.0 from -0.0. */
  private static Object plain(Value value) {
    return switch (value) {
      case Value.Items(var items) -> items.stream().map(CelSpec::plain).toList();
      case Value.Dict _, Rec _ -> {
        var fields = new LinkedHashMap<String, Object>();
        Collections.entries(value).forEach((key, field) -> fields.put(key, plain(field)));
        yield fields;
      }
      case Value.Real(var number) when number == 0 -> 0.0;
      default -> value;
    };
  }
}
