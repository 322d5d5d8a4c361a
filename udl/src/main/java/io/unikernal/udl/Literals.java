package io.unikernal.udl;

import io.unikernal.model.Conform;
import io.unikernal.model.Type;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a constant of another notation, or a misspelt symbol, was meant to be. */
final class Literals {
  private Literals() {}

  static Optional<String> meant(Type type, String text) {
    Optional<String> better =
        switch (type.core()) {
          case Type.Enum(List<String> symbols) -> Suggestions.closest(unquoted(text), symbols);
          case Type.Simple simple when simple == Type.Simple.BOOL ->
              switch (unquoted(text).toLowerCase(Locale.ROOT)) {
                case "yes", "on", "1", "true" -> Optional.of("true");
                case "no", "off", "0", "false" -> Optional.of("false");
                default -> Optional.empty();
              };
          case Type.Simple simple when simple == Type.Simple.DURATION ->
              Quantities.meantDuration(unquoted(text));
          case Type.Int _, Type.UInt _ -> Quantities.meantInteger(unquoted(text));
          case Type.Decimal _ -> Optional.of(unquoted(text).replaceAll("[^0-9.-]", ""));
          default -> Optional.empty();
        };
    return better.filter(value -> !value.isEmpty() && fits(type, value));
  }

  private static String unquoted(String text) {
    return text.replaceAll("^['\"]|['\"]$", "");
  }

  private static boolean fits(Type type, String text) {
    return Conform.fromText(type.core(), text) instanceof Conform.Result.Fits;
  }
}
