package io.unikernal.udl;

import io.unikernal.expr.Compiled;
import io.unikernal.expr.Expressions;
import io.unikernal.expr.Function;
import io.unikernal.expr.Functions;
import io.unikernal.expr.Scope;
import io.unikernal.expr.UserFunction;
import io.unikernal.model.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What may follow in an expression that is half written. */
final class ExpressionHelp {
  /** CEL's macros with what they do; the first argument of most names each element. */
  private static final Map<String, String> MACROS = new LinkedHashMap<>();

  static {
    MACROS.put("map", "map(${1:x}, $2)|a list of what the expression gives for each element");
    MACROS.put("filter", "filter(${1:x}, $2)|the elements for which it is true");
    MACROS.put("all", "all(${1:x}, $2)|whether it is true for every element");
    MACROS.put("exists", "exists(${1:x}, $2)|whether it is true for some element");
    MACROS.put("exists_one", "exists_one(${1:x}, $2)|whether it is true for exactly one element");
  }

  private static final String HAS = "has($1)";

  private final Scope scope;

  /** One thing to write. */
  record Offer(
      String label,
      Suggestion.Kind kind,
      String insert,
      boolean isSnippet,
      String detail,
      String doc) {}

  ExpressionHelp(Scope scope) {
    this.scope = scope;
  }

  /** Where the word that is being written begins. */
  static int wordStart(String before) {
    int start = before.length();
    while (start > 0 && Character.isJavaIdentifierPart(before.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  /** {@code before} is the expression up to the cursor. */
  List<Offer> after(String before) {
    String rest = before.substring(0, wordStart(before));
    Scope inner = locals(rest, scope);
    boolean isOptional = rest.endsWith(".?");
    if (!isOptional && !rest.endsWith(".")) {
      return names(inner);
    }
    String chain = rest.substring(0, rest.length() - (isOptional ? 2 : 1));
    return typeOf(chain.substring(chainStart(chain)), inner)
        .map(type -> members(type, isOptional))
        .orElse(List.of());
  }

  private static List<Offer> names(Scope scope) {
    var offers = new ArrayList<Offer>();
    for (Scope.Variable variable : scope.variables()) {
      offers.add(
          new Offer(
              variable.name(),
              Suggestion.Kind.VARIABLE,
              variable.name(),
              false,
              variable.type().toString(),
              Explaining.code(Index.expanded(variable.type()))));
    }
    for (Function function : Functions.all()) {
      boolean isGlobal =
          Character.isLetter(function.name().charAt(0))
              && function.signatures().stream()
                  .anyMatch(it -> it.startsWith(function.name() + "("));
      if (isGlobal) {
        offers.add(call(function));
      }
    }
    for (String name : scope.functions().names()) {
      scope.functions().find(name).map(ExpressionHelp::call).ifPresent(offers::add);
    }
    offers.add(
        new Offer(
            "has",
            Suggestion.Kind.FUNCTION,
            HAS,
            true,
            "has(a.b) -> bool",
            "Whether it is there."));
    return offers;
  }

  /** One that the definition declares. */
  private static Offer call(UserFunction function) {
    boolean hasNoArguments = function.parameters().isEmpty();
    return new Offer(
        function.name(),
        Suggestion.Kind.FUNCTION,
        function.name() + (hasNoArguments ? "()" : "($1)"),
        !hasNoArguments,
        function.signature(),
        Explaining.of(function));
  }

  private static Offer call(Function function) {
    boolean hasNoArguments =
        function.signatures().stream().allMatch(it -> it.contains(function.name() + "() "));
    return new Offer(
        function.name(),
        Suggestion.Kind.FUNCTION,
        function.name() + (hasNoArguments ? "()" : "($1)"),
        !hasNoArguments,
        function.signatures().getFirst(),
        Explaining.of(function));
  }

  private static List<Offer> members(Type type, boolean isOptional) {
    var offers = new ArrayList<Offer>();
    for (Type.Field field : fields(type.core())) {
      boolean isGuarded = !isOptional && !type.isMaybe() && field.type().isMaybe();
      offers.add(
          new Offer(
              field.name(),
              Suggestion.Kind.FIELD,
              (isGuarded ? "?" : "") + field.name(),
              false,
              field.written(),
              (isGuarded ? "May be absent, so it is read with `.?`.\n\n" : "")
                  + Explaining.code(Index.expanded(field.type()))));
    }
    if (isOptional) {
      return offers;
    }
    String head = type.isMaybe() ? "optional" : head(type.core().toString());
    for (Function function : Functions.all()) {
      boolean isMember =
          function.signatures().stream()
              .anyMatch(it -> receiver(it, function.name()).filter(head::equals).isPresent());
      if (isMember) {
        offers.add(call(function));
      }
    }
    boolean isMany = type.core() instanceof Type.ListOf || type.core() instanceof Type.MapOf;
    if (isMany && !type.isMaybe()) {
      MACROS.forEach((name, text) -> {
        String[] parts = text.split("\\|", 2);
        offers.add(new Offer(name, Suggestion.Kind.FUNCTION, parts[0], true, "macro", parts[1]));
      });
    }
    return offers.stream()
        .collect(
            java.util.stream.Collectors.toMap(
                Offer::label, it -> it, (first, _) -> first, LinkedHashMap::new))
        .values()
        .stream()
        .toList();
  }

  private static List<Type.Field> fields(Type core) {
    return switch (core) {
      case Type.Record record -> record.fields();
      case Type.Union union ->
          union.members().getFirst().fields().stream()
              .filter(field ->
                  union.members().stream().allMatch(it -> it.field(field.name()).isPresent()))
              .toList();
      default -> List.of();
    };
  }

  /** {@code string} of {@code string.trim() -> string}. */
  private static Optional<String> receiver(String signature, String name) {
    int call = signature.indexOf("." + name + "(");
    return call < 0
        ? Optional.empty()
        : Optional.of(
            signature.charAt(call - 1) == '?' ? "optional" : head(signature.substring(0, call)));
  }

  private static String head(String type) {
    int end = 0;
    while (end < type.length() && Character.isJavaIdentifierPart(type.charAt(end))) {
      end++;
    }
    return type.startsWith("enum") ? "string" : type.substring(0, end);
  }

  private static Optional<Type> typeOf(String text, Scope scope) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    if (Expressions.cel(text, scope) instanceof Compiled.Good(var expression)) {
      return Optional.of(expression.type());
    }
    // A path that is wrong only since something in it may be absent.
    String[] names = text.strip().split("\\.\\??");
    Optional<Type> type =
        scope.variables().stream()
            .filter(it -> it.name().equals(names[0]))
            .map(Scope.Variable::type)
            .findFirst();
    for (int i = 1; i < names.length; i++) {
      String name = names[i];
      type = type.flatMap(it -> Typing.fieldOf(it, name));
    }
    return type;
  }

  /** The scope with the names of the loops that are open at the end of the text. */
  private static Scope locals(String text, Scope outer) {
    var scope = outer;
    var open = new ArrayList<Integer>();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\'' || c == '"') {
        int close = text.indexOf(c, i + 1);
        i = close < 0 ? text.length() : close;
      } else if (c == '(') {
        open.add(i);
      } else if (c == ')' && !open.isEmpty()) {
        open.removeLast();
      }
    }
    for (int call : open) {
      scope = withLocal(text, call, scope);
    }
    return scope;
  }

