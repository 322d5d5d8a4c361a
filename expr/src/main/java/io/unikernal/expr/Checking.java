package io.unikernal.expr;

import com.google.common.collect.ImmutableSet;
import dev.cel.checker.CelIdentDecl;
import dev.cel.checker.Env;
import dev.cel.checker.ExprChecker;
import dev.cel.checker.TypeProvider;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelContainer;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelVarDecl;
import dev.cel.common.internal.Errors;
import dev.cel.common.types.CelProtoTypes;
import dev.cel.common.types.CelType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.TypeType;
import dev.cel.expr.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * CEL's type checker without its facade, which before each expression compares all overloads of
 * each function with each other: that costs twice as much as the check itself, and finds the same
 * each time. Our own declarations are compared once. What is wrong is told by the facade.
 */
@SuppressWarnings("deprecation") // It is called internal, as is all that does not go the long way.
final class Checking {
  private static final CelContainer NO_CONTAINER = CelContainer.ofName("");

  /** Those that were compared, by the name under which {@link FrontEnd} knows them. */
  private static final Map<String, CelFunctionDecl> COMPARED = new ConcurrentHashMap<>();

  private Checking() {}

  /**
   * A function of an expression.
   *
   * @param key of one of ours, whose declaration never changes; empty for a definition's own
   */
  record Called(String key, CelFunctionDecl declaration) {}

  /** The tree with its types; empty if anything is wrong. */
  static Optional<CelAbstractSyntaxTree> check(
      CelAbstractSyntaxTree tree,
      CelTypes types,
      List<CelVarDecl> variables,
      List<Called> functions,
      CelOptions options) {
    var errors = new Errors("", tree.getSource().getContent().toString());
    Env env = Env.unconfigured(errors, new Fields(types), options);
    variables.forEach(it -> env.add(CelIdentDecl.newIdentDeclaration(it.name(), it.type())));
    for (Called function : functions) {
      if (function.key().isEmpty()) {
        env.add(function.declaration());
      } else {
        env.getDeclGroup().putFunction(compared(function, options));
      }
    }
    CelAbstractSyntaxTree checked =
        ExprChecker.typecheck(env, NO_CONTAINER, tree, com.google.common.base.Optional.absent());
    return errors.getErrorCount() == 0 ? Optional.of(checked) : Optional.empty();
  }

  private static CelFunctionDecl compared(Called function, CelOptions options) {
    return COMPARED.computeIfAbsent(
        function.key(),
        _ -> {
          var errors = new Errors("", "");
          Env env = Env.unconfigured(errors, new Fields(new CelTypes()), options);
          env.add(function.declaration());
          if (errors.getErrorCount() > 0) {
            throw new IllegalStateException(errors.getAllErrorsAsString());
          }
          return env.getDeclGroup().getFunction(function.declaration().name());
        });
  }

  /** Our types as the checker asks for them. */
  private record Fields(CelTypes types) implements TypeProvider {
    @Override
    public @Nullable Type lookupType(String name) {
      return lookupCelType(name).map(CelProtoTypes::celTypeToType).orElse(null);
    }

    @Override
    public Optional<CelType> lookupCelType(String name) {
      return types.reference(name).map(TypeType::create);
    }

    @Override
    public @Nullable FieldType lookupFieldType(CelType type, String field) {
      return types
          .fieldType(type.name(), field)
          .map(found -> FieldType.of(CelProtoTypes.celTypeToType(found)))
          .orElse(null);
    }

    @Override
    public @Nullable FieldType lookupFieldType(Type type, String field) {
      return lookupFieldType(CelProtoTypes.typeToCelType(type), field);
    }

    @Override
    public @Nullable ImmutableSet<String> lookupFieldNames(Type type) {
      return types
          .findType(type.getMessageType())
          .filter(StructType.class::isInstance)
          .map(found -> ((StructType) found).fieldNames())
          .orElse(null);
    }

    @Override
    public @Nullable Integer lookupEnumValue(String name) {
      return null; // Ours are texts.
    }
  }
}
