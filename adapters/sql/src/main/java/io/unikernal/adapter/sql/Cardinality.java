package io.unikernal.adapter.sql;

import io.unikernal.model.Field.TypeOrSymbol;
import io.unikernal.model.Type;
import java.util.Optional;

/** How many rows an operation answers with. */
enum Cardinality {
  NONE,
  ONE,
  ONE_OR_NONE,
  MANY;

  /** The option {@code returns}, understood. {@code element} is the type of one row. */
  record Returns(Cardinality rows, Type element) {

    static Returns of(Optional<TypeOrSymbol> option, boolean yieldsRows) {
      if (option.isEmpty()) {
        return new Returns(yieldsRows ? MANY : NONE, Type.Simple.ANY);
      }
      return switch (option.get()) {
        case TypeOrSymbol.Symbol(var symbol) -> new Returns(of(symbol), Type.Simple.ANY);
        case TypeOrSymbol.Typed(var type) -> of(type);
      };
    }

    private static Returns of(Type type) {
      if (type.core() instanceof Type.ListOf(var element, _)) {
        return new Returns(MANY, element);
      }
      if (type.core() == Type.Simple.NULL) {
        return new Returns(NONE, Type.Simple.ANY);
      }
      return new Returns(type.isMaybe() ? ONE_OR_NONE : ONE, type);
    }

    private static Cardinality of(String symbol) {
      return switch (symbol) {
        case "one" -> ONE;
        case "one?" -> ONE_OR_NONE;
        case "none" -> NONE;
        default -> MANY;
      };
    }

    /** The operation's output. */
    Type output(Optional<TypeOrSymbol> option) {
      if (option.isPresent() && option.get() instanceof TypeOrSymbol.Typed(var type)) {
        return type;
      }
      return switch (rows) {
        case NONE -> Type.Simple.NULL;
        case ONE -> Type.Simple.ANY;
        case ONE_OR_NONE -> new Type.Maybe(Type.Simple.ANY);
        case MANY -> Type.ListOf.of(Type.Simple.ANY);
      };
    }
  }
}