  private static Scope withLocal(String text, int call, Scope scope) {
    int nameStart = wordStart(text.substring(0, call));
    String macro = text.substring(nameStart, call);
    boolean isMacro =
        nameStart > 0
            && text.charAt(nameStart - 1) == '.'
            && (MACROS.containsKey(macro)
                || macro.startsWith("transform")
                || macro.equals("optMap"));
    int comma = text.indexOf(',', call);
    if (!isMacro || comma < 0) {
      return scope;
    }
    String receiver = text.substring(0, nameStart - 1);
    Optional<Type> of = typeOf(receiver.substring(chainStart(receiver)), scope);
    Type element = of.map(ExpressionHelp::element).orElse(Type.Simple.ANY);
    var variables = new ArrayList<>(scope.variables());
    String name = text.substring(call + 1, comma).strip();
    variables.removeIf(it -> it.name().equals(name));
    variables.addFirst(new Scope.Variable(name, element, 0));
    return new Scope(variables);
  }

  private static Type element(Type type) {
    return switch (type.core()) {
      case Type.ListOf(var element, var _) -> element;
      case Type.MapOf _ -> Type.Text.ANY_TEXT;
      case Type.StreamOf(var element) -> element;
      default -> type.core();
    };
  }

  /** Where the operand begins that ends with the text: {@code a.b(c).d} of {@code 1 + a.b(c).d}. */
  static int chainStart(String text) {
    int at = text.length();
    while (at > 0) {
      char c = text.charAt(at - 1);
      if (c == ')' || c == ']') {
        at = opening(text, at - 1);
      } else if (c == '\'' || c == '"') {
        at = Math.max(0, text.lastIndexOf(c, at - 2));
      } else if (Character.isJavaIdentifierPart(c) || c == '.' || c == '?') {
        at--;
      } else {
        break;
      }
    }
    return at;
  }

  private static int opening(String text, int close) {
    int depth = 0;
    for (int i = close; i >= 0; i--) {
      char c = text.charAt(i);
      if (c == ')' || c == ']') {
        depth++;
      } else if ((c == '(' || c == '[') && --depth == 0) {
        return i;
      }
    }
    return 0;
  }
}
