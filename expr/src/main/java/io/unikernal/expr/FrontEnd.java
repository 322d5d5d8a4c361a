package io.unikernal.expr;

import com.google.common.collect.ImmutableList;
import dev.cel.checker.CelChecker;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelVarDecl;
import dev.cel.common.ast.CelExpr;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelOptionalLibrary;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelParser;
import dev.cel.parser.CelParserFactory;
import dev.cel.parser.CelStandardMacro;
import io.unikernal.expr.Compiled.Kind;
import io.unikernal.expr.Compiled.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * CEL's parser and checker, with our types and functions. Making their environment is dear: the
 * parser and the functions are made once, and what a scope adds is kept for the scopes used last.
 */
final class FrontEnd {
  static final int LENGTH_MAX = 16 * 1024;
  static final int DEPTH_MAX = 200;
  private static final int RECURSION_MAX = 100;
  private static final int SCOPES_MAX = 64;

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableOptionalSyntax(true)
          .enableHeterogeneousNumericComparisons(true)
          .enableQuotedIdentifierSyntax(true)
          .maxParseRecursionDepth(RECURSION_MAX)
          .maxParseErrorRecoveryLimit(8)
          .maxExpressionCodePointSize(LENGTH_MAX)
          .build();

  private static final CelParser PARSER = parser(List.of());

  /** With macros besides those that UDL has. */
  static CelParser parser(List<CelMacro> more) {
    return CelParserFactory.standardCelParserBuilder()
        .setOptions(OPTIONS)
        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
        .addMacros(CelOptionalLibrary.INSTANCE.macros())
        .addMacros(CelExtensions.bindings().macros())
        .addMacros(CelExtensions.comprehensions().macros())
        .addMacros(Macros.all())
        .addMacros(more)
        .build();
  }

  /** With no functions: {@link Environment#checker} adds those that an expression uses. */
  static final CelChecker BASE =
      CelCompilerFactory.standardCelCheckerBuilder()
          .setOptions(OPTIONS)
          .setStandardEnvironmentEnabled(false)
          .build();

  /** Marks the declarations that let fractions stand beside decimals. */
  private static final String FRACTIONS = " with fractions";

  private static final Map<String, CelFunctionDecl> DECLARATIONS = new ConcurrentHashMap<>();

  private static final Map<List<Scope.Variable>, Environment> ENVIRONMENTS =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Scope.Variable>, Environment> eldest) {
          return size() > SCOPES_MAX;
        }
      };

  private FrontEnd() {}

  /** What one scope needs to be checked. */
  private record Environment(CelTypes types, List<CelVarDecl> variables) {

    /**
     * CEL's checker reads all its declarations anew for each expression, which costs more than the
     * check itself: it gets only those functions that the expression may mean.
     */
    CelChecker checker(CelExpr root, UserFunctions own) {
      var functions = new ArrayList<CelFunctionDecl>();
      boolean hasFractions = Fractions.areIn(root);
      for (String name : Trees.functions(root)) {
        String key = hasFractions ? name + FRACTIONS : name;
        var known =
            Functions.find(name)
                .map(it -> DECLARATIONS.computeIfAbsent(key, _ -> declaration(it, hasFractions)));
        var ours =
            Functions.isBuiltIn(name)
                ? Optional.<CelFunctionDecl>empty()
                : own.find(name).map(found -> UserCalls.declaration(found, types));
        if (known.isPresent() && ours.isPresent()) {
          var overloads = new ArrayList<CelOverloadDecl>(known.get().overloads());
          overloads.addAll(ours.get().overloads());
          functions.add(CelFunctionDecl.newFunctionDeclaration(name, overloads));
        } else {
          known.or(() -> ours).ifPresent(functions::add);
        }
      }
      return BASE.toCheckerBuilder()
          .setTypeProvider(types)
          .addVarDeclarations(variables)
          .addFunctionDeclarations(functions)
          .build();
    }
  }

  sealed interface Result {
    record Checked(CelAbstractSyntaxTree tree, CelTypes types) implements Result {}

    record Refused(List<Problem> problems) implements Result {}
  }

  static Result check(String text, Scope scope) {
    var parsed = PARSER.parse(text);
    if (parsed.hasError()) {
      return new Result.Refused(Issues.syntax(parsed, text));
    }
    CelAbstractSyntaxTree tree = tree(parsed);
    if (Trees.depth(tree.getExpr(), DEPTH_MAX) > DEPTH_MAX) {
      return new Result.Refused(
          List.of(Problems.limit("the expression is nested too deeply", whole(text))));
    }
    var environment = environment(scope);
    var checked = environment.checker(tree.getExpr(), scope.functions()).check(tree);
    return checked.hasError()
        ? new Result.Refused(new Issues(text, tree, scope).types(checked))
        : new Result.Checked(tree(checked), environment.types());
  }

  static Span whole(String text) {
    return new Span(0, text.length());
  }

  static CelAbstractSyntaxTree tree(dev.cel.common.CelValidationResult result) {
    try {
      return result.getAst();
    } catch (CelValidationException e) {
      throw new IllegalStateException("a result without errors has a tree", e);
    }
  }

  private static Environment environment(Scope scope) {
    synchronized (ENVIRONMENTS) {
      Environment known = ENVIRONMENTS.get(scope.variables());
      if (known == null) {
        known = newEnvironment(scope);
        ENVIRONMENTS.put(scope.variables(), known);
      }
      return known;
    }
  }

  private static Environment newEnvironment(Scope scope) {
    var types = new CelTypes();
    var variables = new ArrayList<CelVarDecl>();
    for (Scope.Variable variable : scope.variables()) {
      variables.add(CelVarDecl.newVarDeclaration(variable.name(), types.toCel(variable.type())));
    }
    return new Environment(types, List.copyOf(variables));
  }

  static CelFunctionDecl declaration(Definition definition, boolean hasFractions) {
    var overloads = ImmutableList.<CelOverloadDecl>builder();
    var signatures = new ArrayList<>(definition.function().signatures());
    if (hasFractions) {
      signatures.addAll(Fractions.signatures(definition.celName()));
    }
    int number = 0;
    for (String text : signatures) {
      Signature signature = Signature.parse(text, definition.function().name());
      String id = definition.celName() + "#" + number++;
      overloads.add(
          signature.isMember()
              ? CelOverloadDecl.newMemberOverload(id, signature.result(), signature.parameters())
              : CelOverloadDecl.newGlobalOverload(id, signature.result(), signature.parameters()));
    }
    return CelFunctionDecl.newFunctionDeclaration(definition.celName(), overloads.build());
  }

  static Problem tooLong(String text) {
    return Problems.of(
        Kind.LIMIT,
        whole(text),
        "the expression is longer than " + LENGTH_MAX + " characters",
        "do it in several steps, or in a function");
  }
}
